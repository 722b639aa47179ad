"""Sources of a backfill: folders, lists, and buckets, which yield paths one by one in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Protocol

from exr_inspector_app.backfill.shard_worker import OBJECT_SCHEME
from exr_inspector_app.config import Config, Root
from exr_inspector_app.config.extras import missing_package_sentence
from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.errors import UsageError
from exr_inspector_app.exr.paths.expansion import discover
from exr_inspector_app.exr.sequences.discovery import is_exr_name
from exr_inspector_app.exr.sequences.folder_index import EXTENSIONS

_MAX_EMPTY_PAGES = 100  # in succession; object stores have at most a few


@dataclass(frozen=True, slots=True)
class ListedFile:
    """File that a source lists; size and date may be unknown to the source."""

    path: str
    size_bytes: int | None = None
    mtime: str | None = None  # ISO 8601, UTC


class Source(Protocol):
    """Listing of EXR files."""

    @property
    def description(self) -> str:
        """Name of the source; an unfinished backfill is continued by a run with the same one."""
        ...

    def list_files(self) -> Iterator[ListedFile | PathUnreadable]:
        """Yield the files, and the folders that cannot be listed."""
        ...


@dataclass(frozen=True)
class PathSource:
    """Files below a folder or s3://bucket/prefix, or those of a list.

    Attributes:
        description: Name of the source.
        paths: Files, folders, sequences and addresses of buckets. Names of EXR files are taken as they are, without
            access to the disk; the worker reports missing ones, and expands sequences.
        roots: Path map of the configuration.
    """

    description: str
    paths: Sequence[str]
    roots: Sequence[Root] = ()

    def list_files(self) -> Iterator[ListedFile | PathUnreadable]:
        """Yield the files; see `Source`."""
        for path in self.paths:
            if is_exr_name(path):
                yield ListedFile(path)
            elif path.startswith(OBJECT_SCHEME):
                yield from _list_bucket(path)
            else:
                discovered = discover([path], self.roots)
                yield from (ListedFile(item) if isinstance(item, str) else item for item in discovered)


def _list_bucket(address: str) -> Iterator[ListedFile | PathUnreadable]:
    """Yield the EXR objects of s3://bucket/prefix."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        from exr_inspector_app.exr.source.s3_source import failure_reason
        from exr_inspector_app.ingest.s3_client import create_s3_client
    except ImportError as error:
        raise UsageError(missing_package_sentence("boto3")) from error
    bucket, _, prefix = address.removeprefix(OBJECT_SCHEME).partition("/")
    try:
        pages = create_s3_client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for item in (item for page in _require_progress(pages) for item in page.get("Contents", ())):
            if is_exr_name(item["Key"].rpartition("/")[2]):
                mtime = item["LastModified"].astimezone(UTC).isoformat(timespec="microseconds")
                yield ListedFile(f"{OBJECT_SCHEME}{bucket}/{item['Key']}", item["Size"], mtime)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "an error")
        yield PathUnreadable(address, "unreadable", f"The object store refused to list it ({code}).")
    except BotoCoreError as error:
        yield PathUnreadable(address, "unreadable", f"Cannot list it: {failure_reason(error)}.")
    except (_EndlessListError, ResponseParserError, LookupError, AttributeError, TypeError, ValueError):
        yield PathUnreadable(address, "unreadable", "The object store does not list its objects as S3 does.")


def _require_progress(pages: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the pages of a list; _EndlessListError if too many in succession are empty."""
    empty = 0
    for page in pages:
        empty = 0 if page.get("Contents") else empty + 1
        if empty > _MAX_EMPTY_PAGES:
            raise _EndlessListError
        yield page


class _EndlessListError(Exception):
    """List that continues without objects."""


@dataclass(frozen=True)
class CatalogSource:
    """Files of a cluster by its VAST Catalog, which knows their sizes and dates.

    Attributes:
        config: Configuration of the cluster.
        folder: Path on the cluster, such as /prod.
        mount: Where this machine, and the workers, have it.
    """

    config: Config
    folder: str
    mount: str

    @property
    def description(self) -> str:
        """Name of the source."""
        return f"the catalog {self.folder}={self.mount}"

    def list_files(self) -> Iterator[ListedFile | PathUnreadable]:
        """Yield the files; see `Source`."""
        from exr_inspector_app.persistence.factory import read_cluster_files

        start = len("/" + self.folder.strip("/")) if self.folder.strip("/") else 0
        for path, size, mtime in read_cluster_files(self.config, self.folder, EXTENSIONS):
            if is_exr_name(path.rpartition("/")[2]):
                yield ListedFile(f"{self.mount.rstrip('/')}{path[start:]}", size, mtime)
