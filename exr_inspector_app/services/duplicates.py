"""Duplicates on disk: published files with equal contents, and the bytes that their removal would free."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Filter, StopCheck, never_stop
from exr_inspector_app.exr import local_path
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.content_digest import content_digest

_READ_BATCH_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Files that are equal.

    Attributes:
        paths: The files, by path; hard links of one file count as one.
        size_bytes: Size of each.
        is_compared: The contents are equal; otherwise header and size are.
    """

    paths: tuple[str, ...]
    size_bytes: int
    is_compared: bool

    @property
    def freed_bytes(self) -> int:
        """Bytes that would be free if only one of the files were kept."""
        return self.size_bytes * (len(self.paths) - 1)


def find_duplicates(
    store: Store, where: Filter = (), roots: Sequence[Root] = (), *, reads: bool = True, stop: StopCheck = never_stop
) -> Iterator[Duplicates]:
    """Yield groups of equal files, most bytes first among those of equal header; no file is changed.

    Candidates have equal headers and sizes in the library and are unchanged on disk. Two versions of an uncompressed
    render have both in common, so contents are compared as well.

    Args:
        store: The library.
        where: Conditions on the files.
        roots: The path map of the configuration.
        reads: Read the files to compare their contents. Without it groups are candidates only.
        stop: Polled before each group and while files are read.
    """
    for size, paths in _candidates(store, where, roots):
        if stop():
            return
        for group in _by_contents(paths, stop) if reads else [paths]:
            if len(group) > 1:
                yield Duplicates(tuple(sorted(group)), size, reads)


def _candidates(store: Store, where: Filter, roots: Sequence[Root]) -> list[tuple[int, list[str]]]:
    """Return size and paths of files with equal headers and sizes, largest first."""
    by_header: dict[tuple[str, int], list[str]] = defaultdict(list)
    for batch in store.scan(where, batch_files=_READ_BATCH_FILES):
        for stored in batch:
            size = stored.file["size_bytes"]
            if size:
                by_header[stored.file["header_hash"], size].append(stored.file["file_path"])
    several = ((size, paths) for (_, size), paths in by_header.items() if len(paths) > 1)
    present = ((size, _present(paths, size, roots)) for size, paths in several)
    return sorted((item for item in present if len(item[1]) > 1), key=lambda item: (-item[0] * len(item[1]), item[1]))


def _present(paths: Iterable[str], size: int, roots: Sequence[Root]) -> list[str]:
    """Return the local paths of regular files that still have this size, one of each file on disk."""
    by_inode: dict[tuple[int, int], str] = {}
    for path in sorted(local_path(path, roots) for path in paths):
        try:
            status = os.stat(path)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_size == size:
            by_inode.setdefault((status.st_dev, status.st_ino), path)
    return list(by_inode.values())


def _by_contents(paths: Iterable[str], stop: StopCheck) -> list[list[str]]:
    """Return the paths grouped by the digest of their contents; files that cannot be read are left out."""
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if digest := content_digest(path, stop):
            groups[digest].append(path)
    return list(groups.values())
