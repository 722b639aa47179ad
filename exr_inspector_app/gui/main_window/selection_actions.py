"""What is chosen, in the list that has the focus: it becomes the reference, or its headers are compared."""

from __future__ import annotations

from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.dock_pages import DockPages
from exr_inspector_app.gui.session.file_ref import FileRef
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.widgets.tab_dock import SIMILAR, TabDock


class SelectionActions:
    """Hits and rows of the library count while their list has the focus, otherwise the rows of the session."""

    def __init__(self, controller: Controller, session: SessionPane, dock: TabDock, shelf: DockPages) -> None:
        self._controller, self._session, self._dock, self._shelf = controller, session, dock, shelf

    def find_similar(self) -> None:
        """What is similar to it is found; the selected file will do."""
        if published := self._shelf.chosen():
            self._shelf.find_like(published)
            return
        self._dock.show_page(SIMILAR)
        if self._controller.selection is None:
            self._session.select_first()
        nodes = [one for one in self._session.nodes() if one.entries]
        if len(nodes) > 1:
            self._controller.searching.find_together([one.entries[0] for one in nodes])
        else:
            self._controller.find_similar()

    def compare(self) -> None:
        """One file of each row is compared."""
        nodes = self._session.nodes()
        subjects = self._shelf.chosen() or [FileRef(one.entries[0].path) for one in nodes if one.entries]
        if subjects:
            self._shelf.add_to_compare(subjects)
