"""Reader of the VAST Catalog, the table of all files of a cluster: https://support.vastdata.com (VAST Catalog)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from typing import Any

import pyarrow as pa
import vastdb

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.vast.database import DEFAULT_TIMEOUT_S, Database
from exr_inspector_app.persistence.vast.errors import translate_stream_errors

_COLUMNS = ("parent_path", "name", "size", "mtime")

CatalogRow = tuple[str, int | None, str | None]  # path on the cluster, size in bytes, date


def read_catalog(vast: Vast, folder: str, extensions: tuple[str, ...]) -> Iterator[CatalogRow]:
    """Yield the files below a folder of the cluster by their extensions, in no particular order.

    Args:
        vast: Settings with keys.
        folder: Path on the cluster, such as /prod.
        extensions: Extensions with their dot, in lower case.

    Raises:
        StoreError: There is no catalog, or the key may not read it.
    """
    folder = "/" + folder.strip("/")
    with closing(Database(vast, timeout=DEFAULT_TIMEOUT_S)) as database, database.transaction() as transaction:
        with translate_stream_errors(vast):
            table = transaction.sdk.catalog(fail_if_missing=False)
            if table is None:
                raise StoreError(f"{vast.endpoint} has no VAST Catalog. Enable it, or name a folder or a list.")
            config = vastdb.QueryConfig(data_endpoints=transaction.data_endpoints(), num_splits=1)
            path, kind = table["parent_path"], table["element_type"]
            below = (path >= folder) & (path < f"{folder.rstrip('/')}0")  # 0 follows /
            batches = table.select(list(_COLUMNS), below & (kind == "FILE"), config)
        with translate_stream_errors(vast):
            for batch in batches:
                transaction.keep_alive()
                yield from _rows(batch, folder, extensions)


def _rows(batch: pa.RecordBatch, folder: str, extensions: tuple[str, ...]) -> Iterator[CatalogRow]:
    columns = [batch.column(name) for name in _COLUMNS]
    if pa.types.is_timestamp(columns[3].type):
        columns[3] = columns[3].cast(pa.timestamp("us"), safe=False)
    for parent, name, size, mtime in zip(*(column.to_pylist() for column in columns), strict=True):
        path = f"{parent.rstrip('/')}/{name}"
        if name.lower().endswith(extensions) and path.startswith(f"{folder.rstrip('/')}/"):
            yield path, size, _format_time(mtime)


def _format_time(value: Any) -> str | None:
    """Return a time as ISO 8601, UTC; the catalog has no time zone."""
    return value.replace(tzinfo=UTC).isoformat(timespec="microseconds") if hasattr(value, "replace") else None
