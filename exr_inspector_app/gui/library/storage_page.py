"""Storage page of the Library pane: the report on the files that match the filter, with its commands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.library import strings
from exr_inspector_app.gui.library.storage_model import StorageModel
from exr_inspector_app.gui.library.storage_view import StorageView
from exr_inspector_app.gui.widgets.banner import MessageBanner
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.services.storage.report import ReportSection, StorageReport
from exr_inspector_app.text.escape import escape_control

MIN_HEIGHT = 80  # px of the table: the list next to it sets the height of the dock


class StoragePage(QWidget):
    """Page with a bar of commands over the table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(strings.STORAGE_NAME)
        self.model = StorageModel(self)
        self.view = StorageView(self.model)
        self.summary = QLabel()
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setProperty("rank", "2")
        self.duplicates = make_button(strings.FIND_DUPLICATES, "copy", "ghost", height=BAR_HEIGHT)
        self.duplicates.setToolTip(strings.FIND_DUPLICATES_TOOLTIP)
        self.measure = make_button(strings.MEASURE_FLOAT, "curve", "ghost", height=BAR_HEIGHT)
        self.measure.setToolTip(strings.MEASURE_FLOAT_TOOLTIP)
        self.save = make_button(strings.SAVE_REPORT, "export", "ghost", height=BAR_HEIGHT)
        self.banner, self.notice = MessageBanner(), Placeholder()
        self._loading, self._failed, self._pages = LoadingSkeleton(), QWidget(), QStackedWidget()
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 0, 8, 4)
        bar.setSpacing(12)
        bar.addWidget(self.summary, 1)
        for button in (self.duplicates, self.measure, self.save):
            bar.addWidget(button)
        failed = QVBoxLayout(self._failed)
        failed.setContentsMargins(12, 12, 12, 12)
        failed.addWidget(self.banner)
        failed.addStretch()
        for page in (self._loading, self._failed, self.notice, self.view):
            self._pages.addWidget(page)
        self._pages.setMinimumHeight(MIN_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._pages, 1)

    def show_loading(self) -> None:
        """Show that a report is made; an earlier one stays until it is there."""
        if not self.model.rowCount():
            self._pages.setCurrentWidget(self._loading)
        self._enable(is_enabled=False)

    def show_report(self, report: StorageReport, duplicates: ReportSection | None) -> None:
        """Show a report, with duplicates if they are known."""
        self.model.set_report(report, duplicates)
        self.summary.setText(strings.storage_summary(report.files, report.size_bytes))
        self._enable(is_enabled=bool(report.files))
        self._pages.setCurrentWidget(self.view if report.files else self.notice)
        self.notice.show_message("search", strings.NO_MATCH, strings.NO_STORAGE)

    def show_failure(self, sentence: str) -> None:
        """Show the reason why there is no report."""
        self.model.set_report(None)
        self._enable(is_enabled=False)
        self.banner.show_message("error", strings.READ_FAILED, escape_control(sentence), strings.TRY_AGAIN)
        self._pages.setCurrentWidget(self._failed)

    def _enable(self, *, is_enabled: bool) -> None:
        for button in (self.duplicates, self.measure, self.save):
            button.setEnabled(is_enabled)
