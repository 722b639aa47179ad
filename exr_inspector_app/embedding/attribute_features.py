"""Features of attributes: which there are, what a person set in them, and the folders that they name."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from exr_inspector_app.embedding import feature_hashing
from exr_inspector_app.embedding.volatile_attributes import is_volatile, stable_name, stable_text
from exr_inspector_app.model import Payload
from exr_inspector_app.text.encoding import percent_encode_invalid

Features = Iterator[feature_hashing.Feature]

MOST_ATTRIBUTES = 2000  # of one file; more of them tell nothing more
MOST_WORDS = 16  # of one text
MOST_NUMBERS = 8  # of one value; longer lists are tables

# Attributes that every file has, or that are told by a kind of their own.
_STRUCTURE = frozenset(
    "channels chunkCount compression dataWindow displayWindow lineOrder name pixelAspectRatio preview"
    " screenWindowCenter screenWindowWidth tiles type version view".split()
)
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(?:\.[0-9]{1,9})?")
_SEPARATORS = re.compile(r"[/\\]+")
_DIGITS = re.compile(r"[0-9]+")
_HASH = re.compile(r"(?=[a-z]*[0-9])[0-9a-f]{6,}")
_NON_FINITE = frozenset(["NaN", "Infinity", "-Infinity"])


class Attribute(NamedTuple):
    """One attribute that tells something of the set-up, or at least names a place."""

    name: str
    value: Any
    is_volatile: bool


def attributes(payload: Payload) -> list[Attribute]:
    """The attributes of all parts, without those that every file has."""
    section = payload.get("attributes")
    listed = section.get("parts") if isinstance(section, Mapping) else None
    found: list[Attribute] = []
    for part in listed if isinstance(listed, list | tuple) else ():
        for row in part if isinstance(part, list | tuple) else ():
            name = row.get("name") if isinstance(row, Mapping) else None
            if not isinstance(name, str) or name in _STRUCTURE:
                continue
            if len(found) == MOST_ATTRIBUTES:
                return found
            name = percent_encode_invalid(name)[: feature_hashing.MOST_FEATURE_TEXT]
            found.append(Attribute(name, row.get("value"), is_volatile(name, str(row.get("type")))))
    return found


def names(listed: list[Attribute]) -> Features:
    """Which attributes there are, and in which name spaces."""
    for name in sorted({stable_name(one.name) for one in listed if not one.is_volatile}):
        yield name, 1.0
        space = name.partition("/")[0].partition(".")[0].partition(":")[0]
        if space != name:
            yield f"space {space}", 0.5


def values(listed: list[Attribute]) -> Features:
    """What stands in the attributes that do not change from frame to frame."""
    for name, value, changes in listed:
        if not changes:
            yield from _value(stable_name(name), value)


def _value(head: str, value: Any) -> Features:
    """One value: a text, a number, or a few numbers."""
    if isinstance(value, str):
        text = value[: feature_hashing.MOST_FEATURE_TEXT]
        if not _is_path(text):
            yield from _text(head, text)
    elif isinstance(value, bool | int | float):
        yield from number(head, value, 1.0)
    elif isinstance(value, list | dict) and len(value) <= MOST_NUMBERS:
        for place, one in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(one, int | float):
                yield from number(f"{head}[{place}]", one, 0.5)


def places(listed: list[Attribute]) -> Features:
    """The words of all paths that attributes name, without what counts shots, versions and frames."""
    seen = {one.value[: feature_hashing.MOST_FEATURE_TEXT] for one in listed if isinstance(one.value, str)}
    for word in sorted({word for text in seen if _is_path(text) for word in _path_words(text)}):
        yield word, 1.0


@lru_cache(maxsize=1 << 14)
def _is_path(text: str) -> bool:
    """True for a text of at least two separators and no lines: a path, a URL, the path of a node."""
    return len(_SEPARATORS.findall(text[:256])) >= 2 and "\n" not in text and "{" not in text


@lru_cache(maxsize=1 << 12)
def _path_words(text: str) -> tuple[str, ...]:
    """Folders, and the kind of file at the end."""
    words = []
    for folder in _SEPARATORS.split(text.lower()):
        word = _DIGITS.sub("#", _HASH.sub("#", folder))
        if len(word.replace("#", "")) >= 2:
            words.append(word)
    return tuple(words)


@lru_cache(maxsize=1 << 14)
def _text(head: str, value: str) -> tuple[feature_hashing.Feature, ...]:
    """A text as a whole and by its words; one that is a number as that number."""
    stable = value.strip()
    if stable in _NON_FINITE:
        return ()
    if _NUMBER.fullmatch(stable):
        return tuple(number(head, float(stable), 1.0))
    stable = stable_text(stable)
    if not stable:
        return ()
    words = sorted(set(stable.split()))[:MOST_WORDS]
    return (f"{head}={stable}", 1.0), *((f"{head}~{word}", 0.3) for word in words)


def number(head: str, value: float, weight: float) -> Features:
    """A number in two neighbouring bins of a scale of octaves, so that near numbers are near."""
    try:
        value = float(value)
    except OverflowError:  # an integer of hundreds of digits
        value = math.inf if value > 0 else -math.inf
    if not math.isfinite(value):  # no number of a setting; a payload that went through JSON has it as a text
        return
    # frexp is exact, so the bins are the same everywhere; log2 is not.
    mantissa, octave = math.frexp(abs(value))
    above = 2.0 * mantissa - 1.0 if value else 0.0
    sign = "-" if value < 0 else ""
    yield f"{head}@{sign}{octave}", weight * (1.0 - above)
    yield f"{head}@{sign}{octave + 1}", weight * above
