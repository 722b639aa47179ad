"""What counts how much where files are compared by a blend: one slider for each way."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from exr_inspector_app.contracts import By, Weights
from exr_inspector_app.gui.style import theme

HEIGHT, TRACK, SHARE = 36, 104, 36
WAYS: tuple[tuple[By, str], ...] = (("metadata", "Set-up"), ("channels", "Channels"), ("look", "Look"))
DEFAULT_WEIGHTS: Weights = {"metadata": 50, "channels": 25, "look": 25}
DEBOUNCE_MS = 200  # without a move until the list is asked for


class BlendBar(QWidget):
    """Sliders from 0 to 100 with the share of each beside it; `changed` tells the weights once they stay."""

    changed = Signal(object)  # Weights

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self._shares: dict[By, WeightSlider] = {}
        row.addWidget(_label("How much counts:", "2"))
        row.addSpacing(4)
        for by, words in WAYS:
            one = self._shares[by] = WeightSlider(words)
            one.slider.valueChanged.connect(self._moved)
            row.addWidget(one)
            row.addSpacing(12)
        row.addStretch()
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(DEBOUNCE_MS)
        self._calm.timeout.connect(lambda: self.changed.emit(self.weights))
        self.set_weights(DEFAULT_WEIGHTS)

    @property
    def weights(self) -> Weights:
        """What each way counts, 0 to 100."""
        return {by: float(one.slider.value()) for by, one in self._shares.items()}

    def slider(self, by: By) -> QSlider:
        """The slider of one way."""
        return self._shares[by].slider

    def set_weights(self, weights: Weights) -> None:
        """These weights from now on; nothing is told."""
        for by, one in self._shares.items():
            one.slider.blockSignals(True)
            one.slider.setValue(round(weights.get(by, 0)))
            one.slider.blockSignals(False)
        self._show_shares()

    def set_appearance_visible(self, is_offered: bool) -> None:
        """The look can count, or is not seen."""
        self._shares["look"].setVisible(is_offered)
        self._show_shares()

    @Slot()
    def _moved(self) -> None:
        self._show_shares()
        self._calm.start()

    def _show_shares(self) -> None:
        """Per cent of what can count."""
        seen = [one for one in self._shares.values() if not one.isHidden()]
        whole = sum(one.slider.value() for one in seen)
        for one in seen:
            one.share.setText(f"{round(100 * one.slider.value() / whole) if whole else 0} %")


class WeightSlider(QWidget):
    """The name of a way, its slider, and its share."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(25)
        self.slider.setFixedWidth(TRACK)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setAccessibleName(f"Share of {words.lower()}")
        self.slider.setToolTip(f"How much {words.lower()} counts")
        self.share = _label("", "1")
        self.share.setFont(theme.ui_font(12))
        self.share.setFixedWidth(SHARE)
        self.share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for one in (_label(words, "2"), self.slider, self.share):
            row.addWidget(one)


def _label(words: str, rank: str) -> QLabel:
    made = QLabel(words)
    made.setProperty("rank", rank)
    made.setFont(theme.ui_font(12))
    return made
