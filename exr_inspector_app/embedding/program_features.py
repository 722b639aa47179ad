"""Program features of the metadata embedding: renderer and writer, with up to three numbers of their versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from exr_inspector_app.embedding.attribute_features import Features
from exr_inspector_app.embedding.feature_hashing import MAX_FEATURE_CHARS, Feature
from exr_inspector_app.text.encoding import percent_encode_invalid

_BEFORE_VERSION = re.compile(r"(?:^|[\s_-]+)v?$")
_NUMBERS = re.compile(r"[0-9]+")


def program_features(file: object, parts: Sequence[Mapping[str, Any]]) -> Features:
    """Yield the programs that a header names, and their versions.

    Args:
        file: Section `file` of a payload, with `renderer` and `writer`.
        parts: Rows of `parts`, whose `render_software` counts if the file has neither.
    """
    named = list(_programs(file)) or [
        _split(str(row["render_software"])) for row in parts if row.get("render_software")
    ]
    for name, version in dict.fromkeys(named):
        yield from _features(name, version)


def _programs(file: object) -> Iterator[tuple[str, str]]:
    for role in ("renderer", "writer"):
        program = file.get(role) if isinstance(file, Mapping) else None
        if isinstance(program, Mapping) and program.get("name"):
            yield str(program["name"]), str(program.get("version") or "")


@lru_cache(maxsize=1 << 12)
def _split(text: str) -> tuple[str, str]:
    """Return name and version of a program in one text."""
    number = _NUMBERS.search(text)
    return (_BEFORE_VERSION.sub("", text[: number.start()]), text[number.start() :]) if number else (text, "")


@lru_cache(maxsize=1 << 12)
def _features(name: str, version: str) -> tuple[Feature, ...]:
    title = percent_encode_invalid(name)[:MAX_FEATURE_CHARS].lower() or "unnamed"
    numbers = _NUMBERS.findall(version)[:3]
    versions = [(f"{title} {'.'.join(numbers[:depth])}", 0.5 / depth) for depth in range(1, len(numbers) + 1)]
    return (title, 1.0), *versions
