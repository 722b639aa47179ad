"""Library that cannot be written: on a read-only mount, and without permission for another user."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exr_inspector_app.__main__ import main
from exr_inspector_app.persistence.local import LocalStore
from tests.exr_files import studio_file
from tests.read_only import ROOT, read_only, run_read_only
from tests.records import batch, record_of, studio

PREPARED = """
import sys
from pathlib import Path
from exr_inspector_app.contracts import Query
from exr_inspector_app.errors import StoreError
from exr_inspector_app.__main__ import main
from exr_inspector_app.persistence.local import LocalStore
from tests.records import batch, record_of
store, record = LocalStore(Path(sys.argv[1])), record_of(sys.argv[2])
def attempt(call):
    try:
        return call()
    except StoreError as error:
        return error.sentence
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a library with five published files, alone in its folder."""
    path = tmp_path / "shared" / "library.duckdb"
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(path))
    LocalStore(path).publish(batch(*studio(tmp_path / "files", 4), *studio(tmp_path / "other", 1, "lynx")))
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def without_rights(code: str, library: Path, file: Path) -> list[str]:
    """Run code as a user whom permissions bind; return the printed lines. Its names are those of PREPARED."""
    command = [sys.executable, "-c", PREPARED + code, str(library), str(file)]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("permissions do not bind this user")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=True).stdout.splitlines()


def test_library_on_a_read_only_mount_is_listed_searched_checked_and_exported(library: Path, tmp_path: Path) -> None:
    before = names_in(library.parent), library.read_bytes()
    frame, table = tmp_path / "files" / "beauty.1001.exr", tmp_path / "out.csv"

    listed = run_read_only(library.parent, "library", "list", "--json")
    assert len(json.loads(listed.stdout)) == 5
    shown = run_read_only(library.parent, "library", "show", frame)
    assert "beauty.1001.exr" in shown.stdout
    similar = json.loads(run_read_only(library.parent, "similar", "--json", frame).stdout)
    assert [hit["sequence_count"] for hit in similar["hits"]] == [4, 1]
    checked = run_read_only(library.parent, "library", "check")
    assert (checked.returncode, checked.stdout.splitlines()[0][:22]) == (0, "Local library: 5 files")
    exported = run_read_only(library.parent, "library", "export", table)
    assert exported.returncode == 0, exported.stderr
    assert len(list(csv.DictReader(table.read_text().splitlines()))) == 5
    planned = run_read_only(library.parent, "publish", "--dry-run", "--jsonl", frame)
    assert json.loads(planned.stdout)["plan"] == "already there"
    assert (names_in(library.parent), library.read_bytes()) == before


@pytest.mark.parametrize("command", ["publish", "remove", "reembed"])
def test_write_to_a_read_only_library_is_refused_in_one_sentence(library: Path, tmp_path: Path, command: str) -> None:
    new = studio_file(tmp_path / "new" / "a.exr")
    arguments = {"publish": ["publish", new], "remove": ["library", "remove", "--yes", "--where", "width>=0"]}
    done = run_read_only(library.parent, *arguments.get(command, ["library", "reembed"]))
    sentence = f"No permission to write to {library}. Choose another library in Settings."
    assert (done.returncode, done.stderr.splitlines(), done.stdout) == (1, [sentence], "")
    assert LocalStore(library).count() == 5


def test_new_library_in_a_read_only_folder_is_refused_before_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, new = tmp_path / "shared", studio_file(tmp_path / "new" / "a.exr")
    folder.mkdir()
    for library in (folder / "library.duckdb", folder / "deep" / "library.duckdb"):
        monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(library))
        for paths in ([new], [new, tmp_path / "missing.exr"]):
            done = run_read_only(folder, "publish", *paths)
            reason = f"Cannot create the library {library}: no permission to write to {folder}."
            assert done.stderr.splitlines() == [f"{reason} Choose another library in Settings."]
        assert (done.returncode, done.stdout) == (1, "")
        listed = run_read_only(folder, "library", "list")
        assert (listed.returncode, "Traceback" in listed.stderr) == (0, False)
        checked = run_read_only(folder, "library", "check")
        assert (checked.returncode, checked.stdout.splitlines()[0][:22]) == (0, "Local library: 0 files")


def test_unsaved_log_of_a_writer_is_read_from_a_read_only_mount(library: Path, tmp_path: Path) -> None:
    new = studio_file(tmp_path / "new" / "a.exr")
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom exr_inspector_app.persistence.local import LocalStore, writer\n"
        "from exr_inspector_app.persistence.local.database import LocalDatabase\n"
        "from tests.records import batch, record_of\n"
        "record = record_of(sys.argv[2])\n"
        "with LocalDatabase(Path(sys.argv[1]), 10).connect() as connection:\n"
        "    connection.execute(\"SET checkpoint_threshold = '1GB'\")\n"
        "    connection.begin()\n"
        "    writer.insert_batch(connection, writer.prepare_batch([record], batch(record), 'a')[0])\n"
        "    connection.commit()\n"
        "    os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(library), str(new)], cwd=ROOT, timeout=60, check=True)
    assert library.with_name("library.duckdb.wal").exists()
    listed = run_read_only(library.parent, "library", "list", "--json")
    assert len(json.loads(listed.stdout)) == 6


def test_several_processes_read_a_read_only_library_at_once(library: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom exr_inspector_app.persistence.local.database import LocalDatabase\n"
        "with LocalDatabase(Path(sys.argv[1]), 0.5).connect() as connection:\n"
        "    print(connection.execute('SELECT count(*) FROM file_rows').fetchall()[0][0], flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    command = read_only(library.parent, "-c", code, str(library))
    readers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(3)
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "5\n"  # while the others have it open too
    finally:
        for reader in readers:
            reader.communicate("\n", timeout=60)


def test_complete_index_beside_a_read_only_library_is_used_and_an_incomplete_one_is_not(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, scratch = tmp_path / "files" / "beauty.1001.exr", tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom exr_inspector_app.contracts import Query\n"
        "from exr_inspector_app.persistence.local import LocalStore\nfrom tests.records import record_of\n"
        "hits = LocalStore(Path(sys.argv[1])).similar(Query(record_of(sys.argv[2])))\n"
        "print(len(hits), len([name for name in os.listdir(sys.argv[3]) if name.startswith('exr-inspector-')]))\n"
    )

    def hits_and_temporary_indexes() -> str:
        command = read_only(library.parent, "-c", code, str(library), str(frame), str(scratch))
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=True).stdout.strip()

    assert hits_and_temporary_indexes() == "2 1"  # nothing has been indexed
    LocalStore(library).update_index()
    assert hits_and_temporary_indexes() == "2 0"
    LocalStore(library).publish(batch(record_of(studio_file(tmp_path / "new" / "a.exr", 7, "wren"))))
    assert hits_and_temporary_indexes() == "3 1"


def test_library_without_write_permission_is_read_and_not_written(library: Path, tmp_path: Path) -> None:
    library.chmod(0o444)
    code = """
print(attempt(store.count), len(attempt(lambda: store.similar(Query(record)))), attempt(store.check).files)
print(attempt(lambda: store.publish(batch(record))))
print(attempt(lambda: store.delete([record.identity.file_id])))
"""
    refused = f"No permission to write to {library}. Choose another library in Settings."
    lines = without_rights(code, library, tmp_path / "files" / "beauty.1001.exr")
    assert lines == ["5 2 5", refused, refused]
    assert names_in(library.parent) == ["library.duckdb"]


def test_writable_library_in_a_folder_without_write_permission_is_read(library: Path, tmp_path: Path) -> None:
    library.parent.chmod(0o555)
    code = "print(attempt(store.count)); print(attempt(lambda: store.publish(batch(record))))"
    lines = without_rights(code, library, tmp_path / "files" / "beauty.1001.exr")
    library.parent.chmod(0o755)
    assert lines == ["5", f"No permission to write to {library}. Choose another library in Settings."]


def test_library_without_read_permission_is_reported(library: Path, tmp_path: Path) -> None:
    file = tmp_path / "files" / "beauty.1001.exr"
    library.chmod(0)
    assert without_rights("print(attempt(store.count))", library, file) == [
        f"Cannot open the library {library}: Permission denied."
    ]
    library.chmod(0o600)
    library.parent.chmod(0)
    lines = without_rights("print(attempt(store.count))", library, file)
    library.parent.chmod(0o755)
    assert lines == [f"Cannot open the library {library}: Permission denied."]


def test_new_library_without_permission_leaves_nothing_behind(tmp_path: Path) -> None:
    folder, file = tmp_path / "closed", studio_file(tmp_path / "a.exr")
    folder.mkdir()
    folder.chmod(0o555)
    library = folder / "deep" / "library.duckdb"
    lines = without_rights("print(attempt(lambda: store.publish(batch(record))))", library, file)
    assert lines == [
        f"Cannot create the library {library}: no permission to write to {folder}. Choose another library in Settings."
    ]
    assert names_in(folder) == []


@pytest.mark.parametrize("place", ["folder", "other file", "system folder"])
def test_place_where_no_library_can_be_is_refused_once(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [studio_file(tmp_path / f"{frame}.exr", frame) for frame in (1, 2, 3)]
    if place == "system folder" and not Path("/proc/self").exists():
        pytest.skip("no folder in which rights alone tell nothing")
    library = {"folder": tmp_path, "other file": files[0], "system folder": Path("/proc/none/library.duckdb")}[place]
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(library))
    assert main(["publish", *map(str, files)]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n"), str(library) in shown.err) == ("", 1, True)
