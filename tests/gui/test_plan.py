"""The rows of the publish sheet."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QAbstractItemModelTester

from exr_inspector_app.contracts import Identity, Plan, PlanItem, PlanStatus, Record
from exr_inspector_app.gui.publish.plan_columns import plan_columns
from exr_inspector_app.gui.publish.plan_lines import Failed, PlanGroup, PlanLine, make_lines, plan_rows, tail
from exr_inspector_app.gui.publish.plan_model import ROW_ROLE, PlanHeading, PlanModel, PlanOverflow
from exr_inspector_app.model import payload
from exr_inspector_app.persistence.query.derived_columns import parse_template
from tests.gui.files import channel, file, part

SHOT = "/mnt/prod/orca/OR_0420/lighting/beauty/v017"


def item(name: str, status: PlanStatus, *, incomplete: bool = False, since: str | None = None) -> PlanItem:
    """Return a planned record of a file in SHOT; `beauty.1001` has frame 1001."""
    path = f"{SHOT}/{name}.exr"
    stem, _, frame = name.partition(".")
    facts = payload(file(part(channel("R"), chunk_count=1080, chunks_present=612), path=path))
    facts["file"]["frame_number"] = int(frame) if frame else None
    key = f"{SHOT}/{stem}.####.exr" if frame else path
    unit = np.zeros(384, np.float32)
    record = Record(facts, Identity(path, path, path, key, "0", name), unit, unit[:128], unit[:0], "")
    return PlanItem(record, status, since, incomplete)


def planned(*items: PlanItem) -> list[PlanLine]:
    """Return the lines of a plan without failures."""
    return make_lines(Plan("Local library", items), ())


def test_sequence_is_one_line_with_its_gaps() -> None:
    frames = [item(f"crypto.{n}", PlanStatus.NEW) for n in (1001, 1002, 1005)]
    (line,) = planned(*frames)
    assert (line.title, line.count) == ("lighting/beauty/v017/crypto.####.exr", 3)
    assert line.reason == "Not in the library yet. Frames 1003–1004 are missing on disk"
    assert line.tip == f"{SHOT}/crypto.####.exr"


def test_published_frames_are_no_gap() -> None:
    new, old = planned(
        item("a.1001", PlanStatus.NEW), item("a.1002", PlanStatus.PRESENT), item("a.1003", PlanStatus.NEW)
    )
    assert (new.group, new.reason) == (PlanGroup.NEW, "Not in the library yet")
    assert (old.group, old.count) == (PlanGroup.PRESENT, 1)


@pytest.mark.parametrize(
    ("status", "incomplete", "group", "reason"),
    [
        (PlanStatus.CHANGED, False, PlanGroup.CHANGED, "Changed since 2 Nov 2026; the old entry is kept as history"),
        (PlanStatus.NEW, True, PlanGroup.INCOMPLETE, "Unfinished: 612 of 1,080 chunks"),
        (PlanStatus.CHANGED, True, PlanGroup.INCOMPLETE, "Unfinished: 612 of 1,080 chunks"),
        (PlanStatus.REFRESH, False, PlanGroup.PRESENT, "Same header; date and size will be updated"),
        (PlanStatus.PRESENT, True, PlanGroup.PRESENT, "Same path, same header"),
    ],
)
def test_every_status_has_a_group_and_a_reason(
    status: PlanStatus, incomplete: bool, group: PlanGroup, reason: str
) -> None:
    (line,) = planned(item("a", status, incomplete=incomplete, since="2026-11-02T10:00:00.000000+00:00"))
    assert (line.group, line.reason) == (group, reason)


def test_failed_files_are_lines_with_an_error_to_copy() -> None:
    (line,) = make_lines(Plan("", ()), [Failed("/a/b\x07.exr", "The file is empty.")])
    assert (line.group, line.title, line.reason) == (PlanGroup.FAILED, r"/a/b\x07.exr", "The file is empty.")
    assert line.copied == "/a/b\\x07.exr\nThe file is empty."


def rows(model: PlanModel) -> list[object]:
    """Everything that the model shows."""
    return [model.index(row).data(ROW_ROLE) for row in range(model.rowCount())]


def test_incomplete_files_are_published_only_if_included() -> None:
    model = PlanModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_plan(planned(item("a", PlanStatus.NEW), item("b", PlanStatus.NEW, incomplete=True)))
    assert [record.identity.file_id for record in model.chosen()] == ["a"]
    model.activate(model.index(3))
    assert [record.identity.file_id for record in model.chosen()] == ["a", "b"]
    heading = rows(model)[2]
    assert isinstance(heading, PlanHeading)
    assert heading.note == "1 file found, 1 included"
    model.activate(model.index(3))
    assert model.added() == 1
    assert tester.model() is model


def test_published_files_are_collapsed_and_updated() -> None:
    model = PlanModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_plan(planned(item("a", PlanStatus.REFRESH)))
    assert rows(model) == [
        PlanHeading(PlanGroup.PRESENT, "1 file already in the library: date and size are updated", is_open=False)
    ]
    assert (len(model.chosen()), model.added()) == (1, 0)
    model.activate(model.index(0))
    assert model.rowCount() == 2


def test_long_group_ends_in_an_overflow_row() -> None:
    model = PlanModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_plan(planned(*(item(f"file{n}", PlanStatus.NEW) for n in range(6))))
    assert rows(model)[-1] == PlanOverflow(PlanGroup.NEW, 3, 3)
    model.activate(model.index(model.rowCount() - 1))
    assert [type(row) for row in rows(model)] == [PlanHeading, *[PlanLine] * 6]
    assert model.files(PlanGroup.NEW) == 6


def test_title_keeps_name_and_nearest_folders() -> None:
    assert tail("/a/b.exr") == "/a/b.exr"
    assert tail("C:\\show\\shot\\light\\beauty\\v1\\b.exr") == "light/beauty/v1/b.exr"


def test_lines_and_groups_are_left_out_with_their_check_boxes() -> None:
    model = PlanModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    lines = planned(item("a", PlanStatus.NEW), item("b", PlanStatus.NEW), item("c", PlanStatus.CHANGED))
    model.show_plan([*lines, *make_lines(Plan("", ()), [Failed("/d.exr", "The file is empty.")])])
    model.toggle(model.index(1))
    assert [record.identity.file_id for record in model.chosen()] == ["b", "c"]
    heading = rows(model)[0]
    assert isinstance(heading, PlanHeading)
    assert (heading.note, heading.check) == ("1 file will be added, 1 file skipped", Qt.CheckState.PartiallyChecked)
    model.toggle(model.index(0))
    assert model.added() == 3
    model.toggle(model.index(0))
    assert [record.identity.file_id for record in model.chosen()] == ["c"]
    failed = model.index(model.rowCount() - 1)
    model.toggle(failed)
    assert failed.data(Qt.ItemDataRole.CheckStateRole) is None
    assert model.added() == 1
    assert [plan_rows(line)[0][2] for line in model.all_lines()] == ["no", "no", "yes", "no"]


def test_lines_have_show_and_shot_of_the_path_template() -> None:
    template = parse_template("/mnt/prod/{show}/{shot}")
    outside = item("loose.1001", PlanStatus.NEW)
    other = replace(outside.record.identity, file_path_normalized="/tmp/loose.1001.exr")
    outside = replace(outside, record=replace(outside.record, identity=other))
    lines = make_lines(Plan("Local library", (item("a.1001", PlanStatus.NEW), outside)), (), template)
    assert [(line.show, line.shot) for line in lines] == [("orca", "OR_0420"), ("", "")]
    model = PlanModel()
    model.show_plan(lines)
    assert model.has_context
    assert model.index(1, 0).data() == f"{lines[0].title}, orca, OR_0420, 1 file, Not in the library yet"
    wide, narrow = (plan_columns(QRectF(0, 0, width, 40), has_context=True) for width in (606, 440))
    cells = (wide.name, wide.show, wide.shot, wide.count)
    assert all(left.right() <= right.left() for left, right in itertools.pairwise(cells))
    assert narrow.show.width() == narrow.shot.width() == 0
    model.show_plan(planned(item("a.1001", PlanStatus.NEW)))
    assert not model.has_context
