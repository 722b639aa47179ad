"""Publish history of the local library."""

from __future__ import annotations

from exr_inspector_app.contracts import PublishSummary
from exr_inspector_app.persistence.local.arrow_io import fetch_rows
from exr_inspector_app.persistence.local.database import LocalDatabase
from exr_inspector_app.persistence.publish_history import GROUP_COLUMNS, fold_publishes

_COLUMNS = ", ".join(GROUP_COLUMNS)
_QUERY = f"""
WITH newest AS (
  SELECT publish_id FROM file_rows WHERE publish_id <> '' AND (? = '' OR published_by = ?)
  GROUP BY 1 ORDER BY max(attempt_id) DESC LIMIT ?)
SELECT {_COLUMNS}, count(*) AS files, count(*) FILTER (inspection_count = 1) AS removable,
  max(attempt_id) AS attempt_id, max(inspection_timestamp) AS inspection_timestamp, min(file_path) AS file_path
FROM file_rows WHERE publish_id IN (SELECT publish_id FROM newest) GROUP BY {_COLUMNS}"""


def list_publishes(database: LocalDatabase, limit: int, published_by: str) -> list[PublishSummary]:
    """Return the newest publishes, all or those of one user."""
    if not database.exists:
        return []
    with database.connect() as connection:
        return fold_publishes(fetch_rows(connection, _QUERY, [published_by, published_by, limit]), limit)
