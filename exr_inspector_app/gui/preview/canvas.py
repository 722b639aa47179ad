"""The canvas: the picture, moved and zoomed, with what is drawn over it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from exr_inspector_app.gui.preview import overlays
from exr_inspector_app.gui.preview.display_transform import ViewSettings
from exr_inspector_app.gui.preview.image_cache import ImageCache
from exr_inspector_app.gui.preview.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.view_transform import ViewTransform, fitting, united
from exr_inspector_app.gui.style import theme
from exr_inspector_app.model import Box2i

DRAGGED_PIXELS = 520_000  # of a picture that is developed while a slider moves
FITTED_SMOOTH = 8.0  # screen pixels a pixel of a small picture that fills the canvas, which is looked at as a whole
STEP = 1.25  # one notch of the wheel
_PROBE_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(QWidget):
    """Shows a prepared picture; `probed` tells the pixel that a person points at."""

    probed = Signal(int, int)
    zoomed = Signal()
    stepped = Signal(int)  # frames

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._images = ImageCache()
        self._prepared: MipPyramid | None = None
        self._notice = ("image", "", "")
        self._busy = ""
        self._held: QPointF | None = None
        self._windows: tuple[Box2i, Box2i] | None = None
        self.view = ViewTransform()
        self.is_fitted = True
        self.shows_windows = True
        self.shows_odd = False
        self.is_dragging = False  # a slider is being moved: quick pictures only
        self.probe: tuple[int, int] | None = None

    # What is shown

    def show_picture(self, prepared: MipPyramid | None, aspect: float) -> None:
        """This picture from now on; the view stays where the windows are the same."""
        self._prepared = prepared
        self._images.forget()
        windows = (prepared.picture.data_window, prepared.picture.display_window) if prepared else None
        if windows and (windows != self._windows or aspect != self.view.aspect):
            self._windows, self.probe = windows, None
            self.view = ViewTransform(self.view.scale, self.view.origin, aspect)
            self.fit()
        self.update()

    def show_look(self, look: ViewSettings, is_dragging: bool = False) -> None:
        """The picture looks like this from now on."""
        self._images.look = look
        self.is_dragging = is_dragging
        self.update()

    def say(self, glyph: str, title: str, sentence: str) -> None:
        """What stands here while there is no picture."""
        self._notice = (glyph, title, sentence)
        self.setAccessibleDescription(f"{title} {sentence}".strip())
        self.update()

    def be_busy(self, words: str) -> None:
        """What is on its way, on a pill over the picture; nothing for no words."""
        self._busy = words
        self.update()

    @property
    def words(self) -> str:
        """What the canvas says in place of, or over, a picture."""
        return self._busy if self._prepared else " ".join(self._notice[1:])

    # The view

    @property
    def percent(self) -> float:
        """Screen pixels a pixel of the file, in per cent."""
        return self.view.scale * self.devicePixelRatioF() * 100

    def fit(self) -> None:
        """The whole picture is seen, whatever size the canvas takes."""
        self.is_fitted = True
        if self._windows:
            whole = united(*self._windows)
            self.view = fitting(whole, self.view.aspect, self.width(), self.height())
        self._moved()

    def set_percent(self, percent: float, around: QPointF | None = None) -> None:
        """The picture is this large, around a point or the middle."""
        self.is_fitted = False
        middle = QPointF(self.width() / 2, self.height() / 2)
        self.view = self.view.zoomed(percent / 100 / self.devicePixelRatioF(), around or middle)
        self._moved()

    def zoom(self, notches: float, around: QPointF | None = None) -> None:
        """Nearer or farther by some notches of the wheel."""
        self.set_percent(self.percent * STEP**notches, around)

    def _moved(self) -> None:
        self.update()
        self.zoomed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted picture stays fitted, another stays in the middle."""
        if self.is_fitted:
            self.fit()
        elif event.oldSize().isValid():
            grown = event.size() - event.oldSize()
            self.view = self.view.moved(QPointF(grown.width() / 2, grown.height() / 2))

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    # Mouse and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms around the pointer."""
        if self._prepared:
            self.zoom(event.angleDelta().y() / 120, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves the picture while a button is held, and the probe."""
        if self._held is not None and event.buttons():
            self.view = self.view.moved(event.position() - self._held)
            self.is_fitted = False
            self._held = event.position()
            self._moved()
        self._point(*self.view.to_file(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole picture and 1:1 around the pointer."""
        if self.is_fitted:
            self.set_percent(100, event.position())
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step through frames, with Shift they move the probe, with Alt the picture."""
        key, keys = Qt.Key(event.key()), event.modifiers()
        step = _PROBE_KEYS.get(key)
        if step and keys & Qt.KeyboardModifier.ShiftModifier and self._windows:
            data = self._windows[0]
            x, y = self.probe or ((data.min_x + data.max_x) // 2, (data.min_y + data.max_y) // 2)
            self._point(x + step[0], y + step[1])
        elif step and keys & Qt.KeyboardModifier.AltModifier:
            self.view = self.view.moved(QPointF(-40.0 * step[0], -40.0 * step[1]))
            self.is_fitted = False
            self._moved()
        elif step and step[0]:
            self.stepped.emit(step[0])
        else:
            super().keyPressEvent(event)

    def _point(self, x: int, y: int) -> None:
        """The probe is at this pixel where it is inside the data window."""
        data = self._windows[0] if self._windows else None
        if data and data.min_x <= x <= data.max_x and data.min_y <= y <= data.max_y:
            self.probe = (x, y)
            self.probed.emit(x, y)
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        painter.fillRect(room, theme.DARK.color("canvas"))
        if self._prepared is None:
            if self._notice[1]:
                overlays.words(painter, room, *self._notice)
        else:
            self._paint_picture(painter, self._prepared, room)
        if self._busy:
            overlays.pill(painter, QPointF(12, self.height() - 32), self._busy, room)
        if self.hasFocus():
            painter.setPen(theme.DARK.color("accent"))
            painter.drawLine(QPoint(0, 0), QPoint(self.width(), 0))
        painter.end()

    def _paint_picture(self, painter: QPainter, prepared: MipPyramid, room: QRectF) -> None:
        picture = prepared.picture
        scale = self.view.scale * self.devicePixelRatioF() * max(picture.scale)
        place = prepared.level_for(scale, DRAGGED_PIXELS if self.is_dragging else None)
        largest = FITTED_SMOOTH if self.is_fitted else 2.0  # from there on single pixels are sharp squares
        smooth = scale * 2**place < largest
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        image, (width, height) = self._images.of(prepared, place)
        whole_width, whole_height = prepared.levels[0].size
        across = min(width * 2**place, whole_width) * picture.scale[0]  # a level leaves an odd last row or column out
        down = min(height * 2**place, whole_height) * picture.scale[1]
        left, top = picture.data_window.min_x, picture.data_window.min_y
        target = QRectF(self.view.to_canvas(left, top), self.view.to_canvas(left + across, top + down))
        painter.drawImage(target, image)
        odd = self._images.odd(prepared, place) if self.shows_odd else None
        if odd is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(target, odd)
        overlays.missing(painter, self.view, picture.missing, room)
        if self.shows_windows:
            overlays.windows(painter, self.view, picture.data_window, picture.display_window, room)
        if self.probe:
            overlays.probe(painter, self.view.to_canvas(self.probe[0] + 0.5, self.probe[1] + 0.5))
