"""Browse query of the local library."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from exr_inspector_app.contracts import Listing, Page
from exr_inspector_app.persistence.browse_sql import facets_sql, make_page, page_sql
from exr_inspector_app.persistence.query.derived_columns import PathTemplate


def browse(connection: duckdb.DuckDBPyConnection, listing: Listing, template: PathTemplate) -> Page:
    """Return the page of a listing with its facets."""
    query = page_sql(listing, template)
    table: pa.Table = connection.sql(query.text, params=list(query.values)).to_arrow_table()
    rows = table.to_pylist()
    counts = []
    if listing.facets:
        query = facets_sql(listing, template)
        counts = connection.execute(query.text, list(query.values)).fetchall()
    return make_page(rows, counts, listing)
