"""Renderer of the command `picture`: decoded pixels of a layer to the colors that the canvas shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.colorimetry import luminance_weights
from exr_inspector_app.color.configuration import COLORIMETRIC, Configuration
from exr_inspector_app.color.exposure_zones import zone_colors
from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.color.processor import DisplayChoice, display_processor
from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.cryptomatte import rank_channels
from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.picture import COLOR_KINDS
from exr_inspector_app.exr.pixels.color_maps import ColorMap
from exr_inspector_app.exr.pixels.data_colors import apply_look
from exr_inspector_app.exr.pixels.data_looks import Range, measure_look
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import Picture as Decoded
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.level_reduction import PICKED_KINDS
from exr_inspector_app.exr.pixels.resampling import resample
from exr_inspector_app.model import Box2i, ExrFile, Part, Picture

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

DEFAULT_SIZE = (2048, 2048)
MAX_ALTERNATIVES = 6  # layers that are decoded until one is not black
MAX_FRAME_RATIO = 4  # pixels of both windows together per pixel of the larger one; more is a mistake
AUTO_PERCENTILES = (0.5, 99.5)
_ROWS_PER_STEP = 256
_MAX_VALUE = 1e9  # beyond it are backgrounds


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Settings of a picture.

    Attributes:
        size: Width and height to fit; None for every pixel of the file.
        exposure: Stops.
        choice: Display and view.
        configuration: Where they are from.
        value_range: Low and high value of the layer, None for the default look; AUTO_RANGE for percentiles of colors.
        color_map: Of a data channel; None for that of its kind.
        is_false_color: Show the exposure of colors as false color.
        isolated: IDs that are shown while others are dimmed; empty for all.
    """

    size: tuple[int, int] | None = DEFAULT_SIZE
    exposure: float = 0.0
    choice: DisplayChoice = field(default_factory=DisplayChoice)
    configuration: Configuration = COLORIMETRIC
    value_range: Range | str | None = None
    color_map: ColorMap | None = None
    is_false_color: bool = False
    isolated: frozenset[int] = frozenset()


AUTO_RANGE = "auto"


class RenderedPicture(NamedTuple):
    """Colors of a layer, (height, width, 3) uint8, with the layer and the note of the decoder."""

    image: Bytes
    layer: Picture
    note: str


def render_first_visible(
    file: ExrFile,
    layers: Sequence[Picture],
    settings: RenderSettings,
    decoder: Decoder,
    stop: StopCheck = never_stop,
) -> RenderedPicture:
    """Render the first layer that is not black, or the first one if all of them are.

    Raises:
        PixelsError: The first layer cannot be decoded.
        ConfigError: The configuration cannot convert its colors.
    """
    first = _decode(file, layers[0], settings, decoder, stop)
    shown = layers[0], first
    if is_black(first):
        for layer in layers[1:MAX_ALTERNATIVES]:
            try:
                decoded = _decode(file, layer, settings, decoder, stop)
            except PixelsError:
                continue
            if not is_black(decoded):
                shown = layer, decoded
                break
    return _finish(file, *shown, settings)


def render_layer(
    file: ExrFile, layer: Picture, settings: RenderSettings, decoder: Decoder, stop: StopCheck = never_stop
) -> RenderedPicture:
    """Render one layer; see `render_first_visible`."""
    return _finish(file, layer, _decode(file, layer, settings, decoder, stop), settings)


def is_black(decoded: Decoded) -> bool:
    """Return True if no pixel has light or data; alpha does not count."""
    pixels = decoded.pixels[..., :3] if decoded.pixels.shape[2] >= 3 else decoded.pixels[..., :1]
    return not np.nan_to_num(pixels).any()


def _decode(file: ExrFile, layer: Picture, settings: RenderSettings, decoder: Decoder, stop: StopCheck) -> Decoded:
    part = file.parts[layer.part_index]
    frame = _frame(part)
    width, height = _target_size(frame, part, settings.size)
    factor = max(1, min(frame.width // width, frame.height // height))
    data = part.data_window or frame
    max_size = None if factor == 1 else (-(-data.width // factor), -(-data.height // factor))
    channels = layer.channels
    if layer.kind == "cryptomatte" and len(channels) > 1:  # one channel alone is shown alone
        ranks = rank_channels(part.channels, channels[0])
        channels = ranks if ranks[:1] == channels[:1] else channels  # a higher rank is shown alone, too
    keeps_type = layer.kind == "id"  # float32 rounds IDs beyond 2**24
    request = PictureRequest(file.path, layer.part_index, channels, max_size=max_size, keeps_type=keeps_type)
    return decoder.picture(request, stop)


def _finish(file: ExrFile, layer: Picture, decoded: Decoded, settings: RenderSettings) -> RenderedPicture:
    part = file.parts[layer.part_index]
    frame = _frame(part)
    framed = _place(decoded, frame)
    size = _target_size(frame, part, settings.size)
    kind = decoded.selection.kind if decoded.selection else layer.kind
    pixels = resample(framed, size, means=kind not in PICKED_KINDS)
    if kind in COLOR_KINDS:
        return RenderedPicture(to_colors(pixels, part_space(part), settings), layer, decoded.warning)
    limits = None if isinstance(settings.value_range, str) else settings.value_range
    look = measure_look(pixels, kind, layer.layer).with_limits(limits, settings.color_map)
    return RenderedPicture(apply_look(pixels, look, isolated=settings.isolated), layer, decoded.warning)


def to_colors(pixels: Floats, space: FileSpace, settings: RenderSettings) -> Bytes:
    """Return the colors of a layer of colors or luminance.

    Args:
        pixels: (height, width, channels) float32.
        space: Space of the file.
        settings: Display, exposure and range.
    """
    limits = _limits(pixels, settings.value_range)
    is_gray = pixels.shape[2] < 3
    if settings.is_false_color:
        weights = np.array(luminance_weights(space.primaries), np.float32)
        luminance = pixels[..., 0] if is_gray else pixels[..., :3] @ weights
        return zone_colors(luminance, settings.exposure)
    if is_gray:  # luminance has no primaries, so white is the white of the display
        space = replace(space, primaries=None)
    processor = display_processor(space, settings.choice, settings.configuration)
    image = np.empty((*pixels.shape[:2], 3), np.uint8)
    for start in range(0, len(pixels), _ROWS_PER_STEP):
        rows = pixels[start : start + _ROWS_PER_STEP]
        colors = np.repeat(rows[..., :1], 3, axis=2) if is_gray else rows[..., :3]
        if limits is not None:
            colors = (colors - np.float32(limits[0])) / np.float32(max(limits[1] - limits[0], 1e-12))
        image[start : start + len(rows)] = processor.apply(np.ascontiguousarray(colors), settings.exposure)
    return image


def _limits(pixels: Floats, value_range: Range | str | None) -> Range | None:
    """Return the range of colors that is shown, None for black and white of the display."""
    if not isinstance(value_range, str):
        return value_range
    values = pixels[..., : 3 if pixels.shape[2] >= 3 else 1]
    values = values[np.isfinite(values) & (np.abs(values) < _MAX_VALUE)]
    if not values.size:
        return None
    low, high = np.percentile(values, AUTO_PERCENTILES)
    return float(low), float(high)


def _frame(part: Part) -> Box2i:
    """Return the box that holds data and display window; the data window if the other is implausible."""
    data, display = part.data_window, part.display_window
    assert data is not None
    if display is None or display.width < 1 or display.height < 1:
        return data
    both = Box2i(
        min(data.min_x, display.min_x),
        min(data.min_y, display.min_y),
        max(data.max_x, display.max_x),
        max(data.max_y, display.max_y),
    )
    larger = max(data.width * data.height, display.width * display.height)
    return both if both.width * both.height <= MAX_FRAME_RATIO * larger else data


def _target_size(frame: Box2i, part: Part, size: tuple[int, int] | None) -> tuple[int, int]:
    """Return width and height of the picture, with square pixels; it is never enlarged to fit."""
    aspect = part.pixel_aspect_ratio or 1.0
    width = frame.width * aspect if 0.25 <= aspect <= 4 else float(frame.width)
    scale = 1.0 if size is None else min(1.0, size[0] / width, size[1] / frame.height)
    return max(1, round(width * scale)), max(1, round(frame.height * scale))


def _place(decoded: Decoded, frame: Box2i) -> Floats:
    """Return decoded pixels at their place within the frame, which is black elsewhere."""
    across, down = decoded.scale
    width, height = max(1, round(frame.width / across)), max(1, round(frame.height / down))
    left = round((decoded.data_window.min_x - frame.min_x) / across)
    top = round((decoded.data_window.min_y - frame.min_y) / down)
    if (left, top, height, width) == (0, 0, *decoded.pixels.shape[:2]):
        return decoded.pixels
    shape = (max(height, top + 1), max(width, left + 1), decoded.pixels.shape[2])
    framed = np.zeros(shape, decoded.pixels.dtype)
    rows = decoded.pixels[: len(framed) - top, : framed.shape[1] - left]
    framed[top : top + rows.shape[0], left : left + rows.shape[1]] = rows
    return framed
