"""Validation rules for pixels: findings and errors from channel statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.chunk_map import chunk_offset
from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.request import has_pixels
from exr_inspector_app.model import ChannelStats, ExrFile, Finding, Part, Problem

_MAX_SEPARATE_PARTS = 100  # that are measured one by one if they cannot be measured together
_ALPHA = ("A", "a", "alpha", "Alpha")


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
    try:
        stats = decoder.stats(file.path, stop=stop)
    except DecodeCancelledError:
        raise
    except PixelsError as error:
        is_multipart = 1 < len(file.parts) <= _MAX_SEPARATE_PARTS
        stats, problems = _measure_parts(file, decoder, stop) if is_multipart else ((), [_to_problem(error)])
    measured = add_stats(file, stats)
    return measured._replace(errors=(*measured.errors, *problems, *_damage_problems(measured)))


def _measure_parts(file: ExrFile, decoder: Decoder, stop: StopCheck) -> tuple[tuple[ChannelStats, ...], list[Problem]]:
    """Return the statistics of all parts that can be decoded, and an error for each other part."""
    stats: list[ChannelStats] = []
    problems: list[Problem] = []
    for part in filter(has_pixels, file.parts):
        try:
            stats += decoder.stats(file.path, part.index, stop)
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
        if stats is None or box is None or stats.first_lost is None or part.chunks_present != part.chunk_count:
            continue
        x, y = stats.first_lost
        text = (
            f"{stats.lost_count:,} of {box.width * box.height:,} pixels of part {part.index} are damaged"
            f" (first at {x:,}, {y:,}). Render or copy the file again."
        )
        yield Problem("pixels-damaged", text, part.index, None, _chunk_offset(file.path, part.index, x, y))


def _chunk_offset(path: str, part: int, x: int, y: int) -> int | None:
    """Return where the chunk of a pixel begins, or None if the file cannot be read any more."""
    try:
        return chunk_offset(path, part, x, y)
    except OSError:
        return None


def add_stats(file: ExrFile, stats: tuple[ChannelStats, ...]) -> ExrFile:
    """Return the file with the statistics of its channels and the findings from them."""
    return file._replace(stats=stats, findings=(*file.findings, *check_stats(file.parts, stats)))


def check_stats(parts: Sequence[Part], stats: Sequence[ChannelStats]) -> tuple[Finding, ...]:
    """Return the findings of all channels, in the order of `stats`."""
    types = {(part.index, channel.name): channel.type for part in parts for channel in part.channels}
    return tuple(
        rule.finding(row.part_index)
        for row in stats
        for rule in _check_channel(row, types.get((row.part_index, row.name)))
    )


def _check_channel(stats: ChannelStats, pixel_type: str | None) -> Iterator[FindingRule]:
    """Yield findings for NaN, infinities, and channels of one value."""
    name = quote(stats.name)
    if stats.nan_count:
        text = f"{name} has {_count_pixels(stats.nan_count)} that {_are(stats.nan_count)} NaN{_at(stats.first_nan)}."
        yield FindingRule("nan", text)
    if stats.inf_count and pixel_type == "half":
        text = f"{name} has {_count_pixels(stats.inf_count)} too bright for half, stored as Inf{_at(stats.first_inf)}."
        yield FindingRule("half-overflow", text)
    elif stats.inf_count:
        text = f"{name} has {_count_pixels(stats.inf_count)} that {_are(stats.inf_count)} Inf{_at(stats.first_inf)}."
        yield FindingRule("inf", text)
    if stats.nan_count or stats.inf_count or stats.min != stats.max:
        return
    if stats.min == 0.0:
        yield FindingRule("empty", f"{name} is zero everywhere.")
    elif stats.min != 1.0 or stats.name.rpartition(".")[2] not in _ALPHA:  # an opaque image is normal
        yield FindingRule("constant", f"{name} is {stats.min:g} everywhere.")


def _count_pixels(count: int) -> str:
    return f"{count:,} pixel{'s' if count > 1 else ''}"


def _are(count: int) -> str:
    return "are" if count > 1 else "is"


def _at(position: tuple[int, int] | None) -> str:
    return f", the first at {position[0]:,}, {position[1]:,}" if position else ""
