"""A blend ranks by the weighted mean of the cosines, over every store."""

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


def picture(one: Record) -> Preview:
    return Preview(one.identity.file_id, units(100 + FILES.index(one), 1, LOOK_DIM)[0], b"\xff\xd8picture")


def mean(one: Record, weights: dict[By, float], pictured: bool) -> float:
    """What the blend of a file is by definition."""
    cosines: dict[By, float] = {
        "metadata": float(one.metadata_embedding @ REFERENCE.metadata_embedding),
        "channels": float(one.channel_fingerprint @ REFERENCE.channel_fingerprint),
    }
    if pictured:
        cosines["look"] = float(picture(one).look_embedding @ LOOK)
    shares = {by: weights.get(by, 0.0) for by in cosines}
    return sum(shares[by] * cosine for by, cosine in cosines.items()) / sum(shares.values())


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    """Ninety files, of which every other one has a picture."""
    made = new_store()
    made.publish(batch(*FILES))
    made.put_previews([picture(one) for one in FILES[::2]])
    return made


@pytest.mark.parametrize("weights", [ALL, {"metadata": 3, "channels": 1}, {"metadata": 1, "look": 0.0}])
def test_hits_are_ranked_by_the_weighted_mean_of_the_cosines(store: Store, weights: dict[By, float]) -> None:
    hits = store.similar(Query(REFERENCE, limit=20, look=LOOK, weights=weights))
    scores = {one.identity.file_id: mean(one, weights, FILES.index(one) % 2 == 0) for one in FILES}
    best = sorted(scores, key=lambda one: -scores[one])[:20]
    assert [hit.file_id for hit in hits] == best
    assert [hit.score for hit in hits] == pytest.approx([scores[one] for one in best], abs=1e-5)


def test_a_mean_is_exact_where_a_way_has_the_file_not_among_its_nearest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blend, "CANDIDATES_PER_HIT", 1)
    monkeypatch.setattr(blend, "EXTRA_CANDIDATES", 0)
    hits = store.similar(Query(REFERENCE, limit=4, look=LOOK, weights=ALL))
    numbers = {one.identity.file_id: number for number, one in enumerate(FILES)}
    means = [mean(FILES[numbers[hit.file_id]], ALL, numbers[hit.file_id] % 2 == 0) for hit in hits]
    assert [hit.score for hit in hits] == pytest.approx(means, abs=1e-5)
    assert means == sorted(means, reverse=True)


def test_a_filter_holds_for_a_blend_and_a_sequence_is_one_hit(new_store: Callable[..., Store]) -> None:
    store, shot = new_store(), frames(5)
    store.publish(batch(*shot, *FILES[:10]))
    where = (Condition("path_folded", "starts_with", "/mnt"),)
    (hit,) = store.similar(Query(shot[2], where=where, weights={"metadata": 1, "channels": 1}))
    assert (hit.sequence_count, hit.band, round(hit.score, 5)) == (5, Band.SAME_SEQUENCE, 1.0)


def test_the_bounds_of_bands_are_blended_as_the_scores_are(new_store: Callable[..., Store]) -> None:
    store = new_store()
    one = record(payload("/a/one.exr", frame_number=None), 1)
    store.publish(batch(one))
    turned = np.zeros_like(one.channel_fingerprint)
    turned[:2] = -one.channel_fingerprint[1], one.channel_fingerprint[0]
    asked = record(payload("/b/two.exr", frame_number=None, compression="zip"), 1)
    object.__setattr__(asked, "channel_fingerprint", turned / np.linalg.norm(turned))
    (alike,) = store.similar(Query(asked, weights={"metadata": 95, "channels": 5}))
    (other,) = store.similar(Query(asked, weights={"metadata": 94, "channels": 6}))
    assert (round(alike.score, 4), alike.band) == (0.95, Band.SAME_SETUP)
    assert (round(other.score, 4), other.band) == (0.94, Band.CLOSE)


def test_a_blend_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="All weights are 0"):
        store.similar(Query(REFERENCE, weights={"metadata": 0.0}))
    with pytest.raises(StoreError, match="needs the pixels of the reference"):
        store.similar(Query(REFERENCE, weights={"look": 1.0}))
