"""Actions on the selection of the focused list: make it the reference of a search, or compare its headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.similar.search_controller import SearchController
from exr_inspector_app.gui.widgets.tab_dock import SIMILAR, TabDock


class SelectionActions:
    """Actions on matches or library rows if their list has the focus, otherwise on the rows of the session."""

    def __init__(
        self, files: SessionController, search: SearchController, session: SessionPane, dock: TabDock, pages: DockPages
    ) -> None:
        self._files, self._search = files, search
        self._session, self._dock, self._pages = session, dock, pages
        self._search_published: Callable[[list[FileRef]], None] = pages.similar_presenter.search_published
        self._compare: Callable[[Sequence[FileRef]], None] = pages.compare_presenter.add

    def find_similar(self) -> None:
        """Search for files similar to the selected ones; without a selection, to the first file of the session."""
        if published := self._pages.selected_files():
            self._search_published(published)
            return
        self._dock.show_page(SIMILAR)
        if self._files.selection is None:
            self._session.select_first()
        nodes = [node for node in self._session.nodes() if node.entries]
        if len(nodes) > 1:
            self._search.search_together([node.entries[0] for node in nodes])
        elif self._files.selection is not None:
            self._search.search(self._files.selection)

    def compare(self) -> None:
        """Compare one file of each selected row."""
        nodes = self._session.nodes()
        subjects = self._pages.selected_files() or [FileRef(node.entries[0].path) for node in nodes if node.entries]
        if subjects:
            self._compare(subjects)
