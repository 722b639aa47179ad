"""Found rows become hits: one a sequence, with band and reasons. Pure, and the same for every store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exr_inspector_app.contracts import Band, Hit, Query, StoredFile, Vector
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.similarity import explanations
from exr_inspector_app.persistence.similarity.camera import CAMERA_NAMES
from exr_inspector_app.persistence.similarity.layer_overlap import FileRow

# The columns of `files` that a hit is made of.
COLUMNS = ("file_id", "file_path", "sequence_key", "header_hash", "inspection_timestamp", "compression", "width",
           "height", "color_space", "render_software", "channel_list", "is_deep", "multipart_count")  # fmt: skip
# The columns of a file's first part that a hit is made of.
PART_COLUMNS = ("is_tiled", "tile_width", "tile_height", "data_window", "display_window")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """The best row of a sequence, its cosine, and how many files of the sequence were found."""

    row: Row
    score: float
    count: int


def query_vector(query: Query) -> tuple[str, Vector]:
    """The column that a question is about (of `previews` for a look, else of `files`), and the vector to compare."""
    reference = query.reference
    if query.by == "metadata":
        return "metadata_embedding", reference.metadata_embedding
    if query.by == "channels":
        return "channel_fingerprint", reference.channel_fingerprint
    if query.look is None:
        raise StoreError("Nothing is known of how the reference looks; its pixels have to be read first.")
    return "look_embedding", query.look


def best_per_sequence(scored: Iterable[tuple[Row, float]], limit: int) -> list[ScoredRow]:
    """One row a sequence, best score first; of equal scores the row that comes first stands for the others."""
    best: dict[str, tuple[Row, float]] = {}
    counts: dict[str, int] = {}
    for row, score in scored:
        key = row["sequence_key"]
        counts[key] = counts.get(key, 0) + 1
        if key not in best or score > best[key][1]:
            best[key] = row, score
    order = sorted(best.values(), key=lambda one: -one[1])[:limit]
    return [ScoredRow(row, score, counts[row["sequence_key"]]) for row, score in order]


def make_hits(found: Sequence[ScoredRow], query: Query, told: Mapping[str, StoredFile]) -> list[Hit]:
    """The hits, best first; `told` holds, by file_id, the first part and the camera attributes of each row.

    A row without them has fewer reasons.
    """
    ours = explanations.reference_row(query.reference)
    made = [_hit(one, query, ours, told.get(one.row["file_id"])) for one in found]
    return sorted(made, key=sort_key)


def details_by_id(firsts: Iterable[Row], attributes: Iterable[Row]) -> dict[str, StoredFile]:
    """By file_id what `hits` asks for, of rows of first parts and of rows of attributes in file order."""
    cameras: dict[str, list[Row]] = {}
    for row in attributes:
        if re.search(CAMERA_NAMES, row["attribute_name"]):
            cameras.setdefault(row["file_id"], []).append(row)
    return {row["file_id"]: StoredFile({}, [row], (), cameras.get(row["file_id"], ())) for row in firsts}


def _hit(found: ScoredRow, query: Query, ours: FileRow, told: StoredFile | None) -> Hit:
    row = found.row if told is None else {**found.row, **explanations.decode_children(told)}
    score = min(max(found.score, -1.0), 1.0)
    same, differs = explanations.compare(row, query.reference, ours)
    return Hit(
        file_id=row["file_id"],
        file_path=row["file_path"],
        sequence_key=row["sequence_key"],
        score=score,
        band=explanations.band_of_hit(query.by, score, row, query.reference),
        same=same,
        differs=differs,
        sequence_count=found.count,
        published_at=row["inspection_timestamp"],
    )


def sort_key(hit: Hit) -> tuple[float, bool, str]:
    """Best score first; of equal ones the identical header, then by path."""
    return (-round(hit.score, 6), hit.band is not Band.IDENTICAL, hit.file_path)
