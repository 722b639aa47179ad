"""Inspection of files and of objects of buckets, s3://bucket/key, in the order given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from exr_inspector_app.cli.output.terminal import inspected_files
from exr_inspector_app.config.extras import missing_package_sentence
from exr_inspector_app.contracts import FileInspected, FilesFound, PathUnreadable, Progress
from exr_inspector_app.errors import UsageError
from exr_inspector_app.ingest.header_scan import inspect_headers
from exr_inspector_app.model import ExrFile
from exr_inspector_app.typing_forms import TYPE_CHECKING

if TYPE_CHECKING:
    from exr_inspector_app.config import Root

_SCHEME = "s3://"


def inspect_paths(paths: Sequence[str], roots: Sequence[Root]) -> Iterator[ExrFile]:
    """Yield the inspected files of paths, and of objects and prefixes of buckets.

    Raises:
        UsageError: Reading buckets needs a package that is not installed.
    """
    for is_object, group in groupby(paths, lambda path: path.startswith(_SCHEME)):
        names = list(group)
        events = _inspect_objects(names, roots) if is_object else inspect_headers(names, roots)
        yield from (file for file, _ in inspected_files(events))


def _inspect_objects(
    addresses: Sequence[str], roots: Sequence[Root]
) -> Iterator[FilesFound | FileInspected | PathUnreadable | Progress]:
    """Yield the events of objects; an address that is no EXR file is a prefix, whose objects are listed."""
    from exr_inspector_app.backfill.shard_worker import object_reader  # imported on demand: boto3 and stores
    from exr_inspector_app.backfill.sources import PathSource

    names: list[str] = []
    for item in PathSource("", addresses).list_files():
        if isinstance(item, PathUnreadable):
            yield item
        else:
            names.append(item.path)
    try:
        read = object_reader()
    except ImportError as error:
        raise UsageError(missing_package_sentence("boto3")) from error
    yield from inspect_headers(names, roots, read)
