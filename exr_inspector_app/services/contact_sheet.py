"""Contact sheet: every layer of a file as a labeled cell of one picture, in the order of the file's pictures."""

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
from exr_inspector_app.services.label_text import GLYPH_HEIGHT, draw_text
from exr_inspector_app.services.picture_render import RenderSettings, render_layer
from exr_inspector_app.services.picture_selection import layer_name

Bytes = npt.NDArray[np.uint8]

MAX_CELLS = 400  # layers of one sheet
DEFAULT_SHEET_WIDTH = 1920
CELL_GAP = 8  # px
BACKGROUND = 24  # gray of gaps and of layers that cannot be decoded
LABEL_HEIGHT = GLYPH_HEIGHT + 3  # px below a cell
LABEL_GRAY, FAILED_GRAY = 200, 110
_MIN_CELL, _MAX_CELL = 64, 480  # px across
_MIN_LABELED_CELL = 64  # px across; no text fits a smaller one


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
    label_height = LABEL_HEIGHT if cell[0] >= _MIN_LABELED_CELL else 0
    step_x, step_y = cell[0] + CELL_GAP, cell[1] + CELL_GAP + label_height
    sheet = np.full((rows * step_y + CELL_GAP, columns * step_x + CELL_GAP, 3), BACKGROUND, np.uint8)
    notes = [f"The sheet shows {MAX_CELLS} of {len(layers)} layers."] if len(layers) > MAX_CELLS else []
    for at, image in enumerate(_cells(file, shown, replace(settings, size=cell), decoder, stop)):
        top, left = CELL_GAP + at // columns * step_y, CELL_GAP + at % columns * step_x
        if label_height:
            gray = FAILED_GRAY if isinstance(image, str) else LABEL_GRAY
            draw_text(sheet, left, top + cell[1] + 2, cell[0], cell_label(file, shown[at]), gray)
        if isinstance(image, str):
            notes.append(image)
            continue
        top, left = top + (cell[1] - image.shape[0]) // 2, left + (cell[0] - image.shape[1]) // 2
        sheet[top : top + image.shape[0], left : left + image.shape[1]] = image
    return sheet, columns, notes


def cell_label(file: ExrFile, layer: Picture) -> str:
    """Return view, part and name of a layer; the part in a file of several parts, if it is not the name."""
    part = file.parts[layer.part_index]
    name = layer_name(layer, part) or ",".join(layer.channels)
    part_name = part.name or str(part.index) if len(file.parts) > 1 else ""
    return " ".join(filter(None, (layer.view or "", part_name if part_name != name else "", name)))


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
        room = (height - CELL_GAP) // rows - CELL_GAP
        labeled = round((room - LABEL_HEIGHT) * aspect)
        across = min(across, labeled if labeled >= _MIN_LABELED_CELL else round(room * aspect))
    across = min(max(across, 1 if size else _MIN_CELL), _MAX_CELL)
    return columns, (across, max(1, round(across / aspect)))
