"""Lists and counts of a large VAST Database by its query engine, which filters, groups and sorts on the server.

The statements are those of the local library, over relations with the visible row of each file.
"""

from __future__ import annotations

import logging
from typing import Any

import pyarrow as pa

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Filter, Listing, Page
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.browse_sql import CURRENT_FILES, facets_sql, make_page, page_sql
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.query.filter_sql import Sql, where_sql
from exr_inspector_app.persistence.vast.search import adbc_search
from exr_inspector_app.persistence.vast.transaction import Transaction

log = logging.getLogger(__name__)

_FACTS = ("engine.reachable", "engine.group", "engine.contains", "engine.starts_with")  # that the statements rely on


def browse_by_engine(vast: Vast, transaction: Transaction, listing: Listing, template: PathTemplate) -> Page | None:
    """Return a page with exact totals and facets, or None if the query engine does not answer.

    Raises:
        StoreError: An unknown sort column or facet, or an invalid condition.
    """
    statements = [page_sql(listing, template), *([facets_sql(listing, template)] if listing.facets else [])]
    tables = _run(vast, transaction, statements)
    if tables is None:
        return None
    counts = [tuple(row.values()) for table in tables[1:] for row in table.to_pylist()]
    return make_page(tables[0].to_pylist(), counts, listing)


def count_by_engine(
    vast: Vast, transaction: Transaction, where: Filter, history: bool, template: PathTemplate
) -> int | None:
    """Return the number of matching files, or None if the query engine does not answer."""
    condition = where_sql(where, template)
    source = "file_rows" if history else CURRENT_FILES
    tables = _run(
        vast, transaction, [Sql(f"SELECT count(*) AS n FROM {source} WHERE {condition.text}", condition.values)]
    )
    return None if tables is None else int(tables[0]["n"][0].as_py())


def _run(vast: Vast, transaction: Transaction, statements: list[Sql]) -> list[pa.Table] | None:
    """Return the rows of each statement in the snapshot of the transaction."""
    if any(transaction.tables.capabilities.lacks(fact) for fact in _FACTS):
        return None
    relations = _relations(vast)
    tables = []
    try:
        with adbc_search.open_query_engine(vast, transaction.id) as cursor:
            for statement in statements:
                text = _with_literals(statement).strip()
                rest = f", {text.removeprefix('WITH ')}" if text.startswith("WITH ") else f" {text}"
                cursor.execute(f"WITH {relations}{rest}")
                tables.append(adbc_search.fetch_rows(cursor))
    except adbc_search.DriverUnavailableError as reason:
        log.info("Rows of %s are listed on this machine: %s", vast.location, reason)
        return None
    return tables


def _relations(vast: Vast) -> str:
    """Return the relations that statements read, as common table expressions."""
    place = f'"{vast.bucket}/{vast.schema}"'
    columns = ", ".join(name for name in schema.FILE_COLUMNS if name != "attempt_id")
    attempt = "row_number() OVER (PARTITION BY file_id ORDER BY attempt_id) AS _attempt"
    rows = f"SELECT {columns}, attempt_id, {attempt} FROM {place}.files"
    return (
        f"file_rows AS (SELECT * FROM ({rows}) WHERE _attempt = 1), "
        f"part_rows AS (SELECT file_id, is_tiled FROM {place}.parts), "
        "attribute_rows AS (SELECT file_id, attribute_name, attribute_type, attribute_value, value_text "
        f"FROM {place}.attributes)"
    )


def _with_literals(statement: Sql) -> str:
    """Return a statement with its values in the text, because the driver binds none."""
    first, *rest = statement.text.split("?")
    pairs = zip(statement.values, rest, strict=True)
    return first + "".join(f"{_literal(value)}{text}" for value, text in pairs)


def _literal(value: Any) -> str:
    """Return a value as an SQL literal; in texts of standard SQL only the quote is special."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, str):
        return "'" + value.replace("\0", "").replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else repr(value)
