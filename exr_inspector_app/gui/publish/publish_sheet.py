"""The publish sheet: what would happen, file by file, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from exr_inspector_app.gui.publish.plan_lines import PlanGroup, PlanLine
from exr_inspector_app.gui.publish.plan_model import PlanModel
from exr_inspector_app.gui.publish.plan_view import LOOK, PlanView
from exr_inspector_app.gui.publish.targets import Target
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import SHEET_HEIGHT, make_button, make_icon_button
from exr_inspector_app.gui.widgets.elided_label import ElidedLabel
from exr_inspector_app.gui.widgets.placeholder import LoadingSkeleton, Placeholder
from exr_inspector_app.gui.widgets.side_sheet import INSET, SideSheet
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


class _Counts(QWidget):
    """Five cards and the bar of their proportions."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[PlanGroup, int] = {}  # empty while there is no plan
        self.setFixedHeight(64 + 12 + 6)

    def show_counts(self, counts: dict[PlanGroup, int]) -> None:
        """The files of each group; none of them is known where there is no plan."""
        self._counts = counts
        known = ", ".join(f"{group}: {count:,}" for group, count in counts.items())
        self.setAccessibleName(known or "Not known yet")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cards in a row, 8 pixels apart; below them one segment for each count."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = (self.width() - 4 * 8) / 5
        for place, group in enumerate(PlanGroup):
            count = self._counts.get(group, 0)
            card = QRectF(place * (width + 8), 0, width, 64)
            painter.setPen(QPen(t.color("line2"), 1))
            painter.setBrush(t.color("header"))
            painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            glyph, token = LOOK[group]
            number = QRectF(card.left() + 12, 9, card.width() - 40, 26)
            words = f"{count:,}" if self._counts else "–"
            paint.text(painter, number, words, theme.ui_font(20, theme.SEMIBOLD), "t1" if count else "t3")
            paint.text(painter, QRectF(card.left() + 12, 37, width - 16, 18), group.value, theme.ui_font(12), "t2")
            icons.paint(painter, glyph, QRectF(card.right() - 28, 14, 16, 16), token if count else "t3")
        self._bar(painter, QRectF(0, 76, self.width(), 6))
        painter.end()

    def _bar(self, painter: QPainter, rect: QRectF) -> None:
        """Every count that is not zero has at least a dot."""
        t = theme.tokens()
        there = [(group, count) for group, count in self._counts.items() if count]
        total = sum(count for _, count in there)
        room = rect.width() - 6 * len(there) - 2 * max(len(there) - 1, 0)
        left = rect.left()
        painter.setPen(Qt.PenStyle.NoPen)
        for group, count in there:
            width = 6 + room * count / total
            token = "ctl" if group is PlanGroup.PRESENT else LOOK[group][1]
            painter.setBrush(t.color(token))
            painter.drawRoundedRect(QRectF(left, rect.top(), width, rect.height()), 2, 2)
            left += width + 2


class PublishSheet(SideSheet):
    """Floats over the right of the window until it is cancelled or the publish begins."""

    published = Signal(object)  # records
    copied = Signal(str)
    target_wanted = Signal(str)  # where
    retry_wanted = Signal()
    save_wanted = Signal(object)  # the lines of the plan

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.target = QComboBox()
        self.target.setAccessibleName("Target")
        self.target.activated.connect(self._choose_target)
        self._is_planned = False
        self.model = PlanModel(self)
        self.view = PlanView(self.model)
        self._title, self._place, self._counts = QLabel(), ElidedLabel(True), _Counts()
        self._title.setFont(theme.ui_font(20, theme.SEMIBOLD))
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setProperty("rank", "3")
        self.notice, self._loading = Placeholder(), LoadingSkeleton()
        self._pages = QStackedWidget()
        for page in (self.view, self._loading, self.notice):
            self._pages.addWidget(page)
        self.cancel, self.publish = (
            make_button("Cancel", height=SHEET_HEIGHT),
            make_button("Publish", "publish", "filled", height=SHEET_HEIGHT),
        )
        self.save = make_button("Save plan", "bookmark", "ghost", height=SHEET_HEIGHT)
        self.save.setToolTip("Write this plan to a CSV or JSON file; nothing is published")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 16, 0, 24)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addSpacing(16)
        column.addWidget(self._pages, 1)
        column.addLayout(self._foot())
        self.cancel.clicked.connect(self.cancelled)
        self.publish.clicked.connect(self._publish)
        self.save.clicked.connect(lambda: self.save_wanted.emit(self.model.every()))
        self.notice.clicked.connect(self.retry_wanted)
        self.view.copied.connect(self._say_copied)
        self.model.choice_changed.connect(self._label)

    def _head(self) -> QVBoxLayout:
        close = make_icon_button("close", "Cancel")
        close.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setContentsMargins(INSET - 1, 0, INSET - 8, 0)  # the cross ends where the cards do
        row.addWidget(self._title, 1)
        row.addWidget(self.target)
        row.addSpacing(8)
        row.addWidget(close)
        column = QVBoxLayout()
        column.setContentsMargins(INSET - 1, 0, INSET, 0)
        column.setSpacing(0)
        column.addWidget(self._place)
        column.addSpacing(16)
        column.addWidget(self._counts)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addLayout(row)
        head.addLayout(column)
        return head

    def _foot(self) -> QVBoxLayout:
        line, note = (
            QFrame(),
            QLabel(
                "Undo takes back this publish until the next one. It removes only the rows that were added here, "
                "never a file."
            ),
        )
        line.setFixedHeight(1)
        line.setProperty("hairline", "true")
        note.setProperty("rank", "2")
        note.setWordWrap(True)
        mark = _Mark("undo")
        told = QHBoxLayout()
        told.setSpacing(12)
        told.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(note, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addSpacing(-8)  # its words begin at the edge of those above
        row.addWidget(self.save)
        row.addStretch()
        for one in (self.cancel, self.publish):
            row.addWidget(one)
        inner = QVBoxLayout()
        inner.setContentsMargins(INSET - 1, 16, INSET, 0)
        inner.setSpacing(16)
        inner.addLayout(told)
        inner.addLayout(row)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(line)
        column.addLayout(inner)
        return column

    def open(self, target: Target, choices: Sequence[Target]) -> None:
        """The sheet is there, waiting for its plan; with more than one choice the target can be changed here."""
        self._title.setText(f"Publish to {target.name}")
        self._place.show_text(target.place)
        self.target.clear()
        for one in choices:
            self.target.addItem(one.name, one.where)
        self.target.setCurrentIndex(self.target.findData(target.where))
        self.target.setVisible(len(choices) > 1)
        self.model.show_plan([])
        self._counts.show_counts({})
        self._is_planned = False
        self._pages.setCurrentWidget(self._loading)
        self._label()
        self.show()
        self.raise_()
        self.cancel.setFocus()

    def show_plan(self, made: Sequence[PlanLine]) -> None:
        """The plan that was waited for."""
        self.model.show_plan(made)
        self._is_planned = True
        self._counts.show_counts({group: self.model.files(group) for group in PlanGroup})
        self._pages.setCurrentWidget(self.view)
        self._label()
        if self.publish.isEnabled():
            self.publish.setFocus()

    def show_failure(self, sentence: str) -> None:
        """No plan could be made."""
        self.notice.say(
            "warning", f"{self.target.currentText()} does not answer", escape_control(sentence), "Try again"
        )
        self._pages.setCurrentWidget(self.notice)

    @Slot()
    def _label(self) -> None:
        """The button says what happens and to how many."""
        added, refreshed = self.model.added(), self.model.files(PlanGroup.PRESENT)
        if not self._is_planned:
            self.publish.setText("Publish")
        elif added or not refreshed:
            self.publish.setText(f"Publish {pluralize(added, 'file')}" if added else "Nothing to publish")
        else:
            self.publish.setText(f"Refresh {pluralize(refreshed, 'file')}")
        self.publish.setAccessibleName(self.publish.text())
        self.publish.setEnabled(bool(added or refreshed))
        self.save.setEnabled(bool(self.model.every()))

    @Slot(int)
    def _choose_target(self, place: int) -> None:
        self.target_wanted.emit(self.target.itemData(place))

    @Slot()
    def _publish(self) -> None:
        self.published.emit(self.model.chosen())

    @Slot()
    def _say_copied(self) -> None:
        self.copied.emit("The error is on the clipboard.")


class _Mark(QWidget):
    """One glyph."""

    def __init__(self, glyph: str) -> None:
        super().__init__()
        self._glyph = glyph
        self.setFixedSize(16, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icons.paint(painter, self._glyph, QRectF(0, 2, 16, 16), "t2")
        painter.end()
