"""Retrieval quality: ranking of real files and of a generated studio, references, and the gain of each feature kind.

Weights were set on the seeds TUNED, with one renderer hidden. The printed figures are measured on the seeds HELD_OUT.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from exr_inspector_app.contracts import Matrix, Vector
from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence.similarity.explanations import BANDS
from exr_inspector_app.text.channel_names import canonical_channel
from tests.benchmarks.ablation import ablation, as_spelled, quality, ranked, sets_of, stacked
from tests.benchmarks.measure import Figures, Options
from tests.benchmarks.real_retrieval import real_retrieval
from tests.studio import Render, renders
from tests.studio.aovs import truth
from tests.studio.production import shows
from tests.studio.programs import PROGRAMS
from tests.studio.ranking import Gains, overlap, payload_hash_vector, random_vector, relevance, token_hashing
from tests.studio.render import render

TUNED, HIDDEN = (1, 2), "redshift"
HELD_OUT = (11, 12, 13)


def retrieval(_folder: Path, options: Options) -> Figures:
    """Measure nDCG@10 on real files and on a generated studio; with `ablation` also without each feature kind."""
    real = real_retrieval(options.ablation, options.fit) if options.real else {}
    if options.studio:
        return {**_studio(options), **real}
    return {"ratio": real.get("real_named_several", 0.0), "goal": 0.93, **real}


def _studio(options: Options) -> Figures:
    """Measure nDCG@10 of both embeddings over renders of eight programs."""
    studios = [list(renders(seed)) for seed in HELD_OUT]
    payloads = [[file.payload() for file in files] for files in studios]
    gains = [relevance(files) for files in studios]
    embeddings = [stacked(metadata_embedding, listed) for listed in payloads]
    ndcg_10 = quality(embeddings, gains)
    hidden = [np.array([file.program == HIDDEN for file in files]) for files in studios]
    figures = {
        "goal": 0.97,
        "hidden_renderer": float(
            np.mean([ranked(*one)[mine].mean() for *one, mine in zip(embeddings, gains, hidden, strict=True)])
        ),
        "tuned_on": float(np.mean([_seen(seed) for seed in TUNED])),
        "random": quality([stacked(lambda one: random_vector(one["file"]["path"]), p) for p in payloads], gains),
        "whole_payload": quality([stacked(payload_hash_vector, p) for p in payloads], gains),
        "token_hashing": quality([stacked(token_hashing, p) for p in payloads], gains),
        "frames_least_cosine": _frames(),
        **_channels(studios, payloads),
        **_scores(embeddings, gains),
    }
    if options.ablation:
        figures |= ablation(payloads, gains)
    return {"ratio": ndcg_10, **figures}


def _seen(seed: int) -> float:
    """Return the nDCG on a studio that the weights were set on."""
    files = list(renders(seed, tuple(name for name in PROGRAMS if name != HIDDEN)))
    return float(ranked(stacked(metadata_embedding, [file.payload() for file in files]), relevance(files)).mean())


def _frames() -> float:
    """Return the smallest cosine of two frames of one sequence, over all programs and passes."""
    least = 1.0
    for show in shows(random.Random(HELD_OUT[0]), 2):
        for program, made in PROGRAMS.items():
            for name in made.passes:
                one, other = (
                    metadata_embedding(render(program, name, show, "AB_0100", 4, frame, seed=frame).payload())
                    for frame in (1001, 1187)
                )
                least = min(least, float(one @ other))
    return least


def _channels(studios: Sequence[list[Render]], payloads: Sequence[list[Payload]]) -> Figures:
    """Measure the fingerprint with three truths: canonical names, names as spelled, and rendered layers."""
    truths: dict[str, list[Gains]] = {"channels": [], "channels_as_spelled": [], "channels_as_rendered": []}
    made = []
    for files, listed in zip(studios, payloads, strict=True):
        rows = [one["channels"] for one in listed]
        made.append(np.stack([channel_fingerprint(one) for one in rows]))
        truths["channels"].append(overlap([sets_of(one, canonical_channel) for one in rows]))
        truths["channels_as_spelled"].append(overlap([sets_of(one, as_spelled) for one in rows]))
        truths["channels_as_rendered"].append(overlap([truth(file.layers, file.alpha) for file in files]))
    figures = {name: quality(made, gains) for name, gains in truths.items()}
    scores, gains = _pairs(made, truths["channels"])
    for (threshold, band), least in zip(BANDS["channels"], (0.9, 0.6, 0.25), strict=True):
        word = band.value.replace(" ", "_").replace("-", "")
        inside, outside = scores[gains >= least], scores[gains < least]
        figures[f"channels_share_{word}"] = [
            round(100 * float((one >= threshold).mean()), 1) for one in (inside, outside)
        ]
        figures[f"channels_best_{word}"] = _split(outside, inside)
    return figures


def _pairs(vectors: Sequence[Matrix], gains: Sequence[Gains]) -> tuple[Vector, Gains]:
    """Return score and gain of each pair of files."""
    corners = [np.triu_indices(len(one), 1) for one in vectors]
    scores = [(one @ one.T)[corner] for one, corner in zip(vectors, corners, strict=True)]
    return np.concatenate(scores), np.concatenate([one[c] for one, c in zip(gains, corners, strict=True)])


def _scores(vectors: Sequence[Matrix], gains: Sequence[Gains]) -> Figures:
    """Return the percentage of pairs of each grade in the bands, and the thresholds that separate the grades best."""
    scores, listed = _pairs(vectors, gains)
    grades = np.log2(listed + 1).round()
    parted = [scores[grades == grade] for grade in (3, 2, 1, 0)]
    figures: Figures = {}
    for index, (least, band) in enumerate(BANDS["metadata"]):
        word = band.value.replace(" ", "_").replace("-", "")
        figures[f"share_{word}"] = _shares(parted, least)
        figures[f"best_{word}"] = _split(parted[index + 1], parted[index])
    return figures


def _shares(parted: Sequence[Vector], threshold: float) -> list[float]:
    """Return the percentage of scores of each grade that reach a threshold."""
    return [round(100 * float((one >= threshold).mean()), 1) for one in parted]


def _split(below: Vector, above: Vector) -> float:
    """Return the score with the smallest sum of error rates on both sides."""
    steps = np.linspace(0.0, 1.0, 201)
    wrong = [float((below >= step).mean() + (above < step).mean()) for step in steps]
    return float(steps[int(np.argmin(wrong))])
