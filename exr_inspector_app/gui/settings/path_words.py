"""Row of the folders of an example path as buttons, each with its role in the path template below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from exr_inspector_app.gui.settings import strings
from exr_inspector_app.gui.settings.template_words import ANY, FIXED, OUTSIDE, TemplateWords
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.text.escape import escape_control

_WORD_HEIGHT, _ROLE_HEIGHT, _GAP, _LINE_GAP = 26, 16, 14, 6
_MAX_WORD_WIDTH = 180
_QUIET = (OUTSIDE, FIXED, ANY)  # roles that extract nothing


class PathWords(QWidget):
    """Buttons that wrap to as many lines as they need; a click emits `word_selected` with the index of the folder."""

    word_selected = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[WordButton] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        theme.current().changed.connect(self.update)

    def set_words(self, template: TemplateWords, selected: int) -> None:
        """Show the folders with their roles; one of them is selected, or none (-1)."""
        if [button.folder for button in self.buttons] != template.folders:
            self._make_buttons(template.folders)
        for index, button in enumerate(self.buttons):
            button.show_role(template.role(index))
            button.setChecked(index == selected)
        self._place()

    def _make_buttons(self, folders: list[str]) -> None:
        for button in self.buttons:
            button.hide()  # `deleteLater` deletes it in the next iteration of the event loop
            button.deleteLater()
        self.buttons = [WordButton(folder, self) for folder in folders]
        for index, button in enumerate(self.buttons):
            button.clicked.connect(lambda _checked=False, index=index: self.word_selected.emit(index))
            button.show()

    @Slot()
    def _place(self) -> None:
        """Place the buttons from left to right, with room for the slash before each."""
        left = top = 0
        for button in self.buttons:
            size = button.sizeHint()
            if left and left + _GAP + size.width() > self.width():
                left, top = 0, top + size.height() + _LINE_GAP
            button.setGeometry(left + _GAP, top, size.width(), size.height())
            left += _GAP + size.width()
        self.setFixedHeight(top + _WORD_HEIGHT + _ROLE_HEIGHT)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the buttons again."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the slashes between the buttons."""
        painter = QPainter(self)
        for button in self.buttons:
            room = QRectF(button.x() - _GAP + 3, button.y(), _GAP, _WORD_HEIGHT)
            paint.text(painter, room, "/", theme.mono_font(12), "t3")
        painter.end()


class WordButton(QAbstractButton):
    """Button of one folder: tinted with a named role, dashed where any folder matches, quiet outside."""

    def __init__(self, folder: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.folder, self.role = folder, OUTSIDE
        self.setText(escape_control(folder))
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_role(self, role: str) -> None:
        """Show a role of `TemplateWords`."""
        self.role = role
        self.setAccessibleName(strings.word_with_role(self.text(), strings.ROLES[role]))
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the folder, or of its role where that is wider."""
        word = QFontMetricsF(theme.mono_font(12)).horizontalAdvance(self.text()) + 16
        role = QFontMetricsF(theme.ui_font(11)).horizontalAdvance(strings.ROLE_MARKS[self.role]) + 4
        return QSize(round(min(max(word, role, 28), _MAX_WORD_WIDTH)), _WORD_HEIGHT + _ROLE_HEIGHT)

    def nextCheckState(self) -> None:
        """Leave the check mark to the editor, which shows the selection."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the folder in its box, and the role below."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0.75, 0.75, self.width() - 1.5, _WORD_HEIGHT - 1.5)
        is_named = self.role not in _QUIET
        pen = QPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.hasFocus():
            pen = QPen(t.color("accent"), 1.5)
        elif self.role == ANY:
            pen = QPen(t.color("ctl"), 1, Qt.PenStyle.DashLine)
        elif self.underMouse():
            pen = QPen(t.color("ctl"), 1)
        painter.setPen(pen)
        painter.setBrush(t.tint("accent", t.chip_tint + 10) if is_named else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        token = "t1" if is_named else "t3" if self.role == OUTSIDE else "t2"
        paint.text(painter, box.adjusted(7, 0, -7, 0), self.text(), theme.mono_font(12), token)
        below = QRectF(0, _WORD_HEIGHT, self.width(), _ROLE_HEIGHT)
        painter.setFont(theme.ui_font(11))
        painter.setPen(t.color("accent" if is_named else "t3"))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, strings.ROLE_MARKS[self.role])
        painter.end()
