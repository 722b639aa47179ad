"""Rows of the facets, found by their words."""

from __future__ import annotations

from exr_inspector_app.gui.library.library_pane import LibraryPane


def press_row(pane: LibraryPane, words: str) -> None:
    """The row of the facets with these words is pressed."""
    model = pane.facets.model
    found = next(row for row in range(model.rowCount()) if str(model.index(row).data()).startswith(words))
    pane.facets.view.activate(model.index(found))
