"""Desktop notifications: their way, without a tray too."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from exr_inspector_app.gui.main_window.desktop_notifier import PROGRAM, Channel, DesktopNotifier, choose_channel


@pytest.mark.parametrize(
    ("is_active", "has_tray", "has_program", "channel"),
    [
        (True, True, True, Channel.WINDOW),
        (True, False, False, Channel.WINDOW),
        (False, True, True, Channel.TRAY),
        (False, False, True, Channel.PROGRAM),
        (False, False, False, Channel.ALERT),
    ],
)
def test_way_of_a_notice(is_active: bool, has_tray: bool, has_program: bool, channel: Channel) -> None:
    assert choose_channel(is_active=is_active, has_tray=has_tray, has_program=has_program) is channel


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other desktops always have a tray")
@pytest.mark.qt_log_ignore("plugin does not support")
def test_desktop_without_tray_gets_the_notice_by_its_program(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not QSystemTrayIcon.isSystemTrayAvailable()  # of the offscreen platform
    window = QWidget()
    qtbot.addWidget(window)
    notifier = DesktopNotifier(window)
    monkeypatch.setenv("PATH", str(tmp_path))
    notifier.show_icon("watching 1 row")
    assert notifier.notify("beauty v018: render complete", "", is_problem=False) is Channel.ALERT
    out = tmp_path / "arguments"
    program = tmp_path / PROGRAM
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {out}.new && /bin/mv {out}.new {out}\n')
    program.chmod(0o755)
    title = "--beauty v018: frame 1043 has NaN"
    assert notifier.notify(title, "/a/<b>&c.exr", is_problem=True) is Channel.PROGRAM
    qtbot.waitUntil(lambda: os.path.exists(out))
    assert out.read_text().splitlines()[2:] == ["--urgency=critical", "--", title, "/a/&lt;b&gt;&amp;c.exr"]
    notifier.show_icon("")
