"""From what a person drops or types to files, one after the other."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.exr.sequences.frame_number import MAX_FRAME_DIGITS

_PATTERN = re.compile(r"#|@|%0?[0-9]*d")
_PARTS = re.compile(r"([0-9]+)")

FolderKey: TypeAlias = tuple[int, int]  # of a folder: its device and number


def discover(paths: Sequence[str]) -> Iterator[str | PathUnreadable]:
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


def _under(path: str) -> Iterator[str | PathUnreadable]:
    if os.path.isdir(path):
        yield from _folder_or_word(path)
    else:
        yield from expand_sequence(path)


def expand_sequence(path: str) -> Iterator[str | PathUnreadable]:
    """The files of a sequence that is written as a pattern; any other path is itself, whatever it leads to."""
    if not os.path.lexists(path) and _PATTERN.search(os.path.basename(path)):
        yield from _sequence(path)
    else:
        yield path  # a file, or nothing: the reader says which


def _folder_or_word(path: str) -> Iterator[str | PathUnreadable]:
    """The files of a folder, or a word where it has none."""
    empty = True
    for item in _folder(path):
        empty = False
        yield item
    if empty:
        yield PathUnreadable(path, "no-exr", "There is no EXR file in this folder.")


def _folder(path: str) -> Iterator[str | PathUnreadable]:
    """The files of a folder and those below, each folder once whatever links lead to it.

    Links are followed at last: `latest` must not take the files of `v003`, whose name they keep when it moves on.
    """
    met: set[FolderKey] = set()
    links: deque[tuple[str, tuple[FolderKey, ...]]] = deque([(path, ())])
    while links:
        yield from _tree(*links.popleft(), met, links)


def _tree(
    path: str, way: tuple[FolderKey, ...], met: set[FolderKey], links: deque[tuple[str, tuple[FolderKey, ...]]]
) -> Iterator[str | PathUnreadable]:
    """The files of a folder and those below, but for links to folders: these are added to `links`.

    `way` is the way to the folder. Without recursion, since folders may lie deeper than Python's stack.
    """
    above = list(way)  # the folders on the way to the one that is read
    waiting: list[tuple[int, str, bool]] = [(len(way), path, True)]  # depth, path, is a folder
    while waiting:
        depth, here, is_folder = waiting.pop()
        if not is_folder:
            yield here
            continue
        del above[depth:]
        if here != path and os.path.islink(here):
            links.append((here, tuple(above)))
            continue
        try:
            stat = os.stat(here)
            key = (stat.st_dev, stat.st_ino)
            if key in above:
                told = "This link leads back to a folder above it; it was left out."
                yield PathUnreadable(here, "folder-loop", told)
            if key in met:
                continue
            found = sorted(list_folder(here), key=lambda one: natural_key(one[0]))
        except OSError as error:
            yield _closed(here, error)
            continue
        met.add(key)
        above.append(key)
        waiting.extend((depth + 1, below, folder) for _, below, folder in reversed(found))


def _closed(folder: str, error: OSError) -> PathUnreadable:
    """Why a folder cannot be looked into."""
    if isinstance(error, PermissionError):
        return PathUnreadable(folder, "no-permission", "You may not look into this folder.")
    return PathUnreadable(folder, "unreadable", f"This folder cannot be read: {error.strerror}.")


def list_folder(folder: str) -> list[tuple[str, str, bool]]:
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


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """A key by which frame 9 comes before frame 10."""
    pieces = _PARTS.split(name)
    return tuple((int(piece), piece) if place % 2 else (-1, piece) for place, piece in enumerate(pieces))


def _sequence(path: str) -> Iterator[str | PathUnreadable]:
    """The files of a sequence that is written as a pattern; one # alone stands for any padding.

    The pattern is in the name alone, and the folder is read here: fileseq takes [ and # in a folder's name for its own.
    """
    from fileseq.constants import PAD_STYLE_HASH1, PAD_STYLE_HASH4  # 60 ms: only for those who write patterns
    from fileseq.exceptions import FileSeqException
    from fileseq.filesequence import FileSequence

    folder, name = os.path.split(path)
    strict = name.count("#") != 1
    try:
        wanted = FileSequence(name, pad_style=PAD_STYLE_HASH1 if strict else PAD_STYLE_HASH4)
        if wanted.frameSet():
            names = list(map(str, wanted))
        else:
            names = _frames(folder, wanted.basename(), wanted.extension(), wanted.zfill() if strict else None)
    except FileSeqException:
        names = []
    except FileNotFoundError:
        names = []
    except OSError as error:
        yield _closed(folder, error)
        return
    yield from (os.path.join(folder, one) for one in names)
    if not names:
        yield PathUnreadable(path, "no-frames", "No file on disk matches this sequence.")


def _frames(folder: str, head: str, tail: str, width: int | None) -> list[str]:
    """The names in a folder that have a number between head and tail, by number; padded to `width` where it is told."""
    form = re.compile(f"{re.escape(head)}(-?[0-9]{{1,{MAX_FRAME_DIGITS}}}){re.escape(tail)}", re.DOTALL)
    matches = [found for name in os.listdir(folder or ".") if (found := form.fullmatch(name))]
    fitting = [one for one in matches if width is None or str(int(one[1])).zfill(width) == one[1]]
    return [one[0] for one in sorted(fitting, key=lambda one: (int(one[1]), one[0]))]


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
