"""Comparison bar below the preview toolbar: reference A, shown image B, mode, gain, swap, and close."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from exr_inspector_app.gui.preview.comparison import strings
from exr_inspector_app.gui.preview.comparison.comparison_job import Reference
from exr_inspector_app.gui.preview.comparison.second_image import DEFAULT_GAIN, Mode
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.dropdown import Dropdown, OptionGroup
from exr_inspector_app.gui.widgets.fields import SegmentedControl

HEIGHT = 36  # px
GAINS = (0.0001, 0.001, 0.01, 0.1, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0)
_MIN_SEGMENTS_WIDTH = 620  # px, below which the modes are a menu
_MODES = (
    (Mode.FLIP, strings.FLIP, strings.FLIP_TOOLTIP),
    (Mode.WIPE, strings.WIPE, strings.WIPE_MODE_TOOLTIP),
    (Mode.SIDE, strings.SIDE, strings.SIDE_TOOLTIP),
    (Mode.DIFFERENCE, strings.DIFFERENCE, strings.DIFFERENCE_TOOLTIP),
)


class ComparisonBar(QWidget):
    """Bar that emits the choices of the user."""

    reference_selected = Signal(object)  # Reference, or None for the shown image from now on
    mode_selected = Signal(object)  # Mode
    gain_selected = Signal(object)  # float
    swap_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.reference = Dropdown(strings.A, strings.REFERENCE, (64, 180))
        self.shown = _NameLabel(strings.B, strings.SHOWN)
        self.swap = make_icon_button("swap", strings.SWAP)
        self.modes = SegmentedControl([(mode.value, label) for mode, label, _ in _MODES])
        self.mode_menu = Dropdown("", strings.MODE, (72, 120))
        self.gain = Dropdown(strings.GAIN, strings.GAIN, (64, 104))
        self.close_button = make_icon_button("close", strings.CLOSE)
        self._lay_out()
        self.mode_menu.set_options([("", [(mode, label) for mode, label, _ in _MODES])])
        for mode, _, tooltip in _MODES:
            self.modes.set_tooltip(mode.value, tooltip)
        self.gain.set_options([("", [(gain, f"× {gain:g}") for gain in GAINS])])
        self.gain.setToolTip(strings.GAIN_TOOLTIP)
        self.gain.set_current(DEFAULT_GAIN)
        self.show_mode(Mode.WIPE)
        self.reference.option_selected.connect(self.reference_selected)
        self.modes.option_selected.connect(lambda key: self.mode_selected.emit(Mode(key)))
        self.mode_menu.option_selected.connect(self.mode_selected)
        self.gain.option_selected.connect(self.gain_selected)
        self.swap.clicked.connect(self.swap_requested)
        self.close_button.clicked.connect(self.close_requested)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(6)
        row.addWidget(self.reference, 2)
        row.addWidget(self.swap)
        row.addWidget(self.shown, 2)
        row.addSpacing(6)
        for widget in (self.modes, self.mode_menu, self.gain):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.close_button)
        self.modes.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the modes as segments where they fit, else as a menu."""
        super().resizeEvent(event)
        is_wide = self.width() >= _MIN_SEGMENTS_WIDTH
        self.modes.setVisible(is_wide)
        self.mode_menu.setVisible(not is_wide)

    def show_images(self, reference: Reference | None, names: tuple[str, str]) -> None:
        """Show the names of the compared images."""
        self.reference.set_current(reference, names[0])
        self.reference.setToolTip(f"{strings.REFERENCE}: {names[0]}")
        self.shown.show_name(names[1])

    def show_choices(self, previous: Reference, others: Sequence[tuple[Reference, str]]) -> None:
        """Set the references to choose from: the previous version, the shown image, and other files."""
        groups: list[OptionGroup] = [("", [(previous, strings.PREVIOUS_VERSION), (None, strings.HELD_IMAGE), *others])]
        self.reference.set_options(groups)

    def show_gain(self, gain: float) -> None:
        """Show the gain of the difference."""
        self.gain.set_current(gain)

    @Slot(object)
    def show_mode(self, mode: Mode) -> None:
        """Show the mode; the gain is that of the difference alone."""
        self.modes.set_current(mode.value)
        self.mode_menu.set_current(mode)
        self.gain.setEnabled(mode is Mode.DIFFERENCE)


def fitting_gain(typical: float) -> float:
    """Return the largest gain that shows a typical difference at 1.0 or below."""
    fitting = [gain for gain in GAINS if gain * typical <= 1.0]
    return fitting[-1] if fitting else GAINS[0]


class _NameLabel(QWidget):
    """Letter and name of an image, as a dropdown shows them."""

    def __init__(self, letter: str, tooltip: str) -> None:
        super().__init__()
        self._letter, self._tooltip, self.name = letter, tooltip, ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)

    def show_name(self, name: str) -> None:
        """Set the name."""
        self.name = name
        self.setToolTip(f"{self._tooltip}: {name}")
        self.setAccessibleName(f"{self._tooltip}: {name}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of letter and name, up to that of the dropdown."""
        return QSize(
            min(180, round(QFontMetricsF(theme.ui_font(12, theme.MEDIUM)).horizontalAdvance(self.name)) + 32), 24
        )

    def minimumSizeHint(self) -> QSize:
        """Return the width of a short name; a longer one is shortened."""
        return QSize(min(self.sizeHint().width(), 84), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the letter in secondary color, then the name."""
        painter = QPainter(self)
        room = QRectF(4, 0, self.width() - 8, self.height())
        width = paint.text(painter, room, self._letter, theme.ui_font(12), "t2")
        font = theme.ui_font(12, theme.MEDIUM)
        room.setLeft(room.left() + width + 6)
        paint.text(painter, room, paint.shorten_name(self.name, font, room.width()), font, "t1")
        painter.end()
