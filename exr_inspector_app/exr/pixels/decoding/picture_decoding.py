"""Decoding of pictures into shared memory: one layer, with a draft of it first, or all layers of a part in one pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Protocol, TypeAlias

from exr_inspector_app.exr.pixels.decoding.interleaved_order import draft_boxes, remaining_boxes
from exr_inspector_app.exr.pixels.decoding.level_builder import LevelBuilder
from exr_inspector_app.exr.pixels.decoding.picture_rules import require_pixels
from exr_inspector_app.exr.pixels.decoding.strip_reader import (
    ImageReader,
    ReducedImage,
    Rows,
    Strip,
    merge_boxes,
    read_boxes,
    read_strips,
    reduction_factor,
)
from exr_inspector_app.exr.pixels.level_reduction import PICKED_KINDS, Pixels, reduced_shape
from exr_inspector_app.exr.pixels.pixel_types import padded_bytes, pixel_type_of, view_pixels
from exr_inspector_app.exr.pixels.request import conversion_warning, select_layer
from exr_inspector_app.exr.pixels.shared_memory import Floats
from exr_inspector_app.exr.pixels.worker_protocol import (
    LayerPixels,
    LayersReply,
    LayersTask,
    PictureDraft,
    PictureReply,
    PictureTask,
)
from exr_inspector_app.model import Box2i, Part
from exr_inspector_app.model import Picture as Selection

Allocator: TypeAlias = Callable[[int], Floats]  # shared memory of a size in bytes
DraftSender: TypeAlias = Callable[[PictureDraft], None]


class PartOpener(Protocol):
    """Function that opens channels of one level of a part."""

    def __call__(
        self, path: str, part: Part, level: tuple[int, int], names: tuple[str, ...], *, keeps_type: bool = False
    ) -> ImageReader:
        """Return a reader."""
        ...


class PictureMemory(Protocol):
    """Shared memory of a request."""

    def allocate(self, size: int) -> Floats:
        """Return memory of a size in bytes."""
        ...

    def store(self, target: Rows, rows: Rows) -> None:
        """Copy rows to their place in the memory."""
        ...


def decode_picture(
    task: PictureTask,
    part: Part,
    selection: Selection,
    image: ImageReader,
    memory: PictureMemory,
    heartbeat: Callable[[], None],
    send_draft: DraftSender | None,
    *,
    means: bool,
) -> PictureReply:
    """Decode a picture into shared memory, and return its description.

    Args:
        task: The request.
        part: The part.
        selection: The layer.
        image: Reader of the layer.
        memory: Shared memory for the picture.
        heartbeat: Called after each strip.
        send_draft: Called once some rows of a large picture are decoded; None to decode from top to bottom.
        means: True if a reduced picture is of means, False for the first pixel of each block.

    Raises:
        PixelRequestError: No pixel can be decoded.
    """
    box = image.box
    factor = reduction_factor((box.width, box.height), task.max_size)
    shape = (-(-box.height // factor), -(-box.width // factor), image.channel_count)
    is_stored = task.keeps_type and (factor == 1 or not means)
    pixel_type = pixel_type_of(image.dtype) if is_stored else "float"
    has_level = is_stored and means and factor == 1 and selection.kind not in PICKED_KINDS
    step = max(1, task.step) if has_level else 1
    pixels, level = _allocate_pixels(memory.allocate, shape, pixel_type, step)
    data_window = part.data_window or box
    reply = PictureReply(
        number=task.number,
        shape=shape,
        channels=selection.channels,
        data_window=data_window,
        display_window=part.display_window or data_window,
        level_window=box,
        factor=factor,
        missing=(),
        warning=conversion_warning(part, selection.channels),
        selection=selection,
        pixel_type=pixel_type,
        step=step,
    )
    reduced = ReducedImage((box.width, box.height), factor, pixels, means=means, store=memory.store)
    builder = LevelBuilder(pixels, level, step) if task.step and factor == 1 else None

    def send(rows: tuple[tuple[int, int], ...]) -> None:
        assert send_draft is not None
        send_draft(PictureDraft(**{field.name: getattr(reply, field.name) for field in fields(reply)}, rows=rows))

    may_draft = send_draft is not None and factor == 1 and not part.is_deep
    missing = _decode_rows(image, reduced, builder, heartbeat, send if may_draft else None)
    require_pixels(part, box, missing)
    return replace(reply, missing=tuple(missing), special=builder.special if builder else None)


def _decode_rows(
    image: ImageReader,
    reduced: ReducedImage,
    builder: LevelBuilder | None,
    heartbeat: Callable[[], None],
    send_draft: Callable[[tuple[tuple[int, int], ...]], None] | None,
) -> list[Box2i]:
    """Decode all rows, those of a draft first if it is wanted, and return the missing boxes.

    Args:
        image: Reader of the layer.
        reduced: Takes the rows.
        builder: Takes them too, the ones of a draft after it is sent; None for no level.
        heartbeat: Called after each strip.
        send_draft: Called with the rows of a draft, from first to last, ends not included; None for no draft.
    """
    box, first = image.box, draft_boxes(image) if send_draft is not None else []
    missing: list[Box2i] = []
    if first and send_draft is not None:
        missing += _fill(read_boxes(image, first), box, [reduced], heartbeat)
        rows = tuple((known.min_y - box.min_y, known.max_y + 1 - box.min_y) for known in first)
        send_draft(rows)
        if builder is not None:
            for start, end in rows:
                builder.add(start, reduced.target[start:end])
        missing += _fill(read_boxes(image, remaining_boxes(image, first)), box, [reduced], heartbeat, builder)
    else:
        missing += _fill(read_strips(image), box, [reduced], heartbeat, builder)
    reduced.finish()
    if builder is not None:
        builder.finish()
    return merge_boxes(missing)


def _allocate_pixels(
    allocate: Allocator, shape: tuple[int, int, int], pixel_type: str, step: int
) -> tuple[Pixels, Pixels | None]:
    """Return shared memory for a picture, and for its reduced level; None for a step of 1."""
    size = padded_bytes(math.prod(shape), pixel_type)
    if step == 1:
        return view_pixels(allocate(size), shape, pixel_type), None
    small = reduced_shape(shape, step)
    memory = allocate(size + padded_bytes(math.prod(small), pixel_type))
    return view_pixels(memory, shape, pixel_type), view_pixels(memory[size // 4 :], small, pixel_type)


def decode_layers(
    task: LayersTask, part: Part, open_channels: PartOpener, allocate: Allocator, heartbeat: Callable[[], None]
) -> LayersReply:
    """Decode several layers of a part into one block of shared memory, and return their description.

    Chunks hold all channels, so layers of one pixel type are read together.

    Args:
        task: The request.
        part: The part.
        open_channels: Opens channels of the part.
        allocate: Returns shared memory.
        heartbeat: Called after each strip.

    Raises:
        PixelRequestError: There is no such channel, or no pixel can be decoded.
    """
    selections = [select_layer(part, channels) for channels in task.layers]
    groups: dict[str, list[int]] = {}
    for index, selection in enumerate(selections):
        groups.setdefault(_common_type(part, selection.channels), []).append(index)
    images = {
        kind: open_channels(
            task.path,
            part,
            (0, 0),
            tuple(name for index in group for name in selections[index].channels),
            keeps_type=True,
        )
        for kind, group in groups.items()
    }
    box = next(iter(images.values())).box
    types = {index: pixel_type_of(images[kind].dtype) for kind, group in groups.items() for index in group}
    layers, size = _place_layers(part, selections, types, box)
    memory = allocate(size)
    missing: list[Box2i] = []
    for kind, group in groups.items():
        targets = [view_pixels(memory[layers[i].offset // 4 :], layers[i].shape, layers[i].pixel_type) for i in group]
        rows = [ReducedImage((box.width, box.height), 1, target, means=False) for target in targets]
        lost = list(_fill(read_strips(images[kind]), box, rows, heartbeat))
        missing = merge_boxes([*missing, *lost]) if lost != missing else missing
        require_pixels(part, box, merge_boxes(lost))
    return LayersReply(
        number=task.number,
        data_window=part.data_window or box,
        display_window=part.display_window or part.data_window or box,
        missing=tuple(missing),
        layers=tuple(layers[index] for index in range(len(selections))),
    )


def _place_layers(
    part: Part, selections: Sequence[Selection], types: Mapping[int, str], box: Box2i
) -> tuple[dict[int, LayerPixels], int]:
    """Return the places of layers in one block of memory, in the order of `types`, and its size in bytes."""
    layers: dict[int, LayerPixels] = {}
    offset = 0
    for index, pixel_type in types.items():
        selection = selections[index]
        shape = (box.height, box.width, len(selection.channels))
        warning = conversion_warning(part, selection.channels)
        layers[index] = LayerPixels(offset, shape, pixel_type, warning, selection)
        offset += padded_bytes(math.prod(shape), pixel_type)
    return layers, offset


def _common_type(part: Part, names: Sequence[str]) -> str:
    """Return the type of stored channels if they have one in common, else "float"."""
    types = {channel.name: channel.type for channel in part.channels}
    kinds = {types.get(name, "float") for name in names}
    return kinds.pop() if len(kinds) == 1 else "float"


def _fill(
    strips: Iterable[Strip],
    box: Box2i,
    images: Sequence[ReducedImage],
    heartbeat: Callable[[], None],
    builder: LevelBuilder | None = None,
) -> Iterator[Box2i]:
    """Add the channels of strips to their images, and yield the missing boxes."""
    counts = [image.channel_count for image in images]
    ends = [sum(counts[: index + 1]) for index in range(len(counts))]
    for strip in strips:
        for image, count, end in zip(images, counts, ends, strict=True):
            if strip.is_missing:
                image.add_missing(strip.y - box.min_y, len(strip.rows))
            else:
                image.add(strip.y - box.min_y, strip.rows[..., end - count : end])
        if builder is not None:
            builder.add(strip.y - box.min_y, strip.rows)
        yield from strip.missing
        heartbeat()
