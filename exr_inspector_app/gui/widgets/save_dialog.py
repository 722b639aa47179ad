"""Non-modal save dialog for exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from exr_inspector_app.gui.widgets import strings


def open_save_dialog(
    window: QWidget,
    name: str,
    name_filter: str,
    on_accepted: Callable[[Path], None],
    title: str = strings.EXPORT_LIST,
    suffix: str = "csv",
) -> None:
    """Open a save dialog and call `on_accepted` with the path that the user selects, by default with `suffix`."""
    dialog = QFileDialog(window, title, name, name_filter)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.fileSelected.connect(lambda path: on_accepted(Path(path)))
    dialog.open()
