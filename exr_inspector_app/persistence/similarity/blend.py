"""Blended similarity: ranks sequences by the weighted mean of several cosines, in the same way for every store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from exr_inspector_app.contracts import Band, By, Condition, Hit, Query
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.similarity import explanations, hits

CANDIDATES_PER_HIT, EXTRA_CANDIDATES = 4, 20  # per similarity: limit * CANDIDATES_PER_HIT + EXTRA_CANDIDATES

_CERTAIN_BANDS = (*explanations.HEADER_BANDS, Band.SAME_SEQUENCE)  # by header or path, not by score

Search = Callable[[Query], list[Hit]]


def blend_hits(search: Search, query: Query) -> list[Hit]:
    """Return the sequences with the highest weighted mean of cosines, best first.

    Candidates are the nearest sequences by each similarity. Their means are exact: a candidate that is missing among
    the nearest by one similarity is searched again by its sequence key. A sequence without a preview is compared by
    the other similarities. Each cosine is that of the nearest file of the sequence.

    Args:
        search: Function that answers a query without weights.
        query: Query with weights; weights of 0 or less are ignored.

    Raises:
        StoreError: No weight is above 0.
    """
    weights = {by: weight for by, weight in query.weights.items() if weight > 0}
    if not weights:
        raise StoreError("All weights are 0. Give at least one similarity a weight above 0.")
    depth = CANDIDATES_PER_HIT * query.limit + EXTRA_CANDIDATES
    results = {by: _hits_by_sequence(search, replace(query, weights={}, by=by, limit=depth)) for by in weights}
    candidates = set().union(*results.values())
    for by, by_sequence in results.items():
        missing = tuple(sorted(candidates - by_sequence.keys()))
        if missing:
            where = (*query.where, Condition("sequence_key", "in", missing))
            by_sequence |= _hits_by_sequence(search, replace(query, weights={}, by=by, limit=len(missing), where=where))
    blended = [
        _blend({by: by_sequence[key] for by, by_sequence in results.items() if key in by_sequence}, weights)
        for key in candidates
    ]
    return sorted(blended, key=hits.sort_key)[: query.limit]


def _hits_by_sequence(search: Search, query: Query) -> dict[str, Hit]:
    return {hit.sequence_key: hit for hit in search(query)}


def _blend(by_similarity: Mapping[By, Hit], weights: Mapping[By, float]) -> Hit:
    """Blend the hits of one sequence; the file and reasons are those of the similarity with the largest weight.

    A header with too few facts gives no band; the other similarities of the blend do.
    """
    shares = {by: weights[by] for by in by_similarity}
    score = sum(weight * by_similarity[by].score for by, weight in shares.items()) / sum(shares.values())
    hit = by_similarity[max(shares, key=lambda by: shares[by])]
    bands = {other.band for other in by_similarity.values() if other.file_id == hit.file_id}
    certain = next((band for band in _CERTAIN_BANDS if band in bands), None)
    usable = {by: weight for by, weight in shares.items() if by_similarity[by].band is not Band.TOO_LITTLE}
    if not usable:
        return replace(hit, score=score, band=certain or Band.TOO_LITTLE)
    usable_score = sum(weight * by_similarity[by].score for by, weight in usable.items()) / sum(usable.values())
    return replace(hit, score=score, band=certain or explanations.band_for_score(usable_score, usable))
