"""Selection after the user opened files: its first file, or its first readable one if that is damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from exr_inspector_app.gui.session.session import SessionFile

FileCallback = Callable[[SessionFile], None]


@dataclass(slots=True, eq=False)
class _Opening:
    """State of one opening: the path to prefer, its files in order, and how many of the first ones are not readable."""

    preferred: str
    files: dict[SessionFile, None] = field(default_factory=dict)
    shown: SessionFile | None = None
    failed: int = 0

    def first_readable(self) -> SessionFile | None:
        """Return the first readable file; None while one before it is not inspected, since workers change the order."""
        for entry in islice(self.files, self.failed, None):
            if entry.is_waiting:
                return None
            if not entry.is_failed:
                return entry
            self.failed += 1
        return None


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
        opening.files[entry] = None
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
        readable = opening.first_readable()
        if readable is None:
            return
        self._current = None
        opening.files.clear()
        if readable is not opening.shown:
            self._show(readable)
