"""What a person should know of pixels, told from their statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.chunk_map import chunk_at
from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.request import has_pixels
from exr_inspector_app.model import ChannelStats, ExrFile, Finding, Part, Problem

_FEW_PARTS = 100  # that are tried one by one, where they cannot be read together
_ALPHA = ("A", "a", "alpha", "Alpha")


def measure(files: Iterable[ExrFile], stop: StopCheck = never_stop) -> Iterator[ExrFile]:
    """The files with the statistics of their channels; one whose pixels cannot be read has an error instead."""
    with closing(Decoder()) as decoder:
        for file in files:
            try:
                yield measured_one(file, decoder, stop) if file.parts else file
            except DecodeCancelledError:
                return


def measured_one(file: ExrFile, decoder: Decoder, stop: StopCheck = never_stop) -> ExrFile:
    """A file with its statistics, and errors for the pixels that cannot be had; raises PixelsStopped."""
    problems: list[Problem] = []
    try:
        stats = decoder.stats(file.path, stop=stop)
    except DecodeCancelledError:
        raise
    except PixelsError as error:
        several = 1 < len(file.parts) <= _FEW_PARTS
        stats, problems = _part_by_part(file, decoder, stop) if several else ((), [_problem(error)])
    found = add_stats(file, stats)
    return found._replace(errors=(*found.errors, *problems, *_damaged(found)))


def _part_by_part(file: ExrFile, decoder: Decoder, stop: StopCheck) -> tuple[tuple[ChannelStats, ...], list[Problem]]:
    """The statistics of the parts that have some, and why the others have none."""
    stats: list[ChannelStats] = []
    problems: list[Problem] = []
    for part in filter(has_pixels, file.parts):
        try:
            stats += decoder.stats(file.path, part.index, stop)
        except DecodeCancelledError:
            raise
        except PixelsError as error:
            problems.append(_problem(error, part.index))
    return tuple(stats), problems


def _problem(error: PixelsError, part: int | None = None) -> Problem:
    return Problem(error.code, error.sentence, part)


def _damaged(file: ExrFile) -> Iterator[Problem]:
    """What is in the file but cannot be decoded, part by part; what is not in it is told of as incomplete."""
    by_part = {one.part_index: one for one in file.stats if one.first_lost}
    for part in file.parts:
        one, box = by_part.get(part.index), part.data_window
        if one is None or box is None or one.first_lost is None or part.chunks_present != part.chunk_count:
            continue
        x, y = one.first_lost
        pixels = f"{one.lost_count:,} of {box.width * box.height:,} pixels"
        told = f"{pixels} of part {part.index} cannot be decoded, the first at {x:,}, {y:,}; write the file again."
        yield Problem("pixels-damaged", told, part.index, None, _byte(file.path, part.index, x, y))


def _byte(path: str, part: int, x: int, y: int) -> int | None:
    """Where the chunk of a pixel begins; None where the file cannot be asked any more."""
    try:
        return chunk_at(path, part, x, y)
    except OSError:
        return None


def add_stats(file: ExrFile, stats: tuple[ChannelStats, ...]) -> ExrFile:
    """The file with the statistics of its channels and what they tell of."""
    return file._replace(stats=stats, findings=(*file.findings, *check_stats(file.parts, stats)))


def check_stats(parts: Sequence[Part], stats: Sequence[ChannelStats]) -> tuple[Finding, ...]:
    """The findings of every channel that has statistics."""
    types = {(part.index, one.name): one.type for part in parts for one in part.channels}
    return tuple(
        told.of(one.part_index) for one in stats for told in _of_channel(one, types.get((one.part_index, one.name)))
    )


def _of_channel(one: ChannelStats, kind: str | None) -> Iterator[FindingRule]:
    """NaN, infinities, and channels that say nothing."""
    name = quote(one.name)
    if one.nan_count:
        yield FindingRule(
            "nan", f"{name} has {_pixels(one.nan_count)} that {_are(one.nan_count)} NaN{_at(one.first_nan)}."
        )
    if one.inf_count and kind == "half":
        text = f"{name} has {_pixels(one.inf_count)} too bright for half, stored as Inf{_at(one.first_inf)}."
        yield FindingRule("half-overflow", text)
    elif one.inf_count:
        yield FindingRule(
            "inf", f"{name} has {_pixels(one.inf_count)} that {_are(one.inf_count)} Inf{_at(one.first_inf)}."
        )
    if one.nan_count or one.inf_count or one.min != one.max:
        return
    if one.min == 0.0:
        yield FindingRule("empty", f"{name} is zero everywhere.")
    elif one.min != 1.0 or one.name.rpartition(".")[2] not in _ALPHA:  # an opaque picture is nothing to tell of
        yield FindingRule("constant", f"{name} is {one.min:g} everywhere.")


def _pixels(count: int) -> str:
    return f"{count:,} pixel{'s' if count > 1 else ''}"


def _are(count: int) -> str:
    return "are" if count > 1 else "is"


def _at(place: tuple[int, int] | None) -> str:
    """Where the first of them stands."""
    return f", the first at {place[0]:,}, {place[1]:,}" if place else ""
