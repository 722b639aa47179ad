"""Drop overlay: shown while paths are dragged over the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.path_data import count_links, may_name_paths
from exr_inspector_app.gui.style import icons, theme


class DropOverlay(QWidget):
    """Overlay that covers the window during a drag, transparent for the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def enter(self, event: QDragEnterEvent) -> None:
        """Accept a drag of links or of text, and cover the window."""
        if _accept_copy(event):
            self.cover(count_links(event.mimeData()))

    def drop(self, event: QDropEvent) -> bool:
        """Uncover the window, and return True if the drop is accepted."""
        self.hide()
        return _accept_copy(event)

    def cover(self, count: int) -> None:
        """Cover the window, and show how many items would be added; 0 for text, whose paths are not counted yet."""
        self.text = strings.drop_hint(count)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a dashed frame on a tint, with the text in the middle."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = t.color("window")
        shade.setAlpha(150)
        painter.fillRect(self.rect(), shade)
        box = QRectF(self.rect()).adjusted(16, 16, -16, -16)
        ground = t.tint("accent", t.banner_tint)
        ground.setAlpha(225)
        painter.setPen(QPen(t.color("accent"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 12, 12)
        middle = box.center()
        icons.paint(painter, "download", QRectF(middle.x() - 12, middle.y() - 32, 24, 24), "accent")
        painter.setFont(theme.ui_font(13, theme.SEMIBOLD))
        painter.setPen(t.color("t1"))
        text_rect = QRectF(box.left(), middle.y() + 4, box.width(), 24)
        painter.drawText(text_rect, int(Qt.AlignmentFlag.AlignCenter), self.text)
        painter.end()


def _accept_copy(event: QDropEvent) -> bool:
    """Accept data that may name paths, as a copy: after a move, the other program would delete the files."""
    if is_accepted := may_name_paths(event.mimeData()):
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    return is_accepted
