"""Store over servers that differ: after `vast prove` it behaves the same on each, or its sentence says why not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import LOOK_DIM, Condition, Preview, Query, Record, Vectors
from exr_inspector_app.errors import VASTDatabaseError
from exr_inspector_app.persistence.vast import VastStore, diagnose
from exr_inspector_app.persistence.vast.prove import Options, prove_and_keep
from tests.persistence.samples import batch, frames
from tests.records import grown
from tests.vast.crowd import ACCESS, BUCKET, SECRET, place
from tests.vast.exact import assert_raw_rows_are_exact
from tests.vast_server import VastServer
from tests.vast_server.personality import Personality

TIMEOUT_S = (5.0, 10.0)
WORKING: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    (
        {"updates_indexed": False, "ascending_ids": False, "refuses_substrings": True},
        ("update.indexed", "row_ids.ascending", "predicate.contains"),
    ),
    ({"has_vectors": False, "has_projections": False}, ("types.fixed_size_list", "projection.create")),
    ({"version": "5.0.0.0"}, ("row_ids.returned",)),
    ({"version": "5.3.0.0"}, ("engine.reachable",)),
    (
        {"version": "5.4.0.0", "rolls_back_committed": True},
        ("index.vector", "transaction.rollback_after_commit"),
    ),
]


def prove(vast: Vast, *only: str) -> dict[str, str]:
    return {fact.id: fact.result for fact in prove_and_keep(vast, Options(only=only), TIMEOUT_S)}


def vectors(record: Record) -> Vectors:
    """Return the vectors of a record, as a new embedding of them."""
    return Vectors(
        record.identity.file_id, record.metadata_embedding, record.channel_fingerprint, record.channel_vectors
    )


@pytest.mark.parametrize(("switches", "lacking"), WORKING, ids=[str(switches) for switches, _ in WORKING])
def test_store_works_on_every_server(
    vast: Vast, server: VastServer, switches: dict[str, Any], lacking: tuple[str, ...]
) -> None:
    server.personality = Personality(**switches)
    store = VastStore(vast, timeout=TIMEOUT_S)
    store.ensure_tables()
    answers = prove(vast, *lacking)
    assert ({answers[name] for name in lacking}, answers["answers.kept"]) == ({"no"}, "yes")
    store.ensure_tables()
    assert all(step.ok for step in diagnose(vast, timeout=TIMEOUT_S, require_write=True))
    first, second, third = records = frames(3)
    for publish_id, inserted in (("p1", True), ("p2", False)):
        results = store.publish(batch(*records, publish_id=publish_id))
        assert [result.inserted for result in results] == [inserted] * 3
    store.publish(batch(grown(first), publish_id="p1"))
    stored = store.get(first.identity.file_id)
    assert stored is not None
    assert (stored.file["size_bytes"], stored.file["inspection_count"]) == (5_000_000, 2)
    names = [row["name"] for row in first.payload["channels"]]
    assert [row["channel_name"] for row in stored.channels] == names
    where = (Condition("file_path", "contains", ".1002."), Condition("file_path", "starts_with", "/mnt"))
    assert [row.file["file_id"] for row in store.find(where)] == [second.identity.file_id]
    (hit,) = store.similar(Query(third))
    assert (hit.sequence_count, round(hit.score, 5)) == (3, 1.0)
    assert store.similar(Query(third, where=where))[0].file_id == second.identity.file_id
    store.update_vectors([vectors(record) for record in records])
    assert store.undo("p1") == 0
    store.publish(batch(*frames(2, "crypto"), publish_id="p3"))
    assert len(store.similar(Query(third))) == 2  # one hit per sequence, also of an own publish since the last search
    assert [item.publish_id for item in store.publishes(published_by="tester")] == ["p3", "p1"]
    assert store.undo("p3") == 2
    assert store.check().problems == ()
    assert_raw_rows_are_exact(server, vast.schema, records)
    store.close()


SPARED = [
    ({"updates_indexed": False, "refuses_substrings": True}, ("update.indexed", "predicate.contains")),
    ({"version": "5.3.0.0"}, ("engine.reachable",)),
]


@pytest.mark.parametrize(("switches", "only"), SPARED)
def test_capabilities_spare_requests_that_fail(
    vast: Vast, server: VastServer, switches: dict[str, Any], only: tuple[str, ...]
) -> None:
    server.personality = Personality(**switches)
    store = VastStore(vast, timeout=TIMEOUT_S)
    store.publish(batch(*frames(2)))
    prove(vast, *only)
    server.clear()
    store.publish(batch(*frames(2), publish_id="p2"))
    assert store.count((Condition("file_path", "contains", "1002"),)) == 1
    store.similar(Query(frames(1)[0]))
    store.close()
    assert [request for request in server.log if request.status != 200] == []


def test_long_lists_are_split_where_the_server_refuses_them(vast: Vast, server: VastServer, store: VastStore) -> None:
    server.personality = Personality(max_predicate=60_000)
    prove(vast, "predicate.long_list")
    server.clear()
    assert store.get_many([f"{number:032x}" for number in range(1, 1001)]) == []
    assert {request.status for request in server.log} == {200}
    assert sum(request.path.endswith("/files?data") for request in server.log) == 10


def test_pictures_without_structure_are_left_out_where_vectors_cannot_be_null(
    vast: Vast, server: VastServer, store: VastStore
) -> None:
    plain, other = frames(2)
    store.publish(batch(plain, other))
    server.personality = Personality(has_null_vectors=False)
    prove(vast, "types.null_vector")
    look = np.eye(1, LOOK_DIM, dtype=np.float32)[0]
    previews = [Preview(plain.identity.file_id, None, b"jpeg"), Preview(other.identity.file_id, look, b"jpeg")]
    assert store.put_previews(previews) == 1
    assert store.previews([other.identity.file_id])[other.identity.file_id].thumbnail == b"jpeg"


def test_check_names_what_the_server_lacks(vast: Vast, server: VastServer, store: VastStore) -> None:
    def proof() -> str:
        return {step.name: step.sentence for step in diagnose(vast, timeout=TIMEOUT_S)}["Proof"]

    assert proof() == "never examined. Run `exr-inspector vast prove` once."
    server.personality = Personality(updates_indexed=False)
    prove(vast, "update.indexed", "delete")
    assert proof().endswith("Z: without update.indexed, update.indexed_vector")
    server.personality = Personality(version="5.5.1.0")
    assert proof() == "examined as VAST 5.5.0.0, now 5.5.1.0. Run `exr-inspector vast prove` again."


@pytest.mark.parametrize("is_proven", [True, False])
def test_lost_reply_to_a_commit_on_a_server_that_rolls_back_anything(
    vast: Vast, server: VastServer, is_proven: bool
) -> None:
    server.personality = Personality(rolls_back_committed=True)
    store = VastStore(vast, timeout=TIMEOUT_S)
    store.ensure_tables()
    if is_proven:
        prove(vast, "transaction.rollback_after_commit")
    server.clear()
    server.fault("commit", "drop_reply")
    records = frames(2)
    assert [result.inserted for result in store.publish(batch(*records))] == [is_proven] * 2
    assert_raw_rows_are_exact(server, vast.schema, records)
    store.close()


def test_gateway_that_repeats_inserts_leaves_no_duplicates(vast: Vast, server: VastServer, store: VastStore) -> None:
    records = frames(2)
    server.personality = Personality(repeats_inserts=True)
    assert prove(vast, "insert")["insert.once"] == "no"
    assert [result.inserted for result in store.publish(batch(*records))] == [True, True]
    stored = store.get(records[0].identity.file_id)
    assert stored is not None
    assert len(stored.channels) == len(records[0].payload["channels"])
    assert store.similar(Query(records[0]))[0].sequence_count == 2
    server.personality = Personality()
    list(store.repair())
    assert_raw_rows_are_exact(server, vast.schema, records)


FAILING: list[tuple[dict[str, Any], str]] = [
    ({"plain_buckets": (BUCKET,)}, "is not a database. Enable the protocol Database on its view"),
    ({"other_tenant": True}, "does not let the key KEY begin a transaction. Use the address of its tenant"),
    ({"denied": {"insert"}}, "has no permission for this"),
    ({"denied": {"head_bucket"}}, "Allow s3:HeadBucket and s3:ListBucket"),
]


@pytest.mark.parametrize(("switches", "sentence"), FAILING, ids=[str(switches) for switches, _ in FAILING])
def test_each_operation_has_the_sentence(
    vast: Vast, server: VastServer, switches: dict[str, Any], sentence: str
) -> None:
    server.personality = Personality(**switches)
    store = VastStore(vast, timeout=TIMEOUT_S)
    for operation in (lambda: prove(vast), store.ensure_tables, lambda: store.publish(batch(*frames(1)))):
        with pytest.raises(VASTDatabaseError) as caught:
            operation()
        assert sentence in caught.value.sentence
    store.close()
    assert not server.database.committed.schemas & {(vast.bucket, vast.schema)}


RIGHTS = [("update", "update"), ("delete", "delete"), ("update delete", "update or delete"), ("insert", "insert")]


@pytest.mark.parametrize(("denied", "words"), RIGHTS)
def test_right_per_action_is_named_by_check_and_prove(
    vast: Vast, server: VastServer, store: VastStore, denied: str, words: str
) -> None:
    actions = denied.split()
    server.personality = Personality(denied={f"{action}:files" for action in actions})
    steps = {step.name: step for step in diagnose(vast, timeout=TIMEOUT_S)}
    assert words in steps["Rights"].sentence
    if "insert" not in actions:
        answers = prove(vast, "permission")
        assert {answers[f"permission.{action}"] for action in actions} == {"no"}
        assert answers["permission.create"] == "yes"


def test_publish_survives_a_fail_over() -> None:
    with VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as server:
        vast = place(server.endpoint, "s")
        store = VastStore(vast, timeout=TIMEOUT_S)
        store.publish(batch(*frames(1)))
        server.fail_over(3600.0)
        with pytest.raises(VASTDatabaseError, match="No connection to"):
            store.publish(batch(*frames(2)))
        server.come_back()
        assert [result.inserted for result in store.publish(batch(*frames(2)))] == [False, True]
        assert prove(vast, "insert")["insert.once"] == "yes"
        store.close()
