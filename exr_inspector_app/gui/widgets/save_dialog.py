"""The dialog for the name of a table, beside which everything goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

FILES, HITS, PLANS = "Tables (*.csv *.parquet)", "Tables (*.csv)", "Tables (*.csv);;JSON (*.json)"


def ask_name(
    window: QWidget, name: str, kinds: str, export: Callable[[Path], None], title: str = "Export list"
) -> None:
    """What a person chooses is exported to."""
    dialog = QFileDialog(window, title, name, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.fileSelected.connect(lambda chosen: export(Path(chosen)))
    dialog.open()
