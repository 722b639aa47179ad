"""Weight sliders of a blended similarity search, one per way of comparing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from exr_inspector_app.contracts import By, Weights
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.style import theme

HEIGHT, TRACK_WIDTH, SHARE_WIDTH = 36, 104, 36
DEFAULT_WEIGHTS: Weights = {"metadata": 50, "channels": 25, "look": 25}
DEBOUNCE_MS = 200  # after the last move of a slider


class BlendBar(QWidget):
    """Bar of sliders from 0 to 100, each with its share; `changed` is debounced."""

    changed = Signal(object)  # Weights

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self.sliders: dict[By, WeightSlider] = {}
        row.addWidget(_make_label(strings.WEIGHTS_LABEL, "2"))
        row.addSpacing(4)
        for by, label in strings.MODES.items():
            slider = self.sliders[by] = WeightSlider(label)
            slider.slider.valueChanged.connect(self._on_moved)
            row.addWidget(slider)
            row.addSpacing(12)
        row.addStretch()
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(DEBOUNCE_MS)
        self._debounce.timeout.connect(lambda: self.changed.emit(self.weights))
        self.set_weights(DEFAULT_WEIGHTS)

    @property
    def weights(self) -> Weights:
        """Weight of each way of comparing, 0 to 100."""
        return {by: float(slider.slider.value()) for by, slider in self.sliders.items()}

    def slider(self, by: By) -> QSlider:
        """Return the slider of one way of comparing."""
        return self.sliders[by].slider

    def set_weights(self, weights: Weights) -> None:
        """Move the sliders without emitting `changed`."""
        for by, slider in self.sliders.items():
            slider.slider.blockSignals(True)
            slider.slider.setValue(round(weights.get(by, 0)))
            slider.slider.blockSignals(False)
        self._show_shares()

    def set_appearance_visible(self, *, is_visible: bool) -> None:
        """Show or hide the slider of the appearance; hidden, it has no share."""
        self.sliders["look"].setVisible(is_visible)
        self._show_shares()

    @Slot()
    def _on_moved(self) -> None:
        self._show_shares()
        self._debounce.start()

    def _show_shares(self) -> None:
        """Update the share of each visible slider."""
        visible = [slider for slider in self.sliders.values() if not slider.isHidden()]
        total = sum(slider.slider.value() for slider in visible)
        for slider in visible:
            slider.share.setText(strings.share_text(slider.slider.value() / total if total else 0))


class WeightSlider(QWidget):
    """Slider between its label and its share."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(25)
        self.slider.setFixedWidth(TRACK_WIDTH)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setAccessibleName(strings.weight_name(label))
        self.slider.setToolTip(strings.weight_name(label))
        self.share = _make_label("", "1")
        self.share.setFont(theme.ui_font(12))
        self.share.setFixedWidth(SHARE_WIDTH)
        self.share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (_make_label(label, "2"), self.slider, self.share):
            row.addWidget(widget)


def _make_label(text: str, rank: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("rank", rank)
    label.setFont(theme.ui_font(12))
    return label
