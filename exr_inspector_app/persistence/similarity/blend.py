"""A blend of ways to compare: hits by the weighted mean of their cosines. The same for every store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from exr_inspector_app.contracts import Band, By, Condition, Hit, Query
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.similarity import explanations, hits

CANDIDATES_PER_HIT, EXTRA_CANDIDATES = 4, 20  # candidates from each way: so many times the limit, and some more

Similar = Callable[[Query], list[Hit]]


def blend_hits(similar: Similar, query: Query) -> list[Hit]:
    """The sequences with the highest weighted mean of cosines, best first.

    Candidates are the nearest by each way; the mean of each is exact, since a way that has it not among its nearest
    is asked for it by name. A sequence without a stored picture is compared by the other ways. Each cosine is that of
    the nearest file of a sequence. Raises StoreError where no way has a share.
    """
    weights = {by: weight for by, weight in query.weights.items() if weight > 0}
    if not weights:
        raise StoreError("No way of comparing has a share of the blend; give one of them more than nothing.")
    depth = CANDIDATES_PER_HIT * query.limit + EXTRA_CANDIDATES
    told = {by: _told(similar, replace(query, weights={}, by=by, limit=depth)) for by in weights}
    candidates = set().union(*told.values())
    for by, known in told.items():
        missing = tuple(sorted(candidates - known.keys()))
        if missing:
            named = (*query.where, Condition("sequence_key", "in", missing))
            known |= _told(similar, replace(query, weights={}, by=by, limit=len(missing), where=named))
    made = [_mean({by: known[key] for by, known in told.items() if key in known}, weights) for key in candidates]
    return sorted(made, key=hits.sort_key)[: query.limit]


def _told(similar: Similar, query: Query) -> dict[str, Hit]:
    """What one way tells, by sequence."""
    return {hit.sequence_key: hit for hit in similar(query)}


def _mean(found: Mapping[By, Hit], weights: Mapping[By, float]) -> Hit:
    """One sequence as every way that knows it has told; the file that stands for it is that of the largest share."""
    shares = {by: weights[by] for by in found}
    score = sum(weight * found[by].score for by, weight in shares.items()) / sum(shares.values())
    hit = found[max(shares, key=lambda by: shares[by])]
    is_fact = hit.band in (Band.IDENTICAL, Band.SAME_SEQUENCE)
    return replace(hit, score=score, band=hit.band if is_fact else explanations.band_for_score(score, shares))
