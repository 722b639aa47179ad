"""Faults at every write: a file has its old content or the new one, and no temporary file is left."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.__main__ import main
from exr_inspector_app.config.atomic_file import replace_file, set_aside, write_file
from exr_inspector_app.config.writer import save_settings
from exr_inspector_app.contracts import Condition, never_stop
from exr_inspector_app.errors import KnownError
from exr_inspector_app.gui.filters.saved_filters import SavedFilters
from exr_inspector_app.gui.settings import saved_session
from exr_inspector_app.persistence.export import export, export_hits, export_rows
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.png import write_png
from tests.exr_files import write_exr
from tests.records import batch, small
from tests.write_faults import fault

LONG = "x" * 3000


def save_filter(folder: Path) -> None:
    SavedFilters(folder / "out.json").save("mine", (Condition("note", "=", LONG),))


def keep_session(folder: Path) -> None:
    """Save the session, whose faults must not disturb the window; raise them here."""
    before = (folder / "session.json").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saved_session, "state_folder", lambda: folder)
        saved_session.save_session(saved_session.SavedSession(roots=(LONG,)))
    if (folder / "session.json").read_bytes() == before:
        raise OSError("not saved")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    folder = tmp_path_factory.mktemp("library")
    store = LocalStore(folder / "library.duckdb")
    store.publish(batch(small(folder)))
    return store


WRITERS: dict[str, Callable[[Path, LocalStore], object]] = {
    "out.toml": lambda folder, _: save_settings({"viewer": LONG}, {}, folder / "out.toml"),
    "out.json": lambda folder, _: save_filter(folder),
    "rows.json": lambda folder, _: export_rows(folder / "rows.json", ["a"], [[LONG]]),
    "rows.csv": lambda folder, _: export_rows(folder / "rows.csv", ["a"], [[LONG]]),
    "hits.csv": lambda folder, _: export_hits(folder / "hits.csv", []),
    "files.csv": lambda folder, store: export(store, folder / "files.csv", (), never_stop),
    "picture.png": lambda folder, _: write_png(folder / "picture.png", np.zeros((600, 8, 3), np.uint8)),
    "session.json": lambda folder, _: keep_session(folder),
    "files.parquet": lambda folder, store: export(store, folder / "files.parquet", (), never_stop),
}
OLD = b"{}" + b" " * 30


@pytest.mark.parametrize("kind", ["full", "fsync", "replace"])
@pytest.mark.parametrize("name", WRITERS)
def test_fault_leaves_the_old_file(library: LocalStore, tmp_path: Path, name: str, kind: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    old = b"a = 1\n" if name == "out.toml" else OLD
    (folder / name).write_bytes(old)
    with fault(kind), pytest.raises((OSError, KnownError)):
        WRITERS[name](folder, library)
    assert [entry.name for entry in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == old
    WRITERS[name](folder, library)
    assert (folder / name).read_bytes() != old


def test_planted_links_and_devices_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    monkeypatch.setattr("secrets.token_hex", lambda _size: "guessed")
    (tmp_path / ".guessed.new").symlink_to(victim)
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "out", b"theirs")
    assert victim.read_bytes() == b"mine"
    assert (tmp_path / ".guessed.new").is_symlink()
    (tmp_path / "full").symlink_to("/dev/full")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("full", "loop", "home"):
        with pytest.raises(OSError, match=r"regular file|symbolic links|directory"), replace_file(tmp_path / name):
            pass
    copies = tmp_path / "victim.damaged-1"
    copies.symlink_to(victim)
    assert set_aside(victim).name == "victim.damaged-2"


def test_permissions_of_an_existing_file_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save_settings({"viewer": "rv"}, {}, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o664)
    save_settings({"viewer": "mrv"}, {}, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664


@pytest.mark.parametrize(
    "line", ["check {0} --out {0}", "check {0} --learn --out {0}", "library report --out {0}", "config --log-file {0}"]
)
def test_no_output_replaces_a_render(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    render = write_exr(tmp_path / "a.exr")
    before = render.read_bytes()
    assert main(line.format(render).split()) in (1, 2)
    assert "OpenEXR file" in capsys.readouterr().err
    assert render.read_bytes() == before
    (tmp_path / "link.png").symlink_to(render)
    with pytest.raises(OSError, match="OpenEXR file"):
        write_png(tmp_path / "link.png", np.zeros((6, 8, 3), np.uint8))
    with replace_file(render, replaces_images=True) as fresh:  # an export of pixels may
        fresh.write_bytes(b"new")
    assert render.read_bytes() == b"new"
