"""Sequence checks: gaps, padding, unreadable frames, and frames that differ from the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from exr_inspector_app.exr.diff.difference_text import describe_differences
from exr_inspector_app.exr.diff.header_diff import DiffKind
from exr_inspector_app.exr.diff.outliers import find_outliers
from exr_inspector_app.exr.diff.time_codes import time_code_jumps
from exr_inspector_app.exr.findings import SEVERITIES
from exr_inspector_app.exr.message_format import join_limited
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.sequences.grouping import format_ranges, group_sequences, sequence_member
from exr_inspector_app.model import ExrFile, Picture
from exr_inspector_app.text.lazy_pattern import lazy_pattern

MIN_FRAMES = 2  # to compare
_MAX_RUNS = 8  # of frames that are listed
# Facts of the machine and of the run that rendered a frame, which are no fault of it.
_OF_MACHINE = lazy_pattern(
    r"host(?:_?name)?$|computer(?:_?name)?$|machine(?:_?name)?$|memory|(?<![a-z])(?:cap_?)?date(?:_?time)?$"
    r"|render_?time|elapsed",
    re.IGNORECASE,
)


class FrameFinding(NamedTuple):
    """Finding about frames of one sequence."""

    severity: str
    code: str
    pattern: str  # beauty.####.exr
    frames: tuple[Frame, ...]
    message: str


def sequence_findings(files: Iterable[ExrFile]) -> list[FrameFinding]:
    """Check every frame sequence among files.

    Args:
        files: Inspected files, in any order. Single files have no findings.

    Returns:
        The findings by sequence; their codes are explained in `resources/help/checks.md`.
    """
    by_path = {file.path: file for file in files}
    findings = []
    for sequence in group_sequences(by_path, {file.path: file.frame_number for file in by_path.values()}):
        if len(sequence.paths) < 2:
            continue
        frames = list(zip(sequence.frames, (by_path[path] for path in sequence.paths), strict=True))
        results = [*_check_numbers(sequence.missing, sequence.paths, frames), *_check_states(frames), *_compare(frames)]
        findings += [
            FrameFinding(SEVERITIES[code], code, sequence.pattern, numbers, message)
            for code, numbers, message in results
        ]
    return findings


Frames = Sequence[tuple[Frame, ExrFile]]
_Result = tuple[str, tuple[Frame, ...], str]  # code, frames, message


def _check_numbers(missing: tuple[int, ...], paths: Sequence[str], frames: Frames) -> Iterator[_Result]:
    """Yield missing frames, and frames whose padding differs from the rest."""
    if missing:
        yield "sequence-gap", missing, f"{_format_frames(missing)} missing."
    misfits = _misfit_padding(
        [(number, sequence_member(path, number)[1][1]) for path, (number, _) in zip(paths, frames, strict=True)]
    )
    if misfits:
        frames_text = _format_frames(misfits, "")
        message = f"{frames_text} with different frame padding; programs may not find them."
        yield "sequence-padding", tuple(misfits), message


def _misfit_padding(numbers: Sequence[tuple[Frame, int]]) -> list[Frame]:
    """Return the frames with more or fewer digits than the padding; numbers may outgrow it (999, 1000)."""
    widths = Counter(digits for number, digits in numbers if digits > _width(number))
    if not widths:
        return []
    usual = widths.most_common(1)[0][0]
    misfits = [number for number, digits in numbers if digits != max(usual, _width(number))]
    if 2 * len(misfits) <= len(numbers):
        return misfits
    return [number for number, digits in numbers if digits > _width(number)]


def _width(frame: Frame) -> int:
    """Return the number of digits of the whole part of a frame, without its sign."""
    return len(str(int(abs(frame))))


def _check_states(frames: Frames) -> Iterator[_Result]:
    """Yield frames that cannot be read or are incomplete."""
    broken = tuple(number for number, file in frames if file.errors)
    if broken:
        yield "sequence-unreadable", broken, f"{_format_frames(broken)} damaged or unreadable."
    short = tuple(number for number, file in frames if file.is_complete is False)
    if short:
        yield "sequence-incomplete", short, f"{_format_frames(short)} not finished."


def _compare(frames: Frames) -> Iterator[_Result]:
    """Yield frames that differ from the rest; values that change from frame to frame do not count."""
    sound = [(number, file) for number, file in frames if file.parts]
    if len(sound) < MIN_FRAMES:
        return
    opaque = _frames_without_alpha(sound)
    if opaque:
        verb = "has" if len(opaque) == 1 else "have"
        yield "alpha-missing", tuple(opaque), f"{_format_frames(list(opaque), verb)} no alpha; the other frames have."
    yield from _compare_headers(sound, opaque)
    jumps = time_code_jumps(sound)
    if jumps:
        verb = "does" if len(jumps) == 1 else "do"
        numbers, (_, before, after) = [jump.frame for jump in jumps], jumps[0]
        first = f"{before} to {after}" if len(jumps) == 1 else f"the first is {before} to {after}"
        message = f"{_format_frames(numbers, verb)} not continue the time code: {first}."
        yield "timecode-jump", tuple(numbers), message


def _frames_without_alpha(frames: Frames) -> dict[Frame, set[str]]:
    """Return the frames without alpha, at most half of all, with the alpha channels of the rest."""
    alphas = {file.picture.layer: _alpha_names(file.picture) for _, file in frames if file.picture}
    for _, file in frames:
        if file.picture:
            alphas[file.picture.layer] |= _alpha_names(file.picture)
    opaque = {
        number: alphas[file.picture.layer]
        for number, file in frames
        if file.picture and alphas[file.picture.layer] and not _alpha_names(file.picture)
    }
    return opaque if 2 * len(opaque) <= len(frames) else {}


def _alpha_names(picture: Picture) -> set[str]:
    """Return the alpha channel of an image, empty where it has no alpha."""
    if picture.kind not in ("colour", "luminance"):
        return set()
    return {name for name in picture.channels if name.rpartition(".")[2].lower() in ("a", "alpha")}


def _compare_headers(frames: Frames, opaque: Mapping[Frame, set[str]]) -> Iterator[_Result]:
    """Yield frames whose headers differ from the rest, in more than missing alpha."""
    files = {file.path: file for _, file in frames}
    numbers = {file.path: number for number, file in frames}
    result = find_outliers([file for _, file in frames])
    usual = files[result.paths[result.typical]]
    frames_by_difference: dict[tuple[str, ...], list[Frame]] = {}
    for outlier in result.outliers:
        number = numbers[outlier.path]
        lost = opaque.get(number, set())
        # Missing chunks are reported as `sequence-incomplete`.
        rows = [
            row
            for row in outlier.rows
            if (row.kind, row.name) != (DiffKind.FACT, "chunks")
            and not (row.name in lost and row.cells[1] is None)
            and not (row.kind is DiffKind.ATTRIBUTE and _OF_MACHINE.search(row.name))
        ]
        differences = describe_differences(rows, usual, files[outlier.path])
        frames_by_difference.setdefault(differences, []).append(number)
    frames_by_difference.pop((), None)
    for differences, outliers in frames_by_difference.items():
        verb = "differs" if len(outliers) == 1 else "differ"
        message = f"{_format_frames(outliers, verb)} from the rest of the sequence in {join_limited(differences)}."
        yield "sequence-differs", tuple(outliers), message


def _format_frames(numbers: Sequence[Frame], verb: str | None = None) -> str:
    """Format frames with a verb, a form of `be` by default: `Frame 1047 is`, `Frames 1044–1046, 1050 are`."""
    is_plural, runs = len(numbers) > 1, format_ranges(numbers).split(", ")
    text = ", ".join(runs)
    if len(runs) > _MAX_RUNS:  # such as a sequence that was rendered on twos
        text = f"{', '.join(runs[:_MAX_RUNS])} … {runs[-1]}, {len(numbers):,} in all,"
    if verb is None:
        verb = "are" if is_plural else "is"
    return f"Frame{'s' if is_plural else ''} {text} {verb}".rstrip()
