"""Retrieval quality on real files: ranking, references in the same run, and the shares of pairs in the bands."""

from __future__ import annotations

import numpy as np

from exr_inspector_app.contracts import Matrix
from exr_inspector_app.embedding import metadata_embedding
from exr_inspector_app.persistence.similarity.evidence import tells_enough
from exr_inspector_app.persistence.similarity.explanations import BANDS
from tests.benchmarks.ablation import metadata_gains
from tests.benchmarks.cross_validation import cross_validate
from tests.benchmarks.mean_vector import centered, mean_strengths, other_groups, real_groups, uncentered
from tests.benchmarks.measure import Figures
from tests.benchmarks.real_files import Mask, RealFiles, band_shares, halves, rank_real, read_real_files
from tests.benchmarks.references import REFERENCES, references

THRESHOLDS = [least for least, _ in BANDS["metadata"]]


def real_retrieval(with_ablation: bool = False, with_fit: bool = False) -> Figures:
    """Measure nDCG@10, overall and over named programs, and false bands; no figures if this machine lacks the files.

    Args:
        with_ablation: Measure also without each kind of features.
        with_fit: Measure also files that the weights are not fitted on, which takes minutes.
    """
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
    figures["real_lead"] = [_lead(figures, suffix) for suffix in ("", "_named", "_named_several")]
    figures |= {f"real_{key}": value for key, value in band_shares(vectors, files, THRESHOLDS, is_told).items()}
    if with_ablation:
        gains = metadata_gains([list(files.payloads)], [files.gains])
        figures |= {f"real_{key}": value for key, value in gains.items()}
    if with_fit:
        figures |= {f"real_{key}": value for key, value in cross_validate(files).items()}
    return figures | _split_by_repository(files, is_told)


def retrieval_table(figures: Figures) -> list[str]:
    """Return the rows of a table: nDCG@10 of the set-up vectors and of each reference, on each set of files."""
    rows = [("ranked by", "studio", "real files", "named programs", "all named")]
    studio = {"setup": "ratio", "random": "random", "tokens": "token_hashing"} if "hidden_renderer" in figures else {}
    for name, prefix in {"setup": "real", **{name: f"real_{name}" for name in REFERENCES}}.items():
        keys = (studio.get(name, ""), prefix, f"{prefix}_named_several", f"{prefix}_named")
        cells = [f"{value:.3f}" if isinstance(value := figures.get(key), float) else "-" for key in keys]
        rows.append((name, *cells))
    return ["".join(f"{cell:<16}" for cell in row).rstrip() for row in rows]


def _lead(figures: Figures, suffix: str) -> float:
    """Return how far the set-up vectors are above the best reference."""
    best = max(float(value) for name in REFERENCES if isinstance(value := figures[f"real_{name}{suffix}"], float))
    own = figures[f"real{suffix}"]
    return own - best if isinstance(own, float) else 0.0


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
