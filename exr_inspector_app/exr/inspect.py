"""Inspector of a file or object (OpenEXR File Layout, https://openexr.com/en/latest/OpenEXRFileLayout.html)."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable

from exr_inspector_app.exr.file_builder import build_file
from exr_inspector_app.exr.parser.header import MAGIC
from exr_inspector_app.exr.parser.header_problems import magic_problem
from exr_inspector_app.exr.sequences.folder_index import frame_on_disk
from exr_inspector_app.exr.sequences.frame_number import Frame, frame_number
from exr_inspector_app.exr.source import first_read
from exr_inspector_app.exr.source.file_source import VANISHED, BytesSource, FileSource, Source
from exr_inspector_app.model import ExrFile, Problem

MAX_READS = 4  # of a file that is written or replaced while it is read
_OS_ERRORS = {
    errno.ENOENT: ("not-found", "There is no such file."),
    errno.ENOTDIR: ("not-found", "There is no such file."),
    errno.EACCES: ("no-permission", "No permission to read this file. Ask its owner for access."),
    errno.EPERM: ("no-permission", "No permission to read this file. Ask its owner for access."),
    errno.EISDIR: ("is-folder", "This is a folder, not a file."),
    errno.ELOOP: ("link-loop", "This link points to itself."),
    errno.ENAMETOOLONG: ("name-too-long", "The file name is too long for this file system."),
    errno.ESTALE: ("vanished", "The file was replaced or removed while it was read. Reload it."),
}


def inspect_file(path: str | os.PathLike[str]) -> ExrFile:
    """Inspect a file on disk: parse its headers and count its chunks, without decoding pixels.

    Reads a typical header in at most three reads. A file that is written or replaced during this is opened and read
    again, up to MAX_READS times in all. Blocks while the storage is slow; safe to call from any thread.

    Args:
        path: Path of the file, absolute or relative to the working directory. Kept in the result as it is.

    Returns:
        The file with everything that could be read. Problems are in its `errors`, with their byte offsets; a file that
        cannot be opened or is not an OpenEXR file has no parts and one problem. `is_complete` stays None where the
        chunks could not be counted. Attribute values are shared between files and must not be changed.

    Raises:
        TypeError: `path` is not a path.
    """
    path = os.fspath(path)
    file, change = _read_once(path)
    for _ in range(MAX_READS - 1):
        if change is None:
            break
        before = file
        file, change = _read_once(path)
        if file.errors and file.errors[0].code == "not-found":
            return _with_problem(before, VANISHED)
    # The bytes of a file that is replaced again and again are still those of one file.
    return _with_problem(file, change) if change and change.code == "changed" else file


def _read_once(path: str) -> tuple[ExrFile, Problem | None]:
    """Inspect a file on disk; return it, and the problem of a change during the read, after which to read it again."""
    try:
        source = FileSource(path)
    except OSError as error:
        return _file_of_os_error(path, error), None
    except ValueError:  # a NUL, or characters that no file system knows
        return unreadable_file(path, Problem("not-found", "Invalid file name.")), None
    try:
        if not stat.S_ISREG(source.mode):
            is_folder = stat.S_ISDIR(source.mode)
            reason = _OS_ERRORS[errno.EISDIR] if is_folder else ("not-a-file", "This is not a regular file.")
            return unreadable_file(path, Problem(*reason)), None
        file = _inspect(source, path, frame_on_disk(path))
        return file, source.finish() or (_vanished_problem(file) if file.errors else None)
    except OSError as error:
        file = _file_of_os_error(path, error)
        return file, _vanished_problem(file)
    finally:
        source.close()


def _vanished_problem(file: ExrFile) -> Problem | None:
    """Return the problem of a file that was replaced or emptied during its first reads."""
    return next((problem for problem in file.errors[:1] if problem.code == "vanished"), None)


def _with_problem(file: ExrFile, change: Problem) -> ExrFile:
    """Return a file with the problem of a change during the read, which explains all others if nothing was read."""
    if file.parts:
        return file._replace(errors=(*file.errors, change))
    return unreadable_file(file.path, change, file.size_bytes, file.mtime)


def inspect_source(open_source: Callable[[], Source], path: str) -> ExrFile:
    """Inspect a source of another kind, such as an object in a bucket.

    Args:
        open_source: Callback that opens the source. It is called once; an OSError that it or the source raises becomes
            a problem of the file. The source is not closed.
        path: Path or URL for the result.

    Returns:
        The file, as `inspect_file` returns it.

    Raises:
        Exception: Any exception of `open_source` other than OSError.
    """
    try:
        source = open_source()
        file = _inspect(source, path, frame_number(path))
        change = source.detect_change()
        return _with_problem(file, change) if change else file
    except OSError as error:
        return _file_of_os_error(path, error)


def inspect_bytes(data: bytes, path: str, size_bytes: int | None) -> ExrFile:
    """Inspect a file whose first bytes are in memory.

    Args:
        data: The whole file, or its first bytes.
        path: Path or URL for the result; nothing is read from it.
        size_bytes: Size of the whole file in bytes, None if `data` is the whole file.

    Returns:
        The file, as `inspect_file` returns it, without a date. Where `data` is not the whole file, chunks are not
        counted, and `is_complete` stays None; a header that continues beyond `data` is a problem with the code
        `header-unseen`.
    """
    return _inspect(BytesSource(data, size_bytes), path, frame_number(path))


def unreadable_file(path: str, problem: Problem, size: int | None = None, mtime: str | None = None) -> ExrFile:
    """Return a file that could not be read.

    Args:
        path: Path of the file.
        problem: The reason, the only one of its `errors`.
        size: Size in bytes, where it is known.
        mtime: Time of the last change, ISO 8601 in UTC, where it is known.

    Returns:
        The file, without parts.
    """
    return ExrFile(path, size, mtime, frame_number(path), None, None, errors=(problem,))


def _file_of_os_error(path: str, error: OSError) -> ExrFile:
    """Return the file for an error of the operating system."""
    reason = _OS_ERRORS.get(error.errno or 0, ("unreadable", f"Cannot read the file: {error.strerror}."))
    return unreadable_file(path, Problem(*reason))


def _inspect(source: Source, path: str, frame: Frame | None) -> ExrFile:
    """Inspect the file that a source holds."""
    size = source.size
    data = source.read(0, min(size, first_read.size))
    if len(data) < 8 or not data.startswith(MAGIC):
        return unreadable_file(path, magic_problem(data, size), size, source.mtime)
    return build_file(source, path, frame, data)
