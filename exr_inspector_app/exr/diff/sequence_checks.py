"""Sequence checks: gaps, padding, unreadable frames, and frames that differ from the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from exr_inspector_app.exr.diff.header_diff import DiffKind, DiffRow
from exr_inspector_app.exr.diff.outliers import find_outliers
from exr_inspector_app.exr.findings import SEVERITIES
from exr_inspector_app.exr.message_format import MAX_MESSAGE_CHARS, escape_unprintable, join_limited, quote
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.sequences.grouping import format_ranges, group_sequences, sequence_member
from exr_inspector_app.model import ExrFile

MIN_FRAMES = 2  # to compare
_MAX_RUNS = 8  # of frames that are listed


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
    sound = [file for _, file in frames if file.parts]
    if len(sound) < MIN_FRAMES:
        return
    numbers = {file.path: number for number, file in frames}
    several = len(sound[0].parts) > 1
    frames_by_difference: dict[tuple[str, ...], list[Frame]] = {}
    for outlier in find_outliers(sound).outliers:
        # Missing chunks are reported as `sequence-incomplete`.
        rows = [row for row in outlier.rows if (row.kind, row.name) != (DiffKind.FACT, "chunks")]
        differences = tuple(_difference(row, several and row.group != "File") for row in rows)
        frames_by_difference.setdefault(differences, []).append(numbers[outlier.path])
    frames_by_difference.pop((), None)
    for differences, outliers in frames_by_difference.items():
        verb = "differs" if len(outliers) == 1 else "differ"
        message = f"{_format_frames(outliers, verb)} from the rest of the sequence in {join_limited(differences)}."
        yield "sequence-differs", tuple(outliers), message


def _difference(row: DiffRow, several: bool) -> str:
    """Format a difference as `compression (zips instead of zip)`, with the part where there are several."""
    usual, value = row.texts(MAX_MESSAGE_CHARS, escape_unprintable)
    name = f"{quote(row.name)} of {quote(row.group)}" if several else quote(row.name)
    if usual is None or value is None:
        return f"{name} ({'only there' if usual is None else 'missing'})"
    return f"{name} ({value} instead of {usual})"


def _format_frames(numbers: Sequence[Frame], verb: str | None = None) -> str:
    """Format frames with a verb, a form of `be` by default: `Frame 1047 is`, `Frames 1044–1046, 1050 are`."""
    is_plural, runs = len(numbers) > 1, format_ranges(numbers).split(", ")
    text = ", ".join(runs)
    if len(runs) > _MAX_RUNS:  # such as a sequence that was rendered on twos
        text = f"{', '.join(runs[:_MAX_RUNS])} … {runs[-1]}, {len(numbers):,} in all,"
    if verb is None:
        verb = "are" if is_plural else "is"
    return f"Frame{'s' if is_plural else ''} {text} {verb}".rstrip()
