"""Path expansion: the files under the paths, folders and sequences that a user gives."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from exr_inspector_app.contracts import PathUnreadable
from exr_inspector_app.exr.sequences.discovery import walk_folder
from exr_inspector_app.exr.source.storage_wait import storage_wait
from exr_inspector_app.typing_forms import TYPE_CHECKING

if TYPE_CHECKING:
    from exr_inspector_app.config import Root


def discover(paths: Sequence[str], roots: Sequence[Root] = ()) -> Iterator[str | PathUnreadable]:
    """Yield the files under paths, each once, in the order given.

    Args:
        paths: Files, which are yielded with any name; folders, whose EXR files are yielded recursively in natural
            order; sequences in any notation that `resolve_paths` reads. Each is resolved by itself.
        roots: The path map, so that a path of another machine is found at its place on this one.

    Yields:
        The path of a file, or a PathUnreadable for a path or folder without any.
    """
    seen: set[str] = set()
    for path in paths:
        for item in _expand(path, roots):
            if isinstance(item, str):
                if item in seen:
                    continue
                seen.add(item)
            yield item


def _expand(path: str, roots: Sequence[Root]) -> Iterator[str | PathUnreadable]:
    if _is_folder(path):
        yield from walk_folder(path)
        return
    for item in expand_path(path, roots):
        if isinstance(item, str) and item != path and _is_folder(item):
            yield from walk_folder(item)
        else:
            yield item


def _is_folder(path: str) -> bool:
    """Return True for a folder and for a link to one."""
    with storage_wait:
        return os.path.isdir(path)


def expand_path(path: str, roots: Sequence[Root] = ()) -> Iterator[str | PathUnreadable]:
    """Yield the files and folders that a path or a sequence means; a missing path is yielded unchanged.

    Args:
        path: A path, a link or a sequence in any notation that `resolve_paths` reads.
        roots: The path map, so that a path of another machine is found at its place on this one.
    """
    with storage_wait:
        exists = os.path.lexists(path)
    if exists:
        yield path
        return
    from exr_inspector_app.exr.paths.notation import has_token  # imported on demand: most paths exist
    from exr_inspector_app.exr.paths.resolver import resolve_argument

    with storage_wait:  # it mostly looks for files and lists folders
        resolved = resolve_argument(path, roots)
        is_pattern = len(resolved.paths) == 1 and has_token(resolved.paths[0])
        is_missing = is_pattern and not os.path.lexists(resolved.paths[0])
    if is_missing:
        yield PathUnreadable(path, "no-frames", "No files match this sequence.")
        return
    yield from resolved.paths  # if one does not exist, the reader reports that
    yield from (PathUnreadable(path, "not-found", sentence) for sentence in resolved.refused)
