"""Why a hit is one: its band, what is the same and what differs, from stored rows. Pure, for every store alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from exr_inspector_app.contracts import Band, By, Record, Stored, Weights
from exr_inspector_app.naming import canonical
from exr_inspector_app.persistence.camera import camera, stored_camera

# Set on the generated studio; how, and with which figures: resources/help/similar.md.
# The words are those of every way, in this order.
BANDS: dict[By, tuple[tuple[float, Band], ...]] = {
    "metadata": ((0.95, Band.SAME_SETUP), (0.8, Band.CLOSE), (0.4, Band.RELATED)),
    "channels": ((0.93, Band.SAME_SETUP), (0.7, Band.CLOSE), (0.42, Band.RELATED)),
    "look": ((0.95, Band.SAME_SETUP), (0.85, Band.CLOSE), (0.7, Band.RELATED)),
}
_VERSION = re.compile(r"[\s_-]*v?[0-9].*", re.DOTALL)  # of a program, from its first figure on
_PICTURE = frozenset(["r", "g", "b", "a", "y", "ry", "by"])  # what the picture itself is made of
MOST_NAMED = 2  # layers named before they are counted

Facts = Mapping[str, Any]  # columns of `files`, and of its first part and its attributes where they were looked up
Words = tuple[str, ...]


def band(by: By, score: float, row: Facts, reference: Record) -> Band:
    """The word for a hit: identity before sequence before score."""
    if row["header_hash"] == reference.identity.header_hash:
        return Band.IDENTICAL
    if row["sequence_key"] == reference.identity.sequence_key:
        return Band.SAME_SEQUENCE
    return likely(score, {by: 1.0})


def likely(score: float, weights: Weights) -> Band:
    """The word for a score; the bounds of a blend are the weighted mean of those of its ways."""
    whole = sum(weights.values())
    for place, (_, word) in enumerate(BANDS["metadata"]):
        least = sum(weight * BANDS[by][place][0] for by, weight in weights.items()) / whole
        if score >= least - 1e-9:
            return word
    return Band.UNRELATED


def facts_of(record: Record) -> dict[str, Any]:
    """What reasons are given from, for a record that need not be published."""
    payload = record.payload
    part = (payload["parts"] or [{}])[0]
    names = ("compression", "width", "height", "color_space", "render_software", "data_window", "display_window")
    channels = [row["name"] for row in payload["channels"]]
    attributes = (row for listed in payload["attributes"]["parts"] for row in listed)
    return {
        **{name: part.get(name) for name in names},
        "tiles": _tiles(part),
        "camera": camera((row["name"], row["value"]) for row in attributes),
        "is_deep": payload["file"]["is_deep"],
        "multipart_count": payload["file"]["multipart_count"],
        "channel_list": f"|{'|'.join(channels)}|",
    }


def more_facts(children: Stored) -> dict[str, Any]:
    """What the rows of a file's first part and of its attributes add to its row of `files`."""
    named = ((row["attribute_name"], row["attribute_value"]) for row in children.attributes)
    found: dict[str, Any] = {"camera": stored_camera(named)}
    for part in children.parts[:1]:
        found["tiles"] = _tiles(part)
        for name in ("data_window", "display_window"):
            found[name] = json.loads(part[name]) if part[name] else None
    return found


def reasons(row: Facts, reference: Record, ours: Facts) -> tuple[Words, Words]:
    """What a hit has in common with the reference, and what differs."""
    if row["file_id"] == reference.identity.file_id:
        return ("this file",), ()
    if row["header_hash"] == reference.identity.header_hash:
        return ("same header, other path",), ()
    found = [_layers(row, ours), _fact("compression", row, ours, _compression_word), _renderer(row, ours)]
    found += [_fact("color_space", row, ours, str, "colour space"), _camera(row, ours), *_windows(row, ours)]
    if row["is_deep"] != ours["is_deep"]:
        found.append(((), ("deep" if row["is_deep"] else "not deep",)))
    if row["multipart_count"] != ours["multipart_count"]:
        found.append(((), (_count(row["multipart_count"], "part"),)))
    return tuple(word for same, _ in found for word in same), tuple(word for _, other in found for word in other)


def _compression_word(name: Any) -> str:
    """The compression as people write it."""
    return "uncompressed" if name == "none" else str(name).upper()


def _fact(name: str, row: Facts, ours: Facts, say: Any, title: str = "") -> tuple[Words, Words]:
    """One column: its value where both have the same, its title where they differ."""
    if row[name] != ours[name]:
        return (), (title or name,)
    return ((say(row[name]),) if row[name] else ()), ()


def _renderer(row: Facts, ours: Facts) -> tuple[Words, Words]:
    """The program, and whether only its version differs."""
    theirs, own = (str(side["render_software"] or "") for side in (row, ours))
    name = _VERSION.sub("", own).strip()
    if theirs == own or not name or _VERSION.sub("", theirs).strip() != name:
        return _fact("render_software", row, ours, str, "renderer")
    return (name,), ("renderer version",)


def _camera(row: Facts, ours: Facts) -> tuple[Words, Words]:
    """The camera, where both tell of it: what differs is named, be it the camera, its lens or the focal length."""
    theirs, own = row.get("camera") or {}, ours.get("camera") or {}
    both = [kind for kind in own if kind in theirs]
    differs = tuple(kind for kind in both if theirs[kind] != own[kind])
    return (("camera",) if both and not differs else ()), differs


def _windows(row: Facts, ours: Facts) -> list[tuple[Words, Words]]:
    """Resolution (of the display window where it was looked up), data window and tiles."""
    theirs, own = ((side.get("display_window"), side.get("data_window")) for side in (row, ours))
    known = None not in (*theirs, *own)
    if not known:
        theirs, own = ((side["width"], side["height"]) for side in (row, ours))
    alike = (_size(theirs[0]) == _size(own[0])) if known else theirs == own
    found: list[tuple[Words, Words]] = [(("resolution",), ()) if alike else ((), ("resolution",))]
    if known and alike and theirs != own:
        found.append(((), ("data window",)))
    if "tiles" in row and row["tiles"] != ours.get("tiles"):
        found.append(((), ("tiles",)))
    return found


def _size(window: Any) -> tuple[int, int]:
    (left, top), (right, bottom) = window["min"], window["max"]
    return right - left, bottom - top


def _tiles(part: Facts) -> tuple[int, int] | None:
    return (part["tile_width"], part["tile_height"]) if part.get("is_tiled") else None


def _layers(row: Facts, ours: Facts) -> tuple[Words, Words]:
    """Layers that one has and the other lacks, whatever the programs call them; by name where they are few."""
    theirs, own = _channels(row["channel_list"]).layers, _channels(ours["channel_list"]).layers
    lacks = [own[key] for key in sorted(own.keys() - theirs.keys())]
    more = [theirs[key] for key in sorted(theirs.keys() - own.keys())]
    if not lacks and not more:
        return _same_layers(row, ours)
    shared = len(own) - len(lacks)
    same = (f"{shared} of {_count(len(own), 'layer')}",) if shared else ()
    if len(lacks) + len(more) > MOST_NAMED:
        return same, (_count(len(lacks) + len(more), "layer"),)
    return same, (*(f"no {name}" for name in lacks), *(f"with {name}" for name in more))


def _same_layers(row: Facts, ours: Facts) -> tuple[Words, Words]:
    """Whether the same layers have the same channels, and the same names."""
    theirs, own = _channels(row["channel_list"]), _channels(ours["channel_list"])
    odd = theirs.shared ^ own.shared
    if odd:
        return ("same layer names",), (_count(len(odd), "channel"),)
    return ("same layers",), (() if theirs.names == own.names else ("channel names",))


class _Channels(NamedTuple):
    """The channels of a file."""

    names: frozenset[tuple[str, str]]  # layer and component
    shared: frozenset[tuple[str, str]]  # the same in the form that all programs share
    layers: dict[str, str]  # the layers in that form, and as this file has them


@lru_cache(maxsize=256)  # hits are often of one set-up
def _channels(channel_list: str) -> _Channels:
    """The channels of a `channel_list`."""
    split = [name.rpartition(".") for name in str(channel_list).split("|") if name]
    layers: dict[str, str] = {}
    for layer, _, component in split:
        words, part = canonical(layer, component)
        key = words or ("" if layer or part in _PICTURE else part)
        layers.setdefault(key, layer or (component if key else "picture"))
    names = frozenset((layer, component) for layer, _, component in split)
    return _Channels(names, frozenset(canonical(*one) for one in names), layers)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
