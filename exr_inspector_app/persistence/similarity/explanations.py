"""Hit explanations: bands, and shared and differing properties. Pure functions, shared by every store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from exr_inspector_app.contracts import Band, By, Record, StoredFile, Weights
from exr_inspector_app.persistence.similarity.camera import decode_camera, parse_camera
from exr_inspector_app.persistence.similarity.evidence import known
from exr_inspector_app.persistence.similarity.layer_overlap import FileRow, Reasons, compare_layers, compare_spelling
from exr_inspector_app.text.format import pluralize
from exr_inspector_app.text.stored_json import parse_window

# Lower bounds of the bands, set on the generated studio and on real files: method and numbers in
# resources/help/similar.md. Every similarity has the same bands in the same order.
BANDS: dict[By, tuple[tuple[float, Band], ...]] = {
    "metadata": ((0.935, Band.SAME_SETUP), (0.8, Band.CLOSE), (0.48, Band.RELATED)),
    "channels": ((0.93, Band.SAME_SETUP), (0.7, Band.CLOSE), (0.42, Band.RELATED)),
    "look": ((0.95, Band.SAME_SETUP), (0.85, Band.CLOSE), (0.7, Band.RELATED)),
}
HEADER_BANDS = (Band.IDENTICAL, Band.SAME_HEADER)
# Names of the highest band by score in text, if it does not claim the same set-up.
_SAME_SETUP_NAMES: Mapping[str, str] = {"channels": "same channels", "look": "same image"}
# Name and version of a program. Older versions of exr-inspector stored build information or a command line after them.
_PROGRAM = re.compile(r"([0-9]*[^0-9]+?)(?:[\s_,-]*v?([0-9][\w.]*)|\s*$)")
_BUILD_INFORMATION = re.compile(r"\s*(?:\s:\s|[\[(]).*", re.DOTALL)


def header_band(row: FileRow, reference: Record) -> Band | None:
    """Return the band of a file with the header of the reference, by its size; None for another header."""
    if row["header_hash"] != reference.identity.header_hash:
        return None
    size = row["size_bytes"]
    is_same_size = size is not None and size == reference.payload["file"].get("size_bytes")
    return Band.IDENTICAL if is_same_size else Band.SAME_HEADER


def band_of_hit(by: By, score: float, row: FileRow, reference: Record, *, has_evidence: bool) -> Band:
    """Return the band of a hit: by header first, then same sequence, then by score.

    By set-up a reference with too little in its header has no band by score: other bare headers are as near. For a
    look the header is no evidence: versions of a render mostly have one header and other pixels.

    Args:
        by: Way of comparing.
        score: Score of the hit.
        row: Columns of the hit.
        reference: Record that the query compares with.
        has_evidence: The reference has enough in its header, by `tells_enough`.
    """
    band = header_band(row, reference)
    if band and by != "look":
        return band
    if row["sequence_key"] == reference.identity.sequence_key:
        return Band.SAME_SEQUENCE
    if by == "metadata" and not has_evidence:
        return Band.TOO_LITTLE
    return band_for_score(score, {by: 1.0})


def band_for_score(score: float, weights: Weights) -> Band:
    """Return the band of a score; the bounds of a blend are the weighted means of those of its similarities."""
    total = sum(weights.values())
    for index, (_, band) in enumerate(BANDS["metadata"]):
        bound = sum(weight * BANDS[by][index][0] for by, weight in weights.items()) / total
        if score >= bound - 1e-9:
            return band
    return Band.UNRELATED


def band_name(band: Band, by: By) -> str:
    """Return the name of a band in text output; only a comparison by set-up may claim the same set-up."""
    return _SAME_SETUP_NAMES.get(by, band.value) if band is Band.SAME_SETUP else band.value


def reference_row(record: Record) -> dict[str, Any]:
    """Return the columns to compare of a reference, which need not be published."""
    payload = record.payload
    part: Mapping[str, Any] = payload["parts"][0] if payload["parts"] else {}
    names = ("compression", "width", "height", "color_space", "render_software", "data_window", "display_window")
    channels = [row["name"] for row in payload["channels"]]
    attributes = (row for rows in payload["attributes"]["parts"] for row in rows)
    return {
        **{name: part.get(name) for name in names},
        "tiles": _tile_size(part),
        "camera": parse_camera((row["name"], row["value"]) for row in attributes),
        "is_deep": payload["file"]["is_deep"],
        "multipart_count": payload["file"]["multipart_count"],
        "channel_list": f"|{'|'.join(channels)}|",
    }


def decode_children(children: StoredFile) -> dict[str, Any]:
    """Return the columns to compare that come from a file's first part and its attributes."""
    attributes = ((row["attribute_name"], row["attribute_value"]) for row in children.attributes)
    columns: dict[str, Any] = {"camera": decode_camera(attributes)}
    for part in children.parts[:1]:
        columns["tiles"] = _tile_size(part)
        for name in ("data_window", "display_window"):
            columns[name] = _window(part[name])
    return columns


@lru_cache(maxsize=1024)  # most hits have one of a few
def _window(text: str | None) -> Mapping[str, list[int]] | None:
    return parse_window(text)


def compare(row: FileRow, reference: Record, ours: FileRow, by: By = "metadata") -> tuple[Reasons, Reasons]:
    """Compare a hit with the reference.

    Args:
        row: Columns of the hit, with those of `decode_children` if its children were read.
        reference: Record that the query compares with.
        ours: Columns of the reference, from `reference_row`.
        by: Way of comparing: only compared properties are reasons, except for the layout of an image.

    Returns:
        Shared properties, and properties of the hit that differ; most significant first.
    """
    is_same_file = row["file_id"] == reference.identity.file_id
    if by == "look" and is_same_file:
        return ("this file",), ()
    if by != "look" and (band := header_band(row, reference)):
        differs = () if band is Band.IDENTICAL else ("file size",)
        return ("this file" if is_same_file else "same header, other path",), differs
    pairs = _pairs(row, ours, by)
    return tuple(text for same, _ in pairs for text in same), tuple(text for _, differs in pairs for text in differs)


def _pairs(row: FileRow, ours: FileRow, by: By) -> list[tuple[Reasons, Reasons]]:
    """Compare the properties of one way, in the order in which artists look for them."""
    if by == "look":
        return [_compare_resolution(row, ours), *_compare_layout(row, ours, of_image=True)]
    if by == "channels":
        return [compare_layers(row, ours), compare_spelling(row, ours)]
    return [
        compare_layers(row, ours),
        _compare_deep(row, ours),
        _compare_renderer(row, ours),
        _compare_resolution(row, ours),
        _compare_camera(row, ours),
        _compare_column("color_space", row, ours, str, "color space"),
        _compare_column("compression", row, ours, _format_compression),
        *_compare_layout(row, ours),
        compare_spelling(row, ours),
    ]


def _compare_deep(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    return (), () if row["is_deep"] == ours["is_deep"] else ("deep" if row["is_deep"] else "not deep",)


def _format_compression(name: Any) -> str:
    """Format a compression as users know it."""
    return "uncompressed" if name == "none" else str(name).upper()


def _compare_column(
    name: str, row: FileRow, ours: FileRow, format_value: Callable[[Any], str], title: str = ""
) -> tuple[Reasons, Reasons]:
    """Compare one column: the hit's value, or the column's title if the hit has no value."""
    theirs, own = row[name], ours[name]
    if name != "compression":  # "none" is one
        theirs, own = known(theirs), known(own)
    is_same, value = theirs == own, (format_value(theirs),) if theirs else ()
    return (value, ()) if is_same else ((), value or (f"no {title or name} named",))


def _compare_renderer(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Compare the program and its version, unless one is unknown; of another program only the name is reported."""
    (their_name, their_version), own = (_split_program(side["render_software"]) for side in (row, ours))
    label = f"{their_name} {their_version}".strip()
    if (their_name, their_version) == own:
        return ((label,) if label else ()), ()
    if own[0] and own[0] == their_name:
        return (their_name,), ((label,) if their_version else ())
    return (), ((their_name if own[0] else label) or "no renderer named",)


def _split_program(text: str | None) -> tuple[str, str]:
    """Return name and version of a program, without build information."""
    match = _PROGRAM.match(_BUILD_INFORMATION.sub("", known(text) or "").strip())
    return (match[1].strip(" ,"), match[2] or "") if match else ("", "")


def _compare_camera(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Compare camera, lens, and focal length where both files have them; only the focal length shows its value."""
    theirs, own = row.get("camera") or {}, ours.get("camera") or {}
    shared = [kind for kind in ("focal length", "lens", "camera") if kind in own and kind in theirs]
    differing = [kind for kind in shared if theirs[kind] != own[kind]]
    differs = tuple(f"{kind} {theirs[kind]}" if kind == "focal length" else kind for kind in differing)
    return (("camera",) if shared and not differing else ()), differs


def _compare_resolution(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Compare the size of the display windows if both are known, otherwise of the data windows."""
    sizes = (_display_size(row), _display_size(ours)) if _have_windows(row, ours) else (_size(row), _size(ours))
    theirs, own = sizes
    text = (f"{theirs[0]:.0f} × {theirs[1]:.0f}",) if all(theirs) else ()
    return (text, ()) if theirs == own else ((), text or ("resolution",))


def _compare_layout(row: FileRow, ours: FileRow, *, of_image: bool = False) -> list[tuple[Reasons, Reasons]]:
    """Compare parts, the data window within equal display windows, and tiles; of an image the data window only."""
    pairs: list[tuple[Reasons, Reasons]] = []
    if not of_image and row["multipart_count"] != ours["multipart_count"]:
        pairs.append(((), (pluralize(row["multipart_count"], "part"),)))
    if _have_windows(row, ours) and _display_size(row) == _display_size(ours):
        pairs.append(((), ("data window",) if _windows(row) != _windows(ours) else ()))
    if not of_image and "tiles" in row and row["tiles"] != ours.get("tiles"):
        pairs.append(((), ("tiles" if row["tiles"] else "no tiles",)))
    return pairs


def _have_windows(*rows: FileRow) -> bool:
    return all(window is not None for row in rows for window in _windows(row))


def _windows(row: FileRow) -> tuple[Any, Any]:
    return row.get("display_window"), row.get("data_window")


def _display_size(row: FileRow) -> tuple[Any, Any]:
    """Return width and height of the display window."""
    (left, top), (right, bottom) = row["display_window"]["min"], row["display_window"]["max"]
    return right - left + 1, bottom - top + 1


def _size(row: FileRow) -> tuple[Any, Any]:
    return row["width"], row["height"]


def _tile_size(part: FileRow) -> tuple[int, int] | None:
    return (part["tile_width"], part["tile_height"]) if part.get("is_tiled") else None
