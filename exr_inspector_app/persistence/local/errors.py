"""Error translation: DuckDB and operating system errors as store errors with one sentence for users."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from exr_inspector_app.errors import StoreDamagedError, StoreError, StoreLockedError, StoreUnavailableError

_LOCK_HOLDER = re.compile(r"\(PID ([0-9]+)\)")


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Translate DuckDB errors to `StoreError` and its subclasses.

    Errors of our own statements are bugs and pass unchanged.
    """
    try:
        yield
    except (duckdb.BinderException, duckdb.ParserException, duckdb.ConversionException, duckdb.InvalidInputException):
        raise
    except duckdb.Error as error:
        raise _to_store_error(path, str(error)) from error


@contextmanager
def translate_cache_errors(path: Path) -> Iterator[None]:
    """Translate operating system errors of the similarity index to `StoreUnavailableError`."""
    try:
        yield
    except OSError as error:
        reason = f"Cannot access the similarity index of {path}: {error.strerror}"
        raise StoreUnavailableError(f"{reason}. Check that its disk has space, then search again.") from error


def _to_store_error(path: Path, message: str) -> StoreError:
    """Return the store error for a message of DuckDB."""
    low = message.lower()
    if "lock" in low and "held" in low:
        holder = _LOCK_HOLDER.search(message)
        program = f"Another program (process {holder.group(1)})" if holder else "Another program"
        return StoreLockedError(f"{program} is using the library {path}. Close it or try again.")
    if "no space" in low or "could not write" in low or "autocheckpoint failed" in low or "file too large" in low:
        return StoreUnavailableError(f"The disk of the library {path} is full. This batch was not written.")
    if "read-only" in low or "permission denied" in low or "cannot open file" in low:
        return StoreError(f"No permission to write to {path}. Choose another library in Settings.")
    first_line = message.split("\n")[0]
    return StoreDamagedError(
        f"The library {path} is damaged ({first_line}). Restore a backup or choose another library."
    )
