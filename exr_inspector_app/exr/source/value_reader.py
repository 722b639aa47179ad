"""Reader of large attribute values: their bytes stay in the file, and are read when they are used."""

from __future__ import annotations

from functools import partial

from exr_inspector_app.errors import ValueUnavailableError
from exr_inspector_app.exr.source.file_source import FileSource
from exr_inspector_app.model import StoredValue
from exr_inspector_app.typing_forms import Any

MIN_STORED_BYTES = 100 * 1024  # smaller values are kept in memory


def stored_value(path: str, data: bytes, start: int, end: int, fields: dict[str, Any]) -> StoredValue:
    """Return a value for the bytes of a file from `start` to `end`, which `data` begins with."""
    import hashlib  # imported on demand: few files have large values

    digest = hashlib.sha256(memoryview(data)[start:end], usedforsecurity=False).digest()
    return StoredValue({**fields, "encoding": "base64"}, end - start, digest, partial(_read, path, start, end, digest))


def _read(path: str, start: int, end: int, digest: bytes) -> bytes:
    """Return the bytes of a value.

    Raises:
        ValueUnavailableError: The file cannot be read, or has other bytes there.
    """
    try:
        with FileSource(path) as source:
            data = source.read(start, end - start)
    except (OSError, ValueError) as error:
        raise ValueUnavailableError("A large attribute cannot be read any more. Reload the file.") from error
    import hashlib

    if hashlib.sha256(data, usedforsecurity=False).digest() != digest:
        raise ValueUnavailableError("A large attribute has changed since the file was read. Reload the file.")
    return data
