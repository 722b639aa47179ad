"""Names, roles and values of the window's controls, as screen readers of any system get them from Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.widgets.dropdown import Dropdown

pytestmark = pytest.mark.qt_log_ignore("plugin does not support")

Role, Text = QAccessible.Role, QAccessible.Text


def test_every_control_has_a_name_and_a_role(window: MainWindow, shot: Path, settle: Callable[[], None]) -> None:
    window.open_paths([str(shot)])
    settle()
    window.actions_["hold"].trigger()
    settle()
    states = [lambda page=page: window.dock.show_page(page) for page in range(4)]
    states += [lambda page=page: window.inspector.tabs.setCurrentIndex(page) for page in range(4)]
    states += [window.actions_["publish"].trigger, window.actions_["settings"].trigger]
    unnamed, roles = set[str](), set[Role]()
    for show in states:
        show()
        settle()
        for widget in window.findChildren(QWidget):
            if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or not widget.isVisible():
                continue
            found = QAccessible.queryAccessibleInterface(widget)
            roles.add(found.role())
            if found.role() is Role.NoRole or not (found.text(Text.Name) or widget.accessibleName()).strip():
                unnamed.add(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}: {found.role()}")
            if isinstance(widget, Dropdown):
                assert found.text(Text.Description)
    assert unnamed == set()
    assert roles >= {
        Role.Button,
        Role.CheckBox,
        Role.ComboBox,
        Role.EditableText,
        Role.Tree,
        Role.PageTabList,
    }
    view = QAccessible.queryAccessibleInterface(window.session.view)
    texts = [view.child(at).text(Text.Name) for at in range(view.childCount())]
    assert "beauty.####.exr" in texts
    row = view.child(texts.index("beauty.####.exr"))
    assert row.state().focusable or row.state().selectable
    settle()
