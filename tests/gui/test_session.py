"""Session model: rows of sequences, their statuses, and their frames."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from exr_inspector_app.contracts import PathUnreadable, PlanItem, PlanStatus
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.session.session import Session, SessionFile
from exr_inspector_app.gui.session.session_delegate import status_width
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_nodes import SHOWN, SessionGroup, SessionRow
from exr_inspector_app.ingest.records import make_record
from tests.exr_files import string, write_exr

pytestmark = pytest.mark.usefixtures("qapp")


def entries(folder: Path, *names: str, **facts: object) -> list[SessionFile]:
    """Entries that wait for files that are there."""
    return [SessionFile(str(write_exr(folder / name, **facts))) for name in names]


def read(entry: SessionFile) -> None:
    file = inspect_file(entry.path)
    entry.set_contents(file, make_record(file))


@pytest.fixture
def model() -> SessionModel:
    made = SessionModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def rows(model: SessionModel, group: int = 0) -> list[SessionRow]:
    parent = model.index(group, 0)
    return [model.index(row, 0, parent).data(SHOWN) for row in range(model.rowCount(parent))]


def names(model: SessionModel, group: int = 0) -> list[str]:
    parent = model.index(group, 0)
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def test_frames_are_grouped_below_one_row(model: SessionModel, tmp_path: Path) -> None:
    made = entries(tmp_path, "a.1001.exr", "a.1002.exr", "a.1005.exr", "b.exr")
    model.add(made[:2], [str(tmp_path)])
    model.add(made[2:], [str(tmp_path)])
    assert names(model) == ["a.####.exr", "b.exr"]
    assert [row.status for row in rows(model)] == ["waiting", "waiting"]
    assert rows(model)[0].badge == "2 missing"
    assert model.rowCount(model.index(0, 0, model.index(0, 0))) == 3
    group = model.index(0, 0).data(SHOWN)
    assert group == SessionGroup(str(tmp_path), "2 items", 0)


def test_row_shows_the_most_urgent_status(model: SessionModel, tmp_path: Path) -> None:
    made = entries(tmp_path, "a.1001.exr", "a.1002.exr")
    bad = SessionFile(str(tmp_path / "c.exr"))
    Path(bad.path).write_bytes(b"no")
    half = entries(tmp_path, "h.exr", height=10, present=4)
    model.add([*made, bad, *half], [str(tmp_path)])
    for entry in (*made, bad, *half):
        read(entry)
    made[0].status, made[1].status = PlanStatus.PRESENT, PlanStatus.NEW
    model.change([*made, bad, *half])
    contents = [(row.word, row.figure) for row in rows(model)]
    assert contents == [("New", "1 of 2"), ("Not EXR", ""), ("Incomplete", "4 of 10")]
    assert model.index(0, 0).data(SHOWN).problems == 1


def test_missing_file_is_not_called_damaged(model: SessionModel, tmp_path: Path) -> None:
    gone, folder = SessionFile(str(tmp_path / "gone.exr")), SessionFile(str(tmp_path / "folder.exr"))
    Path(folder.path).mkdir()
    for entry in (gone, folder):
        read(entry)
    model.add([gone, folder], [str(tmp_path)])
    assert sorted(row.word for row in rows(model)) == ["No file", "Not found"]


def test_sequence_tooltip_is_its_full_path(model: SessionModel, tmp_path: Path) -> None:
    made = entries(tmp_path / "beauty", "a.1001.exr", "a.1002.exr")
    model.add(made, [str(tmp_path)])
    tip = model.index_of(made[0]).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.split("\n") == [str(tmp_path / "beauty" / "a.####.exr"), "Waiting"]


def test_only_broken_files_are_called_damaged(model: SessionModel, tmp_path: Path) -> None:
    data = write_exr(tmp_path / "whole.exr").read_bytes()
    contents = {"cut.exr": data[:100], "empty.exr": b"", "notes.exr": b"some words, no picture"}
    made = [SessionFile(str(tmp_path / name)) for name in contents]
    for entry, content in zip(made, contents.values(), strict=True):
        Path(entry.path).write_bytes(content)
        read(entry)
    model.add(made, [str(tmp_path)])
    assert [row.word for row in rows(model)] == ["Damaged", "Empty", "Not EXR"]


def test_folder_without_files_is_not_called_damaged(model: SessionModel, tmp_path: Path) -> None:
    entry, _ = Session().add_unreadable(PathUnreadable(str(tmp_path), "no-exr", "There is no EXR file in this folder."))
    model.add([entry], [str(tmp_path)])
    assert [row.word for row in rows(model)] == ["No file"]


def test_frames_with_another_setup_are_odd(model: SessionModel, tmp_path: Path) -> None:
    made = entries(tmp_path, "a.1001.exr", "a.1002.exr", "a.1003.exr")
    odd = entries(tmp_path, "a.1004.exr", compression="zip", channels=["Z"])
    model.add([*made, *odd], [str(tmp_path)])
    for entry in (*made, *odd):
        read(entry)
    model.change([*made, *odd])
    assert rows(model)[0].badge == "1 odd frame"
    made += entries(tmp_path, "a.1006.exr")
    read(made[-1])
    model.add(made[-1:], [str(tmp_path)])
    assert rows(model)[0].badge == "1 missing, 1 odd"
    different = [
        entries(tmp_path, f"b.100{at}.exr", channels=[*"RGBA"[:at], "Z"])[0] for at in range(1, 5)
    ]  # none is like most
    for entry in different:
        read(entry)
    model.add(different, [str(tmp_path)])
    assert rows(model)[1].badge == ""


def test_remove_keeps_other_rows(model: SessionModel, tmp_path: Path) -> None:
    made = entries(tmp_path, "a.1001.exr", "a.1002.exr", "a.1003.exr", "b.exr")
    model.add(made, [str(tmp_path)])
    model.remove([made[1]])
    assert rows(model)[0].badge == "1 missing"
    model.remove([made[0], made[2]])
    assert names(model) == ["b.exr"]
    model.remove([made[3]])
    assert model.rowCount(QModelIndex()) == 0
    assert not model.index_of(made[0]).isValid()


def test_names_are_escaped_to_one_line(model: SessionModel, tmp_path: Path) -> None:
    model.add(entries(tmp_path, "<b>x\n\u202e.exr"), [str(tmp_path)])
    assert names(model)[0] == "<b>x\\x0a\\u202e.exr"


def test_applied_plan_changes_the_row(model: SessionModel, tmp_path: Path) -> None:
    (one,) = entries(tmp_path, "a.exr", attributes={"owner": string("me")})
    model.add([one], [str(tmp_path)])
    read(one)
    assert one.record is not None
    one.status = PlanItem(one.record, PlanStatus.PRESENT).status
    model.change([one])
    assert (rows(model)[0].status, rows(model)[0].word) == ("in library", "In library")


def test_row_shows_properties_and_size(model: SessionModel, tmp_path: Path) -> None:
    deep = entries(tmp_path, "d.1001.exr", "d.1002.exr", kind="deepscanline", channels=["Z"])
    tiled = entries(tmp_path, "t.exr", kind="tiledimage", tiles=(32, 32))
    bad = SessionFile(str(tmp_path / "bad.exr"))
    Path(bad.path).write_bytes(b"no")
    for entry in (*deep, *tiled, bad):
        read(entry)
    model.add([*deep, *tiled, bad], [str(tmp_path)])
    seconds = [row.second.split(", ") for row in rows(model)]
    assert [facts[:-1] for facts in seconds] == [["1001–1002", "2 frames", "deep"], ["1 file", "tiled"], ["1 file"]]
    assert seconds[2][-1] == "2 B"


def test_narrow_row_shows_the_status_as_icon_and_tooltip(model: SessionModel, tmp_path: Path) -> None:
    half = entries(tmp_path, "h.exr", height=10, present=4)
    read(half[0])
    model.add(half, [str(tmp_path)])
    assert status_width(416) > status_width(280)
    assert model.index_of(half[0]).data(Qt.ItemDataRole.ToolTipRole) == f"{half[0].path}\nIncomplete, 4 of 10"
