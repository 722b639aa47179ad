"""Validation rules for pixels: findings and errors from channel statistics."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import (
    DecodeCancelledError,
    DecoderStartError,
    FaultCause,
    FileChangedError,
    PixelsError,
    cause_of,
)
from exr_inspector_app.exr.chunk_map import chunk_offset
from exr_inspector_app.exr.cryptomatte.metadata import groups_of, is_declared, rank_layers
from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.layer_groups import layer_groups
from exr_inspector_app.exr.message_format import join_limited, quote
from exr_inspector_app.exr.pixels.decoder import FILE_CHANGED, Decoder
from exr_inspector_app.exr.pixels.operation_budget import STATISTICS_BUDGET
from exr_inspector_app.exr.pixels.request import has_pixels
from exr_inspector_app.exr.source.file_source import stat_file
from exr_inspector_app.model import ChannelStats, ExrFile, Finding, Part, Problem
from exr_inspector_app.text.format import format_number

_MAX_SEPARATE_PARTS = 100  # that are measured one by one if they cannot be measured together
_ALPHA = ("A", "a", "alpha", "Alpha")
_CRYPTO = re.compile(r"crypto", re.IGNORECASE)


def measure(files: Iterable[ExrFile], stop: StopCheck = never_stop) -> Iterator[ExrFile]:
    """Yield the files with the statistics of their channels, until `stop` returns True.

    Args:
        files: Inspected files; those without parts are passed on unchanged.
        stop: Polled every 20 ms while pixels are decoded.

    Yields:
        Each file with `stats`, and with findings and errors from them. If pixels cannot be decoded, an error gives
        the reason.
    """
    with closing(Decoder()) as decoder:
        for file in files:
            try:
                yield measure_file(file, decoder, stop) if file.parts else file
            except DecodeCancelledError:
                return


def measure_file(file: ExrFile, decoder: Decoder, stop: StopCheck = never_stop) -> ExrFile:
    """Return the file with the statistics of its channels, and errors for pixels that cannot be decoded.

    Raises:
        DecodeCancelledError: `stop` returned True.
    """
    problems: list[Problem] = []
    started = time.monotonic()
    try:
        stats = decoder.stats(file.path, stop=stop)
    except DecodeCancelledError:
        raise
    except PixelsError as error:
        has_separate_parts = 1 < len(file.parts) <= _MAX_SEPARATE_PARTS and not isinstance(error, DecoderStartError)
        stats, problems = (
            _measure_parts(file, decoder, stop, started) if has_separate_parts else ((), [_to_problem(error)])
        )
    measured = add_stats(file, stats)
    problems += _damage_problems(measured)
    if any(cause_of(problem.code) is FaultCause.FILE for problem in problems) and _has_changed(file):
        problems = [Problem(FileChangedError.code, FILE_CHANGED)]
    return measured._replace(errors=(*measured.errors, *problems))


def _has_changed(file: ExrFile) -> bool:
    """Return True if a file is no longer on disk as it was inspected."""
    try:
        return stat_file(file.path) != (file.size_bytes, file.mtime)
    except (OSError, ValueError):
        return True


def _measure_parts(
    file: ExrFile, decoder: Decoder, stop: StopCheck, started: float
) -> tuple[tuple[ChannelStats, ...], list[Problem]]:
    """Return the statistics of all parts that can be decoded, and an error for each other part.

    All requests for a file share one budget; the time since `started` counts against it.
    """
    stats: list[ChannelStats] = []
    problems: list[Problem] = []
    for part in filter(has_pixels, file.parts):
        try:
            budget = STATISTICS_BUDGET.after(time.monotonic() - started)
            stats += decoder.stats(file.path, part.index, stop, budget)
        except DecodeCancelledError:
            raise
        except PixelsError as error:
            problems.append(_to_problem(error, part.index))
    return tuple(stats), problems


def _to_problem(error: PixelsError, part: int | None = None) -> Problem:
    return Problem(error.code, error.sentence, part)


def _damage_problems(file: ExrFile) -> Iterator[Problem]:
    """Yield an error per part with pixels that are in the file but cannot be decoded; others are incomplete."""
    by_part = {stats.part_index: stats for stats in file.stats if stats.first_lost}
    for part in file.parts:
        stats, box = by_part.get(part.index), part.data_window
        if stats is None or box is None or stats.first_lost is None:
            continue
        x, y = stats.first_lost
        offset = _chunk_offset(file.path, part.index, x, y)
        if part.chunks_present != part.chunk_count and not _is_only_cut(part, offset, file.size_bytes):
            continue
        text = (
            f"{stats.lost_count:,} of {box.width * box.height:,} pixels of part {part.index} are damaged"
            f" (first at {x:,}, {y:,}). Render or copy the file again."
        )
        yield Problem("pixels-damaged", text, part.index, None, offset)


def _is_only_cut(part: Part, offset: int | None, size: int | None) -> bool:
    """Return True if the one chunk that a part lacks begins in the file: it is cut off, or its size is damaged."""
    return part.chunk_count == (part.chunks_present or 0) + 1 and offset is not None and offset < (size or 0)


def _chunk_offset(path: str, part: int, x: int, y: int) -> int | None:
    """Return the position of the chunk of a pixel, or None if the file cannot be read any more."""
    try:
        return chunk_offset(path, part, x, y)
    except OSError:
        return None


def add_stats(file: ExrFile, stats: tuple[ChannelStats, ...]) -> ExrFile:
    """Return the file with the statistics of its channels and the findings from them."""
    return file._replace(stats=stats, findings=(*file.findings, *check_stats(file.parts, stats)))


def check_stats(parts: Sequence[Part], stats: Sequence[ChannelStats]) -> tuple[Finding, ...]:
    """Return one finding per code and part, in the order of `stats`; ids of Cryptomatte are not judged."""
    channels = {part.index: {channel.name: channel.type for channel in part.channels} for part in parts}
    depths = {part.index: _depth_channels(part) for part in parts}
    ids = {part.index: _cryptomatte_channels(part) for part in parts}
    rows_by_part: dict[int, list[ChannelStats]] = {}
    for row in stats:
        rows_by_part.setdefault(row.part_index, []).append(row)
    findings: list[Finding] = []
    for part, rows in rows_by_part.items():
        remarks: dict[_Subject, list[_Remark]] = {}
        for row in rows:
            if row.name not in ids.get(part, ()):
                is_depth, kind = row.name in depths.get(part, ()), channels.get(part, {}).get(row.name)
                for subject, remark in _check_channel(row, kind, is_depth):
                    remarks.setdefault(subject, []).append(remark)
        findings += [_group(subject, group, len(rows)).finding(part) for subject, group in remarks.items()]
    return tuple(findings)


class _Subject(NamedTuple):
    """Kind of a finding; a part has at most one of each."""

    code: str
    singular: str  # continues the name of a channel
    plural: str  # continues a number of channels
    severity: str | None = None


class _Remark(NamedTuple):
    """Channel that a finding is about."""

    name: str
    sentence: str  # that follows the name if it is the only channel
    detail: str = ""  # that follows the name in a list


_NAN = _Subject("nan", "has", "have pixels that are NaN")
_OVERFLOW = _Subject("half-overflow", "has", "have pixels too bright for half, stored as Inf")
_INF = _Subject("inf", "has", "have pixels that are Inf")
_FAR = _INF._replace(severity="note")  # renderers write Inf as the depth of the background
_MINUS_INF = _Subject("inf", "has", "have pixels that are -Inf")
_EMPTY = _Subject("empty", "is", "are zero everywhere")
_CONSTANT = _Subject("constant", "is", "have the same value everywhere")


def _group(subject: _Subject, remarks: Sequence[_Remark], count: int) -> FindingRule:
    """Return the finding for one or several of `count` channels."""
    if len(remarks) == 1:
        message = f"{quote(remarks[0].name)} {subject.singular} {remarks[0].sentence}."
    else:
        names = [f"{quote(name)} ({detail})" if detail else quote(name) for name, _, detail in remarks]
        message = f"{len(remarks):,} of {count:,} channels {subject.plural}: {join_limited(names)}."
    return FindingRule(subject.code, message, subject.severity)


def _depth_channels(part: Part) -> set[str]:
    """Return the channels that hold depth, by their kind of data or by their name, such as `VRayZDepth`."""
    grouped = {name for group in layer_groups(part) if group.kind == "depth" for name in group.channels}
    return grouped.union(channel.name for channel in part.channels if "depth" in channel.name.lower())


def _cryptomatte_channels(part: Part) -> set[str]:
    """Return the channels of Cryptomatte layers: ids in the bits of floats, and previews that are often black."""
    names = [group.name for group in groups_of(part.attributes)]
    layers = {layer for ranks in rank_layers(part.channels, names).values() for layer in ranks}
    return {
        channel.name
        for channel in part.channels
        if channel.layer_name in layers or is_declared(channel.layer_name, names) or _CRYPTO.search(channel.layer_name)
    }


def _check_channel(stats: ChannelStats, pixel_type: str | None, is_depth: bool) -> Iterator[tuple[_Subject, _Remark]]:
    """Yield the remarks about NaN, infinities, and a single value in a channel."""
    if stats.nan_count:
        yield _NAN, _remark(stats.name, stats.nan_count, "NaN", stats.first_nan)
    if stats.inf_count:
        yield from _check_infinities(stats, pixel_type == "half", is_depth)
    if stats.nan_count or stats.inf_count or stats.min != stats.max:
        return
    if stats.min == 0.0:
        yield _EMPTY, _Remark(stats.name, "zero everywhere")
    elif stats.min != 1.0 or stats.name.rpartition(".")[2] not in _ALPHA:  # an opaque image is normal
        yield _CONSTANT, _Remark(stats.name, f"{format_number(stats.min)} everywhere", format_number(stats.min))


def _check_infinities(stats: ChannelStats, is_half: bool, is_depth: bool) -> Iterator[tuple[_Subject, _Remark]]:
    """Yield the remarks about infinities; -Inf in a half channel was not too bright for it."""
    minus = stats.minus_inf_count
    plus = stats.inf_count - minus
    if not (is_half or is_depth):
        subject = _INF if plus else _MINUS_INF
        yield subject, _remark(stats.name, stats.inf_count, "Inf" if plus else "-Inf", stats.first_inf)
        return
    if plus:
        at = None if minus else stats.first_inf  # only the first of both is known
        remark = _remark(stats.name, plus, "Inf", at)
        bright = f"{_count_pixels(plus)} too bright for half, stored as Inf{_at(at)}"
        yield (_FAR, remark) if is_depth else (_OVERFLOW, remark._replace(sentence=bright))
    if minus:
        yield _MINUS_INF, _remark(stats.name, minus, "-Inf", None if plus else stats.first_inf)


def _remark(name: str, count: int, value: str, first: tuple[int, int] | None) -> _Remark:
    """Return the remark on pixels with a special value."""
    pixels = _count_pixels(count)
    return _Remark(name, f"{pixels} that {_are(count)} {value}{_at(first)}", f"{pixels}{_at(first)}")


def _count_pixels(count: int) -> str:
    return f"{count:,} pixel{'s' if count > 1 else ''}"


def _are(count: int) -> str:
    return "are" if count > 1 else "is"


def _at(position: tuple[int, int] | None) -> str:
    return f", the first at {position[0]:,}, {position[1]:,}" if position else ""
