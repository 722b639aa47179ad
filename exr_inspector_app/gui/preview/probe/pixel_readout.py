"""Pixel readout below the canvas: coordinates and values at the probe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from exr_inspector_app.exr.pixels.data_looks import Mapping
from exr_inspector_app.exr.pixels.value_text import MAX_CHARS, format_stored
from exr_inspector_app.gui.preview import strings
from exr_inspector_app.gui.preview.color.display_transform import ViewSettings
from exr_inspector_app.gui.preview.objects_job import name_of
from exr_inspector_app.gui.preview.overlay.marks_bar import MarksBar
from exr_inspector_app.gui.preview.preview_job import FIRST_ROUNDED, ExactPixels
from exr_inspector_app.gui.preview.probe.object_readout import (
    ObjectCoverage,
    number_at,
    objects_at,
    paint_objects,
    pixel_at,
)
from exr_inspector_app.gui.preview.probe.swatch import compute_swatch
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid
from exr_inspector_app.gui.preview.view_transform import shown_aspect
from exr_inspector_app.gui.style import paint, theme
from exr_inspector_app.model import Part

HEIGHT = 29  # px
_TOKENS = {"R": "red", "G": "green", "B": "blue"}


class PixelReadout(QWidget):
    """Readout of coordinates, color swatch, values in fixed columns, and remarks on the image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._pyramid: MipPyramid | None = None
        self._probe: tuple[int, int] | None = None
        self._exact: ExactPixels | None = None
        self._settings = ViewSettings()
        self._missing_note = ""
        self._aspect = 1.0  # width of a pixel by its height
        self._types: dict[str, str] = {}  # pixel type of each channel of the part
        self._chips: MarksBar | None = None
        self._objects: tuple[tuple[int, int], tuple[ObjectCoverage, ...]] | None = None  # probe and all ranks there
        self.object_name: Callable[[int], str] = lambda number: name_of(number, {}, is_hash=True)
        self.setAccessibleName(strings.PIXEL_VALUES)

    def set_chips(self, chips: MarksBar) -> None:
        """Show a row of chips at the right."""
        self._chips = chips
        chips.setParent(self)
        chips.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the chips."""
        if watched is self._chips and event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._place_chips()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chips at the right."""
        super().resizeEvent(event)
        if self._chips is not None:
            self._chips.fit_width(self.width())
        self._place_chips()

    def _place_chips(self) -> None:
        if self._chips is not None:
            self._chips.move(self.width() - self._chips.width() - 12, (self.height() - self._chips.height()) // 2)
            self.update()

    def show_image(self, pyramid: MipPyramid | None, part: Part | None) -> None:
        """Set the image whose values are shown, and its part."""
        self._pyramid, self._exact, self._objects = pyramid, None, None
        self._missing_note = _describe_missing(part) if part else ""
        self._aspect = shown_aspect(part)
        self._types = {channel.name: channel.type for channel in part.channels} if part else {}
        self._update()

    @property
    def settings(self) -> ViewSettings:
        """View settings of the swatch."""
        return self._settings

    def apply_settings(self, settings: ViewSettings) -> None:
        """Render the swatch with the view settings of the canvas."""
        self._settings = settings
        self.update()

    def show_probe(self, probe: tuple[int, int] | None) -> None:
        """Show the values of a pixel, or none."""
        self._probe = probe
        self._update()

    def show_exact(self, exact: ExactPixels) -> None:
        """Show the file's exact values at a pixel of a reduced image."""
        self._exact = exact
        self._update()

    def _update(self) -> None:
        self.setAccessibleDescription(self.text)
        self.update()

    @property
    def _pixel(self) -> tuple[int, int] | None:
        """Column and row of the probe in the decoded image, None outside of it."""
        return pixel_at(self._pyramid, *self._probe) if self._probe is not None else None

    @property
    def objects(self) -> list[ObjectCoverage]:
        """Objects of a Cryptomatte at the probe, of all ranks once they are read."""
        if self._objects is not None and self._objects[0] == self._probe:
            return list(self._objects[1])
        return [entry._replace(name=self.object_name(entry.number)) for entry in objects_at(self._pyramid, self._pixel)]

    def show_objects(self, probe: tuple[int, int], objects: Sequence[ObjectCoverage]) -> None:
        """Show the objects of all ranks at a pixel."""
        self._objects = (probe, tuple(objects))
        self._update()

    @property
    def values(self) -> list[tuple[str, float]]:
        """Component names and values at the probe, empty if it is outside the image."""
        pyramid, pixel = self._pyramid, self._pixel
        if pyramid is None or pixel is None:
            return []
        picture, (column, row) = pyramid.picture, pixel
        if self.is_exact and self._exact:
            return list(zip(pyramid.letters, self._exact.values, strict=True))
        return list(zip(pyramid.letters, map(float, picture.pixels[row, column]), strict=True))

    @property
    def facts(self) -> list[tuple[str, str, int]]:
        """Component name, text that reads back as the stored value, and largest length of such a text."""
        pyramid = self._pyramid
        if pyramid is None:
            return []
        facts = []
        for name, (letter, value) in zip(pyramid.picture.channels, self.values, strict=False):
            pixel_type = self._type_of(name)
            is_rounded = pixel_type == "uint" and value >= FIRST_ROUNDED and not (self.is_exact or pyramid.is_exact)
            text = ("≈" if is_rounded else "") + format_stored(value, pixel_type)
            facts.append((letter, text, MAX_CHARS[pixel_type]))
        return facts

    def _type_of(self, channel: str) -> str:
        """Return the pixel type of the shown values: means and colors from luminance and chroma are float."""
        pixel_type = self._types.get(channel, "float")
        picture = self._pyramid.picture if self._pyramid else None
        is_mean = picture is not None and picture.factor > 1 and not (self.is_exact or picture.is_draft)
        return "float" if is_mean and pixel_type == "half" else pixel_type

    @property
    def is_exact(self) -> bool:
        """Whether the shown values were read from the file, not from the reduced image."""
        return self._exact is not None and self._exact.probe == self._probe

    @property
    def is_missing(self) -> bool:
        """Whether the pixel at the probe is missing in the file."""
        if self._pyramid is None or self._probe is None:
            return False
        x, y = self._probe
        boxes = self._pyramid.picture.missing
        return any(box.min_x <= x <= box.max_x and box.min_y <= y <= box.max_y for box in boxes)

    @property
    def text(self) -> str:
        """Readout as plain text, for screen readers and tests."""
        if self._probe is None or self._pyramid is None:  # a damaged file has no pixel there
            return self.remarks
        facts = " ".join(f"{letter} {text}" for letter, text, _ in self.facts)
        if name := self.id_name:
            facts = f"{facts} {name}"
        if self._is_matte:
            facts = ", ".join(entry.text for entry in self.objects) or strings.NO_OBJECT
        return f"x {self._probe[0]} y {self._probe[1]} {facts} {self.remarks}".strip()

    @property
    def _is_matte(self) -> bool:
        """Whether the values are IDs and coverages of a Cryptomatte at the probe."""
        look = self._pyramid.look if self._pyramid else None
        return look is not None and look.is_hash and self._pixel is not None

    @property
    def id_name(self) -> str:
        """Name of the object at the probe, of an ID channel with a manifest; empty for all others."""
        if self._probe is None or self._is_matte or not (number := number_at(self._pyramid, *self._probe)):
            return ""
        name = self.object_name(number)
        return name if name != str(number) else ""

    @property
    def has_ids(self) -> bool:
        """Whether the values are IDs, which have no difference."""
        look = self._pyramid.look if self._pyramid else None
        return look is not None and not look.has_range

    @property
    def warning(self) -> str:
        """Counts of NaN, infinite and negative values; empty without such values."""
        pyramid = self._pyramid
        if pyramid is None or (pyramid.look is not None and pyramid.look.is_hash):  # bits of hashes are no numbers
            return ""
        is_depth = pyramid.look is not None and pyramid.look.mapping is Mapping.DEPTH  # infinite without a surface
        return strings.special_counts(pyramid.nan_count, 0 if is_depth else pyramid.inf_count, pyramid.negative_count)

    @property
    def remarks(self) -> str:
        """Remarks on the image: special values, missing chunks, reduced size."""
        return ", ".join(filter(None, (self.warning, self._notes)))

    @property
    def _notes(self) -> str:
        """Missing chunks, reduced size, and the shape of pixels that are not square."""
        if self._pyramid is None:
            return ""
        remarks = []
        picture = self._pyramid.picture
        if picture.missing:
            remarks.append(self._missing_note or strings.missing_units(len(picture.missing), "region"))
        if picture.factor > 1 and not (self.is_exact or picture.is_draft):
            remarks.append(strings.mean_values(picture.factor))
        if abs(self._aspect - 1) >= 0.001:
            remarks.append(f"pixels {self._aspect:.4g}:1")
        return ", ".join(remarks)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint coordinates, swatch, values, and remarks."""
        t = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), t.color("panel"))
        mono, middle = theme.mono_font(12), self.height() / 2
        end = self._paint_remarks(painter)
        step = QFontMetricsF(mono).horizontalAdvance("0")
        left = 12.0
        for axis, letter in enumerate("xy"):
            coordinate = str(self._probe[axis]).replace("-", "−") if self._probe and self._pyramid else "–"
            paint.text(painter, QRectF(left, 0, step, self.height()), letter, mono, "t3")
            paint.text(painter, QRectF(left + 2 * step, 0, 5 * step, self.height()), coordinate, mono, "t1")
            left += 8.2 * step
        swatch = QRectF(left, middle - 8, 16, 16)
        painter.setPen(t.color("line2"))
        painter.setBrush(self.swatch() or t.color("panel"))
        painter.drawRoundedRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        left += 28
        if self.is_missing:
            paint.text(
                painter, QRectF(left, 0, end - left, self.height()), strings.NOT_IN_FILE, theme.ui_font(12), "t2"
            )
        else:
            self._paint_values(painter, left, end, step)
        painter.end()

    def _paint_remarks(self, painter: QPainter) -> float:
        """Paint the remarks left of the chips, and return their left edge."""
        if notes := self._notes:
            paint.text(
                painter, QRectF(12, 0, self._notes_end - 12, self.height()), notes, theme.ui_font(12), "t2", "right"
            )
        return self.values_end

    @property
    def _notes_end(self) -> float:
        has_chips = self._chips is not None and self._chips.isVisible()
        return self._chips.x() - 12.0 if has_chips and self._chips is not None else self.width() - 12.0

    @property
    def values_end(self) -> float:
        """Where the room of the values ends: left of remarks and chips."""
        notes = self._notes
        return self._notes_end - 12 - (QFontMetricsF(theme.ui_font(12)).horizontalAdvance(notes) + 12 if notes else 0)

    def _paint_values(self, painter: QPainter, left: float, end: float, step: float) -> float:
        """Paint names and values in columns that fit, and return the end of the last one."""
        if self._is_matte:
            return paint_objects(painter, QRectF(left, 0, end - left, self.height()), self.objects)
        mono = theme.mono_font(12)
        for letter, text, max_chars in fit_columns(self.facts, int((self._columns_end(end) - left) / step) + 2):
            name = letter[:6]
            column_width = (len(name) + 1 + max_chars + 1.5) * step
            if left + column_width - 2 * step > end:
                return left
            font = theme.mono_font(12, theme.MEDIUM)
            paint.text(painter, QRectF(left, 0, 80, self.height()), name, font, _TOKENS.get(letter.upper(), "t2"))
            room = QRectF(left + (len(name) + 1) * step, 0, (max_chars + 1) * step, self.height())
            paint.text(painter, room, text.replace("-", "−"), mono, "t1")
            left += column_width
        if name := self.id_name:
            left += (
                paint.text(painter, QRectF(left, 0, end - left, self.height()), name, theme.ui_font(12), "t1") + step
            )
        return left

    def _columns_end(self, end: float) -> float:
        """Return the right ends of columns of the same width."""
        return end

    def swatch(self) -> QColor | None:
        """Return the color at the probe as the canvas shows it, or None."""
        values = [value for _, value in self.values]
        if self._pyramid is None or not values or self.is_missing:
            return None
        return compute_swatch(self._pyramid, values, self._settings)


def fit_columns(facts: Sequence[tuple[str, str, int]], room: int) -> list[tuple[str, str, int]]:
    """Return names and values with the width of their columns, in characters.

    The columns are as wide as their longest possible values, or all the same, so that values do not jump and those of
    several rows are aligned; only if one of the values does not fit, each column is as wide as its value.
    """
    if sum(len(name[:6]) + width + 2.5 for name, _, width in facts) <= room:
        return list(facts)
    share = int(room / max(len(facts), 1) - 2.5)
    equal = [(name, text, min(width, share - len(name[:6]))) for name, text, width in facts]
    if all(len(text) <= width for _, text, width in equal):
        return equal
    return [(name, text, len(text)) for name, text, _ in facts]


def _describe_missing(part: Part) -> str:
    """Return the sentence on missing chunks; empty for parts with levels, which share the chunk count."""
    if part.chunk_count is None or part.chunks_present is None or part.level_mode not in (None, "one_level"):
        return ""
    missing = part.chunk_count - part.chunks_present
    return strings.missing_units(missing, "tile" if part.is_tiled else "chunk") if missing else ""
