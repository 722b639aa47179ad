"""Systems on which the tests do not run: branches of the calls that differ, encodings of output, and forms of paths."""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import types
from pathlib import Path

import pytest

from exr_inspector_app import operating_system
from exr_inspector_app.__main__ import main
from exr_inspector_app.errors import DecodeLimitError
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels import memory_watch, shared_memory
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.persistence.identity import normalize
from exr_inspector_app.persistence.index import index_file
from exr_inspector_app.persistence.index.folder_lock import try_lock
from tests.exr_files import write_exr

PACKAGE = Path(operating_system.__file__).parent
MODULES = {"fcntl", "resource", "msvcrt", "_winapi", "winreg", "pwd", "grp", "termios", "pty", "tty", "syslog"}
CALLS = {
    *("geteuid", "getuid", "getgid", "fork", "forkpty", "setsid", "getpgid", "killpg", "fchmod", "fchown", "chown"),
    *("pread", "preadv", "pwrite", "sched_getaffinity", "mkfifo", "statvfs", "getloadavg", "nice", "startfile"),
}

NAMES = re.compile(rf"\b(?:{'|'.join(MODULES | CALLS)})\b")


def uses(path: Path) -> set[str]:
    """Return the imports and calls of a module that only one system has."""
    text, found = path.read_text(encoding="utf-8"), set[str]()
    if not NAMES.search(text):  # parsing all modules takes seconds
        return found
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} & MODULES
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            found |= {f"os.{node.attr}"} if node.attr in CALLS else set()
    return found


def test_one_module_and_the_worker_know_the_system() -> None:
    allowed = (PACKAGE / "operating_system.py", PACKAGE / "exr" / "pixels")
    others = [path for path in PACKAGE.rglob("*.py") if not any(path.is_relative_to(place) for place in allowed)]
    assert {str(path.relative_to(PACKAGE)): found for path in others if (found := uses(path))} == {}
    assert uses(PACKAGE / "operating_system.py")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Take the branch of Windows, whose locks are those of this list: descriptors of files that are locked."""
    locked: list[int] = []

    def locking(descriptor: int, mode: int, size: int) -> None:
        if os.lseek(descriptor, 0, os.SEEK_CUR) or (mode, size) != (2, 1):
            raise OSError("another range")
        inode = os.fstat(descriptor).st_ino
        if inode in locked:
            raise PermissionError(13, "Permission denied")
        locked.append(inode)

    monkeypatch.setattr(sys, "platform", "win32")
    module = types.ModuleType("msvcrt")
    module.__dict__.update(LK_NBLCK=2, locking=locking)
    monkeypatch.setitem(sys.modules, "msvcrt", module)
    return locked


def test_branch_of_windows_reads_locks_and_owns(
    windows: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_exr(tmp_path / "a.exr")
    (tmp_path / "data").write_bytes(bytes(range(100)))
    for name in ("pread", "preadv", "geteuid", "fchmod", "sched_getaffinity"):  # Windows has none of them
        monkeypatch.delattr(os, name)
    assert len(inspect_file(str(path)).parts) == 1
    descriptor = os.open(tmp_path / "data", os.O_RDONLY)
    monkeypatch.setattr(index_file, "READS_MOVE_POSITION", True)
    file = index_file.IndexFile(tmp_path / "data", descriptor)
    assert file.read_bytes(3) == b"\0\1\2"
    target = memoryview(bytearray(4))
    assert operating_system.read_into(descriptor, target, 98) == 2
    assert target.tobytes() == b"bc\0\0"
    file.close()
    with try_lock(tmp_path / "index") as has_first, try_lock(tmp_path / "index") as has_second:
        assert (has_first, has_second) == (True, False)
    assert len(windows) == 1
    assert operating_system.is_own(os.stat("/"))
    operating_system.set_mode(0, 0)
    operating_system.limit_process(0, 0, 0)  # would end this process
    operating_system.raise_descriptor_limit()
    assert operating_system.descriptor_limit() > 1000
    assert operating_system.core_count() >= 1


def test_branch_of_macos_shares_pictures_in_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    buffer = shared_memory.SharedBuffer(4096)
    assert buffer.descriptor is None
    name = buffer.name
    assert Path(name).stat().st_size == 4096
    buffer.view(4096)[:] = 0.5
    assert Path(name).read_bytes()[:4] == b"\0\0\0?"
    buffer.unlink()
    assert not Path(name).exists()


def test_parent_watches_the_memory_where_the_system_does_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = str(write_exr(tmp_path / "a.exr"))
    monkeypatch.setattr(memory_watch, "IS_NEEDED", True)
    decoder = Decoder()
    try:
        decoder.picture(PictureRequest(path))
        monkeypatch.setattr(memory_watch, "LIBRARY_MB", -(10**7))
        with pytest.raises(DecodeLimitError, match="more memory than the limit"):
            decoder.picture(PictureRequest(path))
    finally:
        decoder.close()


def test_output_in_a_code_page_is_utf_8_for_pipes(
    windows: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_exr(tmp_path / "ciąg_東.1001.exr")
    for system, expected in (("win32", "ciąg_東.1001.exr"), ("linux", r"ci\u0105g_\u6771.1001.exr")):
        monkeypatch.setattr(sys, "platform", system)
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
        assert main(["inspect", "--format", "{name}", str(path)]) == 0
        sys.stdout.flush()
        assert written.getvalue().decode("utf-8").strip() == expected


def test_long_paths_are_read_and_windows_forms_are_one_key(tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 1500:
        folder /= "f" * 200
    path = write_exr(folder / "a.exr")
    assert len(inspect_file(str(path)).parts) == 1
    forms = [r"P:\Show\a.exr", "p:/show//a.exr", r"\\?\P:\show\.\a.exr"]
    assert {normalize(form) for form in forms} == {"p:/show/a.exr"}
    forms = [r"\\NAS\prod\a.exr", "//nas/prod/x/../a.exr", r"\\?\UNC\nas\prod\a.exr"]
    assert {normalize(form) for form in forms} == {"//nas/prod/a.exr"}
