"""What DuckDB fails with, each in one sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from exr_inspector_app.errors import StoreDamagedError, StoreError, StoreUnavailableError

_HOLDER = re.compile(r"\(PID ([0-9]+)\)")


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """DuckDB's errors in one sentence each."""
    try:
        yield
    except (duckdb.BinderException, duckdb.ParserException, duckdb.ConversionException, duckdb.InvalidInputException):
        raise  # a question of ours that is wrong says nothing about the file
    except duckdb.Error as error:
        raise _sentence(path, str(error)) from error


@contextmanager
def translate_cache_errors(path: Path) -> Iterator[None]:
    """What the system fails with where the cache of look-ups is read and written, in one sentence."""
    try:
        yield
    except OSError as error:
        told = f"What look-ups keep beside the library {path} cannot be read or written: {error.strerror}"
        raise StoreUnavailableError(f"{told}; see that its disk has room, then search again.") from error


def _sentence(path: Path, text: str) -> StoreError:
    """What a message of DuckDB means for the person."""
    low = text.lower()
    if "lock" in low and "held" in low:
        holder = _HOLDER.search(text)
        who = f"process {holder.group(1)}" if holder else "another process"
        return StoreUnavailableError(f"The library {path} is in use by {who}; close that program or try again later.")
    if "no space" in low or "could not write" in low or "autocheckpoint failed" in low or "file too large" in low:
        return StoreUnavailableError(f"The disk of the library {path} is full; nothing of this batch was written.")
    if "read-only" in low or "permission denied" in low or "cannot open file" in low:
        return StoreError(f"The library {path} may not be written; ask for the right to, or name another file.")
    first = text.split("\n")[0]
    return StoreDamagedError(f"The library {path} is damaged and was not changed ({first}); restore it from a copy.")
