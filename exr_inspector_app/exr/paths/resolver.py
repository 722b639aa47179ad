"""Resolver of dropped, pasted and typed text: literal path first, then links, shell quoting, sequences, roots.

The order is part of the contract (`resources/help/payload.md`, Paths): a path that exists as written is that path.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from exr_inspector_app.config import Root
from exr_inspector_app.exr.paths.notation import Notation, frame_test, has_token, matching_paths, parse_notation
from exr_inspector_app.exr.paths.roots import places
from exr_inspector_app.exr.paths.uri import paths_of_file_uri, scheme_of

MAX_TEXT_CHARS = 4_000_000
MAX_LINES = 20_000
_QUOTES = {'"': '"', "'": "'", "“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "«": "»", "‹": "›", "<": ">", "`": "`"}
_CLIPBOARD_WORDS = frozenset(["copy", "cut", "x-special/nautilus-clipboard", "x-special/gnome-copied-files"])
_NUKE_NODE = re.compile(r"^\s*(?:Read|Write|DeepRead|ReadGeo\d?)\s*\{", re.MULTILINE)
_KNOB = re.compile(r"^\s*(file|proxy|first|last)\s+(.+?)\s*$", re.MULTILINE)
_ABSOLUTE = re.compile(r"/|~|[A-Za-z]:[\\/]|\\\\[^\\]")
_EXTENSION = re.compile(r"\.(?:exr|sxr|mxr)$", re.IGNORECASE)
_NEXT_PATH = re.compile(r"[\s,;]+(?=/|~/|file:/|[A-Za-z]:[\\/]|\\\\)|\s*[,;]\s+")


@dataclass(frozen=True)
class ResolvedPaths:
    """Paths that a text means, in its order and each once, and one sentence for each kind of text that is no path."""

    paths: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def resolve_paths(
    text: str, *, form: Literal["text", "uri-list"] = "text", roots: Sequence[Root] = ()
) -> ResolvedPaths:
    """Return the paths that a person dropped, pasted or typed.

    Reads folders to see which of several readings exists, so it must not run on the GUI thread. Sequences in any
    notation give their files on disk, within the range that the notation names. A path that leads nowhere is
    returned as it is where it is clearly a path, so that the reader can report it.

    Args:
        text: The text of a drop, of the clipboard or of an argument.
        form: "uri-list" for the MIME type text/uri-list (RFC 2483), where lines that begin with `#` are comments.
        roots: The path map, so that a path of another machine is found at its place on this one.

    Returns:
        The paths, and what was refused: at most one sentence for prose and one for links of other kinds.
    """
    found: dict[str, None] = {}
    if form == "text" and "\n" in text and _exists(text.strip("\r\n")):
        return ResolvedPaths([text.strip("\r\n")])
    prose, links = 0, set()
    lines = list(_lines(text, form))
    if form == "text" and _NUKE_NODE.search(text):
        found.update(dict.fromkeys(_nuke_paths(text, roots)))
        return ResolvedPaths(list(found), [] if found else ["No file is named in this node."])
    for line in lines[:MAX_LINES]:
        paths = _line_paths(line, form, roots)
        if paths:
            found.update(dict.fromkeys(paths))
        elif scheme_of(line.strip("<>\"' ")) not in ("", "file"):
            links.add(scheme_of(line.strip("<>\"' ")))
        else:
            prose += 1
    return ResolvedPaths(list(found), _refusals(prose, sorted(links), bool(found)))


def _refusals(prose: int, schemes: list[str], has_paths: bool) -> list[str]:
    sentences = []
    if prose:
        count = (
            "This text names" if not has_paths else f"{prose:,} line names" if prose == 1 else f"{prose:,} lines name"
        )
        sentences.append(f"{count} no file. Drop EXR files, folders, or paths.")
    if schemes:
        listed = ", ".join(f"{scheme}://" for scheme in schemes)
        sentences.append(f"Links of {listed} cannot be opened. Copy the files to this machine or mount their folder.")
    return sentences


def _lines(text: str, form: str) -> Iterator[str]:
    """Yield the lines that may name paths."""
    first = True
    for line in text[:MAX_TEXT_CHARS].lstrip("\ufeff").splitlines():
        stripped = line.strip("\r\n\0")
        if not stripped.strip():
            continue
        if form == "uri-list" and stripped.startswith("#"):
            continue
        if first and stripped.strip().lower() in _CLIPBOARD_WORDS:
            continue
        first = stripped.strip().lower() in _CLIPBOARD_WORDS
        yield stripped


def _line_paths(line: str, form: str, roots: Sequence[Root]) -> list[str]:
    """Return the paths of one line, or nothing where it is prose."""
    whole = _existing(line, roots)
    if whole:
        return whole
    bare = _unwrapped(line)
    if bare != line and (whole := _existing(bare, roots)):
        return whole
    for pieces in _splits(line.strip()):
        parts = [_existing(_unwrapped(piece), roots) for piece in pieces]
        if parts and all(parts):
            return [path for part in parts for path in part]
    return _plausible(bare, roots)


def _existing(text: str, roots: Sequence[Root]) -> list[str]:
    """Return the paths on disk that a text means as one path, one link or one sequence."""
    for candidate in _candidates(text, roots):
        if _exists(candidate):
            return [candidate]
    for candidate in _candidates(text, roots):
        if paths := _sequence_paths(candidate):
            return paths
    return []


def _candidates(text: str, roots: Sequence[Root]) -> Iterator[str]:
    """Yield the readings of a text as one path: literal, without blanks, link, home folder, other roots."""
    readings = [text, text.strip()]
    if scheme_of(text.strip()) == "file":
        readings = list(paths_of_file_uri(text.strip()))
    elif text.startswith("~"):
        readings.append(os.path.expanduser(text))
    for reading in dict.fromkeys(readings):
        yield reading
        yield from places(reading, roots)


def _sequence_paths(text: str) -> list[str]:
    notation = parse_notation(text)
    if notation is None:
        return []
    try:
        return matching_paths(notation)
    except (OSError, ValueError, re.error):
        return []


def _exists(path: str) -> bool:
    """Return whether a path is on disk; names that no system takes are not."""
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def _unwrapped(text: str) -> str:
    """Return the text without quotes, brackets of a mail, and a comma behind it."""
    bare = text.strip().rstrip(",;").strip()
    while len(bare) > 1 and _QUOTES.get(bare[0]) == bare[-1]:
        bare = bare[1:-1].strip()
    return bare


def _splits(line: str) -> Iterator[list[str]]:
    """Yield the ways to read a line as several paths."""
    for split in (_shell_words, _list_words):
        pieces = split(line)
        if len(pieces) > 1 or (pieces and pieces[0] != line):
            yield pieces


def _shell_words(line: str) -> list[str]:
    if not re.search(r"[\\'\"\s]", line):
        return []
    try:
        return shlex.split(line, posix=True)
    except ValueError:
        return []


def _list_words(line: str) -> list[str]:
    return [piece.rstrip(",;").strip() for piece in _NEXT_PATH.split(line) if piece.strip(",; ")]


def _plausible(text: str, roots: Sequence[Root]) -> list[str]:
    """Return a path that leads nowhere, where the text is clearly meant as one."""
    scheme = scheme_of(text)
    if scheme == "file":
        return [next(iter(paths_of_file_uri(text)))]
    if scheme == "s3":
        return [text]
    if scheme or "\n" in text:
        return []
    words = text.split()
    is_path = bool(_ABSOLUTE.match(text)) or (
        len(words) == 1 and (_EXTENSION.search(text) or re.search(r"[/\\]", text))
    )
    if is_path or (has_token(text) and _EXTENSION.search(text)):
        return [os.path.expanduser(text)]
    return []


def _nuke_paths(text: str, roots: Sequence[Root]) -> list[str]:
    """Return the files of the Read and Write nodes in a script of Nuke."""
    found: list[str] = []
    for node in _NUKE_NODE.split(text)[1:]:
        knobs = {match[1]: match[2].strip('"') for match in _KNOB.finditer(node)}
        if "file" not in knobs:
            continue
        frames = frame_test(f"{knobs['first']}-{knobs['last']}") if {"first", "last"} <= knobs.keys() else None
        for candidate in _candidates(knobs["file"], roots):
            notation = parse_notation(candidate)
            if _exists(candidate):
                found.append(candidate)
                break
            if notation and (paths := _matching(Notation(notation.path, notation.frames or frames))):
                found += paths
                break
        else:
            found.append(knobs["file"])
    return found


def _matching(notation: Notation) -> list[str]:
    try:
        return matching_paths(notation)
    except (OSError, re.error):
        return []
