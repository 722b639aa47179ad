"""Single running window: a local server per user and display that takes paths from later starts.

The protocol is one line of JSON in each direction: `{"paths": [...]}`, and the reply `{"opened": true}`.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from exr_inspector_app.config import APP, settings_file
from exr_inspector_app.operating_system import is_own, user_id

CONNECT_TIMEOUT_MS, REPLY_TIMEOUT_MS = 500, 3000
MAX_REQUEST_BYTES = 8 * 2**20
_REPLY = b'{"opened": true}\n'
_KEYS = ("DISPLAY", "WAYLAND_DISPLAY", "SESSIONNAME")  # a window on another display is no help to the user


def hand_over(paths: Sequence[str]) -> bool:
    """Ask the running window of this user to open the paths and to come to the front.

    Returns:
        False if there is no such window, or it does not answer; the caller then opens its own.
    """
    socket = _connect()
    if socket is None:
        return False
    socket.write(json.dumps({"paths": list(paths)}).encode() + b"\n")
    socket.flush()
    while not socket.canReadLine():
        if not socket.waitForReadyRead(REPLY_TIMEOUT_MS):
            return False
    is_opened = bytes(socket.readLine(len(_REPLY) + 1).data()) == _REPLY
    socket.disconnectFromServer()
    return is_opened


class InstanceServer(QObject):
    """Server of the first window; without it, as where the socket cannot be created, each start has its window."""

    paths_received = Signal(list)  # list[str], which may be empty

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def listen(self) -> bool:
        """Listen, unless another window of this user does; a socket left by a crash is replaced."""
        if _connect() is not None:
            return False
        name = _server_name()
        if _is_own(name):
            QLocalServer.removeServer(name)
        return self._server.listen(name)

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._server.close()

    @Slot()
    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setReadBufferSize(MAX_REQUEST_BYTES)
            socket.readyRead.connect(self._on_data)
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    @Slot()
    def _on_data(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        """Answer a whole request; drop a client that sends anything else."""
        if not socket.canReadLine():
            if socket.bytesAvailable() >= MAX_REQUEST_BYTES:
                socket.abort()
            return
        paths = _parse(bytes(socket.readLine().data()))
        if paths is None:
            socket.abort()
            return
        socket.write(_REPLY)
        socket.flush()
        self.paths_received.emit(paths)


def _parse(line: bytes) -> list[str] | None:
    """Return the paths of a request; None for anything else."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return None
    paths = request.get("paths") if isinstance(request, dict) else None
    is_valid = isinstance(paths, list) and all(isinstance(path, str) for path in paths)
    return paths if is_valid else None


def _connect() -> QLocalSocket | None:
    name = _server_name()
    if not _is_own(name):
        return None
    socket = QLocalSocket()
    socket.connectToServer(name)
    return socket if socket.waitForConnected(CONNECT_TIMEOUT_MS) else None


def _server_name() -> str:
    """Return the path of the socket, or the name of the pipe on Windows, for this user, settings and display."""
    scope = "\n".join([str(settings_file()), *(os.environ.get(key, "") for key in _KEYS)])
    name = f"{APP}-{_user()}-{hashlib.sha256(scope.encode(errors='replace')).hexdigest()[:12]}"
    if os.name == "nt":
        return name
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return str(Path(folder if os.path.isdir(folder) else tempfile.gettempdir()) / name)


def _user() -> str:
    number = user_id()
    return hashlib.sha256(getpass.getuser().encode()).hexdigest()[:12] if number is None else str(number)


def _is_own(name: str) -> bool:
    """Return False for a socket of another user, who must not learn which files are opened."""
    if user_id() is None:
        return True
    try:
        return is_own(os.lstat(name))
    except OSError:
        return False
