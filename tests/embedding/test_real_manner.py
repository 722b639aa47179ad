"""Ranking and bands of headers in the manner of real programs, and, where they are, of real files."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.embedding import metadata_embedding
from exr_inspector_app.persistence.similarity.evidence import tells_enough
from exr_inspector_app.persistence.similarity.explanations import BANDS
from tests.benchmarks.real_files import RealFiles, band_shares, rank_real, read_real_files
from tests.benchmarks.references import references
from tests.embedding.real_manner import real_manner

THRESHOLDS = [least for least, _ in BANDS["metadata"]]


def vectors_of(files: RealFiles) -> Matrix:
    return np.stack([metadata_embedding(facts) for facts in files.payloads])


def check_bands(vectors: Matrix, files: RealFiles, max_false: tuple[float, float]) -> None:
    """Check the shares of false Related and false Close, in percent of all unrelated pairs."""
    is_told = np.array([tells_enough(facts) for facts in files.payloads])
    _, close, related = band_shares(vectors, files, THRESHOLDS, is_told)["false_printed"]
    assert (related <= max_false[0], close <= max_false[1]) == (True, True)


def test_headers_in_the_manner_of_real_programs_are_ranked() -> None:
    files = real_manner()
    overall, named, _ = rank_real(vectors_of(files), files)
    assert named >= 0.95
    assert overall >= 0.9
    others = {name: rank_real(other, files) for name, other in references(files.payloads).items()}
    assert overall > max(other[0] for other in others.values())
    assert others["random"][0] < 0.5


def test_few_unrelated_headers_reach_a_band() -> None:
    files = real_manner()
    check_bands(vectors_of(files), files, (5.0, 0.5))


def test_bare_headers_have_too_little_evidence() -> None:
    files = real_manner()
    told = {str(program) for program, facts in zip(files.programs, files.payloads, strict=True) if tells_enough(facts)}
    assert told == {"Nuke", "Arnold", "Mitsuba", "Cycles", "?acesk"}


@pytest.mark.slow
def test_real_files_are_ranked() -> None:
    files = read_real_files()
    if files is None:
        pytest.skip("no real files on this machine")
    vectors = vectors_of(files)
    overall, _, several = rank_real(vectors, files)
    assert several >= 0.93
    assert overall > max(rank_real(other, files)[0] for other in references(files.payloads).values())
    check_bands(vectors, files, (5.0, 0.5))
