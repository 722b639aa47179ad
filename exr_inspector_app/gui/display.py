"""Probe for a display: Qt aborts the process where the X server of $DISPLAY is gone."""

from __future__ import annotations

import os
import re
import socket
import sys

_LOCAL = re.compile(r"(?:unix|localhost)?:([0-9]{1,5})(?:\.[0-9]+)?")  # also of a connection that ssh forwards
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
