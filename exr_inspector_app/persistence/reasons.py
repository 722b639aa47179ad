"""Why a hit is one: its band, what is the same and what differs, from the columns of `files`.

The score bands were set on renders of eight programs (tests/embedding/studio.py): frames and versions of one
pass lie above `same set-up`, other passes of the same show and program around `close`, and strangers below
`related`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from exr_inspector_app.contracts import Band, By, Record

BANDS: dict[By, tuple[tuple[float, Band], ...]] = {
    "metadata": ((0.93, Band.SAME_SETUP), (0.75, Band.CLOSE), (0.5, Band.RELATED)),
    "channels": ((0.95, Band.SAME_SETUP), (0.8, Band.CLOSE), (0.5, Band.RELATED)),
    "look": ((0.98, Band.SAME_SETUP), (0.9, Band.CLOSE), (0.75, Band.RELATED)),
}
_VERSION = re.compile(r"[\s_-]*v?[0-9].*", re.DOTALL)  # of a program, from its first figure on
MOST_NAMED = 2  # layers named before they are counted

Facts = Mapping[str, Any]


def band(by: By, score: float, row: Facts, reference: Record) -> Band:
    """The word for a hit: identity before sequence before score."""
    if row["header_hash"] == reference.identity.header_hash:
        return Band.IDENTICAL
    if row["sequence_key"] == reference.identity.sequence_key:
        return Band.SAME_SEQUENCE
    return next((word for least, word in BANDS[by] if score >= least), Band.UNRELATED)


def facts_of(record: Record) -> dict[str, Any]:
    """The columns of `files` that reasons are given from, for a record that need not be published."""
    part = (record.payload["parts"] or [{}])[0]
    names = ("compression", "width", "height", "color_space", "render_software")
    channels = [row["name"] for row in record.payload["channels"]]
    return {
        **{name: part.get(name) for name in names},
        "is_deep": record.payload["file"]["is_deep"],
        "multipart_count": record.payload["file"]["multipart_count"],
        "channel_list": f"|{'|'.join(channels)}|",
    }


def reasons(row: Facts, reference: Record, ours: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a hit has in common with the reference, and what differs."""
    if row["file_id"] == reference.identity.file_id:
        return ("this file",), ()
    if row["header_hash"] == reference.identity.header_hash:
        return ("same header, other path",), ()
    same: list[str] = []
    differs: list[str] = []
    _layers(row, ours, same, differs)
    _fact("compression", row, ours, same, differs, _compression_word)
    _renderer(row, ours, same, differs)
    _fact("color_space", row, ours, same, differs, str, "colour space")
    if (row["width"], row["height"]) == (ours["width"], ours["height"]):
        same.append("resolution")
    else:
        differs.append("resolution")
    if row["is_deep"] != ours["is_deep"]:
        differs.append("deep" if row["is_deep"] else "not deep")
    if row["multipart_count"] != ours["multipart_count"]:
        differs.append(_count(row["multipart_count"], "part"))
    return tuple(same), tuple(differs)


def _compression_word(name: Any) -> str:
    """The compression as people write it."""
    return "uncompressed" if name == "none" else str(name).upper()


def _fact(name: str, row: Facts, ours: Facts, same: list[str], differs: list[str], say: Any, title: str = "") -> None:
    """One column: its value where both have the same, its title where they differ."""
    if row[name] != ours[name]:
        differs.append(title or name)
    elif row[name]:
        same.append(say(row[name]))


def _renderer(row: Facts, ours: Facts, same: list[str], differs: list[str]) -> None:
    """The program, and whether only its version differs."""
    theirs, own = (str(side["render_software"] or "") for side in (row, ours))
    name = _VERSION.sub("", own).strip()
    if theirs == own or not name or _VERSION.sub("", theirs).strip() != name:
        _fact("render_software", row, ours, same, differs, str, "renderer")
        return
    same.append(name)
    differs.append("renderer version")


def _layers(row: Facts, ours: Facts, same: list[str], differs: list[str]) -> None:
    """Layers that one has and the other lacks, by name where they are few."""
    theirs, own = _layer_set(row), _layer_set(ours)
    lacks, more = sorted(own - theirs), sorted(theirs - own)
    if not lacks and not more:
        channels, wanted = _channels(row), _channels(ours)
        same.append("same layers" if channels == wanted else "same layer names")
        if channels != wanted:
            differs.append(_count(len(set(channels) ^ set(wanted)), "channel"))
        return
    if len(lacks) + len(more) <= MOST_NAMED:
        differs.extend([f"no {name}" for name in lacks] + [f"with {name}" for name in more])
    else:
        differs.append(_count(len(lacks) + len(more), "layer"))


def _channels(row: Facts) -> list[str]:
    return [name for name in str(row["channel_list"]).split("|") if name]


def _layer_set(row: Facts) -> set[str]:
    """The layers of a channel list; channels without one count by their names."""
    return {name.rpartition(".")[0] or name for name in _channels(row)}


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
