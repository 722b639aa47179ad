"""The row above the picture: layer, view, channels, display, zoom and what is drawn over the picture."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QToolButton, QWidget

from exr_inspector_app.gui.preview.display_transform import DisplayTransform
from exr_inspector_app.gui.preview.layers import Layer, views_of
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown, Group

HEIGHT = 36
FIT = "Fit"
_ZOOMS = (12.5, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0)
_TOKENS = {"R": "red", "G": "green", "B": "blue", "A": "t1"}
_NAMES = {"R": "Red", "G": "Green", "B": "Blue", "A": "Alpha"}


class PreviewToolbar(QWidget):
    """Tells what a person wants to see; what there is to choose is told to it."""

    layer_chosen = Signal(object)  # Layer
    shown_changed = Signal(str)  # of R, G, B and A, those that are on
    display_chosen = Signal(object)  # Display
    zoom_chosen = Signal(object)  # FIT or per cent

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._layers: tuple[Layer, ...] = ()
        self._layer: Layer | None = None
        self.layer = Dropdown("Layer", "Layer", (70, 196))
        self.view = Dropdown("View", "View", (60, 120))
        self.display = Dropdown("Display", "Display", (64, 168))
        self.zoom = Dropdown("", "Zoom", (56, 88))
        self.letters = [_Letter(letter) for letter in "RGBA"]
        self.odd = QToolButton()
        self.odd.setText("NaN")
        self.odd.setCheckable(True)
        self.odd.setToolTip("Mark NaN and infinite pixels  N")
        self.odd.setAccessibleName("Mark NaN and infinite pixels")
        self.odd.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.windows = icon_button("windows", "Show data and display window")
        self.windows.setToolTip("Show data and display window  W")
        self.windows.setCheckable(True)
        self.windows.setChecked(True)
        self.full = icon_button("expand", "Picture in the whole window")
        self.full.setCheckable(True)
        self.full.setToolTip("Picture in the whole window  F11")
        self._arrange()
        self.display.offer([("", [(one, one.value) for one in DisplayTransform])])
        self.display.take(DisplayTransform.SRGB)
        self.zoom.offer([("", [(FIT, FIT), *((zoom, f"{zoom:g} %") for zoom in _ZOOMS)])])
        self.zoom.take(FIT)
        self.layer.chosen.connect(self.layer_chosen)
        self.view.chosen.connect(self._view_chosen)
        self.display.chosen.connect(self.display_chosen)
        self.zoom.chosen.connect(self.zoom_chosen)
        for one in self.letters:
            one.toggled.connect(self._toggled)
            one.alone.connect(self.solo)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.layer, 3)
        row.addWidget(self.view, 2)
        letters = QHBoxLayout()
        letters.setSpacing(2)
        for one in self.letters:
            letters.addWidget(one)
        row.addSpacing(2)
        row.addLayout(letters)
        row.addWidget(self.display, 2)
        row.addStretch(1)
        row.addWidget(self.zoom, 1)
        for button in (self.odd, self.windows, self.full):
            button.setMinimumWidth(button.sizeHint().width())
            row.addWidget(button)

    def show_layers(self, layers: tuple[Layer, ...], layer: Layer | None) -> None:
        """What can be chosen, and what is."""
        if layers != self._layers or (layer and self._layer and layer.view != self._layer.view) or not self._layer:
            self._layers = layers
            views = views_of(layers)
            self.view.setVisible(bool(views))
            self.view.offer([("", [(view, view) for view in views])])
            seen = [one for one in layers if not views or not layer or one.view == layer.view]
            groups: list[Group] = [
                (title, [(one, _words(one)) for one in members])
                for title, members in groupby(seen, key=lambda one: one.group)
            ]
            self.layer.offer(groups)
        self._layer = layer
        self.layer.take(layer, layer.title if layer else "")
        self.view.take(layer.view if layer else "")
        components = layer.note if layer else ""
        for one in self.letters:
            one.setEnabled(one.letter in components or (one.letter in "RGB" and components in ("XYZ", "UV", "UVW")))

    def solo(self, letter: str) -> None:
        """Only this channel; where it is alone already, all colours."""
        shown = "RGB" if self.shown == letter else letter
        for one in self.letters:
            one.blockSignals(True)
            one.setChecked(one.letter in shown)
            one.blockSignals(False)
            one.update()
        self.shown_changed.emit(shown)

    @property
    def shown(self) -> str:
        """Of R, G, B and A, those that are on."""
        return "".join(one.letter for one in self.letters if one.isChecked())

    def show_zoom(self, is_fitted: bool, percent: float) -> None:
        """How large the picture is."""
        words = f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %"
        self.zoom.take(FIT if is_fitted else percent, "" if is_fitted else words)
        self.zoom.setToolTip(f"Zoom, now {words}")

    @Slot()
    def _toggled(self) -> None:
        self.shown_changed.emit(self.shown)

    @Slot(object)
    def _view_chosen(self, view: str) -> None:
        """The same layer of another view, otherwise that view's first."""
        inside = [one for one in self._layers if one.view == view]
        now = self._layer
        same = [one for one in inside if now and (one.name, one.note) == (now.name, now.note)]
        if inside:
            self.layer_chosen.emit((same or inside)[0])


class _Letter(QAbstractButton):
    """One channel, on or off; with Shift it is shown alone."""

    alone = Signal(str)

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.letter = letter
        self.setCheckable(True)
        self.setChecked(letter != "A")
        self.setMinimumSize(20, 24)
        self.setMaximumSize(24, 24)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(_NAMES[letter])
        self.setToolTip(f"{_NAMES[letter]}: on or off. {letter} or Shift+click shows it alone")

    def sizeHint(self) -> QSize:
        return QSize(24, 24)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.alone.emit(self.letter)
            event.accept()
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.hasFocus():
            painter.setPen(t.color("accent"))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        is_on = self.isChecked() and self.isEnabled()
        painter.setBrush(t.color("selected" if is_on else "hover" if self.underMouse() else "header"))
        painter.drawRoundedRect(box, 4, 4)
        token = _TOKENS[self.letter] if is_on else "t2" if self.isEnabled() else "disabled"
        painter.setFont(theme.ui(12, theme.SEMIBOLD))
        painter.setPen(t.color(token))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.letter)
        painter.end()


def _words(layer: Layer) -> str:
    """Name and components of a layer in the list."""
    return f"{layer.name}  {layer.note}" if layer.name else layer.note
