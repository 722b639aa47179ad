"""A long mixed use of one database under faults, compared with a model after each step."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Query, Record
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import batch, frames
from tests.vast.exact import assert_is_whole, assert_raw_rows_are_exact
from tests.vast_server import VastServer

STEPS = 150
ACTIONS = ("slowdown", "error500", "reset", "drop_reply", "truncate")


@dataclass
class Model:
    """What a store holds, as one dictionary."""

    by: dict[str, str] = field(default_factory=dict)  # the publish that inserted each file
    met: set[str] = field(default_factory=set)  # files that another publish has met

    def publish(self, ids: list[str], publish_id: str) -> list[bool]:
        inserted = [name not in self.by for name in ids]
        self.met |= {name for name in ids if self.by.get(name, publish_id) != publish_id}
        self.by = {**dict.fromkeys(ids, publish_id), **self.by}
        return inserted

    def undo(self, publish_id: str) -> int:
        return self.delete([name for name, by in self.by.items() if by == publish_id and name not in self.met])

    def delete(self, ids: list[str]) -> int:
        gone = [name for name in ids if self.by.pop(name, None)]
        self.met -= set(gone)
        return len(gone)


def test_a_soak_of_publishes_undos_deletes_and_questions_agrees_with_a_model(
    store: VastStore, vast: Vast, server: VastServer
) -> None:
    dice, model = random.Random(11), Model()
    records = [frames(1, name=f"soak{number}", seed=number)[0] for number in range(14)]
    kinds = kinds_of(server, store, records[0])
    for _ in range(STEPS):
        if dice.random() < 0.4:
            server.fault(dice.choice(kinds), dice.choice(ACTIONS), times=1, skip=dice.randrange(2))
        step(store, model, records, dice)
        found = {row.file["file_id"]: row.file for row in store.find(history=True)}
        assert {name: row["publish_id"] for name, row in found.items()} == model.by
    server.clear()
    for one in records:
        if one.identity.file_id in model.by:
            assert_is_whole(store, one)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, [one for one in records if one.identity.file_id in model.by])


def kinds_of(server: VastServer, store: VastStore, record: Record) -> list[str]:
    """The kinds of request that a publish and its undo take."""
    server.clear()
    store.publish(batch(record, publish_id="first"))
    store.undo("first")
    return sorted({request.kind for request in server.log})


def step(store: VastStore, model: Model, records: list[Record], dice: random.Random) -> None:
    """One thing that somebody does, and that it did what the model says."""
    publish_id = f"publish-{dice.randrange(4)}"
    some = dice.sample(records, dice.randint(1, 5))
    ids = [one.identity.file_id for one in some]
    match dice.choice(["publish", "publish", "undo", "delete", "similar"]):
        case "publish":
            results = store.publish(batch(*some, publish_id=publish_id))
            assert [result.inserted for result in results] == model.publish(ids, publish_id)
        case "undo":
            assert store.undo(publish_id) == model.undo(publish_id)
        case "delete":
            assert store.delete(ids[:2]) == model.delete(ids[:2])
        case "similar":
            hits = store.similar(Query(some[0], limit=3))
            scores = {
                one.identity.file_id: float(one.metadata_embedding @ some[0].metadata_embedding)
                for one in records
                if one.identity.file_id in model.by
            }
            best = sorted(scores.values(), reverse=True)[:3]
            assert np.allclose([hit.score for hit in hits], best, atol=1e-5)
