"""Help pages about a VAST Database: their Python examples, commands and queries run as they are printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from exr_inspector_app import cli, config
from exr_inspector_app.config import Vast
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import payload
from exr_inspector_app.persistence import schema
from exr_inspector_app.vast_db_persistence import persist_to_vast_database
from tests.exr_files import string, write_exr
from tests.vast.crowd import SECRET
from tests.vast_server import VastServer

Capture = pytest.CaptureFixture[str]


def page(name: str) -> str:
    return config.resource(f"help/{name}.md").read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)


@pytest.fixture
def environment(vast: Vast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Vast:
    """Set the variables of the database, and work in a folder with a file and a sequence."""
    values = {"ENDPOINT": vast.endpoint, "ACCESS_KEY": vast.access_key, "SECRET_KEY": SECRET, "BUCKET": vast.bucket}
    for name, value in {**values, "SCHEMA": vast.schema}.items():
        monkeypatch.setenv(f"VAST_DB_{name}", value)
    (tmp_path / "work" / "shot").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    write_exr("beauty.1001.exr", compression="zip")
    for frame in (1001, 1002, 1003):
        write_exr(f"shot/beauty.{frame}.exr", compression="zip")
    return vast


def test_python_examples_run_and_print_what_they_say(environment: Vast, capsys: Capture) -> None:
    scope: dict[str, Any] = {}
    expected: list[str] = []
    for number, block in enumerate(blocks("scripts", "python")):
        exec(compile(block, f"scripts.md, example {number + 1}", "exec"), scope)
        expected += re.findall(r"^ *print\(.*\)  # (.+)$", block, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == expected
    assert len(expected) > 10


def test_commands_lead_to_a_published_file(environment: Vast, server: VastServer, capsys: Capture) -> None:
    lines = re.findall(r"^    exr-inspector (.+)$", page("firststeps"), re.MULTILINE)
    codes = {line: cli.main(shlex.split(line)) for line in lines if _is_known(line)}
    assert codes.pop("vast check") == 1  # of a new database
    assert set(codes.values()) == {0}, codes
    assert server.rows(environment.schema, "files").num_rows == 1
    output = "".join(capsys.readouterr())
    assert "Run `exr-inspector vast init`" in output
    assert "1 added, 0 already there" in output
    assert "0 added, 1 already there" in output


def _is_known(line: str) -> bool:
    return line.split()[:2] != ["vast", "prove"] or "prove" in page("cli")


@pytest.fixture
def tables(environment: Vast, server: VastServer) -> Iterator[duckdb.DuckDBPyConnection]:
    """Publish files, and return a connection with their tables and the views of the schema."""
    facts = {"attributes": {"owner": string("mira")}, "channels": ["B", "G", "R", "diffuse.R"]}
    paths = [f"s3://renders/show/shot/beauty.{frame}.exr" for frame in (1001, 1002, 1004)]
    for path in paths:
        document = dict(payload(inspect_file(str(write_exr("a.exr", **facts)))))
        number = int(path.split(".")[1])
        document["file"] = {**document["file"], "path": path, "frame_number": number}
        assert persist_to_vast_database(document)["inserted"]
    views = config.resource("schema/exr_metadata.sql").read_text(encoding="utf-8").partition("-- What readers see")[2]
    with duckdb.connect() as connection:
        for name in schema.TABLES:
            connection.register(f"exported_{name}", server.rows(environment.schema, name))
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM exported_{name}")
        for statement in sqlglot.transpile(views.partition("-- Suggested")[0], read="trino", write="duckdb"):
            connection.execute(statement)
        yield connection


def test_queries_run_and_find_what_was_published(tables: duckdb.DuckDBPyConnection) -> None:
    queries = blocks("queries", "sql")
    assert len(queries) > 10
    for query in queries:
        [statement] = sqlglot.transpile(query, read="trino", write="duckdb", comments=False)
        rows = tables.execute(statement).fetchall()
        is_empty = query.startswith("-- no row") or "is_complete = false" in query
        assert bool(rows) is not is_empty, query


def test_queries_find_faults(tables: duckdb.DuckDBPyConnection) -> None:
    tables.execute("INSERT INTO files SELECT * REPLACE ('z' AS attempt_id) FROM files WHERE frame_number = 1001")
    tables.execute("UPDATE channels SET attempt_id = 'none' WHERE file_path LIKE '%1002.exr'")
    tables.execute("DELETE FROM parts WHERE file_path LIKE '%1004.exr'")
    for query in (query for query in blocks("queries", "sql") if query.startswith("-- no row")):
        [statement] = sqlglot.transpile(query, read="trino", write="duckdb", comments=False)
        assert tables.execute(statement).fetchall(), query


def test_missing_frames_are_counted(tables: duckdb.DuckDBPyConnection) -> None:
    [query] = [query for query in blocks("queries", "sql") if "AS missing" in query]
    [statement] = sqlglot.transpile(query, read="trino", write="duckdb", comments=False)
    assert [row[1:] for row in tables.execute(statement).fetchall()] == [(1001, 1004, 3, 1)]
