"""Probe for a display and its libraries: Qt aborts the process where the X server is gone or a library is missing."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys

_LOCAL = re.compile(r"(?:unix|localhost)?:([0-9]{1,5})(?:\.[0-9]+)?")  # also of a connection that ssh forwards
# Libraries that the xcb plug-in of Qt loads and small systems lack.
_XCB_LIBRARIES = """
libX11-xcb.so.1 libxcb-cursor.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1 libxcb-randr.so.0
libxcb-render-util.so.0 libxcb-shape.so.0 libxcb-sync.so.1 libxcb-xfixes.so.0 libxcb-xkb.so.1 libxkbcommon-x11.so.0
""".split()
_X_PORT = 6000
_TIMEOUT_S = 2.0


def has_display() -> bool:
    """Return False on a Linux machine without a display that answers, unless a Qt platform is set."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    local = _LOCAL.fullmatch(display)
    return bool(display) if local is None else _answers(int(local.group(1)))


def missing_library() -> str:
    """Return the name of a missing library that a window on an X server needs; empty if none is missing."""
    is_other = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb"
    if is_other or not sys.platform.startswith("linux"):
        return ""
    return next((name for name in _XCB_LIBRARIES if not _loads(name)), "")


def main() -> int:
    """Start Qt and print its platform and version: the process that `doctor` starts."""
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(["exr-inspector"])
    sys.stdout.write(f"{application.platformName()} {qVersion()}\n")
    return 0


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _answers(number: int) -> bool:
    """Return True if an X server of this machine accepts connections."""
    if sys.platform == "win32":
        return False
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - the place of X servers
    places: list[tuple[socket.AddressFamily, str | tuple[str, int]]] = [
        (socket.AF_UNIX, path),
        (socket.AF_UNIX, f"\0{path}"),
    ]
    if _X_PORT + number < 2**16:
        places.append((socket.AF_INET, ("127.0.0.1", _X_PORT + number)))
    return any(_connects(family, place) for family, place in places)


def _connects(family: socket.AddressFamily, place: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_TIMEOUT_S)
        try:
            probe.connect(place)
        except OSError:
            return False
    return True
