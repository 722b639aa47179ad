"""Calls that operating systems have in different forms: positioned reads, locks, owners, modes, cores, limits, mounts.

Other modules call nothing that one system alone has, except the worker process with its sandbox in `exr/pixels`.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from exr_inspector_app.named_tuple import NamedTuple

READS_MOVE_POSITION = sys.platform == "win32" or not hasattr(os, "preadv")  # so that threads must take turns

MOUNT_TABLE = "/proc/self/mounts"

_MANY_DESCRIPTORS = 8192
_MOUNT_ESCAPES = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}  # see fstab(5)


class Mount(NamedTuple):
    """File system and the folder that it is mounted at."""

    point: str
    kind: str  # such as ext4 or nfs4


def read_at(descriptor: int, size: int, start: int) -> bytes:
    """Read `size` bytes from byte `start` on, fewer at the end of the file; on Windows it moves the position."""
    if sys.platform == "win32":
        os.lseek(descriptor, start, os.SEEK_SET)
        return os.read(descriptor, size)
    return os.pread(descriptor, size, start)


def read_into(descriptor: int, target: memoryview, start: int) -> int:
    """Read bytes from byte `start` on into `target`, and return their number; on Windows it moves the position."""
    if sys.platform != "win32" and hasattr(os, "preadv"):  # macOS has it since 11
        return os.preadv(descriptor, [target], start)
    data = read_at(descriptor, len(target), start)
    target[: len(data)] = data
    return len(data)


def lock_file(descriptor: int) -> None:
    """Lock an open file against other processes without waiting; closing it or the end of the process unlocks it.

    Raises:
        BlockingIOError: Another process has the lock.
        OSError: The file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)  # the lock is on a range of bytes
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def user_id() -> int | None:
    """Return the effective number of this user, None on Windows, where users have none."""
    if sys.platform == "win32":
        return None
    return os.geteuid()


def is_own(facts: os.stat_result) -> bool:
    """Return True if a file or folder belongs to this user; always on Windows, where profiles are private."""
    user = user_id()
    return user is None or facts.st_uid == user


def set_mode(descriptor: int, mode: int) -> None:
    """Set the permissions of an open file; without effect on Windows, where the folder decides."""
    if sys.platform != "win32":
        os.fchmod(descriptor, mode)


def core_count() -> int:
    """Return the number of cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def descriptor_limit() -> int:
    """Return the number of files that this process may have open at a time."""
    if sys.platform == "win32":
        return _MANY_DESCRIPTORS
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MANY_DESCRIPTORS if limit == resource.RLIM_INFINITY else limit


def raise_descriptor_limit() -> None:
    """Raise the limit of open files to the maximum of the system; the default of 1,024 is for `select`."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    value = _MANY_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MANY_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < value:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (value, hard))


def limit_process(cpu_seconds: int, descriptors: int, memory_bytes: int) -> None:
    """Limit this process for good, and forbid core files; memory on Linux alone, and nothing on Windows."""
    if sys.platform == "win32":
        return
    import resource

    limits = [(resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, descriptors)]
    if sys.platform == "linux":  # macOS accepts the limit and ignores it
        limits.append((resource.RLIMIT_AS, memory_bytes))
    for kind, limit in limits:
        resource.setrlimit(kind, (limit, limit))


def read_mounts() -> list[Mount]:
    """Return all mounts, longest path first, without access to the storage itself; none without `/proc`."""
    try:
        with open(MOUNT_TABLE, encoding="utf-8", errors="surrogateescape") as table:
            rows = [line.split(" ") for line in table]
    except OSError:
        return []
    kinds = {_unescape(row[1]): row[2] for row in rows if len(row) > 2}  # the last mount at a folder hides others
    return sorted((Mount(point, kind) for point, kind in kinds.items()), key=lambda mount: -len(mount.point))


def _unescape(point: str) -> str:
    for escape, character in _MOUNT_ESCAPES.items():
        point = point.replace(escape, character)
    return point


def mount_of(path: str, mounts: list[Mount]) -> Mount | None:
    """Return the mount that contains an absolute path.

    Args:
        path: Absolute path.
        mounts: Mounts, longest path first.
    """
    for mount in mounts:
        if path == mount.point or path.startswith(mount.point.rstrip("/") + "/"):
            return mount
    return None
