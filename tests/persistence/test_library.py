"""Library file: locks, concurrent processes, damage, and invalid paths."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from exr_inspector_app import config, operating_system
from exr_inspector_app.errors import StoreDamagedError, StoreError, StoreUnavailableError
from exr_inspector_app.persistence.factory import open_store
from exr_inspector_app.persistence.local import LocalStore, database
from exr_inspector_app.persistence.local import store as local_store
from exr_inspector_app.persistence.local.network_storage import network_file_system
from tests.exr_files import studio_file
from tests.records import batch, small, studio

ROOT = Path(__file__).resolve().parent.parent.parent


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process with the project on its path."""
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


HOLD = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"
PUBLISH = """
import sys
from pathlib import Path
from exr_inspector_app.persistence.local import LocalStore
from tests.records import batch, record_of
records = [record_of(path) for path in sorted(Path(sys.argv[2]).iterdir())]
store = LocalStore(Path(sys.argv[1]), lock_timeout_s=60)
print("ready", flush=True)
step = int(sys.argv[3])
for start in range(0, len(records), step):
    store.publish(batch(*records[start : start + step], publish_id=sys.argv[4]))
"""


def test_locked_library_is_reported_with_the_pid_of_the_process(tmp_path: Path) -> None:
    path = tmp_path / "l.duckdb"
    LocalStore(path).ensure_tables()
    holder = child(HOLD, str(path))
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreUnavailableError, match=f"process {holder.pid}"):
            LocalStore(path, lock_timeout_s=0.2).count()
    finally:
        holder.kill()
        holder.communicate()
    assert LocalStore(path).count() == 0


def test_two_processes_publishing_the_same_files_insert_one_row_each(tmp_path: Path) -> None:
    for frame in range(1000):
        studio_file(tmp_path / "files" / f"a.{1000 + frame}.exr", 1000 + frame)
    path = tmp_path / "l.duckdb"
    both = [child(PUBLISH, str(path), str(tmp_path / "files"), "100", name) for name in ("p1", "p2")]
    for process in both:
        process.communicate(timeout=100)
        assert process.returncode == 0
    store = LocalStore(path)
    assert store.count(history=True) == 1000
    assert store.check().problems == ()
    with duckdb.connect(str(path), config={"enable_external_access": False}) as connection:
        assert connection.execute("SELECT count(*) FROM channels").fetchall() == [(40_000,)]


def test_killed_publish_is_never_partially_visible(tmp_path: Path) -> None:
    studio(tmp_path / "files", 60)
    path = tmp_path / "l.duckdb"
    dice = random.Random(7)
    for round_ in range(8):
        process = child(PUBLISH, str(path), str(tmp_path / "files"), "3", f"p{round_}")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(dice.uniform(0.0, 0.4))  # random time of the kill, not a wait for a condition
        process.send_signal(signal.SIGKILL)
        process.communicate()
        store = LocalStore(path)
        assert store.check().problems == ()
        if round_ == 4:
            store.delete([row.file["file_id"] for row in store.find()])
    with duckdb.connect(str(path), config={"enable_external_access": False}) as connection:
        rows = connection.execute("SELECT count(*) FROM files").fetchall()[0][0]
        assert connection.execute("SELECT count(*) FROM channels").fetchall() == [(40 * rows,)]
        assert connection.execute("SELECT count(*) FROM attributes").fetchall() == [(30 * rows,)]


def test_newer_schema_is_rejected_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "l.duckdb"
    LocalStore(path).ensure_tables()
    with duckdb.connect(str(path), config={"enable_external_access": False}) as connection:
        connection.execute("UPDATE schema_info SET value = '99' WHERE key = 'schema_version'")
    before = path.read_bytes()
    with pytest.raises(StoreDamagedError, match="newer exr-inspector"):
        LocalStore(path).publish(batch(small(tmp_path)))
    assert path.read_bytes() == before


def test_files_of_other_programs_are_rejected_and_not_changed(tmp_path: Path) -> None:
    text, other, sqlite = tmp_path / "a.txt", tmp_path / "b.duckdb", tmp_path / "c.db"
    text.write_text("my notes, not a library")
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE mine (x INTEGER)")
    with sqlite3.connect(sqlite) as lite:
        lite.execute("CREATE TABLE mine (x INTEGER)")
    lite.close()
    for path in (text, other, sqlite):
        before = path.read_bytes()
        with pytest.raises(StoreDamagedError, match="not changed"):
            LocalStore(path).count()
        assert path.read_bytes() == before


def test_truncated_library_is_reported_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "l.duckdb"
    LocalStore(path).publish(batch(*studio(tmp_path / "files", 20)))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreDamagedError, match="damaged"):
        LocalStore(path).find()


def test_folder_in_place_of_the_library_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        LocalStore(tmp_path).count()


def test_unfinished_files_of_killed_processes_are_removed(tmp_path: Path) -> None:
    old = [
        tmp_path / f".library.duckdb.{digits}.new{suffix}"
        for digits in ("0a1b2c3d", "ffffffff")
        for suffix in ("", ".wal")
    ]
    kept = [
        tmp_path / name for name in (".library.duckdb.copy.new", ".other.duckdb.0a1b2c3d.new", "library.duckdb.new")
    ]
    for path in (*old, *kept):
        path.touch()
        os.utime(path, (0, 0))
    recent = tmp_path / ".library.duckdb.12345678.new"
    recent.touch()
    LocalStore(tmp_path / "library.duckdb").ensure_tables()
    assert [path for path in (recent, *kept) if not path.exists()] == []
    assert [path for path in old if path.exists()] == []


def test_missing_folder_is_created(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "new" / "deep" / "l.duckdb")
    store.ensure_tables()
    assert store.count() == 0


def test_full_disk_is_reported_and_the_batch_is_rolled_back(tmp_path: Path) -> None:
    path = tmp_path / "l.duckdb"
    records = studio(tmp_path / "files", 300)
    LocalStore(path).publish(batch(records[0]))
    code = """
import resource, signal, sys
from pathlib import Path
from exr_inspector_app.errors import StoreError
from exr_inspector_app.persistence.local import LocalStore
from tests.records import batch, record_of
records = [record_of(path) for path in sorted(Path(sys.argv[2]).iterdir())]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = Path(sys.argv[1]).stat().st_size + 4096
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    LocalStore(Path(sys.argv[1])).publish(batch(*records))
except StoreError as error:
    print(error.sentence)
"""
    out, _ = child(code, str(path), str(tmp_path / "files")).communicate(timeout=60)
    assert "full" in out
    store = LocalStore(path)
    assert store.count() in (1, 300)
    assert store.check().problems == ()


def test_network_file_system_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_store, "network_file_system", lambda path: "nfs4")
    (note,) = LocalStore(tmp_path / "l.duckdb").check().notes
    assert "network file system (nfs4)" in note


def test_local_disk_is_no_network_file_system(tmp_path: Path) -> None:
    assert network_file_system(tmp_path / "l.duckdb") is None


def test_mounts_are_those_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    rows = (
        "ext4 / ext4",
        "nas /mnt ext4",
        "nas /mnt nfs4",
        "a /mnt/my\\040disk xfs",
        "b /mnt/back\\134040 cifs",
        "cut",
    )
    table.write_text("".join(f"{row} rw 0 0\n" if row != "cut" else row for row in rows))
    monkeypatch.setattr(operating_system, "MOUNT_TABLE", str(table))
    paths = ("/mnt/l", "/mnt", "/mnt/my disk/l", "/mnt/back\\040/l", "/mntx/l")
    assert [network_file_system(Path(path)) for path in paths] == ["nfs4", "nfs4", None, "cifs", None]
    table.unlink()
    assert network_file_system(Path("/mnt/l")) is None


def test_long_query_prints_no_progress_bar(tmp_path: Path) -> None:
    with database.LocalDatabase(tmp_path / "library.duckdb", 1.0).connect() as connection:
        assert connection.execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]


def test_invalid_library_name_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "loop.duckdb").symlink_to("loop.duckdb")
    for name in ("loop.duckdb", "b\udce9.duckdb"):
        with pytest.raises(StoreError, match=r"Choose another file|Cannot create|No permission to write"):
            LocalStore(tmp_path / name).ensure_tables()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM part_rows", "1 file with missing or duplicate parts"),
        ("INSERT INTO part_rows SELECT * FROM part_rows", "1 file with missing or duplicate parts"),
        ("DELETE FROM file_rows", "Parts of 1 file not in the library"),
    ],
)
def test_check_reports_inconsistent_parts(tmp_path: Path, statement: str, expected: str) -> None:
    store = LocalStore(tmp_path / "library.duckdb")
    store.publish(batch(small(tmp_path / "a.exr")))
    assert store.check().problems == ()
    with duckdb.connect(str(tmp_path / "library.duckdb")) as connection:
        connection.execute(statement)
    assert any(problem.startswith(expected) for problem in store.check().problems)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_new_library_is_private_unless_it_is_shared(tmp_path: Path) -> None:
    record = small(tmp_path)
    umask = os.umask(0o002)
    try:
        for shared, mode, folder_mode in (("false", 0o600, 0o700), ("true", 0o664, 0o775)):
            at = tmp_path / f"shared {shared}" / "library.duckdb"
            settings = tmp_path / "settings.toml"
            settings.write_text(f'library = "{at}"\nshared_library = {shared}\n')
            with closing(open_store(config.load(environ={}, settings=settings))) as store:
                store.publish(batch(record))
            assert [stat.S_IMODE(path.stat().st_mode) for path in (at, at.parent)] == [mode, folder_mode]
        at.chmod(0o660)
        with closing(open_store(config.load(environ={}, settings=settings))) as store:
            store.delete([record.identity.file_id])
        assert stat.S_IMODE(at.stat().st_mode) == 0o660
        assert os.umask(0o002) == 0o002
    finally:
        os.umask(umask)
