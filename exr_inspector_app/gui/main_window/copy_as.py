"""Selected rows of the session for other programs: copied as text, dragged as files, or shown in the file manager."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from exr_inspector_app.exr.sequences.grouping import frame_range
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.main_window.file_actions import FileActions
from exr_inspector_app.gui.main_window.path_data import OWN_ROWS
from exr_inspector_app.gui.session import strings
from exr_inspector_app.gui.session.copy_formats import CopyFormat, copy_text
from exr_inspector_app.gui.session.render_state import sequence_of
from exr_inspector_app.gui.session.session_pane import SessionPane

_SUBJECTS = {
    CopyFormat.NUKE: strings.NUKE_NODES,
    CopyFormat.RV: strings.RV_COMMAND,
    CopyFormat.RANGE: strings.PATH_RANGES,
}


class CopyAs(QObject):
    """Connects the actions of the menu **Copy as**, drags, and the file manager to the session list."""

    message = Signal(str)  # for the status bar

    def __init__(self, actions: Actions, pane: SessionPane, files: FileActions, parent: QObject) -> None:
        super().__init__(parent)
        self._pane, self._files, self._paths = pane, files, files.paths
        pane.view.create_drag_data = self._drag_data
        for kind in CopyFormat:
            actions[kind.value].triggered.connect(partial(self._copy, kind))
        actions.connect(copy_missing=self._copy_missing, reveal=self._reveal)

    def _drag_data(self) -> QMimeData:
        """Return the files of the selected rows, marked so that this window does not open them again."""
        data = self._paths.create_mime_data([entry.path for entry in self._pane.entries()])
        if data.formats():
            data.setData(OWN_ROWS, b"1")
        return data

    def _copy_missing(self) -> None:
        """Copy the missing frames of the selected sequences, one line each, in the notation of fileseq."""
        sequences = [sequence_of(node.entries) for node in self._pane.nodes() if node.entries]
        gaps = [frame_range(sequence.missing) for sequence in sequences if sequence.missing]
        if gaps:
            self._files.copy("\n".join(gaps), gaps[0] if len(gaps) == 1 else strings.MISSING_FRAMES)
        else:
            self.message.emit(strings.NO_MISSING_FRAMES)

    def _reveal(self) -> None:
        """Show the first selected file in the file manager."""
        if entries := self._pane.entries():
            self._files.reveal(entries[0].path)

    def _copy(self, kind: CopyFormat, _is_checked: bool = False) -> None:
        """Copy the selected sequences; frames of one sequence count as that part of it."""
        sequences = [sequence_of(node.entries) for node in self._pane.nodes() if node.entries]
        copied = copy_text(sequences, kind)
        if copied.text:
            QGuiApplication.clipboard().setText(copied.text)
        done = strings.copied_as(_SUBJECTS[kind], len(sequences) - len(copied.refused)) if copied.text else ""
        self.message.emit(" ".join(filter(None, (done, *copied.refused[:1]))))
