"""Attribute features of the metadata embedding: names, values, and folders in values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from exr_inspector_app.embedding.feature_hashing import MAX_FEATURE_CHARS, Feature
from exr_inspector_app.embedding.volatile_attributes import is_volatile, stable_name, stable_text
from exr_inspector_app.model import StoredValue
from exr_inspector_app.text.encoding import percent_encode_invalid

Features = Iterator[Feature]

MAX_ATTRIBUTES = 2000  # of one file; later ones are ignored
MAX_TEXT_WORDS = 16  # of one text
MAX_VALUE_NUMBERS = 8  # of one value; longer lists are tables

# Attributes that every file has, or that have a separate kind.
_STRUCTURE = frozenset(
    "channels chunkCount compression dataWindow displayWindow lineOrder name pixelAspectRatio preview"
    " screenWindowCenter screenWindowWidth tiles type version view".split()
)
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(?:\.[0-9]{1,9})?")
_SEPARATORS = re.compile(r"[/\\]+")
_DIGITS = re.compile(r"[0-9]+")
# Six or more hexadecimal digits, if a decimal digit follows the letters at their start. Letters without such a digit
# are matched whole by the first branch: it is kept, and saves a look-ahead from every one of them.
_HASH = re.compile(r"([a-z]++(?![0-9]))|(?=[0-9a-f]{6})(?=[a-z]*+[0-9])[0-9a-f]{6,}")
_NON_FINITE = frozenset(["NaN", "Infinity", "-Infinity"])


class Attribute(NamedTuple):
    """Attribute that can have features."""

    name: str
    value: Any
    is_volatile: bool  # only folders of its value are used


def relevant_attributes(payload: Mapping[str, Any]) -> list[Attribute]:
    """Return the first MAX_ATTRIBUTES attributes of all parts, without those that every file has."""
    section = payload.get("attributes")
    parts = section.get("parts") if isinstance(section, Mapping) else None
    attributes: list[Attribute] = []
    for part in parts if isinstance(parts, list | tuple) else ():
        for row in part if isinstance(part, list | tuple) else ():
            name = row.get("name") if isinstance(row, Mapping) else None
            if not isinstance(name, str) or name in _STRUCTURE:
                continue
            if len(attributes) == MAX_ATTRIBUTES:
                return attributes
            name = _encoded_name(name)
            attributes.append(Attribute(name, row.get("value"), is_volatile(name, str(row.get("type")))))
    return attributes


@lru_cache(maxsize=1 << 14)
def _encoded_name(name: str) -> str:
    return percent_encode_invalid(name)[:MAX_FEATURE_CHARS]


def name_features(attributes: list[Attribute]) -> Features:
    """Yield the names of the attributes that are not volatile, and their name spaces."""
    for name in sorted({stable_name(attribute.name) for attribute in attributes if not attribute.is_volatile}):
        yield name, 1.0
        space = name.partition("/")[0].partition(".")[0].partition(":")[0]
        if space != name:
            yield f"space {space}", 0.5


def value_features(attributes: list[Attribute]) -> Features:
    """Yield features of the values that are not volatile."""
    for name, value, is_changing in attributes:
        if not is_changing:
            yield from _value_features(stable_name(name), value)


def _value_features(head: str, value: Any) -> Features:
    """Yield features of a text, a number, or a few numbers."""
    if isinstance(value, StoredValue):
        value = value.fields
    if isinstance(value, str):
        text = value[:MAX_FEATURE_CHARS]
        if not _is_path(text):
            yield from _text_features(head, text)
    elif isinstance(value, bool | int | float):
        yield from number_features(head, value, 1.0)
    elif isinstance(value, list | dict) and len(value) <= MAX_VALUE_NUMBERS:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, int | float):
                yield from number_features(f"{head}[{key}]", item, 0.5)


def path_features(attributes: list[Attribute]) -> Features:
    """Yield the folders of all paths in values, without numbers of shots, versions and frames."""
    texts = {attribute.value[:MAX_FEATURE_CHARS] for attribute in attributes if isinstance(attribute.value, str)}
    for word in sorted({word for text in texts if _is_path(text) for word in _path_words(text)}):
        yield word, 1.0


@lru_cache(maxsize=1 << 14)
def _is_path(text: str) -> bool:
    """Return True for a line of text with two separators or more: a path, a URL, the path of a node."""
    return len(_SEPARATORS.findall(text[:256])) >= 2 and "\n" not in text and "{" not in text


@lru_cache(maxsize=1 << 12)
def _path_words(text: str) -> tuple[str, ...]:
    terms = []
    for folder in _SEPARATORS.split(text.lower()):
        word = _DIGITS.sub("#", _HASH.sub(_mask_hash, folder))
        if len(word.replace("#", "")) >= 2:
            terms.append(word)
    return tuple(terms)


def _mask_hash(match: re.Match[str]) -> str:
    return match[1] or "#"


@lru_cache(maxsize=1 << 14)
def _text_features(head: str, value: str) -> tuple[Feature, ...]:
    """Return features of a full text and of its start, or of the number that it spells."""
    stable = value.strip()
    if stable in _NON_FINITE:
        return ()
    if _NUMBER.fullmatch(stable):
        return tuple(number_features(head, float(stable), 1.0))
    stable = stable_text(stable)
    if not stable:
        return ()
    terms = sorted(set(stable.split()))[:MAX_TEXT_WORDS]
    return (f"{head}={stable}", 1.0), *((f"{head}~{word}", 0.3) for word in terms)


def number_features(head: str, value: float, weight: float) -> Features:
    """Yield a number in two neighboring bins of one octave each, so that near numbers have near features."""
    try:
        value = float(value)
    except OverflowError:  # an integer of hundreds of digits
        value = math.inf if value > 0 else -math.inf
    if not math.isfinite(value):  # not a setting; a payload from JSON has it as text
        return
    # frexp is exact, so the bins are equal on every machine; log2 is not.
    mantissa, octave = math.frexp(abs(value))
    above = 2.0 * mantissa - 1.0 if value else 0.0
    sign = "-" if value < 0 else ""
    yield f"{head}@{sign}{octave}", weight * (1.0 - above)
    yield f"{head}@{sign}{octave + 1}", weight * above
