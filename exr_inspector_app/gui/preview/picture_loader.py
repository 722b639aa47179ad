"""Loader of image pyramids: decodes layers in worker threads, and takes cached ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from exr_inspector_app.color.colorimetry import luminance_weights
from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.chunks.levels import level_sizes
from exr_inspector_app.exr.parser.part_color import part_space
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.layer_batch import read_layers
from exr_inspector_app.exr.pixels.memory_budget import machine_memory_mb
from exr_inspector_app.gui.preview.layers import Layer, rank_layers
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid, Weights, build_pyramid, is_black
from exr_inspector_app.gui.preview.rendering.pyramid_cache import PyramidCache, PyramidKey, pyramid_key
from exr_inspector_app.model import ExrFile

MAX_ALTERNATIVES = 5  # layers that are decoded to replace a black image
MAX_PICTURE_BYTES = 2**30  # decoded at full size; a larger image is reduced to about as many
_MEMORY_SHARE = 8  # one image may take an eighth of the memory of the machine


@dataclass(frozen=True, slots=True, eq=False)
class LoadRequest:
    """Layer of a file at a level; unless the user selected it, another one replaces it if it is black."""

    file: ExrFile
    layers: tuple[Layer, ...]
    layer: Layer
    level: tuple[int, int] = (0, 0)
    is_layer_selected: bool = True
    step: int = 1  # of the level that is shown first

    @property
    def key(self) -> PyramidKey:
        """Key of the requested layer in the cache."""
        return pyramid_key(self.file, self.layer, self.level)


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPicture:
    """Pyramid of a layer, which is not the requested one if that is black."""

    layer: Layer
    pyramid: MipPyramid


class PictureLoader:
    """Loader with a cache. Thread-safe; requests of several threads are decoded one after another."""

    def __init__(self, decoder: Decoder, cache: PyramidCache) -> None:
        """Create a loader that decodes with `decoder` and fills `cache`."""
        self._decoder, self.cache = decoder, cache
        self._replaced: dict[PyramidKey, Layer] = {}  # layer that is shown in place of a layer that is not selected

    def cached(self, request: LoadRequest) -> LoadedPicture | None:
        """Return a picture without decoding, or None. Does not block."""
        layer: Layer | None = request.layer
        if not request.is_layer_selected:
            layer = self._replaced.get(request.key)
        if layer is None:
            return None
        pyramid = self.cache.get(pyramid_key(request.file, layer, request.level))
        return LoadedPicture(layer, pyramid) if pyramid else None

    def load(
        self, request: LoadRequest, stop: StopCheck, on_draft: Callable[[MipPyramid], None] | None = None
    ) -> LoadedPicture:
        """Return a picture from the cache, or decode it.

        Args:
            request: The layer.
            stop: Polled while it is decoded.
            on_draft: Called with a reduced picture of a large one before all of it is decoded.

        Raises:
            DecodeCancelledError: `stop` returned True.
            PixelsError: The pixels cannot be decoded.
        """
        pyramid = self._load_layer(request, request.layer, stop, on_draft)
        loaded = LoadedPicture(request.layer, pyramid)
        if not request.is_layer_selected and request.level == (0, 0) and is_black(pyramid.picture):
            loaded = self._first_visible(request, stop) or loaded
        if not request.is_layer_selected:
            self._replaced[request.key] = loaded.layer
        return loaded

    def _first_visible(self, request: LoadRequest, stop: StopCheck) -> LoadedPicture | None:
        """Return the first of a few other layers that is not black."""
        ranked = rank_layers(request.layers, request.file)
        for other in [other for other in ranked if other != request.layer][:MAX_ALTERNATIVES]:
            try:
                pyramid = self._load_layer(request, other, stop, None)
            except DecodeCancelledError:
                raise
            except PixelsError:
                continue
            if not is_black(pyramid.picture):
                return LoadedPicture(other, pyramid)
        return None

    def _load_layer(
        self, request: LoadRequest, layer: Layer, stop: StopCheck, on_draft: Callable[[MipPyramid], None] | None
    ) -> MipPyramid:
        key = pyramid_key(request.file, layer, request.level)
        known = self.cache.get(key)
        if known is not None:
            return known
        weights = _luminance_weights(request.file, layer)

        def build_draft(draft: Picture) -> None:
            if on_draft is not None:
                on_draft(build_pyramid(draft, weights))

        wish = replace(picture_request(request.file, layer, request.level), step=request.step)
        pyramid = build_pyramid(self._decoder.picture(wish, stop, build_draft if on_draft else None), weights)
        self.cache.add({key: pyramid})
        return pyramid

    def load_layers(
        self, file: ExrFile, layers: Sequence[Layer], stop: StopCheck, like: MipPyramid | None = None
    ) -> None:
        """Decode layers of one part in one pass, and add them to the cache, reduced like the pyramid that is shown.

        Raises:
            DecodeCancelledError: `stop` returned True.
            PixelsError: The pixels cannot be decoded.
        """
        names = tuple(shown_channels(file, layer) for layer in layers)
        pictures = read_layers(self._decoder, file.path, layers[0].part, names, stop)
        batch = {
            pyramid_key(file, layer): build_pyramid(picture, _luminance_weights(file, layer))
            for layer, picture in zip(layers, pictures, strict=True)
        }
        for pyramid in batch.values():
            if like is not None and not stop():
                pyramid.reduce_like(like)
        self.cache.add(batch)


def picture_request(file: ExrFile, layer: Layer, level: tuple[int, int]) -> PictureRequest:
    """Return the request for a level in full size, or reduced if it takes more than MAX_PICTURE_BYTES."""
    part = file.parts[layer.part]
    size = next((size for size in level_sizes(part) if (size.x, size.y) == level), part.data_window)
    max_size = None
    max_pixels = _max_bytes() // layer_bytes_per_pixel(file, layer)
    if size and size.width * size.height > max_pixels:
        scale = (max_pixels / (size.width * size.height)) ** 0.5
        max_size = (max(1, int(size.width * scale)), max(1, int(size.height * scale)))
    return PictureRequest(file.path, layer.part, shown_channels(file, layer), level, max_size, keeps_type=True)


def shown_channels(file: ExrFile, layer: Layer) -> tuple[str, ...]:
    """Return the channels that make the image: as many ranks of a Cryptomatte as fit at full size, the lowest ones."""
    if not layer.ranks:
        return layer.channels
    window = file.parts[layer.part].data_window
    pixels = window.width * window.height if window else 1
    pairs = _max_bytes() // (2 * 4 * max(1, pixels))
    return layer.ranks[: max(len(layer.channels), 2 * pairs)]


def _max_bytes() -> int:
    """Return the memory that one image may take."""
    return min(MAX_PICTURE_BYTES, machine_memory_mb() * 2**20 // _MEMORY_SHARE)


def layer_bytes_per_pixel(file: ExrFile, layer: Layer) -> int:
    """Return the bytes of one decoded pixel of a layer."""
    types = {channel.name: channel.type for channel in file.parts[layer.part].channels}
    channels = shown_channels(file, layer)
    is_half = all(types.get(name) == "half" for name in channels)
    return max(1, len(channels)) * (2 if is_half else 4)


def _luminance_weights(file: ExrFile, layer: Layer) -> Weights:
    return luminance_weights(part_space(file.parts[layer.part]).primaries)
