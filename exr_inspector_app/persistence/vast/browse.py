"""Library listing of a VAST Database without a query engine: pages and facets, grouped on the client.

Above MAX_EXACT_ROWS matching rows only the newest ones are read.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Condition, Facet, Filter, ListedSequence, Listing, Page
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.rows.decode import decode_frame
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, source_columns
from exr_inspector_app.persistence.vast.newest_rows import MAX_EXACT_ROWS, matching_rows, newest_keys
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import matching_keys, read_files

_DERIVED_COLUMNS = ("kind", *derived_columns.PATH_COLUMNS)  # of a listed row
_TOTAL_COLUMNS = {"count": "_files", "size_bytes": "_bytes", "inspection_timestamp": "_newest"}  # by sort key
_GROUPING_COLUMNS = ("sequence_key", "path_folded", "size_bytes", "frame_number", "inspection_timestamp")
_MAX_FACET_VALUES = 500
MAX_SORTED_ROWS = 2_000_000  # whose keys are read to sort them by another column; about 400 MB
_COMMON_CHANNELS = frozenset(["R", "G", "B", "A", ""])  # channels without a layer that every image has


def browse(transaction: Transaction, listing: Listing, template: PathTemplate) -> Page:
    """Return one page of the listing and its facets; raise StoreError for an unknown facet or sort column."""
    independent = [name for name in listing.facets if name != "layer"]  # a facet ignores its own condition
    if unknown := set(listing.facets) - set(derived_columns.FACET_COLUMNS):
        raise StoreError(f"Unknown facets: {', '.join(sorted(unknown))}.")
    if listing.sort not in (*_TOTAL_COLUMNS, *schema.FILE_COLUMNS, *derived_columns.SCALAR_COLUMNS):
        raise StoreError(f"Cannot sort by unknown column: {listing.sort}.")
    derived = DerivedFilter(transaction, template)
    names = [*listing.facets, *(condition.column for condition in listing.where)]
    names += [listing.sort] if listing.sort not in _TOTAL_COLUMNS else []
    columns = source_columns([*_GROUPING_COLUMNS, *names])
    fixed = tuple(condition for condition in listing.where if condition.column not in independent)
    total = matching_rows(transaction, fixed)
    if total > MAX_EXACT_ROWS and (listing.sort, listing.descending) == ("inspection_timestamp", True):
        return _browse_newest(transaction, listing, derived, columns, fixed)
    if total > MAX_SORTED_ROWS:
        raise StoreError(
            f"Cannot sort {total:,} rows by {listing.sort} without the server. Sort by time, newest first, or filter."
        )
    base = matching_keys(transaction, fixed, False, derived, columns)
    rows = derived.apply(base, tuple(condition for condition in listing.where if condition.column in independent))
    groups = _group_rows(rows, listing, derived)
    page = groups.slice(listing.offset, listing.limit)
    facets = _count_facets(base, listing, derived)
    return Page(_to_sequences(transaction, page, derived), len(groups), len(rows), facets)


def _browse_newest(
    transaction: Transaction, listing: Listing, derived: DerivedFilter, columns: list[str], fixed: Filter
) -> Page:
    """Return a page of the newest rows; facets are counted over rows as new as those."""
    groups = rows = pa.table({})
    for rows in newest_keys(transaction, listing.where, False, derived, columns):
        groups = _group_rows(rows, listing, derived)
        if len(groups) >= listing.offset + listing.limit:
            break
    page = groups.slice(listing.offset, listing.limit)
    if listing.folded and len(page):
        page = _complete_groups(transaction, page, listing, derived, columns)
    sequences = _to_sequences(transaction, page, derived)
    if not sequences:
        return Page((), 0, 0)
    total = matching_rows(transaction, listing.where)
    base = rows if fixed == listing.where else next(newest_keys(transaction, fixed, False, derived, columns))
    facets = _count_facets(base, listing, derived) if listing.facets else ()
    total_rows = max(len(groups), round(total * len(groups) / len(rows)))
    return Page(sequences, total_rows, total, facets, len(base))


def _complete_groups(
    transaction: Transaction, page: pa.Table, listing: Listing, derived: DerivedFilter, columns: list[str]
) -> pa.Table:
    """Return the rows of a page with the totals of all matching files of their sequences."""
    keys = page["sequence_key"].to_pylist()
    of_page = (*listing.where, Condition("sequence_key", "in", tuple(keys)))
    return _group_rows(matching_keys(transaction, of_page, False, derived, columns), listing, derived)


def _count_facets(base: pa.Table, listing: Listing, derived: DerivedFilter) -> tuple[Facet, ...]:
    independent = [name for name in listing.facets if name != "layer"]
    return tuple(_count_facet(name, base, listing.where, independent, derived) for name in listing.facets)


def _group_rows(rows: pa.Table, listing: Listing, derived: DerivedFilter) -> pa.Table:
    """Return the newest file of each listed row with the totals of all its files, sorted."""
    key = "sequence_key" if listing.folded else "file_path_normalized"
    order = [(key, "ascending"), ("inspection_timestamp", "descending"), ("file_id", "descending")]
    ordered = rows.sort_by(order)
    totals = ordered.group_by(key, use_threads=False).aggregate(
        [
            ("file_id", "first"),
            ("file_id", "count"),
            ("size_bytes", "sum"),
            ("inspection_timestamp", "max"),
            ("frame_number", "list"),
        ]
    )
    groups = ordered.take(pc.index_in(totals["file_id_first"], value_set=ordered["file_id"].combine_chunks()))
    names = {"_files": "file_id_count", "_bytes": "size_bytes_sum", "_newest": "inspection_timestamp_max"}
    for name, column in {**names, "_frames": "frame_number_list"}.items():
        groups = groups.append_column(name, totals[column])
    is_total = listing.sort in _TOTAL_COLUMNS
    sort_values = groups[_TOTAL_COLUMNS[listing.sort]] if is_total else derived.column(groups, listing.sort)
    direction = "descending" if listing.descending else "ascending"
    groups = groups.append_column("_by", sort_values)
    indices = pc.sort_indices(
        groups,
        sort_keys=[("_by", direction), ("path_folded", "ascending"), ("file_id", "ascending")],
        null_placement="at_end",
    )
    return groups.take(indices)


def _to_sequences(transaction: Transaction, page: pa.Table, derived: DerivedFilter) -> tuple[ListedSequence, ...]:
    """Convert the rows of a page, with all displayed columns."""
    if not len(page):
        return ()
    files = read_files(transaction, page)
    table = pa.Table.from_pylist(files, schema=pa.schema([schema.FILES.field(name) for name in schema.FILE_COLUMNS]))
    derived_values = {name: derived.column(table, name).to_pylist() for name in _DERIVED_COLUMNS}
    sequences = []
    for index, (row, total) in enumerate(zip(files, page.to_pylist(), strict=True)):
        frames = sorted({decode_frame(frame) for frame in total["_frames"] if frame is not None})
        file = {**row, **{name: values[index] for name, values in derived_values.items()}}
        sequences.append(ListedSequence(file, total["_files"], tuple(frames), total["_bytes"] or 0))
    return tuple(sequences)


def _count_facet(name: str, base: pa.Table, where: Filter, independent: list[str], derived: DerivedFilter) -> Facet:
    """Count the values of one facet under the conditions on the other facets."""
    rows = derived.apply(
        base, tuple(condition for condition in where if condition.column in independent and condition.column != name)
    )
    counts = _count_layers(rows) if name == "layer" else Counter(_value_counts(derived.column(rows, name)))
    values = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Facet(name, tuple(values[:_MAX_FACET_VALUES]))


def _count_layers(rows: pa.Table) -> Counter[str]:
    """Count the files that have each layer."""
    counts: Counter[str] = Counter()
    for channel_list, count in _value_counts(rows["channel_list"]).items():
        layers = {re.sub(r"\.[^.]*$", "", channel) for channel in channel_list.split("|")}
        for layer in layers - _COMMON_CHANNELS:
            counts[layer] += count
    return counts


def _value_counts(column: Any) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist() if row["values"] is not None}
