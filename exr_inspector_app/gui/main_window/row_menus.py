"""What can be done with the rows of the similar list and of the library, as menus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from exr_inspector_app.exr.sequences.grouping import format_ranges
from exr_inspector_app.gui.library.library_rows import COLUMNS, LibraryRow, missing_frames
from exr_inspector_app.gui.library.library_view import LibraryView
from exr_inspector_app.gui.main_window.file_actions import NO_VIEWER, FileActions
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.similar.similar_model import HitRow
from exr_inspector_app.gui.style import icons


class RowMenus(QObject):
    """Makes menus that go when they are closed; what concerns the window is told."""

    open_wanted = Signal(list)  # paths
    like_wanted = Signal(list)  # list[Subject]
    compare_wanted = Signal(list)  # list[Subject]
    reference_wanted = Signal()  # the selected hits beside their reference

    def __init__(self, files: FileActions, window: QWidget) -> None:
        super().__init__(window)
        self.files, self._window = files, window

    def of_hits(self, hits: Sequence[HitRow]) -> QMenu:
        """For selected hits."""
        subjects = [FileRef(one.hit.file_path, one.hit.file_id) for one in hits]
        menu = self._menu([one.path for one in hits], subjects)
        words = "More like this" if len(hits) == 1 else f"More like these {len(hits)}"
        self._add(menu, "similar", words, lambda: self.like_wanted.emit(subjects))
        self._add(menu, "compare", "Compare with the reference", self.reference_wanted.emit)
        self._add_compare(menu, subjects)
        return menu

    def of_rows(self, rows: Sequence[LibraryRow], table: LibraryView) -> QMenu:
        """For selected rows of the library."""
        subjects = subjects_of(rows)
        menu = self._menu([row.path for row in rows], subjects)
        self._add(menu, "similar", "Find similar", lambda: self.like_wanted.emit(subjects))
        self._add_compare(menu, subjects)
        gaps = format_ranges(missing_frames(rows[0].listed)) if len(rows) == 1 else ""
        copy = self._add(menu, "copy", "Copy missing frames", lambda: self.files.copy(gaps, f"{gaps} is"))
        copy.setEnabled(bool(gaps))
        order = menu.addMenu(icons.icon("sort"), "Sort by")
        for at, column in enumerate(COLUMNS):
            if not table.isColumnHidden(at):
                self._add(order, "", column.title, partial(table.sort_by, at))
        return menu

    def _menu(self, paths: list[str], subjects: Sequence[FileRef]) -> QMenu:
        """What can be done with any files."""
        menu, files = QMenu(self._window), self.files
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        self._add(menu, "open", "Open", lambda: self.open_wanted.emit(paths))
        view = self._add(menu, "play", f"Open in {files.viewer_name}", lambda: files.view(paths))
        view.setEnabled(files.has_viewer)
        view.setToolTip("" if files.has_viewer else NO_VIEWER)
        self._add(menu, "folder", "Show in folder", lambda: files.reveal(subjects[0].path))
        several = len(paths) > 1
        what = f"{len(paths)} paths are" if several else "The path is"
        words = "Copy paths" if several else "Copy path"
        self._add(menu, "copy", words, lambda: files.copy("\n".join(paths), what))
        return menu

    def _add_compare(self, menu: QMenu, subjects: list[FileRef]) -> None:
        words = "Add to compare" if len(subjects) == 1 else f"Compare these {len(subjects)}"
        self._add(menu, "compare", words, lambda: self.compare_wanted.emit(subjects))

    def _add(self, menu: QMenu, glyph: str, words: str, do: Callable[[], object]) -> QAction:
        action = menu.addAction(icons.icon(glyph), words) if glyph else menu.addAction(words)
        action.triggered.connect(lambda _checked=False: do())
        return action


def subjects_of(rows: Sequence[LibraryRow]) -> list[FileRef]:
    """The newest file of each row."""
    return [FileRef(str(row.listed.file["file_path"]), str(row.listed.file["file_id"])) for row in rows]
