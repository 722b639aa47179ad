"""Signature table of programs: the renderer that made a picture and the writer that saved it, without build strings.

The table is data, `resources/programs.toml`; how to add a program: `resources/help/contributing.md`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from exr_inspector_app.config.paths import resource
from exr_inspector_app.model import Program

MAX_TEXT_CHARS = 2000  # of an attribute that is searched
MAX_NAME_CHARS = 40
_VERSION = re.compile(r"v?(\d+(?:[._]\d+)*(?:v\d+|[ab]\d+|rc\d+)?)")
_NAME = re.compile(r"[A-Za-z][A-Za-z+&'-]*(?: [A-Za-z][A-Za-z+&'-]*)*")
_RENDERER_TEXTS = frozenset(["generatedBy", "renderer", "Renderer", "renderEngine", "render_engine"])
_NAMED_TEXTS = _RENDERER_TEXTS | {"Software", "software", "writer", "Writer", "creator", "Creator"}


class Signature(NamedTuple):
    """Row of the table: the attributes by which a program is recognized."""

    name: str
    role: str  # renderer, writer
    attributes: frozenset[str]
    prefixes: tuple[str, ...]
    version: tuple[str, ...]
    values: tuple[re.Pattern[str], ...]
    needs_all: bool


class Programs(NamedTuple):
    """Renderer and writer of one header; None for a program that it does not name."""

    renderer: Program | None
    writer: Program | None

    @property
    def label(self) -> str | None:
        """The renderer, or the writer where no renderer is named."""
        program = self.renderer or self.writer
        return program.label if program else None


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, ...], tuple[Signature, ...]]:
    """Return the text attributes and the signatures of the shipped table, read once."""
    data = tomllib.loads(resource("programs.toml").read_text(encoding="utf-8"))
    rows = tuple(
        Signature(
            row["name"],
            row["role"],
            frozenset(row.get("attributes", ())),
            tuple(row.get("prefixes", ())),
            tuple(row.get("version", ())),
            tuple(re.compile(text, re.IGNORECASE) for text in row.get("values", ())),
            bool(row.get("all", False)),
        )
        for row in data["program"]
    )
    return tuple(data["text_attributes"]), rows


@lru_cache(maxsize=1)
def _names() -> tuple[frozenset[str], tuple[str, ...]]:
    texts, rows = _table()
    names = {*texts, *(name for row in rows for name in (*row.attributes, *row.version))}
    return frozenset(names), tuple(prefix for row in rows for prefix in row.prefixes)


def is_signature(name: str) -> bool:
    """Return whether an attribute of this name may name a program."""
    names, prefixes = _names()
    return name in names or name.startswith(prefixes)


def programs_of(values: Mapping[str, Any]) -> Programs:
    """Return renderer and writer that the attributes of a part name.

    Args:
        values: Decoded attribute values by name.
    """
    if not any(map(is_signature, values)):
        return Programs(None, None)
    texts, rows = _table()
    found: dict[str, Program] = {}
    searched = {name: _text(values[name]) for name in texts if name in values}
    for row in rows:
        if row.role not in found and (program := _match(row, values, searched)):
            found[row.role] = program
    if len(found) < 2:
        _add_unlisted(searched, found, rows)
    return Programs(found.get("renderer"), found.get("writer"))


def _match(row: Signature, values: Mapping[str, Any], texts: Mapping[str, str]) -> Program | None:
    """Return the program where a header has its signature."""
    present = row.attributes.intersection(values)
    is_there = bool(row.attributes) and (present == row.attributes if row.needs_all else bool(present))
    if is_there or any(name.startswith(row.prefixes) for name in values if row.prefixes):
        return Program(row.name, _version_in(row, values) or _version_in_texts(row, texts))
    for text in texts.values():
        for pattern in row.values:
            if match := pattern.search(text):
                return Program(row.name, _clean(match.groupdict().get("v")))
    return None


def _version_in(row: Signature, values: Mapping[str, Any]) -> str | None:
    for name in row.version:
        if name in values and (match := _VERSION.search(_text(values[name]))):
            return _clean(match[1])
    return None


def _version_in_texts(row: Signature, texts: Mapping[str, str]) -> str | None:
    for text in texts.values():
        for pattern in row.values:
            if (match := pattern.search(text)) and (version := _clean(match.groupdict().get("v"))):
                return version
    return None


def _clean(version: str | None) -> str | None:
    """Return a version without what stands behind its numbers."""
    match = _VERSION.match(version or "")
    return match[1] if match else None


def _add_unlisted(texts: Mapping[str, str], found: dict[str, Program], rows: tuple[Signature, ...]) -> None:
    """Take a program that the table does not list from the attributes that hold nothing but its name."""
    listed = {row.name for row in rows}
    for name, text in texts.items():
        role = "renderer" if name in _RENDERER_TEXTS else "writer"
        if name not in _NAMED_TEXTS or role in found or any(p.search(text) for row in rows for p in row.values):
            continue
        match = _NAME.match(text.strip())
        title = match[0].strip() if match else ""
        title = re.sub(r"\s+(?:version|v|build|release)$", "", title, flags=re.IGNORECASE)
        if title and len(title) <= MAX_NAME_CHARS and title not in listed:
            version = _VERSION.match(text.strip()[len(match[0]) :].lstrip(" ,-v:(")) if match else None
            found[role] = Program(title, version[1] if version else None)


def _text(value: Any) -> str:
    """Return the value of an attribute as text that can be searched."""
    if isinstance(value, str):
        return value[:MAX_TEXT_CHARS].partition(" : ")[0].strip("\0 \n")  # a command line follows " : "
    return "" if isinstance(value, bool) or not isinstance(value, (int, float)) else f"{value:g}"
