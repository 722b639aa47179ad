"""Commands `vast check|init|schema`, and `--target vast`, run as on a terminal."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from exr_inspector_app import cli
from exr_inspector_app.config import Vast
from exr_inspector_app.persistence.vast import VastStore, integrity
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.exr_files import studio_file
from tests.persistence.samples import batch, frames, payload
from tests.vast.crowd import SECRET
from tests.vast.exact import assert_raw_rows_are_exact, raw
from tests.vast_server import VastServer
from tests.vast_server.rows import NO_ROWS
from tests.vast_server.tables import Table

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
    names = "Settings Name Port Clock Server Key Bucket Tables Columns Rights Proof Similarity Rows Projections Roots"
    assert [step.split()[:2] for step in steps] == [["✓", name] for name in names.split()]
    assert "an index on metadata_embedding" in steps[-4]
    assert "9 projections" in steps[-2]


def test_check_leaves_the_tables_unchanged(environment: Vast, server: VastServer) -> None:
    cli.main(["vast", "init"])
    before = server.database.committed
    assert cli.main(["vast", "check", "--write"]) == 0
    assert server.database.committed is before


def test_check_costs_the_same_at_any_size(environment: Vast, server: VastServer) -> None:
    store = VastStore(environment)
    store.ensure_tables()
    counts = []
    for number in (0, 300):
        store.publish(batch(*frames(number)))
        server.clear()
        assert cli.main(["vast", "check"]) == 0
        requests = [(request.method, request.path) for request in server.log]
        counts.append(Counter(each for each in requests if "query-status" not in each[1]))  # polled until the end
    store.close()
    assert counts[0] == counts[1]
    assert counts[0].total() <= 50


def test_check_prints_json_for_monitoring(environment: Vast, capsys: Capture) -> None:
    assert cli.main(["vast", "check", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["location"], report["ok"]) == (environment.location, False)
    assert report["steps"][-1]["name"] == "Tables"
    cli.main(["vast", "init"])
    assert cli.main(["vast", "check", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert all(step["ok"] and step["sentence"] for step in report["steps"])


def test_mend_removes_duplicates_and_orphans_in_ranges(
    environment: Vast, server: VastServer, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity, "MAX_RANGE_FILES", 30)
    records = frames(40)
    store = VastStore(environment)
    store.publish(batch(*records))
    for table in ("files", "channels", "previews"):  # a second attempt at every file, and orphans of a removed one
        rows = server.rows(environment.schema, table)
        if len(rows):
            late = rows.set_column(1, rows.schema.field(1), pa.chunked_array([["z" * 32] * len(rows)]))
            _append(server, environment, table, late)
    orphans = server.rows(environment.schema, "parts").slice(0, 2)
    _append(server, environment, "parts", orphans.set_column(0, orphans.schema.field(0), pa.chunked_array([["~", ""]])))
    assert cli.main(["vast", "check"]) == 0
    assert len(raw(server, environment.schema, "files")) == 80
    capsys.readouterr()
    assert cli.main(["vast", "mend"]) == 0
    output = capsys.readouterr()
    assert output.out == "40 files, 42 rows repaired\n"
    assert len(output.err.splitlines()) == 16
    assert_raw_rows_are_exact(server, environment.schema, records)
    assert cli.main(["vast", "mend", "--from", "f"]) == 0
    assert capsys.readouterr().err.startswith("f: range 16 of 16")
    store.close()


def _append(server: VastServer, vast: Vast, table: str, rows: pa.Table) -> None:
    key = (vast.bucket, vast.schema, table)

    def insert(own: Table) -> Table:
        return own.insert(rows, own.ids.take(len(rows)))

    server.database.change(0, key, NO_ROWS, lambda catalog: catalog.change(key, insert))


def test_policy_and_statements_name_the_bucket(environment: Vast, capsys: Capture) -> None:
    assert cli.main(["vast", "schema", "--policy"]) == 0
    find, use, upload = json.loads(capsys.readouterr().out)["Statement"]
    assert find["Action"] == ["s3:HeadBucket", "s3:ListBucket"]
    assert use["Resource"] == [f"arn:aws:s3:::{environment.bucket}", f"arn:aws:s3:::{environment.bucket}/*"]
    assert use["Action"] == ["s3:Tabular*"]
    assert "s3:PutObject" in upload["Action"]
    assert f"arn:aws:s3:::{environment.bucket}/{environment.schema}_backfill/*" in upload["Resource"]
    assert cli.main(["vast", "schema", "--policy", "search"]) == 0
    _, read = json.loads(capsys.readouterr().out)["Statement"]
    assert "s3:Tabular*" not in read["Action"]
    assert cli.main(["vast", "schema"]) == 0
    assert f'CREATE SCHEMA IF NOT EXISTS vast."{environment.bucket}/{environment.schema}";' in capsys.readouterr().out


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
    assert "2 files, schema version 2" in capsys.readouterr().out


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


def test_report_and_duplicates_of_a_database_equal_those_of_a_library(
    environment: Vast, tmp_path: Path, capsys: Capture
) -> None:
    for frame in (1001, 1002):
        studio_file(tmp_path / "v001" / f"beauty.{frame}.exr", frame)
    studio_file(tmp_path / "copy" / "beauty.1001.exr", 1001)
    cli.main(["vast", "init"])
    reports = {}
    for target in ("local", "vast"):
        assert cli.main(["publish", "--target", target, str(tmp_path)]) == 0
        printed = []
        for command in ("report", "duplicates"):
            capsys.readouterr()
            assert cli.main(["library", command, "--json", "--target", target]) == 0
            printed.append(json.loads(capsys.readouterr().out))
        reports[target] = printed
    names = [printed[0].pop("target") for printed in reports.values()]
    assert names[0] != names[1]
    assert reports["local"] == reports["vast"]
    assert (reports["vast"][0]["files"], len(reports["vast"][1])) == (3, 1)
