"""Presenter of the probe: pinned probes, values of all channels, deep samples, and statistics of a region."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.exr.pixels.probe_values import DeepPixel
from exr_inspector_app.exr.pixels.value_text import format_stored
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.inspector.pixel_values import PixelValues, format_values
from exr_inspector_app.gui.inspector.strings import values_at
from exr_inspector_app.gui.main_window.actions import Actions
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.preview_job import PreviewJob, PreviewState
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.preview.probe.probe_job import FileValues, ProbeJob, RegionStatistics
from exr_inspector_app.gui.preview.probe.probe_layer import ProbeLayer
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.model import Box2i, ChannelStats, Part
from exr_inspector_app.text.escape import escape_control

REST_MS = 150  # before the pins and the region of another image are read
REGION_WIDTHS = (0, 0, 0, 0, 48, 44, 66)  # px, of the columns after that of the names
NAME_WIDTHS = (62, 120)  # px, the least and the most for the names of channels
_DEPTHS, _COLORS = ("Z", "ZBack"), "RGBA"  # first columns of the samples


class ProbePresenter(QObject):
    """Connects the probe of the canvas, the area below it, and the structure tree to the decoder."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        job: ProbeJob,
        preview_job: PreviewJob,
        pane: PreviewPane,
        inspector: InspectorPane,
    ) -> None:
        super().__init__(window)
        self._job, self._preview_job, self._pane, self._inspector = job, preview_job, pane, inspector
        self._area = pane.probes
        self._layer = ProbeLayer(self)
        self._pyramid: MipPyramid | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._follow)
        self._asked: tuple[str, tuple[int, int]] | None = None  # path and pixel of the newest request
        canvas, pins = pane.canvas, self._area.pins
        pins.aligned_with = pane.readout
        canvas.add_layer(self._layer)
        canvas.probe_moved.connect(self._show_live)
        canvas.renderer.rendered.connect(lambda: pins.apply_settings(pane.readout.settings))
        self._layer.pin_requested.connect(pins.toggle)
        self._layer.region_selected.connect(self._measure)
        pins.changed.connect(self._on_pins_changed)
        self._area.region.closed.connect(self._drop_region)
        pane.exact_pixel_requested.connect(self._read)
        preview_job.changed.connect(self._on_state)
        preview_job.pixel_read.connect(self._show_live)
        job.values_read.connect(self._show_values)
        job.region_measured.connect(self._show_region)
        job.pins_read.connect(pins.show_exact)
        inspector.page_shown.connect(self._read_shown)
        inspector.structure.shown.connect(self._read_shown)
        actions.connect(
            pin_probe=self.pin,
            measure_visible=self.measure_visible,
            unpin_probes=lambda: pins.set_positions(()),
            copy_probes=self._area.copy_pins,
            copy_values=inspector.structure.tree.copy_values,
        )

    @Slot()
    def pin(self) -> None:
        """Pin the probe, or remove its pin."""
        if self._pane.canvas.probe is not None:
            self._area.pins.toggle(*self._pane.canvas.probe)

    @Slot(object)
    def _on_state(self, state: PreviewState) -> None:
        """Follow the image: the pins and the region stay at their pixels."""
        if self._pane.canvas.probe is None:
            self._asked = None
            self._inspector.structure.show_values(None)
        if state.pyramid is self._pyramid or state.is_loading:
            return
        self._pyramid = state.pyramid
        self._job.drop()
        self._area.pins.show_image(state.pyramid, state.part)
        self._area.samples.hide()
        self._show_live()
        if state.pyramid is None:
            self._drop_region()
        self._rest.start()

    @Slot()
    def _follow(self) -> None:
        """Read the pins and the region of an image that has been shown for a moment, unlike those of playback."""
        self._job.read_pins(self._area.pins.positions)
        if self._layer.region is not None:
            self._measure(self._layer.region)

    @Slot()
    def _show_live(self) -> None:
        self._area.pins.show_live(self._pane.readout.values)

    @Slot()
    def _on_pins_changed(self) -> None:
        self._layer.show_pins(self._area.pins.positions)
        self._job.read_pins(self._area.pins.positions)
        self._pane.canvas.update()

    # All channels at the probe

    @Slot()
    def _read_shown(self) -> None:
        """Read the values that became visible."""
        if self._pane.canvas.probe is not None:
            self._read(*self._pane.canvas.probe)

    @Slot(int, int)
    def _read(self, x: int, y: int) -> None:
        """Read the pixel for the structure tree if it is visible, and for the samples of a deep part."""
        state = self._preview_job.shown
        needs_tree = self._inspector.page == InspectorPage.STRUCTURE and self._inspector.isVisible()
        if state.file is None or not (needs_tree or (state.part is not None and state.part.is_deep)):
            return
        if self._asked != (state.file.path, (x, y)) or not self._inspector.structure.has_values:
            self._asked = (state.file.path, (x, y))
            self._job.read_values((x, y))

    @Slot(object)
    def _show_values(self, values: FileValues) -> None:
        state = self._preview_job.shown
        if state.file is None or values.path != state.file.path or values.position != self._pane.canvas.probe:
            return
        shown = format_values(state.file, values.parts, values.position, values.names)
        if values.failure:
            remarks = {part.index: values.failure for part in state.file.parts}
            shown = PixelValues(values_at(*values.position), {}, remarks)
        self._inspector.structure.show_values(shown)
        self._show_samples(values, state.part)

    def _show_samples(self, values: FileValues, part: Part | None) -> None:
        """List the samples of a deep pixel of the part that is shown."""
        by_part = {part_values.part_index: part_values.deep for part_values in values.parts}
        deep = by_part.get(part.index) if part is not None else None
        if part is None or deep is None:
            self._area.samples.hide()
            return
        columns, rows = _list_samples(part, deep)
        title = strings.samples_title(deep.total, len(deep.samples), values.position)
        self._area.samples.show_rows(title, columns, rows)

    # Region

    @Slot()
    def measure_visible(self) -> None:
        """Measure the visible part of the image."""
        self._measure(self._layer.select_visible(self._pane.canvas))

    @Slot(object)
    def _measure(self, region: Box2i | None) -> None:
        """Measure a region, or end its selection."""
        if region is None:
            self._area.region.close_table()
            return
        self._area.region.show_rows(strings.MEASURING, strings.REGION_COLUMNS, ())
        self._job.measure(region)

    @Slot()
    def _drop_region(self) -> None:
        self._layer.region = None
        self._area.region.hide()
        self._pane.canvas.update()

    @Slot(object)
    def _show_region(self, result: RegionStatistics) -> None:
        if result.region != self._layer.region:
            return
        part, region = self._preview_job.shown.part, result.region
        lost = max((row.lost_count for row in result.channels), default=0)
        title = strings.region_title(strings.region_size(region.width, region.height), region[:2], lost)
        types = {channel.name: channel.type for channel in part.channels} if part else {}
        rows = [_format_row(row, types.get(row.name, "float")) for row in result.channels]
        longest = max((len(row.name) for row in result.channels), default=0)
        names = min(max(24 + 7 * longest, NAME_WIDTHS[0]), NAME_WIDTHS[1])
        self._area.region.show_rows(result.failure or title, strings.REGION_COLUMNS, rows, (names, *REGION_WIDTHS))


def _format_row(row: ChannelStats, pixel_type: str) -> tuple[str, ...]:
    """Return the statistics of a channel as texts: range as stored, mean and deviation in five digits."""
    counts = tuple(f"{count:,}" for count in (row.nan_count, row.inf_count, row.negative_count))
    name = escape_control(row.name)
    if not row.has_range:
        return (name, *("–",) * 4, *counts)
    bounds = (format_stored(value, pixel_type) for value in (row.min, row.max))
    return (name, *bounds, f"{row.mean:.5g}", f"{row.stddev:.5g}", *counts)


def _list_samples(part: Part, deep: DeepPixel) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return columns and rows of the samples from near to far, with their number in the file."""
    order = sorted(deep.channels, key=_sample_column)
    indexes = [deep.channels.index(name) for name in order]
    types = {channel.name: channel.type for channel in part.channels}
    numbered = list(enumerate(deep.samples, 1))
    if "Z" in deep.channels:
        numbered.sort(key=lambda item: item[1][deep.channels.index("Z")])
    rows = [
        (str(number), *(format_stored(sample[index], types.get(deep.channels[index], "float")) for index in indexes))
        for number, sample in numbered
    ]
    return ("#", *map(escape_control, order)), rows


def _sample_column(name: str) -> tuple[bool, bool, int, str]:
    """Return the place of a channel among the columns: depths, then R, G, B and A, then all others by name."""
    component = name.rpartition(".")[2]
    return name not in _DEPTHS, component not in _COLORS, _COLORS.find(component), name
