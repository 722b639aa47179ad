"""Published files, hits and plans as tables: CSV for spreadsheets, Parquet and JSON for other tools.

One row a file, its columns those of `files` and the derived ones. Vectors are left out of both: they are two
kilobytes a row, mean nothing without the embedding's version, and `embed` computes them anew.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from exr_inspector_app.contracts import Filter, Hit, Listing, StopCheck
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.store import Store

PAGE_FILES = 20_000  # files that are in memory at one time
COLUMNS = pa.schema(
    [schema.FILES.field(name) for name in schema.FILE_COLUMNS]
    + [pa.field(name, pa.string()) for name in ("kind", "renderer", *derived_columns.PATH_COLUMNS)]
)
HIT_COLUMNS = ("file_path", "score", "band", "same", "differs", "sequence_key", "files", "published", "file_id")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # with these a spreadsheet takes a text for a formula


def export(store: Store, out: Path, where: Filter, stop: StopCheck) -> int:
    """The number of files written to `out`, oldest first; an older `out` is replaced once all is written.

    Where it is stopped, `out` stays as it was. Raises UsageError for a name that is neither .csv nor .parquet,
    StoreError where it cannot be written.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    write = writers.get(out.suffix.lower())
    if write is None:
        raise UsageError(f"{out} is neither a .csv nor a .parquet file; name one of these.")
    return _in_whole(out, lambda half: write(half, _pages(store, where, stop)), stop)


def export_hits(out: Path, hits: Sequence[Hit]) -> int:
    """The number of hits written to a CSV file, in their order, with scores from -1 to 1 and reasons as text.

    Raises UsageError for a name that is not .csv, StoreError where it cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise UsageError(f"{out} is not a .csv file; name one.")

    def write(half: Path) -> int:
        with half.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HIT_COLUMNS)
            writer.writerows([_cell(one) for one in _hit_row(hit)] for hit in hits)
        return len(hits)

    return _in_whole(out, write, lambda: False)


def export_rows(out: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The number of rows written to a CSV file, or to a JSON file as a list of objects.

    Raises UsageError for a name that is neither .csv nor .json, StoreError where it cannot be written.
    """
    kind = out.suffix.lower()
    if kind not in (".csv", ".json"):
        raise UsageError(f"{out} is neither a .csv nor a .json file; name one of these.")

    def write(half: Path) -> int:
        with half.open("w", encoding="utf-8", newline="") as file:
            if kind == ".json":
                json.dump([dict(zip(columns, row, strict=True)) for row in rows], file, indent=1)
            else:
                writer = csv.writer(file)
                writer.writerow(columns)
                writer.writerows([_cell(one) for one in row] for row in rows)
        return len(rows)

    return _in_whole(out, write, lambda: False)


def _hit_row(hit: Hit) -> tuple[Any, ...]:
    reasons = ("; ".join(words) for words in (hit.same, hit.differs))
    sequence = (hit.sequence_key, hit.sequence_count)
    return (hit.file_path, round(hit.score, 4), hit.band.value, *reasons, *sequence, hit.published_at, hit.file_id)


def _in_whole(out: Path, write: Callable[[Path], int], stop: StopCheck) -> int:
    """What `write` has counted; `out` is all that it wrote or, where it is stopped or fails, what it was."""
    half = out.with_name(f".{out.name}.{os.getpid()}.half")
    try:
        count = write(half)
        if not stop():
            os.replace(half, out)
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        half.unlink(missing_ok=True)
    return count


def _pages(store: Store, where: Filter, stop: StopCheck) -> Iterator[list[dict[str, Any]]]:
    """All rows, a page at a time; sorted by the time of publishing, so that new files come last."""
    start = 0
    while not stop():
        listing = Listing(where, False, "inspection_timestamp", False, PAGE_FILES, start)
        rows = [dict(row.file) for row in store.browse(listing).rows]
        if rows:
            yield rows
        if len(rows) < PAGE_FILES:
            return
        start += PAGE_FILES


def _write_csv(path: Path, pages: Iterator[list[dict[str, Any]]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS.names)
        for rows in pages:
            writer.writerows([_cell(row[name]) for name in COLUMNS.names] for row in rows)
            count += len(rows)
    return count


def _cell(value: Any) -> Any:
    """The value for a spreadsheet: a text that looks like a formula stands behind an apostrophe."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return value


def _write_parquet(path: Path, pages: Iterator[list[dict[str, Any]]]) -> int:
    count = 0
    with pq.ParquetWriter(path, COLUMNS, compression="zstd") as writer:
        for rows in pages:
            writer.write_table(pa.Table.from_pylist(rows, schema=COLUMNS))
            count += len(rows)
    return count
