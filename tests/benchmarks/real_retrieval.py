"""Retrieval quality on real files: ranking, references in the same run, and the shares of pairs in the bands."""

from __future__ import annotations

import numpy as np

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.embedding import metadata_embedding
from exr_inspector_app.persistence.similarity.evidence import tells_enough
from exr_inspector_app.persistence.similarity.explanations import BANDS
from tests.benchmarks.ablation import metadata_gains
from tests.benchmarks.mean_vector import centered, mean_strengths, other_groups, real_groups, uncentered
from tests.benchmarks.measure import Figures
from tests.benchmarks.real_files import Mask, RealFiles, band_shares, halves, rank_real, read_real_files
from tests.benchmarks.references import references

THRESHOLDS = [least for least, _ in BANDS["metadata"]]


def real_retrieval(with_ablation: bool = False) -> Figures:
    """Measure nDCG@10, overall and over named programs, and false bands; no figures if this machine lacks the files."""
    files = read_real_files()
    if files is None:
        return {"real_files": 0}
    vectors = np.stack([metadata_embedding(facts) for facts in files.payloads])
    is_told = np.array([tells_enough(facts) for facts in files.payloads])
    figures: Figures = {
        "real_files": len(files.payloads),
        "real_told": int(is_told.sum()),
        **_ranked("real", vectors, files),
    }
    for name, reference in references(files.payloads).items():
        figures |= _ranked(f"real_{name}", reference, files)
    figures |= {f"real_{key}": value for key, value in band_shares(vectors, files, THRESHOLDS, is_told).items()}
    if with_ablation:
        gains = metadata_gains([list(files.payloads)], [files.gains])
        figures |= {f"real_{key}": value for key, value in gains.items()}
    return figures | _split_by_repository(files, is_told)


def _ranked(title: str, vectors: Matrix, files: RealFiles) -> Figures:
    overall, named, several = rank_real(vectors, files)
    return {title: overall, f"{title}_named": named, f"{title}_named_several": several}


def _split_by_repository(files: RealFiles, is_told: Mask) -> Figures:
    """Measure with the mean of one half of the repositories, and count the queries of the other half."""
    vectors, others = uncentered(files.payloads), other_groups()
    figures: Figures = {}
    for number, (fitted, judged) in enumerate(halves(files), 1):
        moved = centered(vectors, mean_strengths([real_groups(files, fitted), *others]))
        title = f"real_split{number}"
        figures |= _ranked(title, moved, files)
        shares = band_shares(moved, files, THRESHOLDS, is_told, judged)
        figures |= {f"{title}_{key}": value for key, value in shares.items()}
    return figures
