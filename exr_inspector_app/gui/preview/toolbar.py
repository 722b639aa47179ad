"""Preview toolbar: layer, view, channels, display, zoom, and overlay buttons."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QToolButton, QWidget

from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.color_menus import ColorMenus
from exr_inspector_app.gui.preview.color.display_transform import LUMINANCE
from exr_inspector_app.gui.preview.layers import Layer, list_views, match_layer
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown, OptionGroup

HEIGHT = 36  # px
MIN_FULL_WIDTH = 600  # px; a narrower toolbar has no buttons for marks and windows, whose keys remain
FIT = strings.FIT
_ZOOM_LEVELS = (12.5, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0)
_TOKENS = {"R": "red", "G": "green", "B": "blue", "A": "t1", LUMINANCE: "t1"}


class PreviewToolbar(QWidget):
    """Toolbar that emits the user's choice of layer, channels, display, and zoom."""

    layer_selected = Signal(object)  # Layer
    channels_changed = Signal(str)  # enabled ones of R, G, B, and A, or LUMINANCE
    zoom_selected = Signal(object)  # FIT, or percent as float

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._layers: tuple[Layer, ...] = ()
        self._layer: Layer | None = None
        self.layer = Dropdown(strings.LAYER, strings.LAYER, (72, 196))
        self.view = Dropdown(strings.VIEW, strings.VIEW, (60, 120))
        self.display = Dropdown(strings.DISPLAY, strings.DISPLAY, (64, 200))
        self.space = Dropdown(strings.FILE_SPACE, strings.FILE_SPACE, (56, 220))
        self.colors = ColorMenus(self.display, self.space, self)
        self.zoom = Dropdown("", strings.ZOOM, (56, 88))
        self.channels = [_ChannelButton(letter) for letter in ("R", "G", "B", "A", LUMINANCE)]
        self.non_finite = QToolButton()
        self.non_finite.setText(strings.NAN)
        self.non_finite.setCheckable(True)
        self.non_finite.setChecked(True)
        self.non_finite.setToolTip(strings.with_shortcut(strings.MARK_NON_FINITE, "N"))
        self.non_finite.setAccessibleName(strings.MARK_NON_FINITE)
        self.non_finite.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.windows = make_icon_button("windows", strings.SHOW_WINDOWS)
        self.windows.setToolTip(strings.with_shortcut(strings.SHOW_WINDOWS, "W"))
        self.windows.setCheckable(True)
        self.windows.setChecked(True)
        self.full = make_icon_button("expand", strings.FULL_WINDOW)
        self.full.setCheckable(True)
        self.full.setToolTip(strings.with_shortcut(strings.FULL_WINDOW, "F11"))
        self._lay_out()
        self.zoom.set_options([("", [(FIT, FIT), *((zoom, f"{zoom:g} %") for zoom in _ZOOM_LEVELS)])])
        self.zoom.set_current(FIT)
        self.layer.option_selected.connect(self.layer_selected)
        self.view.option_selected.connect(self._on_view_selected)
        self.zoom.option_selected.connect(self.zoom_selected)
        for button in self.channels:
            button.toggled.connect(partial(self._on_channel_toggled, button.letter))
            button.solo_requested.connect(self.solo)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.layer, 2)
        row.addWidget(self.view, 2)
        channel_row = QHBoxLayout()
        channel_row.setSpacing(2)
        for channel in self.channels:
            channel_row.addWidget(channel)
        row.addSpacing(2)
        row.addLayout(channel_row)
        row.addWidget(self.space, 2)
        row.addWidget(self.display, 2)
        row.addStretch(0)
        row.addWidget(self.zoom, 2)
        for button in (self.non_finite, self.windows, self.full):
            row.addWidget(button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room of a narrow toolbar to the names of layer and space."""
        super().resizeEvent(event)
        for button in (self.non_finite, self.windows):
            button.setVisible(event.size().width() >= MIN_FULL_WIDTH)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the width of the buttons at the end, which is known with the style sheet only."""
        super().showEvent(event)
        for button in (self.non_finite, self.windows, self.full):
            button.setMinimumWidth(button.sizeHint().width())

    def show_layers(self, layers: tuple[Layer, ...], layer: Layer | None) -> None:
        """Set the available layers and the current one."""
        if layers != self._layers or (layer and self._layer and layer.view != self._layer.view) or not self._layer:
            self._layers = layers
            views = list_views(layers)
            self.view.setVisible(bool(views))
            self.view.set_options([("", [(view, view) for view in views])])
            visible = [other for other in layers if not views or not layer or other.view == layer.view]
            groups: list[OptionGroup] = [
                (title, [(member, _format_layer(member)) for member in members])
                for title, members in groupby(visible, key=lambda member: member.group)
            ]
            self.layer.set_options(groups)
        self._layer = layer
        title, short = (layer.title, layer.name or layer.note) if layer else ("", "")
        self.layer.set_current(layer, title, short, short if layer and layer.name else short.partition(" ")[0])
        self.view.set_current(layer.view if layer else "")
        components = layer.note if layer else ""
        is_vector = components in ("XYZ", "UV", "UVW", "XY")
        has_luminance = layer is not None and layer.kind == "color" and len(layer.channels) > 2
        for button in self.channels:
            is_shown = button.letter in components or (button.letter in "RGB" and is_vector)
            button.setEnabled(has_luminance if button.letter == LUMINANCE else is_shown)
        has_choice = layer is None or any(button.isEnabled() for button in self.channels)
        for button in self.channels:
            button.setVisible(has_choice)
        self.display.setVisible(layer is None or layer.is_color)  # data have a color map instead

    def solo(self, letter: str) -> None:
        """Enable only one channel; if it already is the only one, enable R, G, and B."""
        self.show_channels("RGB" if self.enabled_channels == letter else letter)

    def show_channels(self, enabled: str) -> None:
        """Enable these channels and no other."""
        for button in self.channels:
            button.blockSignals(True)
            button.setChecked(button.letter in enabled)
            button.blockSignals(False)
            button.update()
        self.channels_changed.emit(enabled)

    @property
    def enabled_channels(self) -> str:
        """Enabled ones of R, G, B, and A, or LUMINANCE."""
        return "".join(button.letter for button in self.channels if button.isChecked())

    def show_zoom(self, percent: float, *, is_fitted: bool) -> None:
        """Show the zoom of the canvas."""
        text = f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %"
        short = "" if is_fitted else f"{percent / 100:.3g}×"  # a cut number would be another one
        self.zoom.set_current(FIT if is_fitted else percent, "" if is_fitted else text, short)
        self.zoom.setToolTip(strings.zoom_tooltip(text))

    def _on_channel_toggled(self, letter: str, is_on: bool) -> None:
        """Show the enabled channels; luminance is shown alone."""
        if letter == LUMINANCE:
            self.show_channels(LUMINANCE if is_on else "RGB")
        else:
            self.show_channels(self.enabled_channels.replace(LUMINANCE, ""))

    @Slot(object)
    def _on_view_selected(self, view: str) -> None:
        """Select the same layer of another view, or that view's first layer."""
        candidates = [layer for layer in self._layers if layer.view == view]
        same = match_layer(candidates, self._layer) if self._layer else None
        if candidates:
            self.layer_selected.emit(same or candidates[0])


class _ChannelButton(QAbstractButton):
    """Toggle button of a channel; Shift+click emits `solo_requested`."""

    solo_requested = Signal(str)

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.letter = letter
        self.setCheckable(True)
        self.setChecked(letter in "RGB")
        self.setMinimumSize(16, 24)
        self.setMaximumSize(24, 24)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(strings.CHANNEL_NAMES[letter])
        self.setToolTip(strings.channel_tooltip(letter))

    def sizeHint(self) -> QSize:
        return QSize(24, 24)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.solo_requested.emit(self.letter)
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
        painter.setFont(theme.ui_font(12, theme.SEMIBOLD))
        painter.setPen(t.color(token))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.letter)
        painter.end()


def _format_layer(layer: Layer) -> str:
    """Return name and components of a layer for the dropdown."""
    return f"{layer.name}  {layer.note}" if layer.name else layer.note
