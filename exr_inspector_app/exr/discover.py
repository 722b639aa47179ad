"""From what a person drops or types to files, one after the other, and from files to sequences."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import unquote, urlsplit

from exr_inspector_app.contracts import Unreadable
from exr_inspector_app.exr.frame import frame_span

_PATTERN = re.compile(r"#|@|%0?[0-9]*d")
_PARTS = re.compile(r"([0-9]+)")


def discover(paths: Sequence[str]) -> Iterator[str | Unreadable]:
    """The files under the paths, each once, in the order given; a path that leads to none is Unreadable.

    A folder gives its *.exr files, deep, in natural order; a file that is named is taken whatever its name.
    """
    seen: set[str] = set()
    for path in paths:
        for item in _under(path):
            if isinstance(item, str):
                if item in seen:
                    continue
                seen.add(item)
            yield item


def _under(path: str) -> Iterator[str | Unreadable]:
    if os.path.isdir(path):
        yield from _folder_or_word(path)
    elif not os.path.lexists(path) and _PATTERN.search(os.path.basename(path)):
        yield from _sequence(path)
    else:
        yield path  # a file, or nothing: the reader says which


def _folder_or_word(path: str) -> Iterator[str | Unreadable]:
    """The files of a folder, or a word where it has none."""
    empty = True
    for item in _folder(path):
        empty = False
        yield item
    if empty:
        yield Unreadable(path, "no-exr", "There is no EXR file in this folder.")


def _folder(path: str) -> Iterator[str | Unreadable]:
    """The files of a folder and those below, each folder once whatever links lead to it.

    Without recursion, since folders may lie deeper than Python's stack.
    """
    met: set[tuple[int, int]] = set()
    above: list[tuple[int, int]] = []  # the folders on the way from `path` to the one that is read
    waiting: list[tuple[int, str, bool]] = [(0, path, True)]  # depth, path, is a folder
    while waiting:
        depth, here, is_folder = waiting.pop()
        if not is_folder:
            yield here
            continue
        try:
            stat = os.stat(here)
            key = (stat.st_dev, stat.st_ino)
            del above[depth:]
            if key in above:
                told = "This link leads back to a folder above it; it was left out."
                yield Unreadable(here, "folder-loop", told)
            if key in met:
                continue
            listed = _listed(here)
        except PermissionError:
            yield Unreadable(here, "no-permission", "You may not look into this folder.")
            continue
        except OSError as error:
            yield Unreadable(here, "unreadable", f"This folder cannot be read: {error.strerror}.")
            continue
        met.add(key)
        above.append(key)
        waiting.extend((depth + 1, below, folder) for below, folder in reversed(listed))


def _listed(folder: str) -> list[tuple[str, bool]]:
    """The EXR files and the folders in a folder, in natural order, and which of them are folders."""
    with os.scandir(folder) as entries:
        found = [
            (entry.name, entry.path, is_folder)
            for entry in entries
            if (is_folder := _is_folder(entry)) or _is_exr(entry.name)
        ]
    found.sort(key=lambda one: natural(one[0]))
    return [(path, is_folder) for _, path, is_folder in found]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """True for a folder and for a link to one; a link that leads nowhere or to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_exr(name: str) -> bool:
    """True for the names that folders are searched for; `._` are the shadows that macOS leaves on shares."""
    return name.lower().endswith(".exr") and not name.startswith("._")


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key by which frame 9 comes before frame 10."""
    pieces = _PARTS.split(name)
    return tuple((int(piece), piece) if place % 2 else (-1, piece) for place, piece in enumerate(pieces))


def _sequence(path: str) -> Iterator[str | Unreadable]:
    """The files of a sequence that is written as a pattern; one # alone stands for any padding."""
    from fileseq.constants import PAD_STYLE_HASH1, PAD_STYLE_HASH4  # 60 ms: only for those who write patterns
    from fileseq.exceptions import FileSeqException
    from fileseq.filesequence import FileSequence

    strict = os.path.basename(path).count("#") != 1
    style = PAD_STYLE_HASH1 if strict else PAD_STYLE_HASH4
    try:
        wanted = FileSequence(path, pad_style=style)
        if not wanted.frameSet():
            wanted = FileSequence.findSequenceOnDisk(path, strictPadding=strict, pad_style=style)
        yield from map(str, wanted)
    except FileSeqException:
        yield Unreadable(path, "no-frames", "No file on disk matches this sequence.")


def parse_dropped_text(text: str) -> list[str]:
    """The paths in pasted or dropped text: one a line, quotes and file:// taken off."""
    found = []
    for line in text.splitlines():
        word = line.strip()
        if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
            word = word[1:-1]
        if word.startswith("file://"):
            word = unquote(urlsplit(word).path)
            word = word[1:] if re.match(r"/[A-Za-z]:", word) else word
        if word:
            found.append(os.path.expanduser(word))
    return found


@dataclass(frozen=True, slots=True)
class FrameSequence:
    """Files that differ in their frame number only; a single file is one without frames."""

    folder: str
    pattern: str  # beauty.####.exr, or the name itself
    paths: tuple[str, ...]  # by frame
    frames: tuple[int, ...]  # empty for a single file
    missing: tuple[int, ...]  # between the first and the last frame
    padding: int

    @property
    def range_text(self) -> str:
        """The frames as `1001-1100`, or with gaps as fileseq writes them; empty for a single file."""
        if not self.frames:
            return ""
        first, last = self.frames[0], self.frames[-1]
        pad = self.padding
        return f"{first:0{pad}}" if first == last else f"{first:0{pad}}–{last:0{pad}}"


MOST_MISSING = 100_000  # a gap wider than this is no gap but another numbering


SequenceKey = tuple[str, str, str | None]  # folder, what stands before and behind the frame (None without one)


def sequence_key(path: str) -> tuple[SequenceKey, int]:
    """What the frames of one sequence share, and the number of digits of this path's frame (0 without one)."""
    folder, name = os.path.split(path)
    span = frame_span(name)
    if span is None:
        return (folder, name, None), 0
    return (folder, name[: span[0]], name[span[1] :]), span[1] - span[0]


def fold(paths: Iterable[str]) -> list[FrameSequence]:
    """The paths folded into sequences, in the order in which each first appears.

    Versions and UDIM tiles are no frames; numbers of several lengths (9, 10 or 0999, 1000) belong together.
    """
    groups: dict[SequenceKey, list[tuple[int, int, str]]] = {}
    for path in paths:
        key, digits = sequence_key(path)
        start = len(path) - len(os.path.basename(path)) + len(key[1])
        frame = int(path[start : start + digits]) if digits else -1
        groups.setdefault(key, []).append((frame, digits, path))
    return [_folded(key, sorted(members)) for key, members in groups.items()]


def _folded(key: SequenceKey, members: list[tuple[int, int, str]]) -> FrameSequence:
    """The sequence of one group; a lone file keeps its own name."""
    folder, head, tail = key
    paths = tuple(path for _, _, path in members)
    padding = min(digits for _, digits, _ in members)
    frames = tuple(frame for frame, _, _ in members) if padding else ()
    if len(members) == 1:
        return FrameSequence(folder, os.path.basename(paths[0]), paths, frames, (), padding)
    return FrameSequence(folder, f"{head}{'#' * padding}{tail}", paths, frames, _missing(frames), padding)


def _missing(frames: tuple[int, ...]) -> tuple[int, ...]:
    """The frames between the first and the last that are not there."""
    if not frames or frames[-1] - frames[0] > MOST_MISSING:
        return ()
    there = set(frames)
    return tuple(n for n in range(frames[0], frames[-1] + 1) if n not in there)


def ranges(numbers: Sequence[int]) -> str:
    """Numbers as `1044–1046, 1050`."""
    runs = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        listed = [number for _, number in run]
        runs.append(f"{listed[0]}–{listed[-1]}" if len(listed) > 1 else f"{listed[0]}")
    return ", ".join(runs)
