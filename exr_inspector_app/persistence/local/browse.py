"""One page of the local library in one query, and the counts of its facets in another."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from exr_inspector_app.contracts import Facet, Filter, ListedSequence, Listing, Page
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local.filter_sql import Sql, column_sql, join_sql, where_sql
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate

# The view `current_files` ranks every row; most paths have one header only, which a look at hashes tells sooner.
_CURRENT = """(SELECT * FROM file_rows WHERE file_id NOT IN (
  SELECT file_id FROM (SELECT file_id, row_number() OVER
    (PARTITION BY file_path_normalized ORDER BY inspection_timestamp DESC, file_id) AS place
    FROM file_rows WHERE hash(file_path_normalized) IN
      (SELECT hash(file_path_normalized) FROM file_rows GROUP BY 1 HAVING count(*) > 1))
  WHERE place > 1))"""
_SHOWN = ("kind", "renderer", *derived_columns.PATH_COLUMNS)  # derived columns of a row
_TOTALS = {"count": "_files", "size_bytes": "_bytes", "inspection_timestamp": "_newest"}  # of a whole row
_MOST_VALUES = 500  # of one facet
_PLAIN = ["R", "G", "B", "A", ""]  # channels without a layer that every picture has


def browse(connection: duckdb.DuckDBPyConnection, listing: Listing, template: PathTemplate) -> Page:
    """The page and its facets."""
    query = _page(listing, template)
    table: pa.Table = connection.sql(query.text, params=list(query.values)).to_arrow_table()
    rows = table.to_pylist()
    facets = _counted(connection, listing, template) if listing.facets else ()
    rows_in_all, files_in_all = (rows[0]["_rows_in_all"], int(rows[0]["_files_in_all"])) if rows else (0, 0)
    return Page(tuple(_listed(row) for row in rows), rows_in_all, files_in_all, facets)


def _page(listing: Listing, template: PathTemplate) -> Sql:
    """Files that match, gathered into rows, sorted and cut; what a row shows is looked up for the page only."""
    chosen = where_sql(listing.where, template)
    order = _order(listing, template)
    shown = join_sql([Sql(f"{one.text} AS {_quoted(name)}", one.values) for name, one in _derived(template)], ", ")
    key = "sequence_key" if listing.folded else "file_path_normalized"
    text = f"""
WITH chosen AS (SELECT * FROM {_CURRENT} WHERE {chosen.text}),
gathered AS (SELECT arg_max(file_id, inspection_timestamp || file_id) AS file_id, count(*) AS _files,
  coalesce(sum(size_bytes), 0)::BIGINT AS _bytes, max(inspection_timestamp) AS _newest,
  list(frame_number) AS _frames FROM chosen GROUP BY {key}),
page AS (SELECT g.*, count(*) OVER () AS _rows_in_all, sum(_files) OVER () AS _files_in_all,
  row_number() OVER (ORDER BY {order.text}, path_folded, file_id) AS _place
  FROM gathered g JOIN file_rows USING (file_id) ORDER BY _place LIMIT ? OFFSET ?)
SELECT {", ".join(schema.FILE_COLUMNS)}, {shown.text}, _files, _bytes, _frames, _rows_in_all, _files_in_all
FROM page JOIN file_rows USING (file_id) ORDER BY _place"""
    return Sql(text, (*chosen.values, *order.values, listing.limit, listing.offset, *shown.values))


def _order(listing: Listing, template: PathTemplate) -> Sql:
    """The sort of a listing; rows without a value stand last."""
    name = listing.sort
    if name not in (*_TOTALS, *schema.FILE_COLUMNS, *derived_columns.SCALAR_COLUMNS):
        raise StoreError(f"A listing cannot be sorted by {name}.")
    by = Sql(_TOTALS[name]) if name in _TOTALS else column_sql(name, template)
    return Sql(f"{by.text} {'DESC' if listing.descending else 'ASC'} NULLS LAST", by.values)


def _derived(template: PathTemplate) -> list[tuple[str, Sql]]:
    return [(name, column_sql(name, template)) for name in _SHOWN]


def _listed(row: dict[str, Any]) -> ListedSequence:
    """One row of the page."""
    frames = sorted({frame for frame in row["_frames"] if frame is not None})
    facts = {name: value for name, value in row.items() if not name.startswith("_")}
    return ListedSequence(facts, row["_files"], tuple(frames), row["_bytes"])


def _counted(connection: duckdb.DuckDBPyConnection, listing: Listing, template: PathTemplate) -> tuple[Facet, ...]:
    """The facets, counted over the distinct combinations of their values instead of over every file."""
    if unknown := set(listing.facets) - set(derived_columns.FACET_COLUMNS):
        raise StoreError(f"There are no facets of {', '.join(sorted(unknown))}.")
    own = [name for name in listing.facets if name != "layer"]
    fixed = where_sql(tuple(one for one in listing.where if one.column not in own), template)
    columns = [column_sql(name, template) for name in own]
    named = join_sql(
        [Sql(f"{one.text} AS {_quoted(n)}", one.values) for n, one in zip(own, columns, strict=True)], ", "
    )
    counts = join_sql([_facet(name, listing.where, own, template) for name in listing.facets], " UNION ALL ")
    text = (
        f"WITH base AS MATERIALIZED (SELECT {named.text}, channel_list, count(*) AS _files FROM {_CURRENT} "
        f"WHERE {fixed.text} GROUP BY ALL) {counts.text}"
    )
    found = connection.execute(text, [*named.values, *fixed.values, *counts.values]).fetchall()
    found.sort(key=lambda row: (-row[2], row[1]))
    values = {name: [(value, int(count)) for at, value, count in found if at == name] for name in listing.facets}
    return tuple(Facet(name, tuple(listed[:_MOST_VALUES])) for name, listed in values.items())


def _facet(name: str, conditions: Filter, own: list[str], template: PathTemplate) -> Sql:
    """The counts of one facet, under the conditions on the others."""
    others = tuple(one for one in conditions if one.column in own and one.column != name)
    chosen = where_sql(others, template, lambda column_: Sql(_quoted(column_)))
    if name != "layer":
        text = f"SELECT '{name}', {_quoted(name)}, sum(_files) FROM base WHERE {chosen.text} GROUP BY 2"
        return Sql(f"({text} HAVING {_quoted(name)} IS NOT NULL)", chosen.values)
    layers = "list_transform(string_split(channel_list, '|'), lambda one: regexp_replace(one, '\\.[^.]*$', ''))"
    text = (
        f"(SELECT 'layer', layer, sum(_files) FROM (SELECT unnest(list_distinct({layers})) AS layer, _files FROM "
        f"(SELECT channel_list, sum(_files) AS _files FROM base WHERE {chosen.text} GROUP BY 1)) "
        "WHERE NOT list_contains(?, layer) GROUP BY 2)"
    )
    return Sql(text, (*chosen.values, _PLAIN))


def _quoted(name: str) -> str:
    """A column's name that may be a word of SQL, such as `show`."""
    return f'"{name}"'
