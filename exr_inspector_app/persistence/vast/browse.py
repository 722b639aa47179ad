"""One page of what a VAST Database holds, and its facets: put together here, since the server groups nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exr_inspector_app.contracts import Facet, Filter, ListedSequence, Listing, Page
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.vast.derived_filters import DerivedFilter, source_columns
from exr_inspector_app.persistence.vast.transaction import Transaction
from exr_inspector_app.persistence.vast.visibility import matching_keys, read_files

_SHOWN = ("kind", "renderer", *derived_columns.PATH_COLUMNS)  # derived columns of a row
_TOTALS = {"count": "_files", "size_bytes": "_bytes", "inspection_timestamp": "_newest"}  # of a whole row
_GATHERED = ("sequence_key", "path_folded", "size_bytes", "frame_number", "inspection_timestamp")
_MOST_VALUES = 500  # of one facet
_PLAIN = frozenset(["R", "G", "B", "A", ""])  # channels without a layer that every picture has


def browse(transaction: Transaction, listing: Listing, template: PathTemplate) -> Page:
    """The page and its facets."""
    own = [name for name in listing.facets if name != "layer"]  # whose conditions the other facets alone obey
    if unknown := set(listing.facets) - set(derived_columns.FACET_COLUMNS):
        raise StoreError(f"There are no facets of {', '.join(sorted(unknown))}.")
    if listing.sort not in (*_TOTALS, *schema.FILE_COLUMNS, *derived_columns.SCALAR_COLUMNS):
        raise StoreError(f"A listing cannot be sorted by {listing.sort}.")
    told = DerivedFilter(transaction, template)
    asked = [*listing.facets, *(one.column for one in listing.where)]
    asked += [listing.sort] if listing.sort not in _TOTALS else []
    fixed = tuple(one for one in listing.where if one.column not in own)
    base = matching_keys(transaction, fixed, False, told, source_columns([*_GATHERED, *asked]))
    rows = told.meeting(base, tuple(one for one in listing.where if one.column in own))
    gathered = _gathered(rows, listing, told)
    page = gathered.slice(listing.offset, listing.limit)
    facets = tuple(_facet(name, base, listing.where, own, told) for name in listing.facets)
    return Page(_listed(transaction, page, told), len(gathered), len(rows), facets)


def _gathered(rows: pa.Table, listing: Listing, told: DerivedFilter) -> pa.Table:
    """The newest file of each row of the listing with the totals of all its files, sorted."""
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
    kept = pc.index_in(totals["file_id_first"], value_set=ordered["file_id"].combine_chunks())
    heads = ordered.take(kept)
    names = {"_files": "file_id_count", "_bytes": "size_bytes_sum", "_newest": "inspection_timestamp_max"}
    for name, column in {**names, "_frames": "frame_number_list"}.items():
        heads = heads.append_column(name, totals[column])
    by = heads[_TOTALS[listing.sort]] if listing.sort in _TOTALS else told.column(heads, listing.sort)
    way = "descending" if listing.descending else "ascending"
    heads = heads.append_column("_by", by)
    places = pc.sort_indices(
        heads,
        sort_keys=[("_by", way), ("path_folded", "ascending"), ("file_id", "ascending")],
        null_placement="at_end",
    )
    return heads.take(places)


def _listed(transaction: Transaction, page: pa.Table, told: DerivedFilter) -> tuple[ListedSequence, ...]:
    """The rows of a page with all that is shown of them."""
    if not len(page):
        return ()
    facts = read_files(transaction, page)
    whole = pa.Table.from_pylist(facts, schema=pa.schema([schema.FILES.field(name) for name in schema.FILE_COLUMNS]))
    shown = {name: told.column(whole, name).to_pylist() for name in _SHOWN}
    found = []
    for place, (row, total) in enumerate(zip(facts, page.to_pylist(), strict=True)):
        frames = sorted({frame for frame in total["_frames"] if frame is not None})
        file = {**row, **{name: values[place] for name, values in shown.items()}}
        found.append(ListedSequence(file, total["_files"], tuple(frames), total["_bytes"] or 0))
    return tuple(found)


def _facet(name: str, base: pa.Table, where: Filter, own: list[str], told: DerivedFilter) -> Facet:
    """The counts of one facet, under the conditions on the others."""
    rows = told.meeting(base, tuple(one for one in where if one.column in own and one.column != name))
    counts = _layers(rows) if name == "layer" else Counter(_counted(told.column(rows, name)))
    values = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Facet(name, tuple(values[:_MOST_VALUES]))


def _layers(rows: pa.Table) -> Counter[str]:
    """How many files have each layer."""
    counts: Counter[str] = Counter()
    for listed, count in _counted(rows["channel_list"]).items():
        for layer in {re.sub(r"\.[^.]*$", "", one) for one in listed.split("|")} - _PLAIN:
            counts[layer] += count
    return counts


def _counted(column: Any) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist() if row["values"] is not None}
