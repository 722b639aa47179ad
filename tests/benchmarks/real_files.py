"""Real files of many programs: reader of their manifest, graded relevance, and shares of pairs in the bands.

The folder is named by EXR_INSPECTOR_ZOO, or lies beside the corpus. Its `manifest.tsv` has one row per file with the
columns `file`, `repository`, `program` (`?`: unknown), `production` and `kind`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import Payload, payload
from tests.benchmarks.measure import Figures
from tests.conftest import ZOO
from tests.studio.ranking import Gains, ndcg

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RealFiles:
    """Files with their origin; an unknown program counts as one of its repository."""

    payloads: Sequence[Payload]
    repositories: npt.NDArray[np.str_]
    programs: npt.NDArray[np.str_]
    grades: npt.NDArray[np.int64]  # relevance of each pair, 0 to 3

    @property
    def gains(self) -> Gains:
        """Gain of each file (column) for each query (row)."""
        return np.asarray(2.0**self.grades - 1)

    @property
    def unrelated(self) -> Mask:
        """Pairs of another program and another repository."""
        return np.asarray(_differ(self.programs) & _differ(self.repositories))


def read_real_files(folder: Path = ZOO) -> RealFiles | None:
    """Return the files of the manifest, or None if they are not on this machine."""
    manifest = folder / "manifest.tsv"
    if not manifest.is_file():
        return None
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return graded(rows, [payload(inspect_file(str(folder / row["file"]))) for row in rows])


def graded(rows: Sequence[Mapping[str, Any]], payloads: Sequence[Payload]) -> RealFiles:
    """Grade each pair: 3 for one program, production and kind, 2 for two of them, 1 for program or production."""
    repositories = np.array([row["repository"] for row in rows])
    programs = np.array([f"?{row['repository']}" if row["program"] == "?" else row["program"] for row in rows])
    program, production, kind = (
        ~_differ(column)
        for column in (programs, np.array([row["production"] for row in rows]), np.array([row["kind"] for row in rows]))
    )
    grades = np.select([program & production & kind, program & (production | kind), program | production], [3, 2, 1])
    return RealFiles(payloads, repositories, programs, grades)


def _differ(column: npt.NDArray[np.str_]) -> Mask:
    return np.asarray(column[:, None] != column)


def halves(files: RealFiles) -> list[tuple[Mask, Mask]]:
    """Split the files by repository in two halves, each once to fit and once to judge."""
    names = sorted(set(files.repositories.tolist()))
    order = np.random.default_rng(5).permutation(len(names))
    first = np.isin(files.repositories, [names[index] for index in order[: len(names) // 2]])
    return [(first, ~first), (~first, first)]


def rank_real(vectors: Matrix, files: RealFiles) -> tuple[float, float, float]:
    """Return nDCG@10 over all files, the mean over named programs, and over those with more than one file."""
    values = ndcg(vectors @ vectors.T, files.gains)
    counts = Counter(files.programs.tolist())
    every = named_mean(values, files.programs, dict.fromkeys(counts, 2))
    return float(values.mean()), every, named_mean(values, files.programs, counts)


def named_mean(values: Gains, programs: npt.NDArray[np.str_], counts: Mapping[str, int]) -> float:
    """Return the mean over the named programs with more than one file, by their counts; each program counts once."""
    names = [name for name, count in counts.items() if count > 1 and not name.startswith("?")]
    return float(np.mean([values[programs == name].mean() for name in names]))


def band_shares(
    vectors: Matrix, files: RealFiles, thresholds: Sequence[float], is_told: Mask, judged: Mask | None = None
) -> Figures:
    """Return the percentage of unrelated pairs and of grade 3 that reach each band, with and without bare headers.

    Args:
        vectors: One per file.
        files: The files.
        thresholds: Lower bounds of Same set-up, Close and Related.
        is_told: The files with enough in their headers for a band.
        judged: Queries to count; all if None.
    """
    scores = vectors @ vectors.T
    queries = np.ones(len(scores), bool) if judged is None else judged
    pairs = queries[:, None] & ~np.eye(len(scores), dtype=bool)
    figures: Figures = {}
    for title, chosen in (("false", files.unrelated), ("grade3", files.grades == 3)):
        for suffix, mask in (("", pairs), ("_told", pairs & is_told[:, None])):
            selected = scores[chosen & mask]
            figures[f"{title}{suffix}"] = [round(100 * float((selected >= least).mean()), 2) for least in thresholds]
    # A query that is not told has no band, and so no false one.
    unrelated = files.unrelated & pairs
    told = unrelated & is_told[:, None]
    figures["false_printed"] = [
        round(100 * float((scores[told] >= least).sum()) / int(unrelated.sum()), 2) for least in thresholds
    ]
    return figures
