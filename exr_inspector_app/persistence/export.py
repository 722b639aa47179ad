"""Table export of published files, matches, and plans: CSV for spreadsheets, Parquet and JSON for other tools.

One row per file, with the columns of `files` and the derived ones. Vectors are not exported: they take two kilobytes
per row, mean nothing without the embedding version, and `embed` recomputes them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from exr_inspector_app.config.atomic_file import replace_file
from exr_inspector_app.contracts import Filter, Hit, Listing, StopCheck
from exr_inspector_app.errors import StoreError, UsageError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.rows.decode import decode_frame
from exr_inspector_app.persistence.store import Store

PAGE_FILES = 20_000  # files in memory at a time
COLUMNS = pa.schema(
    [schema.FILES.field(name) for name in schema.FILE_COLUMNS]
    + [pa.field(name, pa.string()) for name in ("kind", *derived_columns.PATH_COLUMNS)]
)
HIT_COLUMNS = ("file_path", "score", "band", "same", "differs", "sequence_key", "files", "published", "file_id")
_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet reads text with these as a formula


def export(store: Store, out: Path, where: Filter, stop: StopCheck) -> int:
    """Export matching files to a table, oldest first.

    Args:
        store: Store to read from.
        out: Target file, .csv or .parquet. It is replaced when all rows are written; a stop or an error leaves it
            unchanged.
        where: Conditions that a file has to meet.
        stop: Called between pages; True cancels the export.

    Returns:
        The number of files written.

    Raises:
        UsageError: The file is not a .csv or .parquet file.
        StoreError: The file cannot be written, or the store cannot be read.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    write = writers.get(out.suffix.lower())
    if write is None:
        raise UsageError(f"Unknown file type: {out}. Use .csv or .parquet.")
    return _replace_atomically(out, lambda partial: write(partial, _read_pages(store, where, stop)), stop)


def export_hits(out: Path, hits: Sequence[Hit]) -> int:
    """Export hits to a CSV file in their order, with scores from -1 to 1 and reasons as text.

    Returns:
        The number of hits written.

    Raises:
        UsageError: The file is not .csv.
        StoreError: The file cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise UsageError(f"Unknown file type: {out}. Use .csv.")

    def write(partial: Path) -> int:
        with partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HIT_COLUMNS)
            writer.writerows([_escape_formula(value) for value in _hit_row(hit)] for hit in hits)
        return len(hits)

    return _replace_atomically(out, write, lambda: False)


def export_rows(out: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Export rows to a CSV file, or to a JSON file as a list of objects.

    Returns:
        The number of rows written.

    Raises:
        UsageError: The file is not a .csv or .json file.
        StoreError: The file cannot be written.
    """
    kind = out.suffix.lower()
    if kind not in (".csv", ".json"):
        raise UsageError(f"Unknown file type: {out}. Use .csv or .json.")

    def write(partial: Path) -> int:
        with partial.open("w", encoding="utf-8", newline="") as file:
            if kind == ".json":
                json.dump([dict(zip(columns, row, strict=True)) for row in rows], file, indent=1)
            else:
                writer = csv.writer(file)
                writer.writerow(columns)
                writer.writerows([_escape_formula(value) for value in row] for row in rows)
        return len(rows)

    return _replace_atomically(out, write, lambda: False)


class _StoppedError(Exception):
    """Stopped export, whose temporary file is deleted."""


def _hit_row(hit: Hit) -> tuple[Any, ...]:
    reasons = ("; ".join(texts) for texts in (hit.same, hit.differs))
    sequence = (hit.sequence_key, hit.sequence_count)
    return (hit.file_path, round(hit.score, 4), hit.band.value, *reasons, *sequence, hit.published_at, hit.file_id)


def _replace_atomically(out: Path, write: Callable[[Path], int], stop: StopCheck) -> int:
    """Write to a temporary file and rename it to `out`, unless writing is stopped or fails; return the count."""
    count = 0
    try:
        with replace_file(out) as partial:
            count = write(partial)
            if stop():
                raise _StoppedError
    except _StoppedError:
        return count
    except OSError as error:
        raise StoreError(f"Cannot write {out}: {error.strerror or error}.") from error
    return count


def _read_pages(store: Store, where: Filter, stop: StopCheck) -> Iterator[list[dict[str, Any]]]:
    """Yield pages of rows in order of publishing, so that files published during the export come last."""
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
            writer.writerows([_escape_formula(row[name]) for name in COLUMNS.names] for row in rows)
            count += len(rows)
    return count


def _escape_formula(value: Any) -> Any:
    """Prefix text that a spreadsheet would read as a formula with an apostrophe; write whole frames without `.0`."""
    if isinstance(value, float):
        return decode_frame(value)
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_PREFIXES):
        return f"'{value}"
    return value


def _write_parquet(path: Path, pages: Iterator[list[dict[str, Any]]]) -> int:
    count = 0
    with pq.ParquetWriter(path, COLUMNS, compression="zstd") as writer:
        for rows in pages:
            writer.write_table(pa.Table.from_pylist(rows, schema=COLUMNS))
            count += len(rows)
    return count
