"""Hit ranking: turns scored rows into hits, one per sequence. Pure functions, shared by every store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exr_inspector_app.contracts import Hit, Query, StoredFile, Vector
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.similarity import explanations
from exr_inspector_app.persistence.similarity.camera import CAMERA_NAMES
from exr_inspector_app.persistence.similarity.evidence import tells_enough
from exr_inspector_app.persistence.similarity.layer_overlap import FileRow

# Columns of `files` that a hit is made of and that never change: another header is another row.
HEADER_COLUMNS = ("file_id", "file_path", "sequence_key", "header_hash", "inspection_timestamp", "compression",
                  "width", "height", "color_space", "render_software", "channel_list", "is_deep",
                  "multipart_count")  # fmt: skip
COLUMNS = (*HEADER_COLUMNS, "size_bytes")  # the size changes while a file is written
# Columns of a file's first part that a hit is made of.
PART_COLUMNS = ("is_tiled", "tile_width", "tile_height", "data_window", "display_window")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """Best row of a sequence with its score."""

    row: Row
    score: float  # cosine
    count: int  # matching files of the sequence


def query_vector(query: Query) -> tuple[str, Vector]:
    """Return the column that a query compares (of `previews` for a look, otherwise of `files`) and its vector.

    Raises:
        StoreError: A query by look has no look.
    """
    reference = query.reference
    if query.by == "metadata":
        return "metadata_embedding", reference.metadata_embedding
    if query.by == "channels":
        return "channel_fingerprint", reference.channel_fingerprint
    if query.look is None:
        raise StoreError("Similarity by appearance needs the pixels of the reference.")
    return "look_embedding", query.look


def best_per_sequence(scored: Iterable[tuple[Row, float]], limit: int) -> list[ScoredRow]:
    """Return the best row of each sequence, best first; of equal scores in a sequence the first row wins."""
    best: dict[str, tuple[Row, float]] = {}
    counts: dict[str, int] = {}
    for row, score in scored:
        key = row["sequence_key"]
        counts[key] = counts.get(key, 0) + 1
        if key not in best or score > best[key][1]:
            best[key] = row, score
    ranked = sorted(best.values(), key=lambda item: -item[1])[:limit]
    return [ScoredRow(row, score, counts[row["sequence_key"]]) for row, score in ranked]


def make_hits(rows: Sequence[ScoredRow], query: Query, details: Mapping[str, StoredFile]) -> list[Hit]:
    """Make hits of scored rows, best first.

    Args:
        rows: Best row of each sequence.
        query: Query that the rows answer.
        details: First part and camera attributes of each row by file_id; a row without them has fewer reasons.
    """
    ours, has_evidence = explanations.reference_row(query.reference), tells_enough(query.reference.payload)
    made = (_make_hit(row, query, ours, details.get(row.row["file_id"]), has_evidence=has_evidence) for row in rows)
    return sorted(made, key=sort_key)


def details_by_id(first_parts: Iterable[Row], attributes: Iterable[Row]) -> dict[str, StoredFile]:
    """Collect the details that `make_hits` needs, by file_id.

    Args:
        first_parts: Rows of first parts.
        attributes: Rows of attributes in file order; those without a camera name are ignored.
    """
    cameras: dict[str, list[Row]] = {}
    for row in attributes:
        if re.search(CAMERA_NAMES, row["attribute_name"]):
            cameras.setdefault(row["file_id"], []).append(row)
    return {row["file_id"]: StoredFile({}, [row], (), cameras.get(row["file_id"], ())) for row in first_parts}


def _make_hit(scored: ScoredRow, query: Query, ours: FileRow, details: StoredFile | None, *, has_evidence: bool) -> Hit:
    row = scored.row if details is None else {**scored.row, **explanations.decode_children(details)}
    score = min(max(scored.score, -1.0), 1.0)
    same, differs = explanations.compare(row, query.reference, ours, query.by)
    return Hit(
        file_id=row["file_id"],
        file_path=row["file_path"],
        sequence_key=row["sequence_key"],
        score=score,
        band=explanations.band_of_hit(query.by, score, row, query.reference, has_evidence=has_evidence),
        same=same,
        differs=differs,
        sequence_count=scored.count,
        published_at=row["inspection_timestamp"],
    )


def sort_key(hit: Hit) -> tuple[float, int, str]:
    """Return the sort key of a hit: best score first; of equal scores identical files, equal headers, then by path."""
    bands = explanations.HEADER_BANDS
    return (-round(hit.score, 6), bands.index(hit.band) if hit.band in bands else len(bands), hit.file_path)
