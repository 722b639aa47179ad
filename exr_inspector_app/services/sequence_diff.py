"""Pixel diff of two sequences: the layers of all frames that both have, with figures over all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.exr.inspect import inspect_file
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.sequences.discovery import is_exr_name
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.sequences.grouping import group_sequences
from exr_inspector_app.services.layer_pairs import FileLayer, LayerPair, pair_layers
from exr_inspector_app.services.picture_difference import DEFAULT_STEP, DifferenceFigures
from exr_inspector_app.services.pixel_diff import ChangedFrames, FramePair, LayerDifference, diff_layers

_LayerKey: TypeAlias = tuple[object, ...]


class SequenceResult(NamedTuple):
    """Results of the frames so far.

    Attributes:
        layers: One per layer of any frame, with the figures of its frames.
        frame: The frame that was compared last.
        skipped: Frames with a file that cannot be read.
    """

    layers: tuple[LayerDifference, ...]
    frame: FramePair
    skipped: tuple[Frame, ...]


def common_frames(a: str, b: str) -> tuple[list[FramePair], int]:
    """Return the frames common to the sequences of two files, and the number of other frames; reads folders.

    Raises:
        OSError: A folder cannot be listed.
    """
    first, second = _frames_of(a), _frames_of(b)
    common = [FramePair(frame, (path, second[frame])) for frame, path in first.items() if frame in second]
    return common, len(first) + len(second) - 2 * len(common)


def _frames_of(path: str) -> dict[Frame, str]:
    """Return the files of the sequence of a file, by frame."""
    folder, name = os.path.split(path)
    names = [entry for entry in os.listdir(folder or ".") if is_exr_name(entry)]
    if name not in names:
        names.append(name)
    for sequence in group_sequences(os.path.join(folder, entry) for entry in names):
        if path in sequence.paths:
            return dict(zip(sequence.frames, sequence.paths, strict=False))
    return {}


def diff_sequences(
    frames: Sequence[FramePair], decoder: Decoder, *, step: float = DEFAULT_STEP, stop: StopCheck = never_stop
) -> Iterator[SequenceResult]:
    """Compare all layers of each frame, and yield the results so far after each.

    Args:
        frames: The frames of both sequences.
        decoder: Decodes the pixels.
        step: Difference above which a pixel counts as changed.
        stop: Polled while pixels are decoded.

    Raises:
        DecodeCancelledError: `stop` returned True.
    """
    merged: dict[_LayerKey, LayerDifference] = {}
    skipped: list[Frame] = []
    for frame in frames:
        files = inspect_file(frame.paths[0]), inspect_file(frame.paths[1])
        if files[0].parts and files[1].parts:
            for result in diff_layers(files, decoder, pair_layers(*files), step=step, stop=stop):
                key = _key(result.pair)
                frame_diff = _of_frame(result, frame)
                merged[key] = _merge(merged[key], frame_diff) if key in merged else frame_diff
        else:
            skipped.append(frame.frame)
        yield SequenceResult(tuple(merged.values()), frame, tuple(skipped))


def _key(pair: LayerPair) -> _LayerKey:
    return tuple(_layer_key(layer) if layer else None for layer in pair)


def _layer_key(layer: FileLayer) -> _LayerKey:
    return layer.part.index, layer.view, layer.name, layer.components


def _of_frame(result: LayerDifference, frame: FramePair) -> LayerDifference:
    """Return the result of one frame as that of a sequence."""
    changed = frame if result.is_changed else None
    return replace(result, frames=ChangedFrames(1, int(result.is_changed), changed, changed))


def _merge(first: LayerDifference, second: LayerDifference) -> LayerDifference:
    """Return the results of two sets of frames together; the thumbnail is of the largest difference."""
    assert first.frames is not None
    assert second.frames is not None
    is_larger = second.is_changed and (not first.is_changed or second.order < first.order)
    frames = ChangedFrames(
        first.frames.total + second.frames.total,
        first.frames.changed + second.frames.changed,
        first.frames.first or second.frames.first,
        second.frames.largest if is_larger else first.frames.largest,
    )
    if first.figures is None or second.figures is None:
        known = first if second.figures is None else second
        return replace(known, error=first.error or second.error, frames=frames)
    thumbnail = second.thumbnail if is_larger or first.thumbnail is None else first.thumbnail
    figures = _merge_figures(first.figures, second.figures)
    return replace(first, figures=figures, note=first.note or second.note, thumbnail=thumbnail, frames=frames)


def _merge_figures(first: DifferenceFigures, second: DifferenceFigures) -> DifferenceFigures:
    """Return the metrics of the pixels of both."""
    count = first.value_count + second.value_count
    shares = (first.value_count / count, second.value_count / count) if count else (0.0, 0.0)
    larger = second if second.max_error > first.max_error else first
    return DifferenceFigures(
        box=first.box,
        pixel_count=first.pixel_count + second.pixel_count,
        changed_count=first.changed_count + second.changed_count,
        non_finite_count=first.non_finite_count + second.non_finite_count,
        mae=first.mae * shares[0] + second.mae * shares[1],
        rmse=(first.rmse**2 * shares[0] + second.rmse**2 * shares[1]) ** 0.5,
        max_error=larger.max_error,
        max_at=larger.max_at,
        first=first.first if first.first is not None else second.first,
        stops=None,
        is_equal=first.is_equal and second.is_equal,
        value_count=count,
    )
