"""Commands: every action of the window and every button of a pane is found in the palette, and has its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from exr_inspector_app import config
from exr_inspector_app.config import resource
from exr_inspector_app.contracts import Batch
from exr_inspector_app.gui.library.library_rows import COLUMNS
from exr_inspector_app.gui.main_window.command_palette import GROUP_TITLE, action_text
from exr_inspector_app.gui.main_window.command_words import GROUP, GROUPS
from exr_inspector_app.gui.main_window.pane_commands import button_text, pane_buttons
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.tab_dock import LIBRARY
from exr_inspector_app.persistence.local import LocalStore
from tests.exr_files import write_exr

Settle = Callable[[], None]
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def shown(window: MainWindow) -> list[str]:
    model = window.command_palette.model
    return [model.index(row).data() for row in range(model.rowCount())]


def plain(text: str) -> str:
    return text.replace("&", "").rstrip("…").casefold()


def test_every_action_of_window_and_panes_is_in_the_palette_and_has_its_words(
    window: MainWindow, shot: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_paths([str(shot)])
    settle()
    window.actions_["commands"].trigger()
    model = window.command_palette.model
    listed = {plain(text) for text in shown(window)}
    buttons = [button for pane in window.commands.panes for button in pane_buttons(pane)]
    assert len(buttons) > 20
    assert [button_text(one) for one in buttons if one.isEnabled() and plain(button_text(one)) not in listed] == []
    assert [button_text(one) for one in buttons if not (one.toolTip() or one.text())] == []
    actions: list[QAction] = window.actions_.all()
    assert [action.text() for action in actions if action.isEnabled() and plain(action.text()) not in listed] == []
    assert {str(action.property(GROUP)) for action in actions} == set(GROUPS)
    titles = [title for row in range(model.rowCount()) if (title := model.index(row).data(GROUP_TITLE))]
    assert titles[: len(GROUPS)] == list(GROUPS)
    assert len(titles) == len(set(titles))
    keys = (resource("help") / "shortcuts.md").read_text(encoding="utf-8")
    without_help = [
        action_text(action)
        for action in actions
        if not action.shortcut().toString() and f"| {action_text(action).rstrip('…')} |" not in keys
    ]
    assert without_help == []
    assert "Expand all" in shown(window)
    for typed, found in (("exit", "Quit"), ("preferences", "Settings…"), ("nan", "Mark NaN and infinite pixels")):
        model.set_filter(typed)
        assert found in shown(window), typed
    window.command_palette.field.setText("library export")
    (name,) = [text for text in shown(window) if text.startswith("Export")]
    assert name == "Export list"


def test_commands_of_panes_have_key_or_help_and_act_on_their_rows(
    window: MainWindow, shot: Path, tmp_path: Path, settle: Settle, qtbot: QtBot
) -> None:
    write_exr(tmp_path / "other.exr")
    window.open_paths([str(shot), str(tmp_path / "other.exr")])
    settle()
    library = config.load().library
    LocalStore(library).publish(Batch(tuple(window.controller.session.records()), "elsewhere", "someone"))
    window.controller.check_library()
    actions, session = window.actions_, window.session
    actions["similar"].trigger()
    qtbot.waitUntil(lambda: window.similar.count > 1)
    window.similar.view.setCurrentIndex(window.similar.model.index(1, 0))
    window.dock.show_page(LIBRARY)
    qtbot.waitUntil(lambda: window.library.model.rowCount() > 0)
    window.library.view.setCurrentIndex(window.library.model.index(0, 0))
    session.view.setFocus()
    session.view.selectAll()
    actions["compare"].trigger()
    actions["hold"].trigger()
    settle()
    commands = [one for one in window.commands.actions() if one not in set(actions.all())]
    texts = {one.text().replace("&&", "&"): one for one in commands}
    for text in ("Wipe", "Headers", "Set-up", "Add to compare", "Sort by: Renderer", "Exact search", "Copy name"):
        assert text in texts
    help_text = (resource("help") / "shortcuts.md").read_text(encoding="utf-8")
    from_files = ("Show ", "Remove ")  # names of a layer, or of a compared file
    assert [text for text in texts if f"| {text} |" not in help_text and not text.startswith(from_files)] == []
    assert [text for text, one in texts.items() if not one.toolTip()] == []
    texts["Wipe"].trigger()
    assert window.comparison.presenter.bar.modes.current == "wipe"
    window.dock.show_page(LIBRARY)
    texts["Sort by: Renderer"].trigger()
    assert window.library.view._order[0] == [column.title for column in COLUMNS].index("Renderer")
    actions["end_comparison"].trigger()
    settle()


def test_problem_key_goes_around_the_listed_problems(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    folder = tmp_path / "shot"
    for frame in (1001, 1002, 1003, 1004):
        write_exr(folder / f"a.{frame}.exr")
    (folder / "a.1003.exr").write_bytes(b"no EXR file")
    write_exr(folder / "b.exr", present=1)
    window.open_paths([str(folder)])
    settle()
    visited = []
    for action in ("next_problem", "next_problem", "next_problem", "previous_problem"):
        window.actions_[action].trigger()
        settle()
        selection = window.controller.files.selection
        assert selection is not None
        visited.append(Path(selection.path).name)
    assert visited == ["a.1003.exr", "b.exr", "a.1003.exr", "b.exr"]
    files = window.controller.files
    files.remove([one for one in files.session if one.is_failed or "b.exr" in one.path])
    settle()
    window.actions_["next_problem"].trigger()
    assert files.selection is not None
    assert files.selection.path.endswith("a.1004.exr")  # a frame is missing before it
    files.remove([files.selection])
    settle()
    window.actions_["next_problem"].trigger()
    assert window.status.text == "No problem in the listed files."
    assert window.dock.current_page != LIBRARY
