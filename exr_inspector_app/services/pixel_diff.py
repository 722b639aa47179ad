"""Pixel diff of two files: every layer of one with the same layer of the other, decoded in bounded batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.layer_pairs import LayerPair, pair_layers
from exr_inspector_app.services.picture_difference import (
    DEFAULT_STEP,
    DifferenceFigures,
    DifferenceMeter,
    Floats,
    crop,
    describe_windows,
    measure_difference,
    overlap,
)

MAX_BATCH_BYTES = 256 * 2**20  # of the decoded channels of one file at a time
THUMBNAIL_SIZE = (100, 56)  # px, of the picture of a difference
_THUMBNAIL_STOPS = 12.0  # below the largest error that a thumbnail shows


class FramePair(NamedTuple):
    """Frame of two sequences."""

    frame: Frame
    paths: tuple[str, str]


class ChangedFrames(NamedTuple):
    """Frames of a sequence in which a layer changed.

    Attributes:
        total: Number of compared frames.
        changed: Those with a pixel above the step.
        first: The first one that changed; None without a change.
        largest: The one with the largest difference; None without a change.
    """

    total: int
    changed: int
    first: FramePair | None
    largest: FramePair | None


@dataclass(frozen=True, slots=True, eq=False)
class LayerDifference:
    """Result of one layer.

    Attributes:
        pair: The layer in both files.
        figures: None for a layer of one file alone, or after an error.
        error: Sentence on the reason if the layer was not compared, else "".
        note: Sentence on limits of the comparison, such as the overlap of different windows, else "".
        thumbnail: Largest error of each pixel on a logarithmic scale, (height, width) from 0 to 1, None without one.
        frames: Changed frames of a sequence, whose figures are those of all frames; None for two files.
    """

    pair: LayerPair
    figures: DifferenceFigures | None = None
    error: str = ""
    note: str = ""
    thumbnail: Floats | None = None
    frames: ChangedFrames | None = None

    @property
    def is_equal(self) -> bool:
        """Whether both files have this layer with the same values."""
        return self.figures is not None and self.figures.is_equal

    @property
    def is_changed(self) -> bool:
        """Whether pixels differ by more than the step, or the layer is in one file only."""
        return self.figures is None or self.figures.changed_count > 0

    @property
    def order(self) -> tuple[bool, float, float]:
        """Sort key for the largest difference first; layers without metrics come last."""
        if self.figures is None:
            return True, 0.0, 0.0
        largest = float("inf") if self.figures.non_finite_count else self.figures.max_error
        return False, -largest, -self.figures.changed_share


class _ChannelPair(NamedTuple):
    """Channel of one layer in both files."""

    pair: LayerPair
    names: tuple[str, str]
    is_last: bool  # of its layer
    are_whole: tuple[bool, bool]  # stored as uint; float32 cannot represent all numbers beyond 2**24


def diff_layers(
    files: tuple[ExrFile, ExrFile],
    decoder: Decoder,
    pairs: Sequence[LayerPair] | None = None,
    *,
    step: float = DEFAULT_STEP,
    stop: StopCheck = never_stop,
) -> Iterator[LayerDifference]:
    """Compare all layers of two files, and yield each as soon as it is measured.

    Args:
        files: The reference and the other file.
        decoder: Decodes the pixels.
        pairs: The layers, by default all of both files.
        step: Difference above which a pixel counts as changed.
        stop: Polled while pixels are decoded.

    Raises:
        DecodeCancelledError: `stop` returned True.
    """
    by_parts: dict[tuple[int, int], list[LayerPair]] = {}
    for pair in pair_layers(*files) if pairs is None else pairs:
        if pair.a is None or pair.b is None or not pair.channels:
            yield LayerDifference(pair)
        else:
            by_parts.setdefault((pair.a.part.index, pair.b.part.index), []).append(pair)
    for grouped in by_parts.values():
        yield from _diff_part(files, decoder, grouped, step, stop)


def _diff_part(
    files: tuple[ExrFile, ExrFile], decoder: Decoder, pairs: list[LayerPair], step: float, stop: StopCheck
) -> Iterator[LayerDifference]:
    """Compare the layers of one part with those of a part of the other file; they share their chunks."""
    try:
        note = describe_windows(*(layer.part.data_window for layer in (pairs[0].a, pairs[0].b) if layer))
    except PixelsError as error:
        yield from (LayerDifference(pair, error=error.sentence) for pair in pairs)
        return
    meter: DifferenceMeter | None = None
    failed: set[int] = set()
    for batch in _batches(pairs):
        try:
            pictures = _decode(files, decoder, batch, stop)
        except DecodeCancelledError:
            raise
        except PixelsError:
            pictures = None
        for at, member in enumerate(batch):
            if id(member.pair) in failed:
                continue
            try:
                shown = pictures or _decode(files, decoder, [member], stop)
                index = at if pictures else 0
                meter = _measure(meter, shown, index, step)
            except DecodeCancelledError:
                raise
            except PixelsError as error:
                failed.add(id(member.pair))
                meter = None
                yield LayerDifference(member.pair, error=error.sentence)
                continue
            if member.is_last:
                yield _finish(member.pair, meter, note)
                meter = None


def _batches(pairs: list[LayerPair]) -> Iterator[list[_ChannelPair]]:
    """Yield the channels of layers in batches of at most MAX_BATCH_BYTES of pixels, or of one channel.

    The channels of a batch are all whole numbers, or none is.
    """
    pixels = max(layer.part.data_window.width * layer.part.data_window.height
                 for layer in (pairs[0].a, pairs[0].b) if layer and layer.part.data_window)  # fmt: skip
    size = max(1, MAX_BATCH_BYTES // (4 * pixels))
    layers = sorted((_channel_pairs(pair) for pair in pairs), key=lambda members: members[0].are_whole)
    batch: list[_ChannelPair] = []
    for members in layers:
        if batch and len(batch) + len(members) > size:
            yield batch
            batch = []
        for member in members:
            if batch and (len(batch) >= size or member.are_whole != batch[0].are_whole):
                yield batch
                batch = []
            batch.append(member)
    if batch:
        yield batch


def _channel_pairs(pair: LayerPair) -> list[_ChannelPair]:
    """Return the common channels of a layer."""
    uint_names = [
        {channel.name for channel in layer.part.channels if channel.type == "uint"} if layer else set()
        for layer in (pair.a, pair.b)
    ]
    last = len(pair.channels) - 1
    return [
        _ChannelPair(pair, names, at == last, (names[0] in uint_names[0], names[1] in uint_names[1]))
        for at, names in enumerate(pair.channels)
    ]


def _decode(
    files: tuple[ExrFile, ExrFile], decoder: Decoder, batch: list[_ChannelPair], stop: StopCheck
) -> tuple[Picture, Picture]:
    """Decode the channels of a batch from both files."""
    pair = batch[0].pair
    assert pair.a is not None
    assert pair.b is not None
    requests = (
        PictureRequest(
            *(file.path, layer.part.index, tuple(member.names[side] for member in batch)),
            keeps_type=batch[0].are_whole[side],
        )
        for side, (file, layer) in enumerate(zip(files, (pair.a, pair.b), strict=True))
    )
    first, second = (decoder.picture(request, stop) for request in requests)
    return first, second


def _measure(
    meter: DifferenceMeter | None, pictures: tuple[Picture, Picture], index: int, step: float
) -> DifferenceMeter:
    """Add one channel to the meter of its layer, a new one for the first channel."""
    if meter is None:
        return measure_difference(*pictures, [(index, index)], step)[0]
    box = overlap(pictures[0].data_window, pictures[1].data_window)
    height, width = meter.errors.shape
    first, second = (crop(picture, box)[:height, :width, index] for picture in pictures)
    meter.add(first, second)
    return meter


def _finish(pair: LayerPair, meter: DifferenceMeter | None, note: str) -> LayerDifference:
    assert meter is not None
    figures = meter.figures()
    thumbnail = None if figures.is_equal else make_thumbnail(meter.errors, figures.max_error)
    return LayerDifference(pair, figures, "", note, thumbnail)


def make_thumbnail(errors: Floats, largest: float) -> Floats:
    """Return the errors within THUMBNAIL_SIZE, the largest of each block, on a logarithmic scale from 0 to 1."""
    height, width = errors.shape
    factor = max(1, -(-width // THUMBNAIL_SIZE[0]), -(-height // THUMBNAIL_SIZE[1]))
    rows, columns = (np.arange(0, size, factor) for size in (height, width))
    small = np.maximum.reduceat(np.maximum.reduceat(errors, rows, axis=0), columns, axis=1)
    with np.errstate(divide="ignore"):
        stops = np.log2(small / np.float32(largest or 1.0))
    shades = np.clip(1 + stops / _THUMBNAIL_STOPS, 0, 1)
    return np.asarray(np.where(small > 0, shades, 0), np.float32)
