"""Folder walk: finds the EXR files in a folder and its subfolders."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.exr.sequences.folder_index import EXTENSIONS
from exr_inspector_app.exr.source.storage_wait import storage_wait
from exr_inspector_app.text.lazy_pattern import lazy_pattern
from exr_inspector_app.typing_forms import TypeAlias

_DIGITS = lazy_pattern(r"([0-9]+)")

FolderKey: TypeAlias = tuple[int, int]  # device and inode of a folder


def walk_folder(path: str) -> Iterator[str | PathUnreadable]:
    """Yield the EXR files of a folder and its subfolders in natural order, or the error that it has none."""
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
        if current != path and _is_link(current):
            links.append((current, tuple(parents)))
            continue
        try:
            with storage_wait:
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


def _is_link(path: str) -> bool:
    """Return True for a link."""
    with storage_wait:
        return os.path.islink(path)


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
    with storage_wait, os.scandir(folder) as entries:
        return [
            (entry.name, entry.path, is_folder)
            for entry in entries
            if (is_folder := _is_folder(entry)) or is_exr_name(entry.name)
        ]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return True for a folder and for a link to one, False for a link that is broken or points to itself."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_exr_name(name: str) -> bool:
    """Return True for the name of an EXR file, except for the `._` files that macOS leaves on network shares."""
    return name.lower().endswith(EXTENSIONS) and not name.startswith("._")


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key for a name, in which frame 9 comes before frame 10."""
    pieces = _DIGITS.split(name)
    return tuple((int(piece), piece) if at % 2 else (-1, piece) for at, piece in enumerate(pieces))
