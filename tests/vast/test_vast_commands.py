"""Commands `vast check|init|schema`, and `--target vast`, run as on a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exr_inspector_app import cli
from exr_inspector_app.config import Vast
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.exr_files import studio_file
from tests.persistence.samples import payload
from tests.vast.crowd import SECRET
from tests.vast.exact import raw
from tests.vast_server import VastServer

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def environment(vast: Vast, monkeypatch: pytest.MonkeyPatch) -> Vast:
    values = {"ENDPOINT": vast.endpoint, "ACCESS_KEY": vast.access_key, "SECRET_KEY": SECRET, "BUCKET": vast.bucket}
    for name, value in {**values, "SCHEMA": vast.schema}.items():
        monkeypatch.setenv(f"VAST_DB_{name}", value)
    return vast


def test_check_recommends_init_until_it_has_run(environment: Vast, capsys: Capture) -> None:
    assert cli.main(["vast", "check"]) == 1
    steps = capsys.readouterr().out.splitlines()
    assert [step[0] for step in steps] == ["✓"] * (len(steps) - 1) + ["✗"]
    assert "Run `exr-inspector vast init`" in steps[-1]
    assert cli.main(["vast", "init"]) == 0
    assert cli.main(["vast", "init"]) == 0
    assert cli.main(["vast", "check"]) == 0
    steps = capsys.readouterr().out.splitlines()
    names = "Settings Name Port Clock Server Key Bucket Tables Columns Rights Similarity Rows".split()
    assert [step.split()[:2] for step in steps] == [["✓", name] for name in names]
    assert "an index on metadata_embedding" in steps[-2]


def test_check_leaves_the_tables_unchanged(environment: Vast, server: VastServer) -> None:
    cli.main(["vast", "init"])
    before = raw(server, environment.schema, "schema_info")
    assert cli.main(["vast", "check"]) == 0
    assert raw(server, environment.schema, "schema_info") == before


@pytest.mark.parametrize(
    ("name", "value", "step"),
    [
        ("VAST_DB_ENDPOINT", "http://no.such.invalid", "Name"),
        ("VAST_DB_ENDPOINT", "http://127.0.0.1:9", "Port"),
        ("VAST_DB_SECRET_KEY", "wrong", "Server"),
        ("VAST_DB_BUCKET", "elsewhere", "Bucket"),
        ("VAST_DB_BUCKET", "No/Bucket", "Settings"),
        ("VAST_DB_SCHEMA", "nowhere", "Tables"),
    ],
)
def test_check_stops_at_the_step_that_fails(
    environment: Vast, monkeypatch: pytest.MonkeyPatch, capsys: Capture, name: str, value: str, step: str
) -> None:
    monkeypatch.setenv(name, value)
    assert cli.main(["vast", "check"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].split()[:2] == ["✗", step]


def test_commands_without_a_database_report_it(capsys: Capture) -> None:
    for arguments in (["vast", "check"], ["vast", "init"], ["library", "list", "--target", "vast"]):
        assert cli.main(arguments) == 1
        assert "No VAST Database is configured" in capsys.readouterr().err


def test_schema_prints_the_sql(capsys: Capture) -> None:
    assert cli.main(["vast", "schema"]) == 0
    assert "CREATE TABLE IF NOT EXISTS files" in capsys.readouterr().out


def test_published_files_are_found_in_the_database(environment: Vast, tmp_path: Path, capsys: Capture) -> None:
    for frame in (1001, 1002):
        studio_file(tmp_path / "in" / f"beauty.{frame}.exr", frame)
    for added in (2, 0):
        assert cli.main(["publish", "--target", "vast", str(tmp_path / "in")]) == 0
        assert f"{added} added, {2 - added} already there, 0 failed (VAST" in capsys.readouterr().err
    query = studio_file(tmp_path / "other" / "beauty.1500.exr", 1500)
    assert cli.main(["similar", "--target", "vast", "--json", str(query)]) == 0
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    assert (hit["band"], hit["sequence_count"]) == ("same set-up", 2)
    assert cli.main(["library", "list", "--target", "vast", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
    assert cli.main(["library", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert cli.main(["library", "check", "--target", "vast"]) == 0
    assert "2 files, schema version 1" in capsys.readouterr().out


def test_persist_twice_stores_one_row(environment: Vast, server: VastServer, capfd: Capture) -> None:
    document = payload()
    first, second = persist_to_vast_database(document), persist_to_vast_database(document)
    file_id = first["file_id"]
    assert first == {
        "status": "success",
        "file_id": file_id,
        "inserted": True,
        "message": f"File persisted: {file_id}",
        "error": None,
    }
    assert (second["inserted"], second["message"]) == (False, f"File already persisted: {file_id}")
    assert len(raw(server, environment.schema, "files")) == 1
    assert capfd.readouterr() == ("", "")


def test_external_session_is_used_and_stays_open(environment: Vast, monkeypatch: pytest.MonkeyPatch) -> None:
    import vastdb

    session = vastdb.connect(endpoint=environment.endpoint, access=environment.access_key, secret=SECRET)
    for name in ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY"):
        monkeypatch.delenv(f"VAST_DB_{name}")
    assert persist_to_vast_database(payload(), vastdb_session=session)["inserted"] is True
    assert persist_to_vast_database(payload(), vastdb_session=session)["status"] == "success"
    session.api.__exit__()
