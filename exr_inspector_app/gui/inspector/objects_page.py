"""Objects tab: filter field, count, titles and list of the objects of the ID layer, and the source of their names."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.attributes_page import BAR_HEIGHT
from exr_inspector_app.gui.inspector.object_rows import ObjectRows
from exr_inspector_app.gui.inspector.objects_model import ObjectsModel
from exr_inspector_app.gui.inspector.objects_titles import ObjectTitles
from exr_inspector_app.gui.inspector.objects_view import ObjectsView
from exr_inspector_app.gui.widgets.buttons import make_button, make_icon_button
from exr_inspector_app.gui.widgets.elided_label import ElidedLabel
from exr_inspector_app.gui.widgets.fields import SearchField
from exr_inspector_app.gui.widgets.placeholder import Placeholder
from exr_inspector_app.text.escape import escape_control


class ObjectsPage(QWidget):
    """Page with the objects of the layer that the preview shows."""

    layer_requested = Signal()  # the ID layer of the file should be shown
    cleared = Signal()  # all objects should be shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ObjectsModel(self)
        self.list, self.notice = ObjectsView(self.model), Placeholder()
        self.field, self.count, self.source = SearchField(strings.FILTER_OBJECTS), QLabel(), ElidedLabel(is_path=False)
        for label in (self.count, self.source):
            label.setProperty("rank", "2")
        self.clear_button = make_button(strings.SHOW_ALL_OBJECTS, kind="ghost")
        self._copy = make_icon_button("copy", strings.COPY_OBJECTS)
        self._message = ("cube", strings.NO_OBJECTS, strings.SELECT_FOR_OBJECTS, "")
        bar = QWidget()
        bar.setFixedHeight(BAR_HEIGHT)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        row.addWidget(self._copy)
        self._pages = QStackedWidget()
        listed = QWidget()
        rows = QVBoxLayout(listed)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.titles = ObjectTitles(self.model, self.list)
        rows.addWidget(self.titles)
        rows.addWidget(self.list, 1)
        self._pages.addWidget(listed)
        self._pages.addWidget(self.notice)
        foot = QWidget()
        foot.setFixedHeight(BAR_HEIGHT)
        below = QHBoxLayout(foot)
        below.setContentsMargins(12, 0, 8, 0)
        below.addWidget(self.source, 1)
        below.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._pages, 1)
        column.addWidget(foot)
        self.field.textChanged.connect(lambda text: self.model.set_filter(text.strip()))
        self.model.modelReset.connect(self._update_page)
        self.list.cleared.connect(self.cleared)
        self.clear_button.clicked.connect(self.cleared)
        self.notice.clicked.connect(self._on_notice)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.model.as_text()))
        self.show_isolated(frozenset())
        self._update_page()

    def show_objects(self, rows: ObjectRows, source: str) -> None:
        """Show the objects of a layer, and where their names are from."""
        self.source.show_text(source)
        self.model.show_rows(rows)

    def show_message(self, title: str, detail: str, action: str = "") -> None:
        """Show the reason for an empty list; `action` is the button that shows a layer of IDs."""
        self._message = ("cube", title, detail, action)
        self.show_objects(ObjectRows(), "")

    def show_isolated(self, isolated: frozenset[int]) -> None:
        """Mark the objects that are isolated."""
        self.model.show_isolated(isolated)
        self.clear_button.setEnabled(bool(isolated))

    @Slot()
    def _on_notice(self) -> None:
        if self.model.total:
            self.field.clear()
        else:
            self.layer_requested.emit()

    @Slot()
    def _update_page(self) -> None:
        """Update the count, and show the list or the placeholder."""
        shown, total, needle = self.model.rowCount(), self.model.total, self.model.filter_text
        count = strings.filtered_count(shown, total) if needle else f"{total:,}"
        self.count.setText(count if total else "")
        self._copy.setEnabled(bool(shown))
        if total and not shown:
            title = strings.nothing_matches(escape_control(needle)[:60])
            self.notice.show_message("search", title, strings.hidden_objects(total), strings.CLEAR_FILTER)
        elif not total:
            self.notice.show_message(*self._message)
        self._pages.setCurrentIndex(0 if shown else 1)
