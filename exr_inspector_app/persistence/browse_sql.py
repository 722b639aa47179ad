"""Browse query as SQL of DuckDB's dialect: one statement for a page, and one for the counts of its facets.

The statements read relations `file_rows`, `part_rows` and `attribute_rows`, which each store defines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exr_inspector_app.contracts import Facet, Filter, ListedSequence, Listing, Page
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.query import derived_columns
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.query.filter_sql import Sql, column_sql, join_sql, where_sql
from exr_inspector_app.persistence.rows.decode import decode_frame

# The view `current_files` ranks every row. Most paths have only one header, which comparing hashes detects faster.
CURRENT_FILES = """(SELECT * FROM file_rows WHERE file_id NOT IN (
  SELECT file_id FROM (SELECT file_id, row_number() OVER
    (PARTITION BY file_path_normalized ORDER BY inspection_timestamp DESC, file_id) AS place
    FROM file_rows WHERE hash(file_path_normalized) IN
      (SELECT hash(file_path_normalized) FROM file_rows GROUP BY 1 HAVING count(*) > 1))
  WHERE place > 1))"""
_DERIVED = ("kind", *derived_columns.PATH_COLUMNS)  # derived columns of a row
_TOTALS = {"count": "_files", "size_bytes": "_bytes", "inspection_timestamp": "_newest"}  # sort columns of a sequence
_MAX_FACET_VALUES = 500
_IMAGE_CHANNELS = ["R", "G", "B", "A", ""]  # channels without a layer; not listed as layers


def page_sql(listing: Listing, template: PathTemplate) -> Sql:
    """Filter, group, sort, and cut; columns that are only displayed are read for the rows of the page alone."""
    matching = where_sql(listing.where, template)
    order = _order_sql(listing, template)
    derived = _select_list(list(_DERIVED), template)
    key = "sequence_key" if listing.folded else "file_path_normalized"
    text = f"""
WITH chosen AS (SELECT * FROM {CURRENT_FILES} WHERE {matching.text}),
gathered AS (SELECT arg_max(file_id, inspection_timestamp || file_id) AS file_id, count(*) AS _files,
  coalesce(sum(size_bytes), 0)::BIGINT AS _bytes, max(inspection_timestamp) AS _newest,
  list(frame_number) AS _frames FROM chosen GROUP BY {key}),
page AS (SELECT g.*, count(*) OVER () AS _total_rows, sum(_files) OVER () AS _total_files,
  row_number() OVER (ORDER BY {order.text}, path_folded, file_id) AS _place
  FROM gathered g JOIN file_rows USING (file_id) ORDER BY _place LIMIT ? OFFSET ?)
SELECT {", ".join(schema.FILE_COLUMNS)}, {derived.text}, _files, _bytes, _frames, _total_rows, _total_files
FROM page JOIN file_rows USING (file_id) ORDER BY _place"""
    return Sql(text, (*matching.values, *order.values, listing.limit, listing.offset, *derived.values))


def _order_sql(listing: Listing, template: PathTemplate) -> Sql:
    """Return the sort expression of a listing; rows without a value come last."""
    name = listing.sort
    if name not in (*_TOTALS, *schema.FILE_COLUMNS, *derived_columns.SCALAR_COLUMNS):
        raise StoreError(f"Cannot sort by unknown column: {name}.")
    expression = Sql(_TOTALS[name]) if name in _TOTALS else column_sql(name, template)
    return Sql(f"{expression.text} {'DESC' if listing.descending else 'ASC'} NULLS LAST", expression.values)


def _select_list(names: list[str], template: PathTemplate) -> Sql:
    """Return the expressions of columns, named as these, for a SELECT clause."""
    expressions = [column_sql(name, template) for name in names]
    return join_sql(
        [
            Sql(f"{expression.text} AS {_quote(name)}", expression.values)
            for name, expression in zip(names, expressions, strict=True)
        ],
        ", ",
    )


def facets_sql(listing: Listing, template: PathTemplate) -> Sql:
    """Count the facets over the distinct combinations of their values instead of over every file."""
    if unknown := set(listing.facets) - set(derived_columns.FACET_COLUMNS):
        raise StoreError(f"Unknown facets: {', '.join(sorted(unknown))}.")
    faceted = [name for name in listing.facets if name != "layer"]
    fixed = where_sql(tuple(condition for condition in listing.where if condition.column not in faceted), template)
    columns = _select_list(faceted, template)
    counts = join_sql([_facet_sql(name, listing.where, faceted, template) for name in listing.facets], " UNION ALL ")
    text = (
        f"WITH base AS MATERIALIZED (SELECT {columns.text}, channel_list, count(*) AS _files FROM {CURRENT_FILES} "
        f"WHERE {fixed.text} GROUP BY ALL) {counts.text}"
    )
    return Sql(text, (*columns.values, *fixed.values, *counts.values))


def make_page(rows: Sequence[Mapping[str, Any]], counts: Sequence[tuple[str, str, int]], listing: Listing) -> Page:
    """Return a page from the rows of `page_sql` and of `facets_sql`."""
    ordered = sorted(counts, key=lambda row: (-row[2], row[1]))
    values = {
        name: [(value, int(count)) for facet, value, count in ordered if facet == name] for name in listing.facets
    }
    facets = tuple(Facet(name, tuple(counted[:_MAX_FACET_VALUES])) for name, counted in values.items())
    total_rows, total_files = (rows[0]["_total_rows"], int(rows[0]["_total_files"])) if rows else (0, 0)
    return Page(tuple(_make_row(row) for row in rows), total_rows, total_files, facets)


def _make_row(row: Mapping[str, Any]) -> ListedSequence:
    """Return one row of the page from a row of the query."""
    frames = sorted({decode_frame(frame) for frame in row["_frames"] if frame is not None})
    columns = {name: value for name, value in row.items() if not name.startswith("_")}
    return ListedSequence(columns, row["_files"], tuple(frames), row["_bytes"])


def _facet_sql(name: str, conditions: Filter, faceted: list[str], template: PathTemplate) -> Sql:
    """Return the query that counts one facet under the conditions on the other facets."""
    others = tuple(condition for condition in conditions if condition.column in faceted and condition.column != name)
    matching = where_sql(others, template, lambda column: Sql(_quote(column)))
    if name != "layer":
        text = f"SELECT '{name}', {_quote(name)}, sum(_files) FROM base WHERE {matching.text} GROUP BY 2"
        return Sql(f"({text} HAVING {_quote(name)} IS NOT NULL)", matching.values)
    layers = "list_transform(string_split(channel_list, '|'), lambda one: regexp_replace(one, '\\.[^.]*$', ''))"
    text = (
        f"(SELECT 'layer', layer, sum(_files) FROM (SELECT unnest(list_distinct({layers})) AS layer, _files FROM "
        f"(SELECT channel_list, sum(_files) AS _files FROM base WHERE {matching.text} GROUP BY 1)) "
        "WHERE NOT list_contains(?, layer) GROUP BY 2)"
    )
    return Sql(text, (*matching.values, _IMAGE_CHANNELS))


def _quote(name: str) -> str:
    """Quote a column name that may be an SQL keyword, such as `show`."""
    return f'"{name}"'
