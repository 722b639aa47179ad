"""Context menus for the rows of the Similar and Library panes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from exr_inspector_app.exr.sequences.grouping import format_ranges
from exr_inspector_app.gui.library.library_presenter import file_refs
from exr_inspector_app.gui.library.library_rows import COLUMNS, LibraryRow, missing_frames
from exr_inspector_app.gui.library.library_view import LibraryView
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.file_actions import FileActions
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.similar.similar_model import HitRow
from exr_inspector_app.gui.style import icons
from exr_inspector_app.gui.widgets.menu import Menu


class RowMenus(QObject):
    """Factory of menus that are deleted when they close; what concerns the window is a signal."""

    open_requested = Signal(list)  # paths
    find_similar_requested = Signal(list)  # list[FileRef]
    compare_requested = Signal(list)  # list[FileRef]
    image_comparison_requested = Signal(object)  # FileRef
    compare_with_reference_requested = Signal()  # the selected hits

    def __init__(self, files: FileActions, window: QWidget) -> None:
        super().__init__(window)
        self.files, self._window = files, window

    def of_hits(self, hits: Sequence[HitRow]) -> QMenu:
        """Return the menu of selected hits."""
        subjects = [FileRef(row.hit.file_path, row.hit.file_id) for row in hits]
        menu = self._menu([row.path for row in hits], subjects)
        self._add(menu, "similar", strings.more_like(len(hits)), lambda: self.find_similar_requested.emit(subjects))
        self._add(menu, "compare", strings.COMPARE_WITH_REFERENCE, self.compare_with_reference_requested.emit)
        self._add_compare(menu, subjects)
        return menu

    def of_rows(self, rows: Sequence[LibraryRow], table: LibraryView) -> QMenu:
        """Return the menu of selected library rows."""
        subjects = file_refs(rows)
        menu = self._menu([row.path for row in rows], subjects)
        self._add(menu, "similar", strings.FIND_SIMILAR, lambda: self.find_similar_requested.emit(subjects))
        self._add_compare(menu, subjects)
        gaps = format_ranges(missing_frames(rows[0].listed)) if len(rows) == 1 else ""
        copy = self._add(menu, "copy", strings.COPY_MISSING_FRAMES, lambda: self.files.copy(gaps, gaps))
        copy.setEnabled(bool(gaps))
        order = menu.add_submenu(strings.SORT_BY, icons.icon("sort"))
        for at, column in enumerate(COLUMNS):
            if not table.isColumnHidden(at):
                self._add(order, "", column.title, partial(table.sort_by, at))
        return menu

    def _menu(self, paths: list[str], subjects: Sequence[FileRef]) -> Menu:
        """Return a menu with the actions for any files."""
        menu, files = Menu(self._window), self.files
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        self._add(menu, "open", strings.OPEN_ROW, lambda: self.open_requested.emit(paths))
        view = self._add(menu, "play", strings.open_in(files.viewer_name), lambda: files.view(paths))
        view.setEnabled(files.has_viewer)
        view.setToolTip("" if files.has_viewer else strings.NO_VIEWER)
        self._add(menu, "folder", strings.SHOW_IN_FOLDER, lambda: files.reveal(subjects[0].path))
        self._add(menu, "copy", strings.copy_paths(len(paths)), lambda: files.paths.copy(paths))
        return menu

    def _add_compare(self, menu: QMenu, subjects: list[FileRef]) -> None:
        self._add(menu, "compare", strings.add_to_compare(len(subjects)), lambda: self.compare_requested.emit(subjects))
        if len(subjects) == 1:
            request = self.image_comparison_requested
            self._add(menu, "image", strings.COMPARE_WITH_SHOWN_IMAGE, lambda: request.emit(subjects[0]))

    def _add(self, menu: QMenu, glyph: str, text: str, run: Callable[[], object]) -> QAction:
        action = menu.addAction(icons.icon(glyph), text) if glyph else menu.addAction(text)
        action.triggered.connect(lambda _checked=False: run())
        return action
