"""Access to facet rows by their text."""

from __future__ import annotations

from exr_inspector_app.gui.library.library_pane import LibraryPane


def press_row(pane: LibraryPane, text: str) -> None:
    """Activate the first facet row whose text begins with `text`."""
    model = pane.facets.model
    number = next(row for row in range(model.rowCount()) if str(model.index(row).data()).startswith(text))
    pane.facets.view.activate(model.index(number))
