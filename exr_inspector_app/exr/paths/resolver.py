"""Resolver of dropped, pasted and typed text: literal path first, then links, shell quoting, sequences, roots.

The order is part of the contract (`resources/help/payload.md`, Paths): a path that exists as written is that path.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple
from unicodedata import normalize

from exr_inspector_app.config import Root
from exr_inspector_app.exr.paths.notation import Notation, has_token, matching_paths, parse_notation
from exr_inspector_app.exr.paths.roots import places
from exr_inspector_app.exr.paths.uri import decode, paths_of_file_uri, scheme_of

MAX_TEXT_CHARS = 32_000_000
MAX_LINES = 200_000
MAX_SHELL_CHARS = 1_000_000  # of one line; shlex reads character by character
MAX_EMBEDDED = 1000  # paths within other text of one line
MAX_PATH_CHARS = 8192  # of a text that may be one path, though it has several lines
_QUOTES = {  # closing marks by opening mark
    '"': '"', "'": "'", "“": "”„“", "”": "”", "„": "“”", "‘": "’", "’": "’", "«": "»", "»": "«", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "<": ">", "`": "`", "*": "*", "{": "}",
}  # fmt: skip
_QUOTED_RANGE = re.compile(r"""(["'])(?P<path>.+)\1(?P<range>\s*[=\[(]?[0-9][-–0-9,x:\s]*[\])]?)""")
_INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF])
_CLIPBOARD_WORDS = frozenset(["copy", "cut", "x-special/nautilus-clipboard", "x-special/gnome-copied-files"])
_NUKE_NODE = re.compile(r"^\s*(?:Read|Write|DeepRead|ReadGeo\d?)\s*\{", re.MULTILINE)
_KNOB = re.compile(r"^\s*(file|proxy|first|last)\s+(.+?)\s*$", re.MULTILINE)
# Other forms of UNC paths.
_SHARE = re.compile(r"(?:smb|cifs|afp)://(?:[^/@]*@)?|[\\/]{2}\?[\\/]UNC[\\/]", re.IGNORECASE)
_PORT = re.compile(r"^([^/]+):[0-9]+(?=/)")  # of a share
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file, and the provider that PowerShell names
_LONG_PATH = re.compile(
    r"[\\/]{2}\?[\\/](?=[A-Za-z]:)|(?:Microsoft\.PowerShell\.Core\\)?FileSystem::(?=[A-Za-z]:|[\\/])", re.IGNORECASE
)
_ABSOLUTE = re.compile(r"/{1,2}[^\s/]|~[\w.-]*/|[A-Za-z]:[\\/]|\\\\[^\\\s]")
_EXTENSION = re.compile(r"\.(?:exr|sxr|mxr)$", re.IGNORECASE)
_START = re.compile(r"(?<![A-Za-z0-9_.~/\\:-])(?:file:/|~/|[A-Za-z]:[\\/]|\\\\|/)")  # of a path within other text
_END = re.compile(r"\.(?:exr|sxr|mxr)(?![A-Za-z0-9_/\\-]|\.[A-Za-z0-9])", re.IGNORECASE)
_RANGE_BEHIND = re.compile(r"(?:\s+|\s*[\[(=@:,]\s*)-?[0-9]+(?:\s*(?:[-–,x:]|\.\.|to)\s*-?[0-9]+)*(?!\s*[0-9])[\])]?")
_NEXT_PATH = re.compile(r"[\s,;，、；]+(?=/|~/|file:/|[A-Za-z]:[\\/]|\\\\)|\s*[,;]\s+|(?<=\.exr):(?=/)")


@dataclass(frozen=True)
class ResolvedPaths:
    """Paths that a text means, in its order and each once, and one sentence for each kind of text that is no path.

    Attributes:
        paths: The files and folders.
        refused: At most one sentence for prose and one for links of other kinds.
        sources: Texts that lead to the same paths again: the paths themselves, or the notation of a sequence.
    """

    paths: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


class Reading(NamedTuple):
    """Piece of text that was read as a path or as a sequence."""

    source: str  # the path, or the notation of the sequence
    paths: list[str]


def resolve_paths(
    text: str, *, form: Literal["text", "uri-list"] = "text", roots: Sequence[Root] = ()
) -> ResolvedPaths:
    """Return the paths that the user dropped, pasted or typed.

    Reads folders to see which of several readings exists, so it must not run on the GUI thread. Sequences in any
    notation give their files on disk, within the range that the notation names. A path that leads nowhere is
    returned as it is where it is clearly a path, so that the reader can report it.

    Args:
        text: The text of a drop, of the clipboard or of an argument.
        form: "uri-list" for the MIME type text/uri-list (RFC 2483), where lines that begin with `#` are comments.
        roots: The path map, so that a path of another machine is found at its place on this one.
    """
    if form == "text" and len(text) <= MAX_PATH_CHARS and (reading := _existing(text.strip("\r\n"), roots)):
        return _merge([reading], [])
    if form == "text" and _NUKE_NODE.search(text):
        readings = _nuke_readings(text, roots)
        return _merge(readings, [] if readings else ["No file is named in this node."])
    readings = []
    prose, links = 0, set()
    lines = list(islice(_lines(text, form), MAX_LINES + 1))
    for line in lines[:MAX_LINES]:
        scheme = scheme_of(line.strip("<>\"' "))
        if of_line := _line_readings(line, roots):
            readings += of_line
        elif scheme not in ("", "file"):
            links.add(scheme)
        else:
            prose += 1
    refused = _refusals(prose, sorted(links), bool(readings))
    if readings and (len(lines) > MAX_LINES or len(text) > MAX_TEXT_CHARS):
        refused = [f"Only the first {len(lines[:MAX_LINES]):,} lines were read. Open their folder instead."]
    return _merge(readings, refused)


def resolve_argument(text: str, roots: Sequence[Root] = ()) -> ResolvedPaths:
    """Return the paths of an argument or of a line of a list, which is a path even if it reads like prose."""
    resolved = resolve_paths(text, roots=roots)
    if resolved.paths or scheme_of(text.strip()):
        return resolved
    return _merge([Reading(text, [text])], [])


def _merge(readings: Iterable[Reading], refused: list[str]) -> ResolvedPaths:
    """Return the paths of several readings, each once."""
    paths: dict[str, None] = {}
    sources: dict[str, None] = {}
    for reading in readings:
        paths.update(dict.fromkeys(reading.paths))
        sources[reading.source] = None
    return ResolvedPaths(list(paths), refused, list(sources))


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
    for line in text[:MAX_TEXT_CHARS].lstrip("\ufeff").replace("\0", "\n").splitlines():
        stripped = line.strip("\r\n")
        if not stripped.strip():
            continue
        if form == "uri-list" and stripped.startswith("#"):
            continue
        if first and stripped.strip().lower() in _CLIPBOARD_WORDS:
            continue
        first = stripped.strip().lower() in _CLIPBOARD_WORDS
        yield stripped


def _line_readings(line: str, roots: Sequence[Root]) -> list[Reading]:
    """Return the paths of one line, or nothing where it is prose."""
    if existing := _existing(line, roots):
        return [existing]
    bare = _unwrapped(line)
    if bare != line and (existing := _existing(bare, roots)):
        return [existing]
    quoted = list(_splits(line.strip()))  # names as they are, which may end with a blank
    splits = [list(map(_unwrapped, pieces)) for pieces in quoted]
    for pieces in (*quoted, *splits):
        if readings := _read_all(pieces, roots):
            return readings
    for pieces in splits:  # files that are gone, among others or alone
        if len(pieces) > 1 and all(_ABSOLUTE.match(piece) and _EXTENSION.search(piece) for piece in pieces):
            return [_existing(piece, roots) or Reading(piece, [piece]) for piece in pieces]
    if embedded := _read_embedded(line, roots):
        return embedded
    return [Reading(path, [path]) for path in _plausible(bare)]


def _read_all(pieces: Sequence[str], roots: Sequence[Root]) -> list[Reading]:
    """Return the paths of the pieces of a line, or nothing where one of them is no path on disk."""
    readings = []
    for piece in pieces:
        reading = _existing(piece, roots)
        is_wild = has_token(piece) and not (_ABSOLUTE.match(piece) or _EXTENSION.search(piece))  # `*` of a list
        if reading is None or (is_wild and not _exists(piece)):
            return []
        readings.append(reading)
    return readings


def _read_embedded(line: str, roots: Sequence[Root]) -> list[Reading]:
    """Return the EXR files on disk that a line of a list, a log or a mail names within other text."""
    readings, at = [], 0
    for start in islice(_START.finditer(line), MAX_EMBEDDED):
        end = _END.search(line, start.end()) if start.start() >= at else None
        if end and (reading := _existing_within(line, start.start(), end.end(), roots)):
            readings.append(reading)
            at = end.end()
    return readings


def _existing_within(line: str, start: int, end: int, roots: Sequence[Root]) -> Reading | None:
    """Return the file or the sequence that is named between two positions of a line, with a range behind it."""
    path, behind = line[start:end], _RANGE_BEHIND.match(line, end)
    if behind and has_token(path):
        reading = _existing(path + behind[0], roots)
        if reading or "-" in behind[0] or behind.end() == len(line):  # "5 frames" is no range
            return reading
    return _existing(path, roots)


def _existing(text: str, roots: Sequence[Root]) -> Reading | None:
    """Return the paths on disk that a text means as one path, one link or one sequence."""
    if len(text) > MAX_PATH_CHARS:
        return None
    for candidate in _candidates(text, roots):
        if _exists(candidate):
            return Reading(candidate, [candidate])
    for candidate in _candidates(text, roots):
        is_named = re.search(r"\w", candidate) is not None  # a lone `*` is no path
        if is_named and (paths := _sequence_paths(parse_notation(candidate))):
            return Reading(candidate, paths)
    return None


def _candidates(text: str, roots: Sequence[Root]) -> Iterator[str]:
    """Yield the readings of a text as one path: literal, stripped, link, home folder, Unicode form, other roots."""
    readings = [text, _LONG_PATH.sub("", text.strip())]
    if scheme_of(text.strip()) == "file":
        readings = list(paths_of_file_uri(text.strip()))
    elif share := _SHARE.match(text.strip()):
        readings.append("//" + _PORT.sub(r"\1", decode(text.strip()[share.end() :])))
    elif text.startswith("~"):
        readings.append(os.path.expanduser(text))
    if not all(map(str.isascii, readings)):  # macOS takes names apart: `ü` as `u` and two dots
        readings += [normalize(form, reading) for form in ("NFC", "NFD") for reading in readings]
    for reading in dict.fromkeys(readings):
        yield reading
        yield from places(reading, roots)


def _sequence_paths(notation: Notation | None) -> list[str]:
    """Return the files of a sequence; none where its folder cannot be listed."""
    try:
        return matching_paths(notation) if notation else []
    except (OSError, ValueError, re.error):
        return []


def _exists(path: str) -> bool:
    """Return whether a path is on disk; names that no system takes are not."""
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def _unwrapped(text: str) -> str:
    """Return the text without quotes, brackets, invisible marks and a trailing comma."""
    bare = text.translate(_INVISIBLE).strip().rstrip(",;").strip()
    while len(bare) > 1 and bare[-1] in _QUOTES.get(bare[0], ""):
        bare = bare[1:-1].strip()
    quoted = _QUOTED_RANGE.fullmatch(bare)
    return quoted["path"] + quoted["range"] if quoted else bare


def _splits(line: str) -> Iterator[list[str]]:
    """Yield the ways to read a line as several paths."""
    for split in (_shell_words, _list_words):
        pieces = split(line)
        if len(pieces) > 1 or (pieces and pieces[0] != line):
            yield pieces


def _shell_words(line: str) -> list[str]:
    if len(line) > MAX_SHELL_CHARS or not re.search(r"[\\'\"\s]", line):
        return []
    try:
        return shlex.split(line, posix=True)
    except ValueError:
        return []


def _list_words(line: str) -> list[str]:
    return [piece.rstrip(",;").strip() for piece in _NEXT_PATH.split(line) if piece.strip(",; ")]


def _plausible(text: str) -> list[str]:
    """Return a path that leads nowhere, where the text is clearly meant as one."""
    scheme = scheme_of(text)
    if scheme == "file":
        return [path for path in islice(paths_of_file_uri(text), 1) if path]
    if scheme == "s3":
        return [text]
    if scheme or not text or "\n" in text:
        return []
    has_extension = _EXTENSION.search(text) is not None
    is_name = has_extension and (len(text.split()) == 1 or has_token(text))
    is_word = text[0] == "/" and not has_extension and "/" not in text.strip("/")  # `/s`, `// a comment`
    is_absolute = _ABSOLUTE.match(text) is not None and not is_word
    return [os.path.expanduser(text)] if is_name or is_absolute else []


def _nuke_readings(text: str, roots: Sequence[Root]) -> list[Reading]:
    """Return the files of the Read and Write nodes in a script of Nuke."""
    readings = []
    for node in _NUKE_NODE.split(text)[1:]:
        knobs = {match[1]: _unwrapped(match[2]) for match in _KNOB.finditer(node)}
        if "file" in knobs:
            frames = f"{knobs['first']}-{knobs['last']}" if {"first", "last"} <= knobs.keys() else ""
            readings.append(_knob_reading(knobs["file"], frames, roots))
    return readings


def _knob_reading(path: str, frames: str, roots: Sequence[Root]) -> Reading:
    """Return the files of a node: of its path, and where that is a sequence, of its frames."""
    for candidate in _candidates(path, roots):
        if _exists(candidate):
            return Reading(candidate, [candidate])
        notation = parse_notation(candidate)
        if notation and frames and notation.frames is None:
            candidate = f"{candidate} {frames}"
            notation = parse_notation(candidate)
        if paths := _sequence_paths(notation):
            return Reading(candidate, paths)
    return Reading(path, [path])
