"""Tables of another program in the schema are refused by a sentence, and nothing is added to them."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import StoreDamagedError
from exr_inspector_app.persistence.vast import VastStore, diagnose, migrate
from exr_inspector_app.persistence.vast.session import connect
from exr_inspector_app.services.lookup import describe
from tests.records import batch, small
from tests.vast_server import VastServer

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver
REFUSED = r"not from exr-inspector: missing files\.attempt_id, .*Choose another schema with VAST_DB_SCHEMA\."


@pytest.mark.parametrize("has_info", [False, True])
def test_foreign_tables_are_refused_and_not_changed(
    vast: Vast, server: VastServer, tmp_path: Path, has_info: bool
) -> None:
    text = pa.string()
    with connect(vast, (2.0, 5.0)).transaction() as tx:
        namespace = tx.bucket(vast.bucket).create_schema(vast.schema)
        files = pa.schema([("file_id", text), ("file_path", text), ("file_path_normalized", text)])
        namespace.create_table("files", files)
        if has_info:
            namespace.create_table("schema_info", pa.schema([("key", text), ("value", text)]))
    before = server.database.committed
    with closing(VastStore(vast)) as store:
        for attempt in (store.ensure_tables, store.count, lambda: store.publish(batch(small(tmp_path)))):
            with pytest.raises(StoreDamagedError, match=REFUSED):
                attempt()
    *_, last = diagnose(vast, timeout=(5.0, 10.0))
    assert (last.name, last.ok) == ("Tables", False)
    assert re.search(REFUSED, last.sentence)
    with pytest.raises(StoreDamagedError, match=r"not from exr-inspector: missing files\.attempt_id"):
        list(migrate(vast, describe))
    assert server.database.committed is before


def test_tables_without_a_version_are_refused_to_migrate_if_foreign(vast: Vast, server: VastServer) -> None:
    with closing(VastStore(vast)) as store:
        store.ensure_tables()
    with connect(vast, (2.0, 5.0)).transaction() as tx:
        table = tx.bucket(vast.bucket).schema(vast.schema).table("parts")
        table.drop_column(pa.schema([("part_name", pa.string())]))
    before = server.database.committed
    with pytest.raises(StoreDamagedError, match=r"missing parts\.part_name"):
        list(migrate(vast, describe))
    assert server.database.committed is before
