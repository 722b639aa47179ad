"""An object of an S3 store as a source of bytes: only the ranges that a header needs are fetched."""

from __future__ import annotations

import errno
from datetime import UTC
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from exr_inspector_app.exr.source.file_source import FIRST_READ_BYTES
from exr_inspector_app.model import Problem

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
    """One object, fetched in ranges of the version that was met first.

    Raises OSError with the errno that a file in its place would have.
    """

    whole = True

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._names = {"Bucket": bucket, "Key": key}
        self._tag = ""
        self.size = 0
        self.mtime: str | None = None
        self._first = self._open()

    def read(self, start: int, size: int) -> bytes:
        """The bytes from `start`, fewer at the end of the object."""
        size = min(size, self.size - start)
        if size <= 0:
            return b""
        if start + size <= len(self._first):
            return self._first[start : start + size]
        return self._get(start, size, IfMatch=self._tag)[0]

    def change(self) -> Problem | None:
        """An object does not change under its tag: a read of a newer one fails instead."""
        return None

    def _open(self) -> bytes:
        """The first bytes, and with them the size, the date and the tag of the object."""
        try:
            data, answer = self._get(0, FIRST_READ_BYTES)
        except OSError as error:
            if error.errno == errno.ENODATA:  # no range of an empty object can be had
                return b""
            raise
        self._tag = answer["ETag"]
        self.size = int(answer["ContentRange"].rpartition("/")[2])
        self.mtime = answer["LastModified"].astimezone(UTC).isoformat(timespec="microseconds")
        return data

    def _get(self, start: int, size: int, **conditions: str) -> tuple[bytes, Any]:
        """The bytes of one ranged GET, and what was said with them."""
        try:
            span = f"bytes={start}-{start + size - 1}"
            answer = self._client.get_object(**self._names, Range=span, **conditions)
            return answer["Body"].read(), answer
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("InvalidRange", "416"):
                raise OSError(errno.ENODATA, "The object is empty") from error
            raise OSError(_ERRNO.get(code, errno.EIO), f"the store answered {code or 'with an error'}") from error
        except UnicodeEncodeError as error:
            raise OSError(errno.ENOENT, "no key can hold these characters") from error
        except BotoCoreError as error:
            raise OSError(errno.EIO, f"the store did not answer ({type(error).__name__})") from error
