"""MIME data of a drag of file paths to other programs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QUrl


def paths_dragged(paths: Sequence[str]) -> QMimeData:
    """Paths as another program takes them: as links and as text."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    data.setText("\n".join(paths))
    return data
