"""Publish sheet: the plan of a publish, its target, and the button that starts it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.publish import strings
from exr_inspector_app.gui.publish.plan_columns import PlanTitles
from exr_inspector_app.gui.publish.plan_lines import PlanGroup, PlanLine
from exr_inspector_app.gui.publish.plan_model import PlanModel
from exr_inspector_app.gui.publish.plan_view import GROUP_STYLES, PlanView
from exr_inspector_app.gui.publish.target_state import Target
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.elided_label import ElidedLabel
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.gui.widgets.side_sheet import INSET, SideSheet
from exr_inspector_app.text.escape import escape_control

MAX_NOTE_CHARS = 1000


class _Counts(QWidget):
    """Five cards with the counts of the groups, and a bar of their proportions."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[PlanGroup, int] = {}  # empty while there is no plan
        self.setFixedHeight(64 + 12 + 6)

    def show_counts(self, counts: dict[PlanGroup, int]) -> None:
        """Show the number of files per group; empty while there is no plan."""
        self._counts = counts
        known = ", ".join(f"{group}: {count:,}" for group, count in counts.items())
        self.setAccessibleName(known or strings.NO_PLAN)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cards in a row, 8 px apart, and below them one segment per count."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = (self.width() - 4 * 8) / 5
        for column, group in enumerate(PlanGroup):
            count = self._counts.get(group, 0)
            card = QRectF(column * (width + 8), 0, width, 64)
            painter.setPen(QPen(t.color("line2"), 1))
            painter.setBrush(t.color("header"))
            painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            glyph, token = GROUP_STYLES[group]
            number = QRectF(card.left() + 12, 9, card.width() - 40, 26)
            figure = f"{count:,}" if self._counts else "–"
            paint.text(painter, number, figure, theme.ui_font(20, theme.SEMIBOLD), "t1" if count else "t3")
            paint.text(painter, QRectF(card.left() + 12, 37, width - 16, 18), group.value, theme.ui_font(12), "t2")
            icons.paint(painter, glyph, QRectF(card.right() - 28, 14, 16, 16), token if count else "t3")
        self._bar(painter, QRectF(0, 76, self.width(), 6))
        painter.end()

    def _bar(self, painter: QPainter, rect: QRectF) -> None:
        """Paint a segment for each count that is not zero, at least 6 px wide."""
        t = theme.tokens()
        shown = [(group, count) for group, count in self._counts.items() if count]
        total = sum(count for _, count in shown)
        room = rect.width() - 6 * len(shown) - 2 * max(len(shown) - 1, 0)
        left = rect.left()
        painter.setPen(Qt.PenStyle.NoPen)
        for group, count in shown:
            width = 6 + room * count / total
            token = "ctl" if group is PlanGroup.PRESENT else GROUP_STYLES[group][1]
            painter.setBrush(t.color(token))
            painter.drawRoundedRect(QRectF(left, rect.top(), width, rect.height()), 2, 2)
            left += width + 2


class PublishSheet(SideSheet):
    """Sheet over the right side of the window until it is cancelled or the publish starts."""

    publish_requested = Signal(object, str)  # tuple[Record, ...], note
    message = Signal(str)
    target_requested = Signal(str)  # where
    retry_requested = Signal()
    history_requested = Signal()
    save_requested = Signal(object)  # tuple[PlanLine, ...]

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.target = QComboBox()
        self.target.setAccessibleName(strings.TARGET)
        self.target.activated.connect(self._choose_target)
        self._is_planned = False
        self.model = PlanModel(self)
        self.view = PlanView(self.model)
        self._title, self._location, self.counts = QLabel(), ElidedLabel(is_path=True), _Counts()
        self._title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._location.setProperty("rank", "3")
        self.writable, self._writable_mark = QLabel(strings.WRITABLE), QLabel()
        self._writable_mark.setPixmap(icons.icon("done", "ok").pixmap(14, 14))
        self.notice, self._loading = Placeholder(), LoadingSkeleton()
        self._pages = QStackedWidget()
        for page in (self.view, self._loading, self.notice):
            self._pages.addWidget(page)
        self.cancel, self.publish = (
            make_button(strings.CANCEL, height=SHEET_HEIGHT),
            make_button(strings.PUBLISH, "publish", "filled", height=SHEET_HEIGHT),
        )
        self.note = QLineEdit()
        self.note.setAccessibleName(strings.NOTE)
        self.note.setPlaceholderText(strings.NOTE_HINT)
        self.note.setMaxLength(MAX_NOTE_CHARS)
        self.save = make_button(strings.SAVE_PLAN, "bookmark", "ghost", height=SHEET_HEIGHT)
        self.save.setToolTip(strings.SAVE_PLAN_TOOLTIP)
        self.history = make_button(strings.HISTORY, "list", "ghost", height=SHEET_HEIGHT)
        self.history.setToolTip(strings.HISTORY_TOOLTIP)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 16, 0, 24)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addSpacing(16)
        column.addWidget(PlanTitles(self.model))
        column.addWidget(self._pages, 1)
        column.addLayout(self._foot())
        self.cancel.clicked.connect(self.cancelled)
        self.publish.clicked.connect(self._publish)
        self.note.returnPressed.connect(self.publish.click)
        self.save.clicked.connect(lambda: self.save_requested.emit(self.model.all_lines()))
        self.history.clicked.connect(self.history_requested)
        self.notice.clicked.connect(self.retry_requested)
        self.view.error_copied.connect(self._report_copied)
        self.model.choice_changed.connect(self._update_buttons)

    def _head(self) -> QVBoxLayout:
        close = make_icon_button("close", strings.CANCEL)
        close.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setContentsMargins(INSET - 1, 0, INSET - 8, 0)  # aligned with the cards
        row.addWidget(self._title, 1)
        row.addWidget(self.target)
        row.addSpacing(8)
        row.addWidget(close)
        column = QVBoxLayout()
        column.setContentsMargins(INSET - 1, 0, INSET, 0)
        column.setSpacing(0)
        location = QHBoxLayout()
        location.setSpacing(6)
        location.addWidget(self._writable_mark)
        location.addWidget(self.writable)
        location.addWidget(self._location, 1)
        column.addLayout(location)
        column.addSpacing(16)
        column.addWidget(self.counts)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addLayout(row)
        head.addLayout(column)
        return head

    def _foot(self) -> QVBoxLayout:
        line, note = QFrame(), QLabel(strings.UNDO_NOTE)
        line.setFixedHeight(1)
        line.setProperty("hairline", "true")
        note.setProperty("rank", "2")
        note.setWordWrap(True)
        mark = _Mark("undo")
        note_row = QHBoxLayout()
        note_row.setSpacing(12)
        note_row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        note_row.addWidget(note, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addSpacing(-8)  # aligns its text with the note above
        row.addWidget(self.save)
        row.addWidget(self.history)
        row.addStretch()
        for button in (self.cancel, self.publish):
            row.addWidget(button)
        inner = QVBoxLayout()
        inner.setContentsMargins(INSET - 1, 16, INSET, 0)
        inner.setSpacing(16)
        inner.addLayout(self._note_row())
        inner.addLayout(note_row)
        inner.addLayout(row)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(inner)
        return column

    def _note_row(self) -> QHBoxLayout:
        label = QLabel(strings.NOTE)
        label.setProperty("rank", "2")
        label.setBuddy(self.note)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label)
        row.addWidget(self.note, 1)
        return row

    def open_sheet(self, target: Target, choices: Sequence[Target]) -> None:
        """Show the sheet while its plan is made; with several choices, the target can be changed."""
        self._title.setText(strings.publish_to(target.name))
        self._location.show_text(target.location)
        self.target.clear()
        for choice in choices:
            self.target.addItem(choice.name, choice.where)
        self.target.setCurrentIndex(self.target.findData(target.where))
        self.target.setVisible(len(choices) > 1)
        self.model.show_plan([])
        self.counts.show_counts({})
        self._show_planned(False)
        self._pages.setCurrentWidget(self._loading)
        self._update_buttons()
        self.show()
        self.raise_()
        self.cancel.setFocus(Qt.FocusReason.ShortcutFocusReason)  # with its ring

    @Slot(object)
    def show_plan(self, lines: Sequence[PlanLine]) -> None:
        """Show the finished plan."""
        self.model.show_plan(lines)
        self._show_planned(True)
        self.counts.show_counts({group: self.model.files(group) for group in PlanGroup})
        self._pages.setCurrentWidget(self.view)
        self._update_buttons()
        if self.publish.isEnabled():
            self.publish.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_planned(self, is_planned: bool) -> None:
        """Show that the target is writable, which was tested before the plan was made."""
        self._is_planned = is_planned
        for widget in (self.writable, self._writable_mark):
            widget.setVisible(is_planned)

    @Slot(str)
    def show_failure(self, sentence: str) -> None:
        """Show the reason why no plan could be made."""
        self.notice.show_message(
            "warning", strings.unavailable(self.target.currentText()), escape_control(sentence), strings.TRY_AGAIN
        )
        self._pages.setCurrentWidget(self.notice)

    @Slot()
    def _update_buttons(self) -> None:
        """Show on the button what will happen to how many files."""
        added, refreshed = self.model.added(), self.model.refreshed()
        self.publish.setText(strings.publish_button(added, refreshed) if self._is_planned else strings.PUBLISH)
        self.publish.setAccessibleName(self.publish.text())
        self.publish.setEnabled(bool(added or refreshed))
        self.save.setEnabled(bool(self.model.all_lines()))

    @Slot(int)
    def _choose_target(self, index: int) -> None:
        self.target_requested.emit(self.target.itemData(index))

    @Slot()
    def _publish(self) -> None:
        self.publish_requested.emit(self.model.chosen(), self.note.text().strip())

    @Slot()
    def _report_copied(self) -> None:
        self.message.emit(strings.ERROR_COPIED)


class _Mark(QWidget):
    """Icon before the note."""

    def __init__(self, glyph: str) -> None:
        super().__init__()
        self._glyph = glyph
        self.setFixedSize(16, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, self._glyph, QRectF(0, 2, 16, 16), "t2")
        painter.end()
