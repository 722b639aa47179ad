"""Probe area below the readout: pinned probes, samples of a deep pixel, and statistics of a region."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.display_transform import ViewSettings
from exr_inspector_app.gui.preview.preview_job import ExactPixels
from exr_inspector_app.gui.preview.probe.pixel_readout import PixelReadout
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.style import icons, paint, theme
from exr_inspector_app.gui.widgets.buttons import make_icon_button
from exr_inspector_app.gui.widgets.text_table import TextTable
from exr_inspector_app.model import Part

ROW_HEIGHT, MAX_ROWS = 24, 4  # px, rows without scrolling
MAX_PINS = 50
MIN_FULL_WIDTH = 560  # px; a narrower row names its probe by the number alone
Values = Sequence[tuple[str, float]]  # component names and values


class PinnedReadout(PixelReadout):
    """Readout of one pinned probe, with the differences to the probe under the pointer."""

    unpin_requested = Signal()

    def __init__(self, number: int, position: tuple[int, int]) -> None:
        super().__init__()
        self.setFixedHeight(ROW_HEIGHT)
        self.position, self._number = position, number
        self._live: Values = ()
        self.aligned_with: PixelReadout | None = None  # the one under the pointer
        self.button = make_icon_button("close", strings.UNPIN, parent=self)
        self.button.setFixedSize(20, 20)
        self.button.clicked.connect(self.unpin_requested)
        self.show_probe(position)

    def show_live(self, values: Values) -> None:
        """Show the differences to these values, which those of another image never fit."""
        self._live = values
        self.update()

    @property
    def differences(self) -> list[str]:
        """Difference of each value to the probe; empty without a probe, for IDs, and if the channels differ."""
        values = self.values
        if self.has_ids or [name for name, _ in values] != [name for name, _ in self._live]:
            return []
        pairs = zip(values, self._live, strict=True)
        return [f"{here - there:+.6g}" if here != there else "0" for (_, here), (_, there) in pairs]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the right."""
        super().resizeEvent(event)
        self.button.move(self.width() - 30, 1)

    def _paint_remarks(self, painter: QPainter) -> float:
        """Paint pin and name of the probe at the right, and return their left edge."""
        is_narrow, font = self.width() < MIN_FULL_WIDTH, theme.ui_font(12)
        name = str(self._number) if is_narrow else strings.probe_name(self._number)
        left = self.width() - 36.0 - QFontMetricsF(font).horizontalAdvance(name)
        icons.paint(painter, "pin", QRectF(left - 22, self.height() / 2 - 8, 16, 16), "accent")
        paint.text(painter, QRectF(left, 0, self.width() - 36 - left + 1, self.height()), name, font, "t2")
        return left - 30

    def _columns_end(self, end: float) -> float:
        """Return the right ends of the columns of the live readout, to align those of all rows."""
        return min(end, self.aligned_with.values_end) if self.aligned_with is not None else end

    def _paint_values(self, painter: QPainter, left: float, end: float, step: float) -> float:
        """Paint the values, and after them the differences if they fit."""
        left = super()._paint_values(painter, left, end, step)
        if differences := self.differences:
            short, font = " ".join(("Δ", *differences)).replace("-", "−"), theme.mono_font(12)
            metrics = QFontMetricsF(font)
            forms = (f"{short} {strings.FROM_PROBE}", short)
            fitting = [form for form in forms if metrics.horizontalAdvance(form) <= end - left]
            if fitting:
                paint.text(painter, QRectF(left, 0, end - left, self.height()), fitting[0], font, "t3")
        return left


class PinnedProbes(QScrollArea):
    """List of pinned probes, which stay at their pixels when another image is shown."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(strings.PINNED_PROBES)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setWidget(self._list)
        self.rows: list[PinnedReadout] = []
        self.aligned_with: PixelReadout | None = None  # whose columns the rows have
        self._image: tuple[MipPyramid | None, Part | None] = (None, None)
        self._settings = ViewSettings()
        self._live: Values = ()
        self.hide()

    @property
    def positions(self) -> list[tuple[int, int]]:
        """The pinned pixels in the order of their numbers."""
        return [row.position for row in self.rows]

    def toggle(self, x: int, y: int) -> None:
        """Pin a pixel, or remove its pin; the newest of too many replaces the oldest."""
        positions = self.positions
        if (x, y) in positions:
            positions.remove((x, y))
        else:
            positions = [*positions, (x, y)][-MAX_PINS:]
        self.set_positions(positions)

    def set_positions(self, positions: Sequence[tuple[int, int]]) -> None:
        """Pin these pixels."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [PinnedReadout(number, position) for number, position in enumerate(positions, 1)]
        for row in self.rows:
            row.aligned_with = self.aligned_with
            row.unpin_requested.connect(lambda position=row.position: self.toggle(*position))
            row.apply_settings(self._settings)
            row.show_image(*self._image)
            row.show_live(self._live)
            self._column.addWidget(row)
        self.setFixedHeight(ROW_HEIGHT * min(max(len(self.rows), 1), MAX_ROWS))
        self.setVisible(bool(self.rows))
        self.changed.emit()

    def show_image(self, pyramid: MipPyramid | None, part: Part | None) -> None:
        """Show the values of another image."""
        self._image = (pyramid, part)
        for row in self.rows:
            row.show_image(pyramid, part)

    def apply_settings(self, settings: ViewSettings) -> None:
        """Render the swatches with the view settings of the canvas."""
        self._settings = settings
        for row in self.rows:
            row.apply_settings(settings)

    def show_live(self, values: Values) -> None:
        """Show the differences to the probe under the pointer."""
        self._live = values
        for row in self.rows:
            row.show_live(values)

    def show_exact(self, pixels: Sequence[ExactPixels]) -> None:
        """Show the file's exact values of a reduced image."""
        by_position = {pixel.probe: pixel for pixel in pixels}
        for row in self.rows:
            if row.position in by_position:
                row.show_exact(by_position[row.position])

    def to_tsv(self) -> str:
        """Return a line per probe: number, x, y, and the values as stored, under their names."""
        names = next(([name for name, *_ in row.facts] for row in self.rows if row.facts), [])
        lines = ["\t".join(("probe", "x", "y", *names))]
        for number, row in enumerate(self.rows, 1):
            lines.append("\t".join((str(number), *map(str, row.position), *(text for _, text, _ in row.facts))))
        return "\n".join(lines) + "\n"


class ProbeArea(QWidget):
    """Column of the pinned probes and of the tables, each hidden without content."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pins = PinnedProbes()
        self.samples = TextTable(strings.DEEP_SAMPLES, strings.COPY_TSV, strings.CLOSE_SAMPLES)
        self.region = TextTable(strings.REGION_STATISTICS, strings.COPY_TSV, strings.CLOSE_REGION)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.pins, self.samples, self.region):
            column.addWidget(widget)

    @Slot()
    def copy_pins(self) -> None:
        """Copy the pinned probes as tab-separated text."""
        if self.pins.rows:
            QGuiApplication.clipboard().setText(self.pins.to_tsv())
