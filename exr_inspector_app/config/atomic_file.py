"""Atomic file writer: the only place where the program replaces files of a user.

Readers, and a crash at any moment, see the old content or the new one. The temporary file lies in the folder of the
target, since a rename is atomic within one file system only.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from exr_inspector_app.operating_system import is_own, set_mode

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
DEFAULT_FILE = 0o666  # less the umask
_IMAGE_MAGIC = b"v/1\x01"  # https://openexr.com/en/latest/OpenEXRFileLayout.html
# O_EXCL and O_NOFOLLOW: a link that another account planted under the name is never followed.
CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL
CREATE_FLAGS |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def write_file(
    path: Path, data: bytes, mode: int = DEFAULT_FILE, *, is_durable: bool = True, follow_links: bool = True
) -> None:
    """Write a file atomically; see `replace_file`."""
    fresh_file = replace_file(path, mode, is_durable=is_durable, follow_links=follow_links)
    with fresh_file as fresh, fresh.open("wb") as file:
        file.write(data)


@contextmanager
def replace_file(
    path: Path,
    mode: int = DEFAULT_FILE,
    *,
    is_durable: bool = True,
    follow_links: bool = True,
    replaces_images: bool = False,
) -> Iterator[Path]:
    """Yield an empty temporary file to write, which replaces `path` at the end, or is deleted on any exception.

    A symbolic link stays, and its target is replaced. An existing file keeps its permissions.

    Args:
        path: File to replace or to create; its folder must exist.
        mode: Permissions of a new file, less the umask.
        is_durable: Flush to disk first, so that a power failure cannot leave an empty file. Not needed for caches.
        follow_links: Replace the target of a link; False for caches, where a link is replaced itself.
        replaces_images: Replace an OpenEXR file as well; only an export of pixels may.

    Raises:
        OSError: The file cannot be written, or `path` is a folder, a device, a loop of links, or an OpenEXR file.
    """
    target, kept_mode = _resolve(path) if follow_links else (path, None)
    if follow_links and not replaces_images and is_image(target):
        raise FileExistsError(errno.EEXIST, "It is an OpenEXR file", str(path))
    fresh = target.with_name(f".{secrets.token_hex(8)}.new")
    descriptor = os.open(fresh, CREATE_FLAGS, mode)
    try:
        if kept_mode is not None:
            set_mode(descriptor, kept_mode)
        os.close(descriptor)
        yield fresh
        if is_durable:
            flush_to_disk(fresh)
        os.replace(fresh, target)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
    if is_durable:
        _flush_folder(target.parent)


def is_image(path: Path) -> bool:
    """Return True for a file that begins as an OpenEXR file; callers have excluded pipes and devices."""
    try:
        with path.open("rb") as file:
            return file.read(len(_IMAGE_MAGIC)) == _IMAGE_MAGIC
    except OSError:
        return False


def create_file(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a file that must not exist; nothing is left of it after a failure.

    Raises:
        FileExistsError: There is such a file or link.
        OSError: The file cannot be written.
    """
    descriptor = os.open(path, CREATE_FLAGS, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def open_private(path: Path) -> int:
    """Open a cache file to read it, and return its descriptor.

    Raises:
        OSError: The file cannot be opened, is a link or no regular file, or belongs to another user.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    facts = os.fstat(descriptor)
    if stat.S_ISREG(facts.st_mode) and is_own(facts):
        return descriptor
    os.close(descriptor)
    raise PermissionError(errno.EPERM, "Not a private file", str(path))


def set_aside(path: Path) -> Path:
    """Copy a file that cannot be read to a free name next to it, and return that name.

    Raises:
        OSError: The copy cannot be written.
    """
    data = path.read_bytes()
    for number in range(1, 1000):
        copy = path.with_name(f"{path.name}.damaged-{number}")
        try:
            create_file(copy, data)
        except FileExistsError:
            if _has_content(copy, data):  # set aside before
                return copy
            continue
        return copy
    raise OSError(errno.EEXIST, "too many damaged copies")


def flush_to_disk(path: Path) -> None:
    """Flush a file to disk, so that it survives a power failure."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def make_private_folder(path: Path) -> None:
    """Create a folder for this user alone, or take the access of others to an existing one.

    Raises:
        OSError: The folder cannot be created, is a link, or belongs to another user.
    """
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.mkdir(mode=PRIVATE_FOLDER)
    facts = os.lstat(path)
    if not stat.S_ISDIR(facts.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    if not is_own(facts):
        raise PermissionError(errno.EPERM, "The folder belongs to another user", str(path))
    if os.name == "posix" and stat.S_IMODE(facts.st_mode) != PRIVATE_FOLDER:
        path.chmod(PRIVATE_FOLDER)


def _resolve(path: Path) -> tuple[Path, int | None]:
    """Return the target of any links, and the permissions of an existing file."""
    target = Path(os.path.realpath(path))
    try:
        mode = os.stat(path).st_mode  # ELOOP for a loop of links, which `realpath` ignores
    except FileNotFoundError:
        return target, None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return target, stat.S_IMODE(mode)


def _has_content(path: Path, data: bytes) -> bool:
    try:
        return not path.is_symlink() and path.read_bytes() == data
    except OSError:
        return False


def _flush_folder(folder: Path) -> None:
    """Flush the entry of a folder; not every system and file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
