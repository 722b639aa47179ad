"""Why a hit is one: its band, what is the same and what differs, from stored rows. Pure, for every store alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from exr_inspector_app.contracts import Band, By, Record, StoredFile, Weights
from exr_inspector_app.persistence.similarity.camera import decode_camera, parse_camera
from exr_inspector_app.persistence.similarity.layer_overlap import FileRow, Reasons, compare_layers, compare_spelling
from exr_inspector_app.text.format import pluralize

# Set on the generated studio; how, and with which figures: resources/help/similar.md.
# The words are those of every way, in this order.
BANDS: dict[By, tuple[tuple[float, Band], ...]] = {
    "metadata": ((0.95, Band.SAME_SETUP), (0.8, Band.CLOSE), (0.4, Band.RELATED)),
    "channels": ((0.93, Band.SAME_SETUP), (0.7, Band.CLOSE), (0.42, Band.RELATED)),
    "look": ((0.95, Band.SAME_SETUP), (0.85, Band.CLOSE), (0.7, Band.RELATED)),
}
_VERSION = re.compile(r"[\s_-]*v?[0-9].*", re.DOTALL)  # of a program, from its first figure on


def band_of_hit(by: By, score: float, row: FileRow, reference: Record) -> Band:
    """The word for a hit: identity before sequence before score."""
    if row["header_hash"] == reference.identity.header_hash:
        return Band.IDENTICAL
    if row["sequence_key"] == reference.identity.sequence_key:
        return Band.SAME_SEQUENCE
    return band_for_score(score, {by: 1.0})


def band_for_score(score: float, weights: Weights) -> Band:
    """The word for a score; the bounds of a blend are the weighted mean of those of its ways."""
    whole = sum(weights.values())
    for place, (_, word) in enumerate(BANDS["metadata"]):
        least = sum(weight * BANDS[by][place][0] for by, weight in weights.items()) / whole
        if score >= least - 1e-9:
            return word
    return Band.UNRELATED


def reference_row(record: Record) -> dict[str, Any]:
    """What reasons are given from, for a record that need not be published."""
    payload = record.payload
    part = (payload["parts"] or [{}])[0]
    names = ("compression", "width", "height", "color_space", "render_software", "data_window", "display_window")
    channels = [row["name"] for row in payload["channels"]]
    attributes = (row for listed in payload["attributes"]["parts"] for row in listed)
    return {
        **{name: part.get(name) for name in names},
        "tiles": _tiles(part),
        "camera": parse_camera((row["name"], row["value"]) for row in attributes),
        "is_deep": payload["file"]["is_deep"],
        "multipart_count": payload["file"]["multipart_count"],
        "channel_list": f"|{'|'.join(channels)}|",
    }


def decode_children(children: StoredFile) -> dict[str, Any]:
    """What the rows of a file's first part and of its attributes add to its row of `files`."""
    named = ((row["attribute_name"], row["attribute_value"]) for row in children.attributes)
    found: dict[str, Any] = {"camera": decode_camera(named)}
    for part in children.parts[:1]:
        found["tiles"] = _tiles(part)
        for name in ("data_window", "display_window"):
            found[name] = json.loads(part[name]) if part[name] else None
    return found


def compare(row: FileRow, reference: Record, ours: FileRow) -> tuple[Reasons, Reasons]:
    """What a hit has in common with the reference, and what it has in its place; what tells most comes first."""
    if row["file_id"] == reference.identity.file_id:
        return ("this file",), ()
    if row["header_hash"] == reference.identity.header_hash:
        return ("same header, other path",), ()
    found = [
        compare_layers(row, ours),
        _kind(row, ours),
        _renderer(row, ours),
        _resolution(row, ours),
        _optics(row, ours),
    ]
    found += [_fact("compression", row, ours, _compression_word), _fact("color_space", row, ours, str, "colour space")]
    found += [*_form(row, ours), compare_spelling(row, ours)]
    return tuple(word for same, _ in found for word in same), tuple(word for _, other in found for word in other)


def _kind(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """Whether pixels are deep, where one file's are."""
    return (), () if row["is_deep"] == ours["is_deep"] else ("deep" if row["is_deep"] else "not deep",)


def _compression_word(name: Any) -> str:
    """The compression as people write it."""
    return "uncompressed" if name == "none" else str(name).upper()


def _fact(
    name: str, row: FileRow, ours: FileRow, say: Callable[[Any], str], title: str = ""
) -> tuple[Reasons, Reasons]:
    """One column: the hit's value, among what is the same or among what differs; its title where it has none."""
    same, told = row[name] == ours[name], (say(row[name]),) if row[name] else ()
    return (told, ()) if same else ((), told or (f"no {title or name} named",))


def _renderer(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """The program, and whether only its version differs; of another program its name alone."""
    theirs, own = (str(side["render_software"] or "") for side in (row, ours))
    name, other = (_VERSION.sub("", one).strip(" ,") for one in (own, theirs))
    if theirs == own or not name:
        return _fact("render_software", row, ours, str, "renderer")
    if name == other:
        return (name,), (theirs,)
    return (), (other or theirs or "no renderer named",)


def _optics(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """The camera, where both tell of it; where it differs, its focal length is told and the others are named."""
    theirs, own = row.get("camera") or {}, ours.get("camera") or {}
    both = [kind for kind in ("focal length", "lens", "camera") if kind in own and kind in theirs]
    differs = [kind for kind in both if theirs[kind] != own[kind]]
    told = tuple(f"{kind} {theirs[kind]}" if kind == "focal length" else kind for kind in differs)
    return (("camera",) if both and not differs else ()), told


def _resolution(row: FileRow, ours: FileRow) -> tuple[Reasons, Reasons]:
    """The size of the display window where it was looked up, else that of the data window."""
    theirs, own = (_shown_size(row), _shown_size(ours)) if _have_windows(row, ours) else (_size(row), _size(ours))
    word = (f"{theirs[0]:.0f} × {theirs[1]:.0f}",) if all(theirs) else ()
    return (word, ()) if theirs == own else ((), word or ("resolution",))


def _form(row: FileRow, ours: FileRow) -> list[tuple[Reasons, Reasons]]:
    """How pixels are laid out: parts, tiles, and a data window that is another under the same display window."""
    found: list[tuple[Reasons, Reasons]] = []
    if row["multipart_count"] != ours["multipart_count"]:
        found.append(((), (pluralize(row["multipart_count"], "part"),)))
    if _have_windows(row, ours) and _shown_size(row) == _shown_size(ours):
        found.append(((), ("data window",) if _windows(row) != _windows(ours) else ()))
    if "tiles" in row and row["tiles"] != ours.get("tiles"):
        found.append(((), ("tiles" if row["tiles"] else "no tiles",)))
    return found


def _have_windows(*sides: FileRow) -> bool:
    return all(window is not None for side in sides for window in _windows(side))


def _windows(side: FileRow) -> tuple[Any, Any]:
    return side.get("display_window"), side.get("data_window")


def _shown_size(side: FileRow) -> tuple[Any, Any]:
    """Width and height of the display window."""
    (left, top), (right, bottom) = side["display_window"]["min"], side["display_window"]["max"]
    return right - left + 1, bottom - top + 1


def _size(side: FileRow) -> tuple[Any, Any]:
    return side["width"], side["height"]


def _tiles(part: FileRow) -> tuple[int, int] | None:
    return (part["tile_width"], part["tile_height"]) if part.get("is_tiled") else None
