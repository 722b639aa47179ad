"""Stop checks: callbacks by which a caller cancels work."""

from __future__ import annotations

from collections.abc import Callable

from exr_inspector_app.typing_forms import TypeAlias

StopCheck: TypeAlias = Callable[[], bool]  # polled during work; True cancels it


def never_stop() -> bool:
    """Return False: a stop callback that never cancels."""
    return False
