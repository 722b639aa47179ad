"""S3 source: ranged GETs of one object, only for the bytes that a header needs."""

from __future__ import annotations

import errno
import time
from datetime import UTC
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

from exr_inspector_app.bounded_http import is_oversized
from exr_inspector_app.exr.source import first_read
from exr_inspector_app.model import Problem

BODY_TIMEOUT_S = 60.0  # for one ranged GET
_PIECE_BYTES = 4096  # a piece is read whole, however slowly it comes
_ERRNO = {
    "NoSuchKey": errno.ENOENT,
    "NoSuchBucket": errno.ENOENT,
    "404": errno.ENOENT,
    "AccessDenied": errno.EACCES,
    "403": errno.EACCES,
    "PreconditionFailed": errno.ESTALE,
    "412": errno.ESTALE,
}


class S3Source:
    """Object in a bucket, pinned to the version that the first GET returned.

    Args:
        client: S3 client of boto3.
        bucket: Name of the bucket.
        key: Key of the object.

    Raises:
        OSError: The object cannot be read; the errno is that of a file with the same fault, such as ENOENT for a
            missing object and ESTALE for one that was replaced while it was read.
    """

    has_all_bytes = True
    is_local = False

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._names = {"Bucket": bucket, "Key": key}
        self._tag = ""
        self.size = 0
        self.mtime: str | None = None
        self._first = self._open()

    def read(self, start: int, size: int) -> bytes:
        """Read `size` bytes from byte `start` on, fewer at the end of the object; raises OSError as the class does."""
        size = min(size, self.size - start)
        if size <= 0:
            return b""
        if start + size <= len(self._first):
            return self._first[start : start + size]
        return self._get(start, size, IfMatch=self._tag)[0]

    def detect_change(self) -> Problem | None:
        """Return None: an object does not change under its tag, and a read of a newer version fails instead."""
        return None

    def _open(self) -> bytes:
        """Fetch the first bytes, and set the size, the date and the tag of the object."""
        try:
            data, response = self._get(0, first_read.MIN_BYTES)
        except OSError as error:
            if error.errno == errno.ENODATA:  # an empty object has no ranges
                return b""
            raise
        try:
            self._tag = response["ETag"]
            self.size = int(response["ContentRange"].rpartition("/")[2])
            self.mtime = response["LastModified"].astimezone(UTC).isoformat(timespec="microseconds")
        except (KeyError, ValueError, AttributeError) as error:  # not an object store, or one that ignores ranges
            raise OSError(errno.EPROTO, "the server does not answer like an object store") from error
        return data

    def _get(self, start: int, size: int, **conditions: str) -> tuple[bytes, Any]:
        """Send one ranged GET; return its bytes and the response."""
        try:
            span = f"bytes={start}-{start + size - 1}"
            response = self._client.get_object(**self._names, Range=span, **conditions)
            return _read_body(response["Body"], size), response
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("InvalidRange", "416"):
                raise OSError(errno.ENODATA, "The object is empty") from error
            raise OSError(_ERRNO.get(code, errno.EIO), f"the server returned {code or 'an error'}") from error
        except UnicodeEncodeError as error:
            raise OSError(errno.ENOENT, "invalid object key") from error
        except BotoCoreError as error:
            raise OSError(errno.EIO, failure_reason(error)) from error
        except (ResponseParserError, LookupError, AttributeError, TypeError, ValueError) as error:
            raise OSError(errno.EPROTO, "the server does not answer like an object store") from error


def failure_reason(error: BotoCoreError) -> str:
    """Return the reason why the server sent no response, as the end of a sentence."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return "no keys of the object store; set S3_ACCESS_KEY and S3_SECRET_KEY"
    if isinstance(error, ParamValidationError):
        return "invalid name of the bucket or the object"
    reason = "sent more than was requested" if is_oversized(error) else "did not respond"
    return f"the server {reason} ({type(error).__name__})"


def _read_body(body: Any, size: int) -> bytes:
    """Read a body of at most `size` bytes within BODY_TIMEOUT_S, even if the server sends more or stalls.

    Raises:
        OSError: The body is larger, or does not end in time.
    """
    end, pieces, left = time.monotonic() + BODY_TIMEOUT_S, [], size + 1
    while left and (piece := body.read(min(left, _PIECE_BYTES))):
        pieces.append(piece)
        left -= len(piece)
        if time.monotonic() > end:
            raise OSError(errno.ETIMEDOUT, f"the server sent too little in {BODY_TIMEOUT_S:g} seconds")
    body.close()
    if not left:
        raise OSError(errno.EPROTO, "the server sent more than was requested")
    return b"".join(pieces)
