"""The session's rows are filtered and sorted, while files come, change and go."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex, QTimer
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import PlanStatus
from exr_inspector_app.exr.pixels.pixel_checks import add_stats
from exr_inspector_app.gui.session.incremental_sorter import IncrementalSorter
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_nodes import SHOWN
from exr_inspector_app.gui.session.sort_filter import Order, StatusFilter
from exr_inspector_app.model import ChannelStats, Problem
from exr_inspector_app.persistence.query.derived_columns import parse_template
from tests.exr_files import write_exr
from tests.gui.test_session import entries, read

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("propagateSizeHints")]


@pytest.fixture
def model() -> SessionModel:
    made = SessionModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


@pytest.fixture
def sorter(model: SessionModel, qtbot: QtBot) -> IncrementalSorter:
    return IncrementalSorter(model, model)


def listed(model: SessionModel) -> list[list[str]]:
    """Return the names of the rows, folder by folder."""
    groups = [model.index(row, 0) for row in range(model.rowCount())]
    return [[model.index(row, 0, group).data() for row in range(model.rowCount(group))] for group in groups]


def sort(qtbot: QtBot, sorter: IncrementalSorter, **fields: object) -> None:
    with qtbot.waitSignal(sorter.settled):
        sorter.set(**fields)


def shot(model: SessionModel, folder: Path) -> dict[str, SessionFile]:
    """Five files in two folders, read."""
    made = entries(folder / "a", "beauty.exr", channels=["R", "diffuse.R"], parts=[])
    made += entries(folder / "a", "depth.exr", channels=["Z"])
    made += entries(folder / "b", "crypto_v10.exr", channels=["object00.r"])
    made += entries(folder / "b", "crypto_v9.exr", channels=["object00.r"], height=10, present=4)
    bad = SessionFile(str(write_exr(folder / "b" / "bad.exr")))
    Path(bad.path).write_bytes(b"no")
    for entry in (*made, bad):
        read(entry)
    model.add([*made, bad])
    return {Path(entry.path).stem: entry for entry in (*made, bad)}


def test_filter_matches_all_terms_in_names_and_channels(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    shot(model, tmp_path)
    sort(qtbot, sorter, text="DIFFUSE")
    assert listed(model) == [["beauty.exr"]]
    sort(qtbot, sorter, text="crypto v10")
    assert listed(model) == [["crypto_v10.exr"]]
    assert model.index(0, 0).data(SHOWN).items == "1 of 3 items"
    sort(qtbot, sorter, text="nothing has this")
    assert (listed(model), model.count, model.listed) == ([], 5, 0)
    sort(qtbot, sorter, text="")
    assert listed(model) == [["beauty.exr", "depth.exr"], ["crypto_v10.exr", "crypto_v9.exr", "bad.exr"]]


def test_frame_name_matches_its_sequence(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    model.add(entries(tmp_path, "a.1001.exr", "a.1002.exr", "b.1001.exr", "b.1003.exr"))
    sort(qtbot, sorter, text="B.1003.exr")
    assert listed(model) == [["b.####.exr"]]


PENDING = {PlanStatus.NEW, PlanStatus.CHANGED, PlanStatus.REFRESH}


@pytest.mark.parametrize("status", PlanStatus)
def test_every_status_from_the_library_matches_exactly_one_filter(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot, status: PlanStatus
) -> None:
    made = shot(model, tmp_path)
    made["beauty"].status = status
    model.change(list(made.values()))
    for only, is_match in (
        (StatusFilter.PENDING, status in PENDING),
        (StatusFilter.PRESENT, status is PlanStatus.PRESENT),
    ):
        sort(qtbot, sorter, only=only)
        assert listed(model) == ([["beauty.exr"]] if is_match else []), only


def test_rows_are_filtered_by_status(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    made = shot(model, tmp_path)
    made["beauty"].status, made["depth"].status = PlanStatus.NEW, PlanStatus.PRESENT
    model.change(list(made.values()))
    for only, names in (
        (StatusFilter.UNFINISHED, [["crypto_v9.exr"]]),
        (StatusFilter.FINDINGS, [["crypto_v9.exr", "bad.exr"]]),
        (StatusFilter.PENDING, [["beauty.exr"]]),
        (StatusFilter.PRESENT, [["depth.exr"]]),
    ):
        sort(qtbot, sorter, only=only)
        assert listed(model) == names, only


def test_pixel_problems_count_as_findings(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    made = shot(model, tmp_path)
    sort(qtbot, sorter, only=StatusFilter.FINDINGS)
    assert listed(model) == [["crypto_v9.exr", "bad.exr"]]
    sound = ChannelStats(0, "Z", 0.0, 1.0, 0.5, 0.1, 0, 0, 0)
    flat = sound._replace(max=0.0)
    for stats, names in ((sound, []), (flat, []), (sound._replace(nan_count=3, first_nan=(1, 2)), [["depth.exr"]])):
        file = made["depth"].read_file
        assert file is not None
        assert made["depth"].set_statistics(add_stats(file, (stats,)))
        model.change([made["depth"]])
        qtbot.waitSignal(sorter.settled).wait()
        assert listed(model) == [*names, ["crypto_v9.exr", "bad.exr"]], stats
    file = made["beauty"].read_file
    assert file is not None
    made["beauty"].set_statistics(file._replace(errors=(Problem("pixels-damaged", "Some are lost."),)))
    model.change([made["beauty"]])
    qtbot.waitUntil(lambda: listed(model) == [["beauty.exr", "depth.exr"], ["crypto_v9.exr", "bad.exr"]])


def test_rows_are_sorted_within_their_folder(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    made = shot(model, tmp_path)
    sort(qtbot, sorter, order=Order.NAME)
    assert listed(model) == [["beauty.exr", "depth.exr"], ["bad.exr", "crypto_v9.exr", "crypto_v10.exr"]]
    sort(qtbot, sorter, is_reversed=True)
    assert listed(model) == [["crypto_v10.exr", "crypto_v9.exr", "bad.exr"], ["depth.exr", "beauty.exr"]]
    sort(qtbot, sorter, order=Order.STATUS, is_reversed=False)
    assert listed(model)[1] == ["bad.exr", "crypto_v9.exr", "crypto_v10.exr"]
    assert made["beauty"].record is not None
    assert made["depth"].record is not None
    made["depth"].record.payload["file"]["size_bytes"] = 10**9
    sort(qtbot, sorter, order=Order.SIZE)
    assert listed(model)[0] == ["depth.exr", "beauty.exr"]
    made["beauty"].record.payload["file"]["mtime"] = "2030-01-01T00:00:00Z"
    sort(qtbot, sorter, order=Order.CHANGED)
    assert listed(model)[0] == ["beauty.exr", "depth.exr"]


def test_added_changed_and_removed_files_are_sorted(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    made = shot(model, tmp_path)
    sort(qtbot, sorter, text="crypto")
    (late,) = entries(tmp_path / "c", "late.exr", channels=["crypto_asset.r"])
    model.add([late])
    assert listed(model) == [["crypto_v10.exr", "crypto_v9.exr"]]  # not read yet, so nothing is known of its channels
    with qtbot.waitSignal(sorter.settled):
        read(late)
        model.change([late])
    assert listed(model) == [["crypto_v10.exr", "crypto_v9.exr"], ["late.exr"]]
    with qtbot.waitSignal(sorter.settled):
        model.remove([made["crypto_v10"], made["beauty"], late])
    assert listed(model) == [["crypto_v9.exr"]]
    sort(qtbot, sorter, text="")
    assert listed(model) == [["depth.exr"], ["crypto_v9.exr", "bad.exr"]]
    model.remove(made.values())
    assert listed(model) == []
    assert model.count == 0


def test_files_added_while_sorting_are_sorted(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exr_inspector_app.gui.session.incremental_sorter.TIME_SLICE_S", 0.0)
    model.add(entries(tmp_path, "beauty_x.exr", "depth_x.exr"))
    sorter.set(text="depth")
    QApplication.processEvents()  # the walk is under way
    assert model.filter.is_plain
    model.add(entries(tmp_path / "b", "depth_y.exr"))
    qtbot.waitUntil(lambda: listed(model) == [["depth_x.exr"], ["depth_y.exr"]])


def test_selection_moves_with_its_row(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    made = shot(model, tmp_path)
    selected = QPersistentModelIndex(model.index_of(made["crypto_v9"]))
    hidden = QPersistentModelIndex(model.index_of(made["beauty"]))
    sort(qtbot, sorter, text="crypto", order=Order.NAME)
    assert (selected.row(), selected.parent().row(), selected.data()) == (0, 0, "crypto_v9.exr")
    assert not hidden.isValid()
    assert not model.index_of(made["beauty"]).isValid()


def test_many_rows_are_removed_in_one_step(model: SessionModel, tmp_path: Path) -> None:
    made = [SessionFile(f"/shot/{'abcdefghij'[number // 10]}{'klmnopqrst'[number % 10]}.exr") for number in range(100)]
    model.add(made)
    removals: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda parent, first, last: removals.append((first, last)) if parent.isValid() else None)
    model.remove([*made[:20], *made[30:]])
    assert removals == [(30, 99), (0, 19)]
    assert model.rowCount(model.index(0, 0)) == 10


def test_thousands_of_rows_are_sorted_in_time_slices(
    model: SessionModel, sorter: IncrementalSorter, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exr_inspector_app.gui.session.incremental_sorter.TIME_SLICE_S", 0.0)
    model.add([SessionFile(f"/shot/{'abcdefghij'[number % 10]}x{'k' * number}.exr") for number in range(50)])
    turns: list[int] = []
    (slices,) = (timer for timer in sorter.findChildren(QTimer) if timer.interval() == 0)
    slices.timeout.connect(lambda: turns.append(1))
    sort(qtbot, sorter, text="ax")
    assert len(turns) > 50
    assert model.listed == 5


# In the window


def test_words_of_the_library_filter_the_session(
    model: SessionModel, sorter: IncrementalSorter, tmp_path: Path, qtbot: QtBot
) -> None:
    shot(model, tmp_path)
    frames = entries(tmp_path / "c", "long.1001.exr", "long.1002.exr", height=64)
    for entry in frames:
        read(entry)
    model.add(frames)
    for text, expected in (
        ("layer:diffuse", [["beauty.exr"]]),
        ("height:>=64", [["long.####.exr"]]),
        ("frame:1002 long", [["long.####.exr"]]),
        ("compression:zip", []),
        ("compression:none crypto", [["crypto_v10.exr", "crypto_v9.exr"]]),
        ("complete:no", [["crypto_v9.exr"]]),
        ("widht:5", [["beauty.exr", "depth.exr"], ["crypto_v10.exr", "crypto_v9.exr", "bad.exr"], ["long.####.exr"]]),
    ):
        sort(qtbot, sorter, text=text)
        assert listed(model) == expected, text
    assert sorter.requested.filter_words.fault == "There is no search word widht:. Did you mean width:?"
    sort(qtbot, sorter, text="show:c", template=parse_template(f"{tmp_path}/{{show}}"))
    assert listed(model) == [["long.####.exr"]]
