"""Tour of the sample: steps below the session list, each with a button that triggers an action."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import BAR_HEIGHT, make_button, make_icon_button


@dataclass(frozen=True, slots=True)
class TourStep:
    """Step of the tour.

    Attributes:
        title: Title.
        text: Effect of the button, and its key.
        action: Name of the action that the button triggers.
        sample: End of the path of the file that is selected before.
    """

    title: str
    text: str
    action: str
    sample: str = ""


STEPS = tuple(TourStep(*step) for step in strings.TOUR)


class SampleTour(QWidget):
    """Card with the current step; it is hidden until the sample is opened, and again once it is closed."""

    def __init__(self, files: SessionController, pane: SessionPane, actions: Actions) -> None:
        super().__init__()
        self._files, self._pane, self._actions = files, pane, actions
        self._step = 0
        self.setAccessibleName(strings.TOUR_TITLE)
        self.title, self.text, self._count = QLabel(), QLabel(), QLabel()
        self.title.setFont(theme.ui_font(13, theme.SEMIBOLD))
        self.text.setWordWrap(True)
        for label in (self.text, self._count):
            label.setProperty("rank", "2")
        self.run = make_button(strings.TOUR_RUN, "play", height=BAR_HEIGHT)
        self.next = make_button(strings.TOUR_NEXT, "", "ghost", height=BAR_HEIGHT)
        self.close_button = make_icon_button("close", strings.TOUR_CLOSE)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for widget in (self.title, self._count, self.close_button):
            head.addWidget(widget, int(widget is self.title))
        foot.addWidget(self.run)
        foot.addWidget(self.next)
        foot.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 16, 14)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addLayout(foot)
        self.run.clicked.connect(self._run)
        self.next.clicked.connect(self._show_next)
        self.close_button.clicked.connect(self.hide)
        files.cleared.connect(self.hide)
        actions["sample"].triggered.connect(self.start)
        pane.add_card(self)
        self.hide()

    @Slot()
    def start(self) -> None:
        """Show the first step."""
        self._show(0)
        self.show()

    def _show(self, step: int) -> None:
        self._step, shown = step, STEPS[step]
        self.title.setText(shown.title)
        self.text.setText(shown.text)
        self._count.setText(strings.tour_position(step + 1, len(STEPS)))
        self.next.setText(strings.TOUR_NEXT if step + 1 < len(STEPS) else strings.TOUR_CLOSE)

    @Slot()
    def _show_next(self) -> None:
        if self._step + 1 < len(STEPS):
            self._show(self._step + 1)
        else:
            self.hide()

    @Slot()
    def _run(self) -> None:
        """Select the file of the step, and trigger its action."""
        step = STEPS[self._step]
        entry = next((file for file in self._files.session if step.sample and file.path.endswith(step.sample)), None)
        if entry is not None:
            self._pane.select(entry)
            self._files.select(entry)
        self._actions[step.action].trigger()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card with a line in the accent color at its left."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        card = QRectF(self.rect()).adjusted(8, 2, -8, -6)
        painter.setBrush(t.color("raised"))
        painter.drawRoundedRect(card, 6, 6)
        painter.setBrush(t.color("accent"))
        painter.drawRoundedRect(QRectF(card.left(), card.top() + 8, 3, card.height() - 16), 1.5, 1.5)
        painter.end()
