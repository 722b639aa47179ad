"""File discovery: expands the paths, folders and sequence patterns that a user drops or types."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.exr.sequences.rejected_digits import MAX_DIGITS

_PADDING = re.compile(r"#|@|%0?[0-9]*d")
_DIGITS = re.compile(r"([0-9]+)")

FolderKey: TypeAlias = tuple[int, int]  # device and inode of a folder


def discover(paths: Sequence[str]) -> Iterator[str | PathUnreadable]:
    """Yield the files under paths, each once, in the order given.

    Args:
        paths: Files, which are yielded with any name; folders, whose *.exr files are yielded recursively in
            natural order; patterns of frame sequences such as `beauty.####.exr`.

    Yields:
        The path of a file, or a PathUnreadable for a path or folder without any.
    """
    seen: set[str] = set()
    for path in paths:
        for item in _expand(path):
            if isinstance(item, str):
                if item in seen:
                    continue
                seen.add(item)
            yield item


def _expand(path: str) -> Iterator[str | PathUnreadable]:
    if os.path.isdir(path):
        yield from _folder_or_error(path)
    else:
        yield from expand_sequence(path)


def expand_sequence(path: str) -> Iterator[str | PathUnreadable]:
    """Yield the files of a sequence pattern; any other path is yielded unchanged, whether it exists or not."""
    if not os.path.lexists(path) and _PADDING.search(os.path.basename(path)):
        yield from _sequence(path)
    else:
        yield path  # if it does not exist, the reader reports that


def _folder_or_error(path: str) -> Iterator[str | PathUnreadable]:
    """Yield the files of a folder, or the error that it has none."""
    is_empty = True
    for item in _folder(path):
        is_empty = False
        yield item
    if is_empty:
        yield PathUnreadable(path, "no-exr", "No EXR files in this folder.")


def _folder(path: str) -> Iterator[str | PathUnreadable]:
    """Yield the files of a folder and its subfolders, each folder once however many links point to it.

    Links are followed last: the files of `v003` must be listed under that name and not under `latest`, which will point
    to another folder later.
    """
    visited: set[FolderKey] = set()
    links: deque[tuple[str, tuple[FolderKey, ...]]] = deque([(path, ())])
    while links:
        yield from _tree(*links.popleft(), visited, links)


def _tree(
    path: str,
    ancestors: tuple[FolderKey, ...],
    visited: set[FolderKey],
    links: deque[tuple[str, tuple[FolderKey, ...]]],
) -> Iterator[str | PathUnreadable]:
    """Yield the files of a folder and its subfolders, except for links to folders, which are appended to `links`.

    Iterative, since folders may be nested deeper than Python's stack.
    """
    parents = list(ancestors)  # of the folder that is read
    stack: list[tuple[int, str, bool]] = [(len(ancestors), path, True)]  # depth, path, is a folder
    while stack:
        depth, current, is_folder = stack.pop()
        if not is_folder:
            yield current
            continue
        del parents[depth:]
        if current != path and os.path.islink(current):
            links.append((current, tuple(parents)))
            continue
        try:
            stat = os.stat(current)
            key = (stat.st_dev, stat.st_ino)
            if key in parents:
                message = "This link points to a folder that contains it; it was skipped."
                yield PathUnreadable(current, "folder-loop", message)
            if key in visited:
                continue
            entries = sorted(list_folder(current), key=lambda entry: natural_key(entry[0]))
        except OSError as error:
            yield _unreadable_folder(current, error)
            continue
        visited.add(key)
        parents.append(key)
        stack.extend((depth + 1, child, is_child_folder) for _, child, is_child_folder in reversed(entries))


def _unreadable_folder(folder: str, error: OSError) -> PathUnreadable:
    """Return the error for a folder that cannot be listed."""
    if isinstance(error, PermissionError):
        return PathUnreadable(folder, "no-permission", "No permission to list this folder.")
    return PathUnreadable(folder, "unreadable", f"Cannot read this folder: {error.strerror}.")


def list_folder(folder: str) -> list[tuple[str, str, bool]]:
    """Return the EXR files and the subfolders of a folder, unsorted.

    Args:
        folder: Path of the folder.

    Returns:
        For each its name, its path, and whether it is a folder or a link to one.

    Raises:
        OSError: The folder cannot be listed.
    """
    with os.scandir(folder) as entries:
        return [
            (entry.name, entry.path, is_folder)
            for entry in entries
            if (is_folder := _is_folder(entry)) or _is_exr_name(entry.name)
        ]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return True for a folder and for a link to one, False for a link that is broken or points to itself."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_exr_name(name: str) -> bool:
    """Return True for the name of an EXR file, except for the `._` files that macOS leaves on network shares."""
    return name.lower().endswith(".exr") and not name.startswith("._")


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key for a name, in which frame 9 comes before frame 10."""
    pieces = _DIGITS.split(name)
    return tuple((int(piece), piece) if at % 2 else (-1, piece) for at, piece in enumerate(pieces))


def _sequence(path: str) -> Iterator[str | PathUnreadable]:
    """Yield the files of a sequence pattern; a single # matches any padding.

    fileseq parses the file name only, and the folder is listed here: fileseq would parse [ and # in its name too.
    """
    from fileseq.constants import PAD_STYLE_HASH1, PAD_STYLE_HASH4  # takes 60 ms, so only for patterns
    from fileseq.exceptions import FileSeqException
    from fileseq.filesequence import FileSequence

    folder, name = os.path.split(path)
    is_padded = name.count("#") != 1
    try:
        pattern = FileSequence(name, pad_style=PAD_STYLE_HASH1 if is_padded else PAD_STYLE_HASH4)
        if pattern.frameSet():
            names = list(map(str, pattern))
        else:
            names = _matching_names(
                folder, pattern.basename(), pattern.extension(), pattern.zfill() if is_padded else None
            )
    except FileSeqException:
        names = []
    except FileNotFoundError:
        names = []
    except OSError as error:
        yield _unreadable_folder(folder, error)
        return
    yield from (os.path.join(folder, name) for name in names)
    if not names:
        yield PathUnreadable(path, "no-frames", "No files match this sequence.")


def _matching_names(folder: str, prefix: str, suffix: str, width: int | None) -> list[str]:
    """Return the names in a folder with a frame number between prefix and suffix, by number, padded to `width`."""
    form = re.compile(f"{re.escape(prefix)}(-?[0-9]{{1,{MAX_DIGITS}}}){re.escape(suffix)}", re.DOTALL)
    matches = [match for name in os.listdir(folder or ".") if (match := form.fullmatch(name))]
    padded = [match for match in matches if width is None or str(int(match[1])).zfill(width) == match[1]]
    return [match[0] for match in sorted(padded, key=lambda match: (int(match[1]), match[0]))]


def parse_dropped_text(text: str) -> list[str]:
    """Return the paths in pasted or dropped text, one per line, without quotes and file://."""
    paths = []
    for line in text.splitlines():
        path = line.strip()
        if len(path) > 1 and path[0] == path[-1] and path[0] in "'\"":
            path = path[1:-1]
        if path.startswith("file://"):
            path = unquote(urlsplit(path).path)
            path = path[1:] if re.match(r"/[A-Za-z]:", path) else path
        if path:
            paths.append(os.path.expanduser(path))
    return paths
