"""Contact sheet: every layer of a file as a cell of one picture, in the order of the file's pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.model import ExrFile, Picture
from exr_inspector_app.services.picture_render import RenderSettings, render_layer

Bytes = npt.NDArray[np.uint8]

MAX_CELLS = 400  # layers of one sheet
DEFAULT_SHEET_WIDTH = 1920
CELL_GAP = 8  # px
BACKGROUND = 24  # gray of gaps and of layers that cannot be decoded
_MIN_CELL, _MAX_CELL = 64, 480  # px across


def render_sheet(
    file: ExrFile, layers: Sequence[Picture], settings: RenderSettings, decoder: Decoder, stop: StopCheck = never_stop
) -> tuple[Bytes, int, list[str]]:
    """Render a sheet.

    Args:
        file: The inspected file.
        layers: At most MAX_CELLS are shown.
        settings: As for one picture; `size` is that of the sheet.
        decoder: Decoder of the pixels.
        stop: Polled while pixels are decoded.

    Returns:
        The sheet, (height, width, 3) uint8; its number of columns; one sentence per layer that is left out or cannot be
        decoded.
    """
    shown = list(layers[:MAX_CELLS])
    columns, cell = _grid(file, shown, settings.size)
    rows = math.ceil(len(shown) / columns)
    step_x, step_y = cell[0] + CELL_GAP, cell[1] + CELL_GAP
    sheet = np.full((rows * step_y + CELL_GAP, columns * step_x + CELL_GAP, 3), BACKGROUND, np.uint8)
    notes = [f"The sheet shows {MAX_CELLS} of {len(layers)} layers."] if len(layers) > MAX_CELLS else []
    for at, image in enumerate(_cells(file, shown, replace(settings, size=cell), decoder, stop)):
        if isinstance(image, str):
            notes.append(image)
            continue
        top, left = CELL_GAP + at // columns * step_y, CELL_GAP + at % columns * step_x
        top, left = top + (cell[1] - image.shape[0]) // 2, left + (cell[0] - image.shape[1]) // 2
        sheet[top : top + image.shape[0], left : left + image.shape[1]] = image
    return sheet, columns, notes


def _cells(
    file: ExrFile, layers: Sequence[Picture], settings: RenderSettings, decoder: Decoder, stop: StopCheck
) -> Iterator[Bytes | str]:
    """Yield the colors of each layer, or the sentence why it cannot be decoded."""
    for layer in layers:
        try:
            yield render_layer(file, layer, settings, decoder, stop).image
        except DecodeCancelledError:
            raise
        except PixelsError as error:
            yield f"{layer.layer or ', '.join(layer.channels)}: {error.sentence}"


def _grid(file: ExrFile, layers: Sequence[Picture], size: tuple[int, int] | None) -> tuple[int, tuple[int, int]]:
    """Return the number of columns, and width and height of a cell, for a sheet that is about as wide as high."""
    boxes = [box for layer in layers if (box := file.parts[layer.part_index].data_window) is not None]
    aspect = boxes[0].width / boxes[0].height if boxes else 1.0
    aspect = min(max(aspect, 0.25), 4.0)
    width, height = size or (DEFAULT_SHEET_WIDTH, 0)
    columns = max(1, round(math.sqrt(len(layers) / aspect * (width / height if height else aspect))))
    columns = min(columns, len(layers))
    across = (width - CELL_GAP) // columns - CELL_GAP
    if height:
        rows = math.ceil(len(layers) / columns)
        across = min(across, round(((height - CELL_GAP) // rows - CELL_GAP) * aspect))
    across = min(max(across, 1 if size else _MIN_CELL), _MAX_CELL)
    return columns, (across, max(1, round(across / aspect)))
