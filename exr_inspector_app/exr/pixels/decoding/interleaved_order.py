"""Interleaved order of the rows of a large image: every nth run of chunks first, for a draft of all of it."""

from __future__ import annotations

from exr_inspector_app.exr.pixels.decoding.strip_reader import STRIP_BYTES, ImageReader
from exr_inspector_app.exr.pixels.resource_limits import MAX_THREADS
from exr_inspector_app.model import Box2i

MIN_DRAFT_PIXELS = 3_000_000  # a smaller image is decoded before a draft of it would be of use
MIN_DRAFT_CHUNKS = 30  # down; with fewer, a draft would show broad bands
_DRAFT_PERIOD = 8  # runs; one is decoded first, so that the draft costs an eighth of the picture
_MIN_PERIODS = 12  # down, for runs of more than one chunk, which keep several threads busy


def draft_boxes(image: ImageReader) -> list[Box2i]:
    """Return boxes of whole rows of chunks to decode first, none for an image that needs no draft."""
    box, lines = image.box, image.chunk_size[1]
    count = -(-box.height // lines)
    if box.width * box.height < MIN_DRAFT_PIXELS or count < MIN_DRAFT_CHUNKS:
        return []
    run = max(1, min(MAX_THREADS, count // (_DRAFT_PERIOD * _MIN_PERIODS))) if image.chunk_size[0] >= box.width else 1
    run = max(run, count // (40 * _DRAFT_PERIOD))  # short chunks: fewer, longer runs
    starts = range(run * (_DRAFT_PERIOD // 2), count, run * _DRAFT_PERIOD)
    return [_rows(box, start * lines, min(start + run, count) * lines) for start in starts]


def remaining_boxes(image: ImageReader, first: list[Box2i]) -> list[Box2i]:
    """Return boxes of whole rows of chunks that hold all pixels outside of `first`, which is in ascending order."""
    box, lines = image.box, image.chunk_size[1]
    step = max(1, STRIP_BYTES // (4 * box.width * image.channel_count * lines)) * lines
    boxes: list[Box2i] = []
    edges = [box.min_y, *(edge for known in first for edge in (known.min_y, known.max_y + 1)), box.max_y + 1]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        boxes += [_rows(box, y - box.min_y, min(y + step, end) - box.min_y) for y in range(start, end, step)]
    return boxes


def _rows(box: Box2i, start: int, end: int) -> Box2i:
    """Return the rows from `start` up to, without, `end`, counted from the top."""
    return Box2i(box.min_x, box.min_y + start, box.max_x, min(box.min_y + end - 1, box.max_y))
