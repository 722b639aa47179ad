"""MIME data for dragging file paths to other programs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QUrl


def create_path_mime_data(paths: Sequence[str]) -> QMimeData:
    """Return MIME data that holds the paths as URLs and as plain text."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    data.setText("\n".join(paths))
    return data
