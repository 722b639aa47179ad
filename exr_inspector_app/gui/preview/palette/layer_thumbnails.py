"""LRU cache of layer thumbnails: decoded in batches, each in one pass over the file.

The newest request supersedes the others. Each layer has the look of its kind, and is exposed separately.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import DecodeCancelledError, KnownError
from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.picture import COLOR_KINDS
from exr_inspector_app.exr.pixels.data_colors import apply_look
from exr_inspector_app.exr.pixels.data_looks import measure_look
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import RgbImage
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.display_transform import exposure_stops, stretch_to_square_pixels, to_light, to_rgb
from exr_inspector_app.gui.preview.color.display_transform import ColorSettings
from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.gui.thumbnails.qt_image import crop, to_qimage
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.picture_render import RenderSettings, to_colors

KIND = "Layer thumbnails"
MAX_THUMBNAILS = 600  # in memory, 80 KB each
MAX_BATCH_CHANNELS = 32  # of one pass; the first thumbnails wait for one batch
WIDTH, HEIGHT = 216, 122  # px of a thumbnail at 200 %
_MAX_SIZE = (320, 180)  # decoded
_UINT = {"uint"}  # types of a layer of IDs, which float32 would round

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


class Wish(NamedTuple):
    """Layers of a file whose thumbnails are requested, the first one first."""

    file: ExrFile
    layers: tuple[Layer, ...]
    color: ColorSettings


class LayerThumbnails(QObject):
    """Cache by file, layer and view of colors; `arrived` is emitted with each thumbnail."""

    arrived = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._images: OrderedDict[Hashable, QImage | None] = OrderedDict()  # None: it cannot be decoded
        self._pending: set[Hashable] = set()
        self._decoder = Decoder()  # of the usual limit, so that an idle process can be used

    def get(self, wish: Wish, layer: Layer) -> QImage | None:
        """Return the thumbnail of a layer, or None until it has arrived, or without one."""
        return self._images.get(_key(wish, layer))

    def request(self, wish: Wish) -> None:
        """Decode the thumbnails that are neither cached nor being decoded; a new request supersedes earlier ones."""
        missing = [layer for layer in wish.layers if _key(wish, layer) not in self._images]
        keys = {_key(wish, layer) for layer in missing}
        if keys <= self._pending:
            return
        self._pending = keys

        def work(stop: StopCheck) -> Iterator[tuple[Layer, QImage | None]]:
            return _decode(wish._replace(layers=tuple(missing)), self._decoder, stop)

        def add(result: tuple[Layer, QImage | None]) -> None:
            key = _key(wish, result[0])
            self._pending.discard(key)
            self._images[key] = result[1]
            while len(self._images) > MAX_THUMBNAILS:
                self._images.popitem(last=False)
            self.arrived.emit()

        self._tasks.run_iter(KIND, work, add, self._end, self._end, supersede=True)

    @property
    def is_waiting(self) -> bool:
        """True while requested thumbnails have not arrived."""
        return bool(self._pending)

    def close(self) -> None:
        """Drop the requests and end the process of the decoder; a later request starts another one."""
        self._tasks.drop(KIND)
        self._pending.clear()
        self._decoder.cancel()
        self._decoder.close()

    def _end(self, _result: object) -> None:
        """Let thumbnails that have not arrived be requested again."""
        self._pending.clear()


def _key(wish: Wish, layer: Layer) -> Hashable:
    file, color = wish.file, wish.color
    return (
        file.path,
        file.size_bytes,
        file.mtime,
        layer.part,
        layer.channels,
        color.choice,
        color.configuration.identity,
    )


def _decode(wish: Wish, decoder: Decoder, stop: StopCheck) -> Iterator[tuple[Layer, QImage | None]]:
    """Yield each layer with its thumbnail, None for one that cannot be decoded."""
    for batch in make_batches(wish.file, wish.layers):
        names = tuple(name for layer in batch for name in layer.channels)
        if stop():
            return
        try:
            is_uint = _types(wish.file, batch[0]) == _UINT
            request = PictureRequest(wish.file.path, batch[0].part, names, max_size=_MAX_SIZE, keeps_type=is_uint)
            pixels = decoder.picture(request, stop).pixels
        except DecodeCancelledError:
            return
        except KnownError:
            yield from ((layer, None) for layer in batch)
            continue
        first = 0
        for layer in batch:
            yield layer, _make_image(wish, layer, pixels[..., first : first + len(layer.channels)])
            first += len(layer.channels)


def make_batches(file: ExrFile, layers: Sequence[Layer]) -> list[list[Layer]]:
    """Return layers that one pass can decode: of one part and sampling, all of them averaged or none."""
    batches: dict[Hashable, list[Layer]] = {}
    numbers = count()
    for layer in layers:
        key: Hashable = (layer.part, *_decoding(file, layer))
        if layer.channels != layer.stored:  # luminance and chroma
            key = next(numbers)
        members = batches.setdefault(key, [])
        if members and sum(len(member.channels) for member in members) + len(layer.channels) > MAX_BATCH_CHANNELS:
            batches[next(numbers)] = members
            batches[key] = members = []
        members.append(layer)
    ranks = {layer: rank for rank, layer in enumerate(layers)}
    return sorted(batches.values(), key=lambda batch: ranks[batch[0]])


def _decoding(file: ExrFile, layer: Layer) -> tuple[Hashable, ...]:
    """Return the key that all channels of one request share."""
    channels = [channel for channel in file.parts[layer.part].channels if channel.name in layer.stored]
    samplings = frozenset((channel.x_sampling, channel.y_sampling) for channel in channels)
    types = _types(file, layer)
    return layer.kind in ("cryptomatte", "id") or "uint" in types, types == _UINT, samplings


def _types(file: ExrFile, layer: Layer) -> set[str]:
    return {channel.type for channel in file.parts[layer.part].channels if channel.name in layer.stored}


def _make_image(wish: Wish, layer: Layer, pixels: Floats) -> QImage | None:
    """Return the thumbnail of decoded pixels, None if the view cannot show them."""
    part = wish.file.parts[layer.part]
    pixels = np.ascontiguousarray(pixels)
    try:
        colors = _to_colors(pixels, layer, part_space(part), wish.color)
    except KnownError:
        return None
    colors = np.ascontiguousarray(stretch_to_square_pixels(colors, part.pixel_aspect_ratio))
    return crop(to_qimage(RgbImage(colors.shape[1], colors.shape[0], colors.tobytes())), WIDTH, HEIGHT)


def _to_colors(pixels: Floats, layer: Layer, space: FileSpace, color: ColorSettings) -> Bytes:
    """Return the colors of a layer in the look of its kind; images are exposed to middle gray."""
    kind = layer.kind.replace("color", "colour")
    if kind not in COLOR_KINDS:
        return apply_look(pixels, measure_look(pixels, kind, layer.name))
    stops = exposure_stops(to_rgb(to_light(pixels, space)))
    return to_colors(pixels, space, RenderSettings(None, stops, color.choice, color.configuration))
