"""A second start hands its paths to the running window."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from exr_inspector_app.cli import parsers
from exr_inspector_app.gui.main_window.single_instance import InstanceServer, _server_name, hand_over
from exr_inspector_app.gui.main_window.window import MainWindow
from tests.exr_files import write_exr

CHECKOUT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")


@pytest.fixture
def server(window: MainWindow) -> InstanceServer:
    """Return the server of the window, as the program starts it."""
    made = InstanceServer(window)
    made.paths_received.connect(window.open_from_other_start)
    assert made.listen()
    return made


def test_second_start_opens_its_paths_in_the_running_window(
    window: MainWindow, server: InstanceServer, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    write_exr(tmp_path / "late.exr")
    window.showMinimized()
    start = [sys.executable, "-m", "exr_inspector_app", "late.exr"]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(start, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        qtbot.waitUntil(lambda: process.poll() is not None)
        assert (process.returncode, process.communicate()[1]) == (0, "")
    settle()
    assert window.inspector.header.name.text() == "late.exr"
    assert not window.isMinimized()
    server.close()


@pytest.mark.skipif(os.name == "nt", reason="a pipe there")
def test_foreign_request_is_dropped_and_a_socket_left_behind_is_replaced(
    window: MainWindow, server: InstanceServer, qtbot: QtBot
) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(_server_name())
        client.sendall(b'{"paths": "all of them"}\n')
        client.setblocking(False)
        qtbot.waitUntil(lambda: _is_closed(client))
    assert not len(window.controller.session)
    server.close()
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(_server_name())  # not listening
        assert not hand_over(["/a.exr"])
        assert server.listen()
    server.close()
    assert not Path(_server_name()).exists()


def _is_closed(client: socket.socket) -> bool:
    try:
        return client.recv(100) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_new_window_is_an_option() -> None:
    assert parsers.window_parser().parse_args(["--new-window", "a.exr"]).new_window
    assert not parsers.window_parser().parse_args(["a.exr"]).new_window
