"""Canvas widget of the preview: pans and zooms the image and paints its overlays."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.canvas_keys import handle_arrow_key
from exr_inspector_app.gui.preview.canvas_layer import CanvasLayer
from exr_inspector_app.gui.preview.color.data_scale import MIN_WIDTH, Scale, make_scale
from exr_inspector_app.gui.preview.color.display_transform import ViewSettings
from exr_inspector_app.gui.preview.color.scale_painter import paint_scale
from exr_inspector_app.gui.preview.comparison.second_image import SecondImage
from exr_inspector_app.gui.preview.overlay import overlays
from exr_inspector_app.gui.preview.overlay.pane_painter import PanePainter
from exr_inspector_app.gui.preview.overlay.status_hint import StatusHint
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.rendering.region_geometry import with_margin
from exr_inspector_app.gui.preview.rendering.region_renderer import RegionRenderer, RegionRequest, visible_region
from exr_inspector_app.gui.preview.view_transform import ViewTransform, bounding_box, fit_box
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.model import Box2i

ZOOM_STEP = 1.25  # per notch of the wheel


class Canvas(QWidget):
    """Canvas that shows an image pyramid; emits `probe_moved` with the pixel under the pointer."""

    probe_moved = Signal(int, int)
    zoomed = Signal()
    scale_reset_requested = Signal()  # to the automatic range and its color map
    frame_step_requested = Signal(int)  # number of frames

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        """Create an empty canvas.

        Args:
            tasks: Runs the conversion to the colors of the display.
            parent: Parent widget.
        """
        super().__init__(parent)
        self.setAccessibleName(strings.IMAGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.renderer = RegionRenderer(tasks, self)
        self.renderer.rendered.connect(self.update)
        self.second = SecondImage(tasks, self)
        self.second.rendered.connect(self.update)
        self.second.changed.connect(self._on_second_changed)
        self._is_split = False
        self.settings = ViewSettings()  # also of the image that is shown next
        self._panes = PanePainter(self)
        self._pyramid: MipPyramid | None = None
        self._message = ("image", "", "")
        self.hint = StatusHint(self)
        self.hint.changed.connect(self.update)
        self._drag_position: QPointF | None = None
        self._windows: tuple[Box2i, Box2i] | None = None
        self._layers: list[CanvasLayer] = []
        self._pressed: CanvasLayer | None = None  # that has handled the button
        self.view = ViewTransform()
        self.is_fitted = True
        self._fitted_room = 0  # px of the scale next to the fitted image
        self.shows_windows = True
        self.shows_non_finite = True  # in the image that is compared with; of this one a layer has the marks
        self.is_dragging = False  # a slider is being dragged
        self.probe: tuple[int, int] | None = None
        self.is_probe_shown = False  # by a cross: while the pointer is over the canvas, or after a jump

    def add_layer(self, layer: CanvasLayer) -> None:
        """Paint a layer over the image and the layers before it."""
        self._layers.append(layer)

    def paint_layers(self, painter: QPainter) -> None:
        """Paint the layers in the coordinates of the view."""
        for layer in self._layers:
            layer.paint(painter, self)

    # Content

    @property
    def pyramid(self) -> MipPyramid | None:
        """The image that is shown."""
        return self._pyramid

    @property
    def data_window(self) -> Box2i | None:
        """Data window of the image, None without one."""
        return self._windows[0] if self._pyramid and self._windows else None

    def show_image(self, pyramid: MipPyramid | None, aspect: float) -> None:
        """Show an image; the view stays while it shows pixels of the image, unless the image before was fitted."""
        self._pyramid = pyramid
        if pyramid is None:
            self.renderer.clear()
        windows = (pyramid.picture.data_window, pyramid.picture.display_window) if pyramid else None
        if windows and (windows != self._windows or aspect != self.view.aspect):
            self._windows, self.probe = windows, None
            self.view = ViewTransform(self.view.scale, self.view.origin, aspect)
            if self.is_fitted or not self.view.rect(windows[0]).intersects(QRectF(self.rect())):
                self.fit()
        elif windows and self.is_fitted and self._scale_room != self._fitted_room:
            self.fit()
        self._request_region()
        if not self.renderer.is_rendering:  # otherwise the previous image stays until this one can be painted
            self.update()

    def apply_settings(self, settings: ViewSettings, *, is_dragging: bool = False) -> None:
        """Change exposure, gamma, display, and channels."""
        self.settings = settings
        self.is_dragging = is_dragging
        if self.is_fitted and self._scale_room != self._fitted_room:
            self.fit()
        self._refresh()

    @property
    def is_settled(self) -> bool:
        """True if the image on the canvas is exact and has the current view and settings."""
        pyramid, shown = self._pyramid, self.renderer.shown
        request = self._region_of(pyramid, self.settings) if pyramid else None
        if pyramid is None or request is None:
            return True
        is_exact = shown is not None and shown.is_exact and shown.request.covers(request)
        return is_exact and self.second.is_settled(self.settings, pyramid, self._region_of)

    def show_message(self, glyph: str, title: str, detail: str) -> None:
        """Set the message that replaces a missing image."""
        self._message = (glyph, title, detail)
        self.setAccessibleDescription(f"{title} {detail}".strip())
        if self._pyramid is None:
            self.update()

    def show_status(self, text: str, *, is_lasting: bool = False) -> None:
        """Set the label over the image; an empty text hides it, and one that does not last becomes an icon."""
        self.hint.show_text(text, is_lasting=is_lasting)

    @property
    def scale(self) -> Scale | None:
        """Scale of a data layer or of false color; None for other colors."""
        return make_scale(self._pyramid, self.settings, self.probe) if self._pyramid else None

    @property
    def _scale_room(self) -> int:
        """Width at the right edge that a fitted image leaves free."""
        scale = self.scale if self.width() >= MIN_WIDTH else None
        return scale.room if scale else 0

    @property
    def text(self) -> str:
        """Status over the image, or the message that replaces it."""
        return self.hint.text if self._pyramid else " ".join(self._message[1:])

    # View

    @property
    def percent(self) -> float:
        """Zoom in percent: screen pixels per pixel of the file."""
        return self.view.scale * self.devicePixelRatioF() * 100

    def fit(self) -> None:
        """Fit data and display window into the canvas, also after it is resized."""
        self.is_fitted = True
        if self._windows:
            self._fitted_room = 0 if self.second.is_split else self._scale_room
            width = self.pane_width - self._fitted_room
            self.view = fit_box(bounding_box(*self._windows), self.view.aspect, width, self.height())
        self._on_view_changed()

    def set_percent(self, percent: float, around: QPointF | None = None) -> None:
        """Set the zoom around a point, by default the center."""
        self.is_fitted = False
        center = QPointF(self.pane_width / 2, self.height() / 2)
        self.view = self.view.scaled(percent / 100 / self.devicePixelRatioF(), around or center)
        self._on_view_changed()

    def zoom(self, notches: float, around: QPointF | None = None) -> None:
        """Zoom by notches of the wheel; positive values zoom in."""
        self.set_percent(self.percent * ZOOM_STEP**notches, around)

    def _on_view_changed(self) -> None:
        self._refresh()
        self.zoomed.emit()

    def _refresh(self) -> None:
        """Render the visible region, and paint."""
        self._request_region()
        self.update()

    @property
    def pane_width(self) -> int:
        """Width of one image: half of the canvas if two are side by side."""
        return self.width() // 2 if self.second.is_split else self.width()

    def to_file(self, position: QPointF) -> tuple[int, int]:
        """Return the pixel of the file at a position, in either of two images side by side."""
        return self.view.to_file(self._in_pane(position))

    def _in_pane(self, position: QPointF) -> QPointF:
        """Return a position in the right one of two images as the same position in the left one."""
        is_right = self.second.is_split and position.x() >= self.pane_width
        return position - QPointF(self.pane_width, 0) if is_right else position

    @Slot()
    def _on_second_changed(self) -> None:
        """Show another mode or reference; the point in the middle stays when the images are split or joined."""
        is_split = self.second.is_split
        if is_split != self._is_split:
            self._is_split = is_split
            shift = self.width() / 4 * (-1 if is_split else 1)
            self.view = self.view.translated(QPointF(shift, 0))
            if self.is_fitted:
                self.fit()
        self._refresh()

    def center_on(self, x: int, y: int) -> None:
        """Move the probe to a pixel, and the image so that it is visible."""
        position = self.view.to_canvas(x + 0.5, y + 0.5)
        if not QRectF(0, 0, self.pane_width, self.height()).adjusted(24, 24, -24, -24).contains(position):
            self.move_view(QPointF(self.pane_width / 2, self.height() / 2) - position)
        self.move_probe(x, y)

    def move_view(self, offset: QPointF) -> None:
        """Move the image by logical pixels."""
        self.view = self.view.translated(offset)
        self.is_fitted = False
        self._on_view_changed()

    def _region_of(self, pyramid: MipPyramid, settings: ViewSettings) -> RegionRequest | None:
        """Return the visible pixels of an image in its level, or None outside of the canvas."""
        size, ratio = (self.pane_width, self.height()), self.devicePixelRatioF()
        return visible_region(pyramid, settings, self.view, size, ratio, is_dragging=self.is_dragging)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted image fitted, and any other one centered."""
        if self.is_fitted:
            self.fit()
        elif event.oldSize().isValid():
            growth = event.size() - event.oldSize()
            self.view = self.view.translated(QPointF(growth.width() / 2, growth.height() / 2))
            self._refresh()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(640, 400)

    # Mouse and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        if self._pyramid:
            self.zoom(event.angleDelta().y() / 120, self._in_pane(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a drag, unless a layer handles the button; layers know one image, not two side by side."""
        layers = [] if self.second.is_split else reversed(self._layers)
        self._pressed = next((layer for layer in layers if layer.press(event, self)), None)
        self._drag_position = event.position() if self._pressed is None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the probe, and the image while a button is pressed."""
        if self._pressed is not None:
            self._pressed.move(event, self)
        elif self._drag_position is not None and event.buttons():
            self.move_view(event.position() - self._drag_position)
            self._drag_position = event.position()
        self.hint.hover(event.position(), self.height())
        self.move_probe(*self.to_file(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        if self._pressed is not None:
            self._pressed.release(event, self)
        self._drag_position = self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Toggle between fit and 100 % around the pointer; restore the automatic range on the scale."""
        if self._scale_room and event.position().x() > self.width() - self._scale_room:
            self.scale_reset_requested.emit()
            return
        if self.is_fitted:
            self.set_percent(100, self._in_pane(event.position()))
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through frames with the arrow keys; Shift moves the probe, Alt the image."""
        if not handle_arrow_key(event, self):
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the cross of the probe, whose values stay; under an open menu it marks the pixel of the menu."""
        super().leaveEvent(event)
        if QApplication.activePopupWidget() is None:
            self.is_probe_shown = False
            self.update()

    def step_probe(self, across: int, down: int) -> None:
        """Move the probe by pixels; without a probe, from the middle of the image."""
        if data := self.data_window:
            x, y = self.probe or ((data.min_x + data.max_x) // 2, (data.min_y + data.max_y) // 2)
            self.move_probe(x + across, y + down)

    def move_probe(self, x: int, y: int) -> None:
        """Move the probe to a pixel inside the data window."""
        data = self.data_window
        if data and data.min_x <= x <= data.max_x and data.min_y <= y <= data.max_y:
            self.probe, self.is_probe_shown = (x, y), True
            self.probe_moved.emit(x, y)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the image or its message, then status and focus line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        painter.fillRect(room, theme.DARK.color("canvas"))
        if self._pyramid is None:
            if self._message[1]:
                overlays.paint_message(painter, room, *self._message)
        else:
            self._request_region()
            self._panes.paint(painter, self._pyramid, room)
        if (scale := self.scale) and self._windows and not self.second.shows_difference:
            paint_scale(painter, scale, self.view.rect(self._windows[0]), room)
        self.hint.paint(painter, room)
        if self.hasFocus():
            painter.setPen(theme.DARK.color("accent"))
            painter.drawLine(QPoint(0, 0), QPoint(self.width(), 0))
        painter.end()

    def _request_region(self) -> None:
        """Render the visible region unless it is rendered; also before it is painted, since the screen may change."""
        if self._pyramid is None:
            return
        needed = self._region_of(self._pyramid, self.settings)
        if needed is not None:
            wider = with_margin(needed.box, needed.pyramid, needed.level)
            self.renderer.show(needed, replace(needed, box=wider))
        self.second.request(self.settings, self._pyramid, self._region_of)
