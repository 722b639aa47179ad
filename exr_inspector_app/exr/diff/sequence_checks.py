"""What a person should know of the frames of a sequence: gaps, padding, and frames unlike the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from exr_inspector_app.exr.diff.header_diff import DiffKind, DiffRow
from exr_inspector_app.exr.diff.outliers import find_outliers
from exr_inspector_app.exr.findings import SEVERITIES
from exr_inspector_app.exr.message_format import MAX_MESSAGE_CHARS, escape_unprintable, join_limited, quote
from exr_inspector_app.exr.sequences.grouping import format_ranges, group_sequences, sequence_member
from exr_inspector_app.model import ExrFile

MIN_FRAMES = 2  # frames of which some can be unlike the others
_MOST_RUNS = 8  # of frames that are told one by one


class FrameFinding(NamedTuple):
    """Something about some frames of one sequence."""

    severity: str
    code: str
    pattern: str  # beauty.####.exr
    frames: tuple[int, ...]
    message: str


def sequence_findings(files: Iterable[ExrFile]) -> list[FrameFinding]:
    """The findings of every sequence among some files, in any order; single files have none."""
    by_path = {file.path: file for file in files}
    found = []
    for sequence in group_sequences(by_path):
        if len(sequence.paths) < 2:
            continue
        frames = list(zip(sequence.frames, (by_path[path] for path in sequence.paths), strict=True))
        told = [*_numbering(sequence.missing, sequence.paths, frames), *_states(frames), *_unlike(frames)]
        found += [FrameFinding(SEVERITIES[code], code, sequence.pattern, numbers, text) for code, numbers, text in told]
    return found


Frames = Sequence[tuple[int, ExrFile]]
_Told = tuple[str, tuple[int, ...], str]


def _numbering(missing: tuple[int, ...], paths: Sequence[str], frames: Frames) -> Iterator[_Told]:
    """Frames that are not there, and numbers that are padded in several ways."""
    if missing:
        yield "sequence-gap", missing, f"{_frames(missing)} missing."
    odd = _oddly_padded(
        [(number, sequence_member(path)[1][1]) for path, (number, _) in zip(paths, frames, strict=True)]
    )
    if odd:
        yield (
            "sequence-padding",
            tuple(odd),
            f"{_frames(odd)} padded unlike the others; programs may miss them.",
        )


def _oddly_padded(numbers: Sequence[tuple[int, int]]) -> list[int]:
    """The frames whose digits are more or fewer than the padding asks for; numbers may outgrow it (999, 1000)."""
    widths = Counter(digits for number, digits in numbers if digits > len(str(number)))
    if not widths:
        return []
    usual = widths.most_common(1)[0][0]
    odd = [number for number, digits in numbers if digits != max(usual, len(str(number)))]
    if 2 * len(odd) <= len(numbers):
        return odd
    return [number for number, digits in numbers if digits > len(str(number))]


def _states(frames: Frames) -> Iterator[_Told]:
    """Frames that cannot be read or are not finished."""
    broken = tuple(number for number, file in frames if file.errors)
    if broken:
        yield "sequence-unreadable", broken, f"{_frames(broken)} damaged or unreadable."
    short = tuple(number for number, file in frames if file.is_complete is False)
    if short:
        yield "sequence-incomplete", short, f"{_frames(short)} not finished."


def _unlike(frames: Frames) -> Iterator[_Told]:
    """What a few frames have otherwise than the others; what changes from frame to frame is no difference."""
    sound = [file for _, file in frames if file.parts]
    if len(sound) < MIN_FRAMES:
        return
    numbers = {file.path: number for number, file in frames}
    several = len(sound[0].parts) > 1
    alike: dict[tuple[str, ...], list[int]] = {}
    for odd in find_outliers(sound).odd:
        rows = [row for row in odd.rows if (row.kind, row.name) != (DiffKind.FACT, "chunks")]  # told of as incomplete
        differences = tuple(_difference(row, several and row.group != "File") for row in rows)
        alike.setdefault(differences, []).append(numbers[odd.path])
    alike.pop((), None)
    for differences, listed in alike.items():
        verb = "differs" if len(listed) == 1 else "differ"
        yield (
            "sequence-differs",
            tuple(listed),
            f"{_frames(listed, verb)} from the others in {join_limited(differences)}.",
        )


def _difference(row: DiffRow, several: bool) -> str:
    """One difference: `compression (zips instead of zip)`, of several parts with the part's name."""
    usual, its = row.texts(MAX_MESSAGE_CHARS, escape_unprintable)
    name = f"{quote(row.name)} of {quote(row.group)}" if several else quote(row.name)
    if usual is None or its is None:
        return f"{name} (which {'they have not' if usual is None else 'it lacks'})"
    return f"{name} ({its} instead of {usual})"


def _frames(numbers: Sequence[int], verb: str = "") -> str:
    """Frames in words: `Frame 1047 is`, `Frames 1044–1046, 1050 are`."""
    several, runs = len(numbers) > 1, format_ranges(numbers).split(", ")
    told = ", ".join(runs)
    if len(runs) > _MOST_RUNS:  # as of a sequence that was rendered on twos
        told = f"{', '.join(runs[:_MOST_RUNS])} … {runs[-1]}, {len(numbers):,} in all,"
    return f"Frame{'s' if several else ''} {told} {verb or ('are' if several else 'is')}"
