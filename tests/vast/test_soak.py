"""Soak test: mixed use of one database under faults, compared with a model after each step."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
import pytest

from exr_inspector_app.config import Vast
from exr_inspector_app.contracts import Query, Record
from exr_inspector_app.persistence.vast import VastStore
from tests.persistence.samples import batch, frames
from tests.vast.exact import assert_is_whole, assert_raw_rows_are_exact
from tests.vast_server import VastServer

STEPS = 60
ACTIONS = ("slowdown", "error500", "reset", "drop_reply", "truncate")


@dataclass
class Model:
    """Model of a store: one dictionary."""

    by: dict[str, str] = field(default_factory=dict)  # the publish that inserted each file
    shared: set[str] = field(default_factory=set)  # files that another publish has contained

    def publish(self, ids: list[str], publish_id: str) -> list[bool]:
        inserted = [name not in self.by for name in ids]
        self.shared |= {name for name in ids if self.by.get(name, publish_id) != publish_id}
        self.by = {**dict.fromkeys(ids, publish_id), **self.by}
        return inserted

    def undo(self, publish_id: str) -> int:
        return self.delete([name for name, by in self.by.items() if by == publish_id and name not in self.shared])

    def delete(self, ids: list[str]) -> int:
        deleted = [name for name in ids if self.by.pop(name, None)]
        self.shared -= set(deleted)
        return len(deleted)


@pytest.mark.slow
def test_store_agrees_with_a_model_under_faults(store: VastStore, vast: Vast, server: VastServer) -> None:
    dice, model = random.Random(11), Model()
    records = [frames(1, name=f"soak{number}", seed=number)[0] for number in range(14)]
    kinds = kinds_of(server, store, records[0])
    done = set()
    for _ in range(STEPS):
        if dice.random() < 0.4:
            server.fault(dice.choice(kinds), dice.choice(ACTIONS), times=1, skip=dice.randrange(2))
        done.add(step(store, model, records, dice))
        files = {row.file["file_id"]: row.file for row in store.find(history=True)}
        assert {name: row["publish_id"] for name, row in files.items()} == model.by
    assert done == {"publish", "undo", "delete", "similar"}
    server.clear()
    published = [record for record in records if record.identity.file_id in model.by]
    for record in published:
        assert_is_whole(store, record)
    store.check()
    assert_raw_rows_are_exact(server, vast.schema, published)


def kinds_of(server: VastServer, store: VastStore, record: Record) -> list[str]:
    """Return the kinds of request that a publish and its undo send."""
    server.clear()
    store.publish(batch(record, publish_id="first"))
    store.undo("first")
    return sorted({request.kind for request in server.log})


def step(store: VastStore, model: Model, records: list[Record], dice: random.Random) -> str:
    """Run one random operation, assert that its result is that of the model, and return its name."""
    publish_id = f"publish-{dice.randrange(4)}"
    some = dice.sample(records, dice.randint(1, 5))
    ids = [record.identity.file_id for record in some]
    operation = dice.choice(["publish", "publish", "undo", "delete", "similar"])
    match operation:
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
                record.identity.file_id: float(record.metadata_embedding @ some[0].metadata_embedding)
                for record in records
                if record.identity.file_id in model.by
            }
            best = sorted(scores.values(), reverse=True)[:3]
            assert np.allclose([hit.score for hit in hits], best, atol=1e-5)
    return operation
