"""From what a person drops or types to files, one after the other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from exr_inspector_app.contracts import Unreadable

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
            found = sorted(listed(here), key=lambda one: natural(one[0]))
        except PermissionError:
            yield Unreadable(here, "no-permission", "You may not look into this folder.")
            continue
        except OSError as error:
            yield Unreadable(here, "unreadable", f"This folder cannot be read: {error.strerror}.")
            continue
        met.add(key)
        above.append(key)
        waiting.extend((depth + 1, below, folder) for _, below, folder in reversed(found))


def listed(folder: str) -> list[tuple[str, str, bool]]:
    """The EXR files and the folders in a folder: name, path, and whether it is a folder; raises OSError."""
    with os.scandir(folder) as entries:
        return [
            (entry.name, entry.path, is_folder)
            for entry in entries
            if (is_folder := _is_folder(entry)) or _is_exr(entry.name)
        ]


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
