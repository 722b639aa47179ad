"""Query engine over the ADBC driver and the SDK's `vector_search`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import vastdb
from vastdb._internal import VectorIndexSpec

from tests.vast_server import VastServer

pytest.importorskip("adbc_driver_vastdb", reason="there is no ADBC driver for this system")
manager = pytest.importorskip("adbc_driver_manager")
pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")

DIM, ROWS = 384, 3000
COLUMNS = pa.schema(
    [("key", pa.int64()), ("group", pa.string()), ("v", pa.list_(pa.field("item", pa.float32(), nullable=False), DIM))]
)


def vectors(seed: int, count: int) -> np.ndarray[Any, Any]:
    """Return unit vectors."""
    drawn = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def rows(stored: np.ndarray[Any, Any], start: int = 0) -> pa.Table:
    """Return rows with these vectors, in ten groups."""
    keys = np.arange(start, start + len(stored))
    flat = pa.FixedSizeListArray.from_arrays(pa.array(stored.ravel()), type=COLUMNS.field("v").type)
    return pa.table([pa.array(keys), pa.array([f"group {key % 10}" for key in keys]), flat], schema=COLUMNS)


def connect(server: VastServer) -> vastdb.Session:
    """Open a session and create a table with a vector index."""
    session = vastdb.connect(endpoint=server.endpoint, access="KEY", secret="SECRET")
    with session.transaction() as tx:
        schema = tx.bucket("vastdb").create_schema("s")
        schema.create_table("t", COLUMNS, vector_index=VectorIndexSpec("v", "l2sq"))
    return session


@pytest.mark.parametrize("group", [None, "group 3"])
def test_nearest_rows_equal_those_of_numpy(group: str | None) -> None:
    stored, query = vectors(1, ROWS), vectors(2, 1)[0]
    is_selected = np.arange(ROWS) % 10 == 3 if group else np.ones(ROWS, dtype=bool)
    distances = np.where(is_selected, np.linalg.norm(stored - query, axis=1), np.inf)
    with VastServer() as server:
        session = connect(server)
        with session.transaction() as tx:
            tx.bucket("vastdb").schema("s").table("t").insert(rows(stored))
        with session.transaction() as tx:
            table = tx.bucket("vastdb").schema("s").table("t")
            filtered = table["group"] == group if group else None
            result = table.vector_search(query.tolist(), ["key"], 20, filtered).read_all()
    assert result["key"].to_pylist() == np.argsort(distances)[:20].tolist()
    assert np.allclose(result.column(1).to_numpy(), np.sort(distances)[:20], atol=1e-5)


def test_search_uses_the_snapshot_of_its_transaction() -> None:
    stored = vectors(1, 2)
    with VastServer() as server:
        session = connect(server)
        with session.transaction() as early, session.transaction() as tx:
            table = tx.bucket("vastdb").schema("s").table("t")
            table.insert(rows(stored))
            assert table.vector_search(stored[1].tolist(), ["key"], 1).read_all()["key"].to_pylist() == [1]
            other = early.bucket("vastdb").schema("s").table("t")
            assert other.vector_search(stored[1].tolist(), ["key"], 1).read_all().num_rows == 0


def test_failing_query_reports_the_reason() -> None:
    with VastServer() as server, connect(server).transaction() as tx:
        table = tx.bucket("vastdb").schema("s").table("t")
        with pytest.raises(manager.Error, match="no_such_column"):
            tx.adbc_conn.cursor.execute(f"SELECT no_such_column FROM {table.ref.query_engine_full_path}")


def test_driver_starts_no_transaction_without_an_engine() -> None:
    with VastServer(query_engine=False) as server:
        session = vastdb.connect(endpoint=server.endpoint, access="KEY", secret="SECRET")
        with pytest.raises(manager.Error, match="no query engine"):
            session.transaction().__enter__()
        assert [request.kind for request in server.log][-2:] == ["version", "engine_capabilities"]
