"""Reader of objects in S3 buckets: tries both readings of a key, and separates transient from permanent faults."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError, SSLError
from botocore.exceptions import ConnectionError as S3ConnectionError

from exr_inspector_app.exr import inspect_source
from exr_inspector_app.exr.source.s3_source import S3Source
from exr_inspector_app.ingest.event_objects import EventObject
from exr_inspector_app.model import ExrFile

_UNQUOTE_CODES = ("not-found", "no-permission")  # object stores deny missing keys to clients that may not list
_TRANSIENT_ERRORS = (HTTPClientError, S3ConnectionError, IncompleteReadError)
_TRANSIENT_STATUSES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)  # and all of the server's own


class ObjectReader:
    """Reader of the objects of an event. Thread-safe.

    Args:
        client: S3 client of boto3.

    Attributes:
        faults: Sentence by path of each object that could not be read, but may be readable later.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self.faults: dict[str, str] = {}

    def inspect(self, item: EventObject) -> ExrFile:
        """Inspect an object; its key is decoded if no object has the key as it came."""
        file = self._inspect_path(item.path)
        if item.unquoted and _is_missing(file):
            decoded = self._inspect_path(item.unquoted)
            return file if _is_missing(decoded) else decoded
        return file

    def _inspect_path(self, path: str) -> ExrFile:
        """Inspect the object at s3://bucket/key, reading only the ranges that its header needs."""
        faults: list[str] = []
        bucket, _, key = path.removeprefix("s3://").partition("/")
        file = inspect_source(lambda: _ReportingSource(self._client, bucket, key, on_fault=faults.append), path)
        if faults and file.errors:
            self.faults[path] = faults[-1]
        return file


class _ReportingSource(S3Source):
    """S3 object that reports transient faults to a callback."""

    def __init__(self, client: Any, bucket: str, key: str, on_fault: Callable[[str], None]) -> None:
        self._on_fault = on_fault
        super().__init__(client, bucket, key)

    def _get(self, start: int, size: int, **conditions: str) -> tuple[bytes, Any]:
        try:
            return super()._get(start, size, **conditions)
        except OSError as error:
            if sentence := _transient_fault(error.__cause__):
                self._on_fault(sentence)
            raise


def _is_missing(file: ExrFile) -> bool:
    return any(problem.code in _UNQUOTE_CODES for problem in file.errors)


def _transient_fault(cause: BaseException | None) -> str | None:
    """Return a sentence for a fault of the object store that may pass, or None."""
    if isinstance(cause, _TRANSIENT_ERRORS) and not isinstance(cause, SSLError):
        return "The object store did not respond. Try again later."
    if isinstance(cause, ClientError):
        status = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRANSIENT_STATUSES:
            return f"The object store returned {status}. Try again later."
    return None
