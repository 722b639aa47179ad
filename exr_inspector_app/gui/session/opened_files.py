"""Selection after the user opened files: its first file, or its first readable one if that is damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from exr_inspector_app.gui.session.session import SessionFile

FileCallback = Callable[[SessionFile], None]


@dataclass(slots=True, eq=False)
class _Opening:
    """State of one opening: the path to prefer, the file that was shown for it, and the first readable one."""

    preferred: str
    shown: SessionFile | None = None
    readable: SessionFile | None = None


class OpenedFiles:
    """Observer of the last opening; an earlier one that is still being inspected selects nothing any more."""

    def __init__(self, show: FileCallback, selection: Callable[[], SessionFile | None]) -> None:
        """Create an observer.

        Args:
            show: Called with the file that should be selected.
            selection: Returns the selected file.
        """
        self._show, self._selection = show, selection
        self._current: _Opening | None = None

    def watch(self, preferred: str = "") -> FileCallback:
        """Start to observe an opening; the result is called for each file that is found, and again once inspected.

        Args:
            preferred: Path of the file to select, instead of the first one.
        """
        self._current = opening = _Opening(preferred)
        return partial(self._on_file, opening)

    def _on_file(self, opening: _Opening, entry: SessionFile) -> None:
        if opening is not self._current:
            return
        if opening.shown is None:
            opening.shown = entry
            self._show(entry)
        elif self._selection() is not opening.shown:  # the user has selected another file since
            self._current = None
            return
        if opening.preferred:
            if entry.path == opening.preferred:
                self._current = None
                self._show(entry)
            return
        if opening.readable is None and not entry.is_waiting and not entry.is_failed:
            opening.readable = entry
        if opening.shown.is_waiting or opening.readable is None:
            return
        self._current = None
        if opening.shown.is_failed:
            self._show(opening.readable)
