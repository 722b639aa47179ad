"""Migrations: tables that version 1 wrote (`data/schema_1.zip`) have the rows of the same files published now."""

from __future__ import annotations

import json
import shutil
import zipfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vastdb import VectorIndexSpec

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import EMBEDDING_VERSION
from exr_inspector_app.errors import StoreDamagedError, StoreError
from exr_inspector_app.persistence import schema
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.schema_versions import is_same_type
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.persistence.vast import VastStore, diagnose, migrate
from exr_inspector_app.persistence.vast.migration import steps as migration
from exr_inspector_app.persistence.vast.session import connect
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.lookup import describe
from tests.persistence.write_tables import DATA, publish_all
from tests.read_only import run_read_only
from tests.records import batch, small
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality

OLD = DATA / "schema_1.zip"
UNEQUAL = {"attempt_id"}  # random; vectors are compared while they are of one version
Rows = list[dict[str, Any]]

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver


@pytest.fixture(scope="module")
def payloads() -> list[Any]:
    with zipfile.ZipFile(OLD) as archive:
        listed: list[Any] = json.loads(archive.read("payloads.json"))
    return listed


@pytest.fixture
def library(own_home: Path) -> Path:
    """Return the configured library, a file of version 1."""
    with zipfile.ZipFile(OLD) as archive:
        archive.extract("library.duckdb", own_home)
    return own_home / "library.duckdb"


def rows_of(store: Store) -> dict[str, Rows]:
    """Return everything that readers see, in a fixed order."""
    files = store.get_many([row.file["file_id"] for row in store.find(history=True)])
    order = sorted(files, key=lambda stored: str(stored.file["file_id"]))
    ids = [str(stored.file["file_id"]) for stored in order]
    tables = {"files": [dict(stored.file) for stored in order]}
    for table in ("parts", "channels", "attributes"):
        tables[table] = [dict(row) for stored in order for row in getattr(stored, table)]
    previews = store.previews(ids)
    tables["previews"] = [
        {"id": name, "of": shown.file_id, "layer": shown.picture_layer, "jpeg": shown.thumbnail}
        for name in ids
        if (shown := previews.get(name))
    ]
    for row in (*tables["parts"], *tables["channels"], *tables["attributes"]):
        row.pop("file_path", None)  # of children the library has it in their file
    # Vectors of an older embedding version stay until they are recomputed.
    unequal = UNEQUAL | {"channel_vector", "channel_fingerprint", "embedding_version", "vector_id"}
    return {name: [{k: v for k, v in row.items() if k not in unequal} for row in rows] for name, rows in tables.items()}


def test_migrated_library_has_the_rows_of_a_new_one(library: Path, payloads: list[Any], tmp_path: Path) -> None:
    new = LocalStore(tmp_path / "new.duckdb")
    publish_all(new, payloads)
    with Backend(config.load()).store() as store:  # opening it is enough
        assert rows_of(store) == rows_of(new)
        assert {row.file["embedding_version"] for row in store.find()} == {3} != {EMBEDDING_VERSION}
        assert store.check().problems == ()
    (backup,) = library.parent.glob("library.schema-1*")
    with zipfile.ZipFile(OLD) as archive:
        assert backup.read_bytes() == archive.read("library.duckdb")
    assert [path.name for path in library.parent.glob(".*.new")] == []
    with duckdb.connect(str(library), config={"enable_external_access": False}) as connection:
        tables = {name: connection.sql(f"SELECT * FROM {name}").to_arrow_table() for name in schema.TABLES}
    for name, columns in schema.TABLES.items():
        stored = tables[name].schema
        assert stored.names == columns.names
        kinds = zip(stored.types, columns.types, strict=True)
        assert all(is_same_type(own.storage_type if hasattr(own, "storage_type") else own, kind) for own, kind in kinds)


def test_library_is_migrated_once_by_the_command(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["library", "migrate"]) == 0
    assert f"schema version 2; backup: {library.with_name('library.schema-1.duckdb')}" in capsys.readouterr().out
    before = library.read_bytes()
    assert main(["library", "migrate"]) == 0
    assert capsys.readouterr().out == f"{library}: schema version 2\n"
    assert library.read_bytes() == before


def test_failed_migration_leaves_the_library_as_it_was(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = library.read_bytes()
    monkeypatch.setattr(shutil, "copymode", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(
        StoreError, match=r"Cannot migrate the library .*: No space left on device. It was not changed."
    ):
        LocalStore(library, describe=describe).count()
    assert library.read_bytes() == before
    assert sorted(path.name for path in library.parent.glob("*library*")) == ["library.duckdb"]


def test_library_on_a_read_only_mount_is_read_through_a_copy(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = library.parent / "shared"
    folder.mkdir()
    old = shutil.move(library, folder / library.name)
    before = old.read_bytes()
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(old))
    listed = run_read_only(folder, "library", "list", "--json", "--where", "frame_number=1.25")
    assert [row["frame_number"] for row in json.loads(listed.stdout)] == [1.25]
    checked = run_read_only(folder, "library", "check")
    assert checked.returncode == 0
    first, note = checked.stdout.splitlines()
    assert first == "Local library: 15 files, schema version 2"
    assert "embeddings of an older version" in note
    refused = run_read_only(folder, "library", "migrate")
    assert (refused.returncode, "No permission to write to" in refused.stderr) == (1, True)
    assert [path.name for path in folder.iterdir()] == [library.name]
    assert old.read_bytes() == before


def test_library_that_cannot_be_migrated_is_refused_by_a_sentence(library: Path) -> None:
    before = library.read_bytes()
    with pytest.raises(StoreDamagedError, match=r"older version \(schema 1, current: 2\). Run `exr-inspector library"):
        LocalStore(library).count()
    assert library.read_bytes() == before


def vast_rows() -> dict[str, pa.Table]:
    """Return the tables of version 1, as a server had them."""
    with zipfile.ZipFile(OLD) as archive:
        return {name: pq.read_table(BytesIO(archive.read(f"vast/{name}.parquet"))) for name in schema.TABLES}


@pytest.fixture
def old_vast(vast: Vast) -> Vast:
    """Return a place whose tables are of version 1."""
    with connect(vast, (2.0, 5.0)).transaction() as tx:
        namespace = tx.bucket(vast.bucket).create_schema(vast.schema)
        for name, rows in vast_rows().items():
            index = VectorIndexSpec("metadata_embedding", "l2sq") if name == "files" else None
            namespace.create_table(name, rows.schema, vector_index=index).insert(rows)
    return vast


@pytest.mark.vast
def test_migrated_tables_have_the_rows_of_new_ones(
    old_vast: Vast, server: VastServer, payloads: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "MAX_RANGE_FILES", 4)
    new = LocalStore(tmp_path / "new.duckdb")
    publish_all(new, payloads)
    with closing(VastStore(old_vast)) as store:
        with pytest.raises(StoreDamagedError, match=r"schema 1, current: 2\). Run `exr-inspector vast migrate` once."):
            store.count()
        with pytest.raises(StoreDamagedError, match="vast migrate"):
            publish_all(store, payloads)
    steps = migrate(old_vast, describe)
    first = next(steps)
    assert (first.index, first.ranges) == (1, 16)
    steps.close()  # as after Ctrl-C
    server.personality = Personality(updates_indexed=False)  # the rest is written in another way
    assert [item.index for item in migrate(old_vast, describe)] == list(range(2, 17))
    assert list(migrate(old_vast, describe)) == []
    with closing(VastStore(old_vast)) as store:
        assert rows_of(store) == rows_of(new)
        store.publish(batch(small(tmp_path)))
        assert store.count(history=True) == len(payloads) + 1
    assert [step.name for step in diagnose(old_vast) if not step.ok] == []


@pytest.mark.vast
@pytest.mark.parametrize("skipped", [1, 2])
def test_lost_reply_to_a_commit_does_not_spoil_the_migration(old_vast: Vast, server: VastServer, skipped: int) -> None:
    server.fault("commit", "drop_reply", times=1, skip=skipped)  # of a range, of the end
    assert sum(item.files for item in migrate(old_vast, describe)) == 15
    server.clear()
    with closing(VastStore(old_vast)) as store:
        frames = {row.file["frame_number"] for row in store.find()}
    assert {1001.0, 1.25, 1.5, -2.0, None} <= frames
