"""Blended similarity: ranking by the weighted mean of cosines, in every store."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exr_inspector_app.contracts import LOOK_DIM, Band, By, Condition, Preview, Query, Record
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.similarity import blend
from exr_inspector_app.persistence.store import Store
from tests.persistence.samples import batch, frames, payload, record, units

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")  # of the ADBC driver
ALL: dict[By, float] = {"metadata": 0.2, "channels": 0.3, "look": 0.5}
FILES = [record(payload(f"/a/{number}.exr", frame_number=None, width=number + 1), number) for number in range(90)]
REFERENCE = record(payload("/else/where.exr", frame_number=None, compression="zip"), 5000)
LOOK = units(1, 1, LOOK_DIM)[0]


def picture(file: Record) -> Preview:
    return Preview(file.identity.file_id, units(100 + FILES.index(file), 1, LOOK_DIM)[0], b"\xff\xd8picture")


def mean(file: Record, weights: dict[By, float], pictured: bool) -> float:
    """Return the blended score of a file by definition."""
    cosines: dict[By, float] = {
        "metadata": float(file.metadata_embedding @ REFERENCE.metadata_embedding),
        "channels": float(file.channel_fingerprint @ REFERENCE.channel_fingerprint),
    }
    if pictured:
        cosines["look"] = float(picture(file).look_embedding @ LOOK)
    shares = {by: weights.get(by, 0.0) for by in cosines}
    return sum(shares[by] * cosine for by, cosine in cosines.items()) / sum(shares.values())


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    """Return a store of ninety files, half of them with a preview."""
    made = new_store()
    made.publish(batch(*FILES))
    made.put_previews([picture(file) for file in FILES[::2]])
    return made


@pytest.mark.parametrize("weights", [ALL, {"metadata": 3, "channels": 1}, {"metadata": 1, "look": 0.0}])
def test_hits_are_ranked_by_the_weighted_mean_of_the_cosines(store: Store, weights: dict[By, float]) -> None:
    hits = store.similar(Query(REFERENCE, limit=20, look=LOOK, weights=weights))
    scores = {file.identity.file_id: mean(file, weights, FILES.index(file) % 2 == 0) for file in FILES}
    best = sorted(scores, key=lambda file: -scores[file])[:20]
    assert [hit.file_id for hit in hits] == best
    assert [hit.score for hit in hits] == pytest.approx([scores[file] for file in best], abs=1e-5)


def test_mean_is_exact_if_one_similarity_does_not_rank_the_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blend, "CANDIDATES_PER_HIT", 1)
    monkeypatch.setattr(blend, "EXTRA_CANDIDATES", 0)
    hits = store.similar(Query(REFERENCE, limit=4, look=LOOK, weights=ALL))
    numbers = {file.identity.file_id: number for number, file in enumerate(FILES)}
    means = [mean(FILES[numbers[hit.file_id]], ALL, numbers[hit.file_id] % 2 == 0) for hit in hits]
    assert [hit.score for hit in hits] == pytest.approx(means, abs=1e-5)
    assert means == sorted(means, reverse=True)


def test_blend_applies_the_filter_and_returns_one_hit_per_sequence(new_store: Callable[..., Store]) -> None:
    store, shot = new_store(), frames(5)
    store.publish(batch(*shot, *FILES[:10]))
    where = (Condition("path_folded", "starts_with", "/mnt"),)
    (hit,) = store.similar(Query(shot[2], where=where, weights={"metadata": 1, "channels": 1}))
    assert (hit.sequence_count, hit.band, round(hit.score, 5)) == (5, Band.SAME_SEQUENCE, 1.0)


def test_band_bounds_are_blended_like_scores(new_store: Callable[..., Store]) -> None:
    store = new_store()
    file = record(payload("/a/one.exr", frame_number=None), 1)
    store.publish(batch(file))
    turned = np.zeros_like(file.channel_fingerprint)
    turned[:2] = -file.channel_fingerprint[1], file.channel_fingerprint[0]
    reference = record(payload("/b/two.exr", frame_number=None, compression="zip"), 1)
    object.__setattr__(reference, "channel_fingerprint", turned / np.linalg.norm(turned))
    (alike,) = store.similar(Query(reference, weights={"metadata": 95, "channels": 5}))
    (other,) = store.similar(Query(reference, weights={"metadata": 93, "channels": 7}))
    assert (round(alike.score, 4), alike.band) == (0.95, Band.SAME_SETUP)
    assert (round(other.score, 4), other.band) == (0.93, Band.CLOSE)


def test_blend_without_weights_or_look_is_rejected(store: Store) -> None:
    with pytest.raises(StoreError, match="All weights are 0"):
        store.similar(Query(REFERENCE, weights={"metadata": 0.0}))
    with pytest.raises(StoreError, match="needs the pixels of the reference"):
        store.similar(Query(REFERENCE, weights={"look": 1.0}))
