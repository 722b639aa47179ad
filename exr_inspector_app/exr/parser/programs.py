"""Signature table of programs: the renderer that made a picture and the writer that saved it, without build strings.

The table is `program_table`; how to add a program: `resources/help/contributing.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache

from exr_inspector_app.exr.parser.program_table import PROGRAMS, TEXT_ATTRIBUTES, Signature
from exr_inspector_app.model import Program
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.text.lazy_pattern import lazy_pattern
from exr_inspector_app.typing_forms import Any

MAX_TEXT_CHARS = 2000  # of an attribute that is searched
MAX_NAME_CHARS = 40
_VERSION = lazy_pattern(r"v?(\d+(?:[._]\d+)*(?:v\d+|[ab]\d+|rc\d+)?)")
_NAMED_VERSION = lazy_pattern(r"\bversion:? v?(\d+(?:\.\d+)+)", re.IGNORECASE)  # V-Ray 6 for Maya version 6.20.01
_FIRST_WORD = lazy_pattern(r"(?:\^|\\b)([A-Za-z0-9_]{3,})(?=\\b|\[|\(| |$)")  # of an expression
_NAME = lazy_pattern(r"(?:[A-Za-z]|3ds )[A-Za-z+&'-]*(?: (?:[0-9]D|3ds|[A-Za-z][A-Za-z+&'-]*))*")
_PATH = lazy_pattern(r"[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]*://|[/\\]")  # of the program, or of its page in the web
_PROSE = frozenset(["comments", "ImageDescription"])  # "the Nuke artists want this warmer" names no program
_MADE_WITH = lazy_pattern(
    r"\W*(?:rendered|created|made|written|saved|exported|generated|baked|converted)\b.{0,24}\b(?:with|by|in|using|from)\b",
    re.IGNORECASE,
)
_RENDERER_TEXTS = frozenset(["generatedBy", "renderer", "Renderer", "renderEngine", "render_engine"])
_NAMED_TEXTS = _RENDERER_TEXTS | {"Software", "software", "writer", "Writer", "creator", "Creator"}

_PEOPLE = frozenset(["creator", "Creator"])  # of whom no version is known
_NO_NAMES = frozenset(["unknown", "none", "null", "undefined", "default"])
_NAME_GOES_ON = ("_", ".", "/", "\\", "@")  # `com.apple.ImageIO`, `N/A`


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
def _names() -> tuple[frozenset[str], tuple[str, ...]]:
    names = {*TEXT_ATTRIBUTES, *(name for row in PROGRAMS for name in (*row.attributes, *row.version))}
    return frozenset(names), tuple(prefix for row in PROGRAMS for prefix in row.prefixes)


@lru_cache(maxsize=1)
def _expressions() -> tuple[tuple[int, str, re.Pattern[str]], ...]:
    """Return the row of each expression, the word without which it cannot match, and its pattern."""
    return tuple(
        (at, _required_word(text), lazy_pattern(text, re.IGNORECASE))
        for at, row in enumerate(PROGRAMS)
        for text in row.values
    )


def _required_word(expression: str) -> str:
    """Return a word, in lower case, that every match of an expression contains; empty if it is not obvious."""
    match = _FIRST_WORD.match(expression)
    return match[1].lower() if match and "|" not in expression[match.end() :] else ""


def is_signature(name: str) -> bool:
    """Return whether an attribute of this name may name a program."""
    names, prefixes = _names()
    return name in names or name.startswith(prefixes)


def programs_of(values: Mapping[str, Any]) -> Programs:
    """Return renderer and writer that the attributes of a part name.

    Args:
        values: Decoded attribute values by name.
    """
    names = list(filter(is_signature, values))
    if not names:
        return _NO_PROGRAMS
    searched = {name: _text(values[name]) for name in TEXT_ATTRIBUTES if name in values}
    matches = {name: _matches(text) if name not in _PROSE else _claims(text) for name, text in searched.items()}
    candidates = {row for name in names for row in _rows_of_name(name)}
    programs: dict[str, Program] = {}
    for at in sorted(candidates.union(*matches.values())):
        row, versions = PROGRAMS[at], [by_row.get(at, ()) for by_row in matches.values()]
        if row.role not in programs and (program := _match(row, values, versions)):
            programs[row.role] = program
    if len(programs) < 2:
        unlisted = {name: text for name, text in searched.items() if not matches[name]}
        _add_unlisted(unlisted, programs, {row.name for row in PROGRAMS})
    return Programs(programs.get("renderer"), programs.get("writer"))


_NO_PROGRAMS = Programs(None, None)


@lru_cache(maxsize=1024)
def _rows_of_name(name: str) -> tuple[int, ...]:
    """Return the numbers of the rows that an attribute of this name belongs to."""
    return tuple(at for at, row in enumerate(PROGRAMS) if name in row.attributes or name.startswith(row.prefixes))


@lru_cache(maxsize=256)
def _matches(text: str) -> dict[int, tuple[str | None, ...]]:
    """Return the versions that the expressions of each row find in a text, by row number; only rows with a match."""
    versions: dict[int, tuple[str | None, ...]] = {}
    lower = text.lower()
    for at, word, pattern in _expressions():
        if word in lower and (match := pattern.search(text)):  # most words are absent, so few patterns are compiled
            versions[at] = (*versions.get(at, ()), _clean(match.groupdict().get("v")))
    return versions


def _claims(text: str) -> dict[int, tuple[str | None, ...]]:
    """Return the matches in a text that people write: a name counts with its version, alone, or after `made with`."""
    matches = _matches(text)
    if not matches or len(text.split()) < 3 or _MADE_WITH.match(text):
        return matches
    return {at: versions for at, versions in matches.items() if any(versions)}


def _match(row: Signature, values: Mapping[str, Any], versions: Sequence[Sequence[str | None]]) -> Program | None:
    """Return the program where a header has its signature.

    Args:
        row: Row of the table.
        values: Attribute values by name.
        versions: Matches of the expressions of the row in each text.
    """
    in_texts = [version for in_text in versions for version in in_text]
    present = set(row.attributes).intersection(values)
    is_there = bool(row.attributes) and (len(present) == len(row.attributes) if row.needs_all else bool(present))
    if is_there or (row.prefixes and any(name.startswith(row.prefixes) for name in values)):
        return Program(row.name, _version_in(row, values) or next(filter(None, in_texts), None))
    return Program(row.name, in_texts[0]) if in_texts else None


def _version_in(row: Signature, values: Mapping[str, Any]) -> str | None:
    for name in row.version:
        text = _text(values[name]) if name in values else ""
        if match := _NAMED_VERSION.search(text) or _VERSION.search(text):
            return _clean(match[1])
    return None


def _clean(version: str | None) -> str | None:
    """Return a version without the text after its numbers."""
    match = _VERSION.match(version or "")
    return match[1] if match else None


def _add_unlisted(texts: Mapping[str, str], programs: dict[str, Program], listed: Set[str]) -> None:
    """Take a program that the table does not list from the attributes that hold nothing but its name."""
    for name, text in texts.items():
        role = "renderer" if name in _RENDERER_TEXTS else "writer"
        match = _NAME.match(text.strip())
        if name not in _NAMED_TEXTS or role in programs or _PATH.match(text) or match is None:
            continue
        behind = text.strip()[len(match[0]) :]
        title = re.sub(r"\s+(?:version|v|r|build|release)$", "", match[0].strip(), flags=re.IGNORECASE)
        if not 1 < len(title) <= MAX_NAME_CHARS or title in listed or title.lower() in _NO_NAMES:
            continue
        version = _VERSION.match(behind.lstrip(" ,-v:("))
        if behind[:1] not in _NAME_GOES_ON and (version or name not in _PEOPLE):
            programs[role] = Program(title, version[1] if version else None)


def _text(value: Any) -> str:
    """Return the value of an attribute as text that can be searched."""
    if isinstance(value, str):
        return value[:MAX_TEXT_CHARS].partition(" : ")[0].strip("\0 \n")  # a command line follows " : "
    return "" if isinstance(value, bool) or not isinstance(value, (int, float)) else f"{value:g}"
