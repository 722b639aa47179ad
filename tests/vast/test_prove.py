"""Command `vast prove`: answers about a server, from a scratch schema of which nothing stays."""

from __future__ import annotations

import json
import re
import signal
from dataclasses import replace
from typing import Any

import pytest

from exr_inspector_app import cli, config
from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import ProvenFact
from exr_inspector_app.errors import VASTDatabaseError
from exr_inspector_app.persistence.vast import VastStore
from exr_inspector_app.persistence.vast.capabilities import Capabilities, newest_capabilities
from exr_inspector_app.persistence.vast.database import Database
from exr_inspector_app.persistence.vast.objects import send_object
from exr_inspector_app.persistence.vast.prove import Options, prove_and_keep, scratch
from exr_inspector_app.persistence.vast.prove.keep import keep_answers
from exr_inspector_app.persistence.vast.prove.run import FACTS
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality

Capture = pytest.CaptureFixture[str]
TIMEOUT_S = (1.0, 5.0)
NOT_ASKED = {"conflict.plain_bucket", "transaction.idle"}


def answers(vast: Vast, *only: str, **options: Any) -> dict[str, ProvenFact]:
    return {fact.id: fact for fact in prove_and_keep(vast, Options(only=only, **options), TIMEOUT_S)}


def scratch_schemas(server: VastServer) -> list[str]:
    return [name for _, name in server.database.committed.schemas if "_prove_" in name]


def kept(server: VastServer, vast: Vast) -> list[str]:
    rows = server.rows(vast.schema, "schema_info").to_pylist()
    return [row["value"] for row in rows if row["key"] == "capabilities"]


@pytest.fixture
def environment(vast: Vast, monkeypatch: pytest.MonkeyPatch) -> Vast:
    values = {"ENDPOINT": vast.endpoint, "ACCESS_KEY": vast.access_key, "SECRET_KEY": SECRET, "BUCKET": vast.bucket}
    for name, value in {**values, "SCHEMA": vast.schema}.items():
        monkeypatch.setenv(f"VAST_DB_{name}", value)
    return vast


@pytest.mark.slow
def test_every_question_is_answered_and_nothing_stays(
    environment: Vast, server: VastServer, store: VastStore, capsys: Capture
) -> None:
    files = server.rows(environment.schema, "files")
    assert cli.main(["vast", "prove", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    facts = {row["id"]: row for row in report["facts"]}
    assert (report["location"], report["ok"]) == (environment.location, True)
    assert len(facts) == len(report["facts"]) >= 40
    assert {name for name, row in facts.items() if row["result"] != "yes"} == NOT_ASKED
    assert all(row["question"].endswith("?") and row["sentence"] and row["ms"] >= 0 for row in facts.values())
    assert scratch_schemas(server) == []
    assert server.database.objects == {}
    assert server.database.open == {}
    assert server.rows(environment.schema, "files").equals(files)
    (value,) = kept(server, environment)
    assert json.loads(value)["answers"]["update.indexed"] == "yes"
    assert not {"permission.insert", "network.clock"} & set(json.loads(value)["answers"])


def test_text_names_the_fallback_of_a_no(
    environment: Vast, server: VastServer, store: VastStore, capsys: Capture
) -> None:
    server.personality = Personality(updates_indexed=False)
    assert cli.main(["vast", "prove", "--only", "update.indexed", "--only", "delete"]) == 0
    output = capsys.readouterr()
    lines = {line[0]: line for line in output.out.splitlines()}
    assert "Refused (400, TabularUnsupportedOperation)." in lines["✗"]
    assert lines["✗"].endswith("So the rows are deleted and inserted again.")
    assert output.err.startswith("5 questions: 3 yes, 2 no, 0 unknown.")


def test_no_without_a_fallback_fails(environment: Vast, server: VastServer, capsys: Capture) -> None:
    server.personality = Personality(denied={"delete"})
    assert cli.main(["vast", "prove", "--only", "delete", "--only", "permission.delete"]) == 0
    server.personality = Personality()
    server.fault("delete", "status:400:TabularUnsupportedOperation", times=9)
    assert cli.main(["vast", "prove", "--only", "delete"]) == 1
    assert "This server cannot be used: delete.indexed, delete.plain." in capsys.readouterr().err


def test_missing_tables_are_not_created(environment: Vast, server: VastServer) -> None:
    facts = answers(environment, "permission", "types.list")
    assert {facts[name].result for name in facts if name.startswith("permission")} == {"unknown"}
    assert facts["answers.kept"].sentence.endswith("Run `exr-inspector vast init`.")
    assert (BUCKET, environment.schema) not in server.database.committed.schemas


@pytest.mark.parametrize("stop", [KeyboardInterrupt, GeneratorExit])
def test_stopped_run_leaves_nothing(vast: Vast, server: VastServer, stop: type[BaseException]) -> None:
    run = prove_and_keep(vast, Options(only=("names", "import")), TIMEOUT_S)
    next(run)
    assert len(scratch_schemas(server)) == 1
    with pytest.raises(stop):
        run.throw(stop)  # type: ignore[attr-defined]
    assert scratch_schemas(server) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_of_a_request_leaves_nothing(
    environment: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch, capsys: Capture, number: signal.Signals
) -> None:
    monkeypatch.setattr(scratch.Scratch, "read", lambda *_: signal.raise_signal(number))
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it for background jobs
    try:
        code = cli.main(["vast", "prove", "--only", "transaction"])
    finally:
        signal.signal(signal.SIGINT, handler)
    assert code == 130
    assert "Stopped. The scratch schema is removed" in capsys.readouterr().err
    assert scratch_schemas(server) == []


def test_schemas_of_crashed_runs_are_removed_after_their_lease(
    vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = scratch.Scratch(vast, Options(), TIMEOUT_S)
    monkeypatch.setattr(scratch, "LEASE_S", -1.0)
    crashed = scratch.Scratch(vast, Options(), TIMEOUT_S)
    for run in (alive, crashed):
        run.database.ensure_tables()
    foreign = replace(vast, schema=f"{vast.schema}_prove_mine")
    VastStore(foreign).ensure_tables()
    monkeypatch.undo()
    send_object(crashed.database, "PUT", scratch.object_key(crashed.vast.schema), b"PAR1")
    answers(vast, "types.list")
    assert sorted(scratch_schemas(server)) == sorted([alive.vast.schema, foreign.schema])
    assert server.database.objects == {}
    for name in (alive.vast.schema, foreign.schema):
        scratch._drop(alive, name)


def test_locked_schema_of_a_crashed_run_is_left_to_the_next_run(
    vast: Vast, server: VastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "LEASE_S", -1.0)
    crashed = scratch.Scratch(vast, Options(), TIMEOUT_S)
    crashed.database.ensure_tables()
    monkeypatch.undo()
    with crashed.transaction() as transaction:
        transaction.insert("parts", scratch.rows_of("parts", "open"))
        assert answers(vast, "types.list")["types.list"].result == "yes"
        assert scratch_schemas(server) == [crashed.vast.schema]
    answers(vast, "types.list")
    assert scratch_schemas(server) == []


def test_questions_on_request_are_answered(vast: Vast, server: VastServer) -> None:
    with VastServer(buckets=(BUCKET, "objects"), access=ACCESS, secret=SECRET) as other:
        other.personality = Personality(plain_buckets=("objects",))
        facts = answers(
            place(other.endpoint, "s"), "conflict.plain", "transaction.idle", plain_bucket="objects", idle_s=0.1
        )
        assert (facts["conflict.plain_bucket"].result, facts["transaction.idle"].result) == ("yes", "yes")
        other.expiry_seconds = 0.2
        facts = answers(place(other.endpoint, "s"), "transaction.idle", idle_s=0.5)
        assert facts["transaction.idle"].sentence == "Ended before 0.5 s: 404 (TabularTransactionNotFound)."


def test_lost_server_ends_the_questions(vast: Vast, server: VastServer) -> None:
    with VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as other:
        run = prove_and_keep(place(other.endpoint, "s"), Options(only=("types",)), TIMEOUT_S)
        assert next(run).result == "yes"
        other.fail_over(3600.0)
        results = list(run)
    assert {fact.result for fact in results if fact.id != "answers.kept"} == {"unknown"}


def test_key_that_may_not_create_gets_a_sentence(vast: Vast, server: VastServer) -> None:
    server.personality = Personality(denied={"schema_create"})
    with pytest.raises(VASTDatabaseError, match="has no permission for this"):
        answers(vast)


CASES = [
    ({"ascending_ids": False}, "row_ids.a", {"row_ids.ascending": "no", "row_ids.ascending_over_inserts": "no"}),
    ({"has_vectors": False}, "types.f", {"types.fixed_size_list": "no"}),
    ({"has_projections": False}, "projection", {"projection.create": "no", "projection.use": "no"}),
    ({"refuses_substrings": True}, "predicate.con", {"predicate.contains": "no"}),
    ({"rolls_back_committed": True}, "transaction.rollback", {"transaction.rollback_after_commit": "no"}),
    ({"repeats_inserts": True}, "insert", {"insert.once": "no"}),
    ({"repeats_inserts": True}, "transaction", {"transaction.atomic": "unknown", "transaction.rollback": "yes"}),
    ({"max_predicate": 60_000}, "predicate", {"predicate.long_list": "no", "predicate.in": "yes"}),
    ({"has_null_vectors": False}, "types.null_v", {"types.null_vector": "no"}),
    ({"version": "5.0.0.0"}, "row_ids.r", {"row_ids.returned": "no"}),
    ({"version": "5.1.0.0"}, "import", {"import.parquet": "no"}),
    ({"version": "5.2.0.0"}, "import", {"import.parquet": "yes"}),
    ({"version": "5.4.0.0"}, "index", {"index.vector": "no"}),
]


@pytest.mark.parametrize(("switches", "only", "expected"), CASES)
def test_difference_of_a_server_is_seen(
    vast: Vast, server: VastServer, switches: dict[str, Any], only: str, expected: dict[str, str]
) -> None:
    server.personality = Personality(**switches)
    facts = answers(vast, only)
    assert {name: facts[name].result for name in expected} == expected


def test_last_writer_that_wins_is_seen(vast: Vast, server: VastServer) -> None:
    server.conflicts = False
    facts = answers(vast, "conflict")
    assert facts["conflict.open_writer"].sentence == "Both writers succeed, and the last one wins."
    assert (facts["conflict.committed_writer"].result, facts["conflict.inserts"].result) == ("no", "yes")


def test_unknown_answer_keeps_the_earlier_one(vast: Vast, server: VastServer, store: VastStore) -> None:
    database = Database(vast)
    for results in ({"a": "yes", "b": "no"}, {"a": "unknown", "b": "yes"}):
        is_kept, _ = keep_answers(database, [ProvenFact(name, "?", results[name], ".", 1.0) for name in results])
        assert is_kept
    (value,) = kept(server, vast)
    assert newest_capabilities([value]).answers == {"a": "yes", "b": "yes"}
    database.close()


def test_help_page_names_facts_that_have_a_fallback() -> None:
    page = config.resource("help/vast.md").read_text(encoding="utf-8")
    table = page[page.index("| answer | fallback |") :].split("\n\n")[0]
    facts = {fact.id: fact for fact in FACTS}
    named = [
        name for line in table.splitlines()[2:] for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", line.split("|")[1])
    ]
    assert len(named) > 10
    assert [name for name in named if not facts[name].fallback] == []
    assert all(fact.question.endswith("?") for fact in FACTS)


@pytest.mark.parametrize("value", [None, "", "{", "[]", '{"answers": 3}', '{"answers": {"a": []}, "proved_at": 1}'])
def test_unreadable_answers_are_ignored(value: str | None) -> None:
    good = Capabilities({"update.indexed": "no"}, "2026-01-01T00:00:00Z", "5.5.0.0")
    assert newest_capabilities([value]).answers == {}
    assert newest_capabilities([value, good.to_json()]).lacks("update.indexed")
