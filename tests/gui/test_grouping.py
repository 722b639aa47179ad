"""Groups of the session list: none, opened folders, a tree of folders, and show, shot and task."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.config import writer
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.session.group_painting import shorten_row_name
from exr_inspector_app.gui.session.grouping import Grouper, Grouping, Level, Location
from exr_inspector_app.gui.session.incremental_sorter import IncrementalSorter
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_delegate import with_hidden_version
from exr_inspector_app.gui.session.session_model import SessionModel
from exr_inspector_app.gui.session.session_nodes import NODE
from exr_inspector_app.gui.session.sort_filter import Order
from exr_inspector_app.gui.style import theme
from exr_inspector_app.persistence.query.derived_columns import parse_template
from tests.exr_files import write_exr
from tests.gui.test_incremental_sorter import sort
from tests.gui.test_session import read

pytestmark = [pytest.mark.usefixtures("qapp"), pytest.mark.qt_log_ignore("propagateSizeHints")]

TEMPLATE = parse_template("/prod/{show}/{shot}/{task}/*/{version}")
Tree = dict[str, object]


def tree(model: SessionModel, parent: QModelIndex | None = None) -> Tree:
    """The names of the listed groups and rows."""
    at = parent or QModelIndex()
    indexes = [model.index(row, 0, at) for row in range(model.rowCount(at))]
    return {index.data(): None if index.data(NODE).key else tree(model, index) for index in indexes}


def files(*paths: str) -> list[SessionFile]:
    return [SessionFile(path) for path in paths]


def test_grouper_locates_rows() -> None:
    path, opened = "/prod/orca/OR_0420/lighting/beauty/v017/b.1001.exr", "/prod/orca"

    def locate(grouping: Grouping, path: str = path, template: str = "") -> Location:
        return Grouper(grouping, parse_template(template) if template else TEMPLATE).locate(path, opened)

    assert locate(Grouping.NONE) == Location()
    assert locate(Grouping.OPENED) == Location((Level(opened),), opened)
    folders = tuple(map(Level, (opened, "OR_0420", "lighting", "beauty")))
    assert locate(Grouping.FOLDER) == Location(folders, "/prod/orca/OR_0420/lighting/beauty")
    assert locate(Grouping.FOLDER, "/prod/orca/a.exr") == Location((Level(opened),), opened)
    shot = (Level("orca", "show"), Level("OR_0420", "shot"))
    task = Level("lighting / beauty", "task")
    assert locate(Grouping.SHOT) == Location((*shot, task), "/prod/orca/OR_0420/lighting/beauty")
    assert locate(Grouping.SHOT, "/prod/orca/OR_0420/a.exr") == Location(shot, "/prod/orca/OR_0420")
    by_shot = Location(shot[1:], "/prod/orca/OR_0420")
    assert locate(Grouping.SHOT, template="/prod/*/{shot}/*/*/{version}") == by_shot
    elsewhere = locate(Grouping.SHOT, "/home/me/a.exr")
    assert elsewhere == Location((Level(opened),), opened)


def test_rows_move_between_groups_and_leave_no_empty_ones() -> None:
    model = SessionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    beauty = "/prod/orca/OR_0420/lighting/beauty"
    made = files(f"{beauty}/v016/b.1001.exr", f"{beauty}/v016/b.1002.exr", "/prod/kelp/KP_0040/fx/x/v001/x.exr")
    other = files("/home/me/a.exr")
    model.add(made, ["/prod"])
    model.add(other, ["/home/me"])
    opened = {
        "/prod": {
            "orca/OR_0420/lighting/beauty/v016/b.####.exr": None,
            "kelp/KP_0040/fx/x/v001/x.exr": None,
        },
        "/home/me": {"a.exr": None},
    }
    assert tree(model) == opened
    model.set_grouper(Grouper(Grouping.SHOT, TEMPLATE))
    late = files(f"{beauty}/v017/b.1001.exr", "/prod/orca/OR_0435/fx/x/v001/x.exr")
    model.add(late, ["/prod"])
    beauties = {"v016/b.####.exr": None, "v017/b.1001.exr": None}
    assert tree(model) == {
        "orca": {"OR_0420": {"lighting / beauty": beauties}, "OR_0435": {"fx / x": {"v001/x.exr": None}}},
        "kelp": {"KP_0040": {"fx / x": {"v001/x.exr": None}}},
        "/home/me": {"a.exr": None},
    }
    orca = model.index(0, 0).data(NODE)
    assert (orca.totals.rows, orca.totals.files) == (3, 4)
    frame = model.index(1, 0, model.index_of(made[0])).data()
    assert frame.endswith("b.1002.exr")
    model.remove([*late, made[2]])
    assert tree(model) == {"orca": {"OR_0420": {"lighting / beauty": {"v016/b.####.exr": None}}}, **opened_home(opened)}
    model.set_grouper(Grouper(Grouping.NONE))
    assert tree(model) == {f"{beauty}/v016/b.####.exr": None, "/home/me/a.exr": None}
    model.set_grouper(Grouper(Grouping.FOLDER))
    folders: Tree = {"orca/OR_0420/lighting/beauty": {"v016/b.####.exr": None}}  # one folder in each: one group
    assert tree(model) == {"/prod": folders, **opened_home(opened)}
    many = files(*(f"/prod/kelp/{shot}/fx/x/v001/x.exr" for shot in range(30)))
    model.add(many, ["/prod"])
    selected = QPersistentModelIndex(model.index_of(made[0]))
    model.remove([*many, *other])
    assert tree(model) == {"/prod": folders}
    assert selected == model.index_of(made[0])
    model.remove(made)
    assert tree(model) == {}
    assert (model.count, model.listed) == (0, 0)


def test_chains_of_folders_are_merged_and_split(qtbot: QtBot) -> None:
    model = SessionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    sorter = IncrementalSorter(model, model)
    sorter.set_grouper(Grouper(Grouping.FOLDER))
    deep = files("/p/a/b/c/v1/x.exr", "/p/a/b/c/v2/x.exr")

    def wait_for(expected: Tree) -> None:
        qtbot.waitUntil(lambda: tree(model) == expected)

    model.add(deep, ["/p"])
    versions: Tree = {"v1/x.exr": None, "v2/x.exr": None}
    wait_for({"/p": {"a/b/c": versions}})
    index = model.index_of(deep[0]).parent()
    held = QPersistentModelIndex(index)
    assert (index.data(NODE).depth, model.parent(index).data()) == (1, "/p")
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole).startswith("a/b/c\n2 files")
    side = files("/p/a/side/v1/y.exr")  # below a merged folder: hidden until the chain is split
    model.add(side, ["/p"])
    wait_for({"/p": {"a": {"b/c": versions, "side": {"v1/y.exr": None}}}})
    assert (held.data(), index.data(NODE).depth) == ("b/c", 2)
    model.remove([*side, deep[0]])
    wait_for({"/p": {"a/b/c": {"v2/x.exr": None}}})
    own = files("/p/a/b/z.exr", "/p/a/b/c/d/e/v1/z.exr")
    model.add(own, ["/p"])
    wait_for({"/p": {"a": {"b/z.exr": None, "b/c": {"d/e": {"v1/z.exr": None}, "v2/x.exr": None}}}})
    model.remove([*own, deep[1]])
    wait_for({})


def test_changes_while_rows_are_regrouped_are_kept(qtbot: QtBot) -> None:
    model = SessionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    made = files(*(f"/prod/s{at % 3}/t/v1/x.{at:04d}.exr" for at in range(30)), "/prod/gone/t/v1/x.exr")
    model.add(made, ["/prod"])
    pending = model.prepare(Grouper(Grouping.SHOT, parse_template("/prod/{show}/{shot}/{version}")))
    for _ in pending.steps():
        pass
    late = files("/prod/s0/t/v1/x.0100.exr", "/prod/late/t/v1/x.exr")
    model.add(late, ["/prod"])
    model.remove([made[-1], *(entry for entry in made if "/s2/" in entry.path)])
    model.regroup(pending)
    row: Tree = {"t": {"v1/x.####.exr": None}}
    assert tree(model) == {"s0": row, "s1": row, "late": {"t": {"v1/x.exr": None}}}
    totals = [model.index(at, 0).data(NODE).totals for at in range(3)]
    assert [(each.rows, each.listed, each.files) for each in totals] == [(1, 1, 11), (1, 1, 10), (1, 1, 1)]


def opened_home(opened: Tree) -> Tree:
    return {"/home/me": opened["/home/me"]}


def test_issues_come_first_and_filters_hold_in_a_tree(tmp_path: Path, qtbot: QtBot) -> None:
    model = SessionModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    sorter = IncrementalSorter(model, model)
    template = parse_template(f"{tmp_path}/{{show}}/{{shot}}")
    sorter.set_grouper(Grouper(Grouping.SHOT, template))
    paths = ["a/s1/good.exr", "b/s1/half.exr", "b/s2/good.exr", "c/s1/good.exr", "c/s1/bad.exr"]
    made = [SessionFile(str(write_exr(tmp_path / path, **facts(path)))) for path in paths]
    Path(made[-1].path).write_bytes(b"no")
    for entry in made:
        read(entry)
    model.add(made, [str(tmp_path)])
    sort(qtbot, sorter, order=Order.ISSUES)
    assert tree(model) == {
        "c": {"s1": {"bad.exr": None, "good.exr": None}},
        "b": {"s1": {"half.exr": None}, "s2": {"good.exr": None}},
        "a": {"s1": {"good.exr": None}},
    }
    assert list(tree(model)) == ["c", "b", "a"]
    totals = [model.index(row, 0).data(NODE).totals for row in range(3)]
    assert [(each.errors, each.warnings) for each in totals] == [(1, 0), (0, 1), (0, 0)]
    sort(qtbot, sorter, text="good")
    assert list(tree(model)) == ["c", "b", "a"]
    assert tree(model)["b"] == {"s2": {"good.exr": None}}
    sorter.set_grouper(Grouper(Grouping.FOLDER))
    qtbot.waitUntil(lambda: model.grouper.grouping is Grouping.FOLDER and model.filter == sorter.requested)
    assert tree(model) == {str(tmp_path): {show: {f"s{2 if show == 'b' else 1}/good.exr": None} for show in "cba"}}
    assert (model.listed, model.count) == (3, 5)


def facts(path: str) -> dict[str, int]:
    return {"height": 10, "present": 4} if "half" in path else {}


def test_shortened_names_keep_the_version(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    font, name = theme.ui_font(13), "v017/a_long_name_of_a_layer.####.exr"
    assert shorten_row_name(name, font, 120, indent=20).startswith("v017/")
    assert shorten_row_name(name, font, 40, indent=20) == "v017"
    flat = shorten_row_name(name, font, 120, indent=0)
    assert with_hidden_version("1001–1010, 10 frames", name, flat) == "v017, 1001–1010, 10 frames"
    assert with_hidden_version("1 file", name, name) == "1 file"


def test_grouping_is_chosen_in_the_menu(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    write_exr(tmp_path / "orca" / "s1" / "a.exr")
    write_exr(tmp_path / "orca" / "s2" / "b.exr")
    window.open_paths([str(tmp_path)])
    qtbot.waitUntil(lambda: window.session_model.count == 2 and window.controller.is_settled)
    settle()
    selection = window.controller.files.selection
    groupings = window.actions_.groupings
    assert window.session.bar.count.text() == "2 items, 2 files"
    groupings[Grouping.SHOT].trigger()
    assert "path template" in window.status.text
    assert groupings[Grouping.OPENED].isChecked()
    writer.save_settings({"path_template": f"{tmp_path}/{{show}}/{{shot}}"}, {})
    window.controller.targets.configure(config.load())
    groupings[Grouping.SHOT].trigger()
    assert tree(window.session_model) == {"orca": {"s1": {"a.exr": None}, "s2": {"b.exr": None}}}
    assert window.session.bar.count.text() == "1 show, 2 shots, 2 files"
    view, top = window.session.view, window.session_model.index(0, 0)
    assert view.isExpanded(top)
    assert view.isExpanded(window.session_model.index(1, 0, top))
    assert window.controller.files.selection is selection
    view.setCurrentIndex(top)
    assert len(window.session.entries()) == 2
    window.actions_["close_folders"].trigger()
    assert not view.isExpanded(top)
    writer.save_settings({"path_template": f"{tmp_path}/*/{{shot}}"}, {})
    window.controller.targets.configure(config.load())
    assert tree(window.session_model) == {"s1": {"a.exr": None}, "s2": {"b.exr": None}}
    assert window.session.bar.count.text() == "2 shots, 2 files"
    settle()
