"""What differs between headers: parts, channels and attributes, a row for each with a value for every file.

Parts are matched by name where several files have one of that name, the others by their place. Channels and
attributes are matched by name; where one stands twice in a part, first goes with first. Numbers are the same
within a tolerance, NaN is the same as NaN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isclose
from typing import NamedTuple

from exr_inspector_app.exr.diff.value_text import format_value, shorten_distinctly
from exr_inspector_app.model import Channel, ExrFile, Part, Value

DEFAULT_TOLERANCE = 1e-6  # by this part of the larger one two numbers may differ, and by a thousandth of it near zero

PART_TYPE = "part type"  # the first row of every part
EMPTY = "(empty)"


class DiffKind(StrEnum):
    """What a row is about, in the order of the rows of a group."""

    FACT = "fact"  # what a header says without an attribute for it
    CHANNEL = "channel"
    ATTRIBUTE = "attribute"


class DiffState(StrEnum):
    """How the values of a row are to each other."""

    SAME = "same"
    CHANGED = "changed"
    ONLY_IN = "only in"  # some files lack it; those that have it may differ too


class Cell(NamedTuple):
    """The value of one file."""

    type: str  # of the attribute or the channel; empty for a fact
    value: Value

    @property
    def text(self) -> str:
        """The value on one line, not yet safe for a terminal."""
        return format_value(self.type, self.value)


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One fact, channel or attribute in every file."""

    group: str  # File, Part 0, Part depth
    kind: DiffKind
    name: str
    cells: tuple[Cell | None, ...]  # one a file; None where it has none
    state: DiffState

    @property
    def only_in(self) -> tuple[int, ...]:
        """The places of the files that have it, where others lack it."""
        places = tuple(place for place, cell in enumerate(self.cells) if cell is not None)
        return places if len(places) < len(self.cells) else ()

    def texts(self, longest: int, safe: Callable[[str], str]) -> list[str | None]:
        """The values on one line, None where a file has none: made safe, cut to so many characters, with their types
        where these differ."""
        cells = [cell for cell in self.cells if cell is not None]
        cut = shorten_distinctly([safe(cell.text) or EMPTY for cell in cells], longest)
        if self.kind is DiffKind.ATTRIBUTE and len({cell.type for cell in cells}) > 1:
            cut = [f"{text} ({safe(cell.type)})" for text, cell in zip(cut, cells, strict=True)]
        told = iter(cut)
        return [None if cell is None else next(told) for cell in self.cells]


@dataclass(frozen=True, slots=True)
class Diff:
    """Files beside each other: group after group, in each its facts, channels and attributes in file order."""

    paths: tuple[str, ...]
    rows: tuple[DiffRow, ...]

    @property
    def differences(self) -> tuple[DiffRow, ...]:
        """The rows that are not the same in every file."""
        return tuple(row for row in self.rows if row.state is not DiffState.SAME)


class DiffKey(NamedTuple):
    """What is matched between files."""

    group: str
    kind: DiffKind
    name: str
    nth: int  # of those with this name in the group


def diff(files: Sequence[ExrFile], tolerance: float = DEFAULT_TOLERANCE) -> Diff:
    """Two or more files beside each other."""
    flats = flatten(files)
    keys = order_keys(flats)
    rows = (make_row(key, [flat.get(key) for flat in flats], tolerance) for key in keys)
    return Diff(tuple(file.path for file in files), tuple(rows))


def make_row(key: DiffKey, cells: Sequence[Cell | None], tolerance: float) -> DiffRow:
    """What files say of one thing."""
    first = cells[0]
    if None in cells:
        state = DiffState.ONLY_IN
    else:
        state = DiffState.SAME if all(values_equal(first, cell, tolerance) for cell in cells[1:]) else DiffState.CHANGED
    return DiffRow(key.group, key.kind, key.name, tuple(cells), state)


def values_equal(one: Value, other: Value, tolerance: float) -> bool:
    """True for values that are equal, numbers within the tolerance."""
    if one is other:
        return True
    if isinstance(one, float) and isinstance(other, float):
        both_nan = one != one and other != other
        return both_nan or isclose(one, other, rel_tol=tolerance, abs_tol=tolerance / 1000)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(values_equal(a, b, tolerance) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(values_equal(one[key], other[key], tolerance) for key in one)
    return bool(one == other)


def order_keys(flats: Iterable[Mapping[DiffKey, Cell]]) -> list[DiffKey]:
    """All keys, those of a group and a kind together, in the order in which each is first met."""
    keys = dict.fromkeys(key for flat in flats for key in flat)
    groups = {group: place for place, group in enumerate(dict.fromkeys(key.group for key in keys))}
    kinds = {kind: place for place, kind in enumerate(DiffKind)}
    return sorted(keys, key=lambda key: (groups[key.group], kinds[key.kind]))


def flatten(files: Sequence[ExrFile]) -> list[dict[DiffKey, Cell]]:
    """Each file as the values that are compared."""
    shared = _shared_names(files)
    everywhere = shared.intersection(*({part.name for part in file.parts} for file in files))
    return [dict(_keyed([*_order(file, everywhere), *_entries(file, shared)])) for file in files]


_Entry = tuple[str, DiffKind, str, Cell]  # group, kind, name, value


def _keyed(entries: Iterable[_Entry]) -> Iterator[tuple[DiffKey, Cell]]:
    """The entries by key; those that have one name are counted."""
    met: Counter[tuple[str, DiffKind, str]] = Counter()
    for group, kind, name, cell in entries:
        nth = met[group, kind, name]
        met[group, kind, name] = nth + 1
        yield DiffKey(group, kind, name, nth), cell


def _shared_names(files: Sequence[ExrFile]) -> frozenset[str]:
    """The names by which parts are matched: in no file there twice, in several there, and not a figure like a place."""
    counts = [Counter(part.name for part in file.parts if part.name) for file in files]
    there = Counter(name for names in counts for name in names)
    twice = {name for names in counts for name, count in names.items() if count > 1}
    return frozenset(name for name, count in there.items() if count > 1 and name not in twice and not name.isdecimal())


def _order(file: ExrFile, names: frozenset[str]) -> Iterator[_Entry]:
    """Of several parts that every file has, which comes first; programs that read one part read the first."""
    if len(names) > 1:
        yield (
            "File",
            DiffKind.FACT,
            "order of parts",
            Cell("", [part.name for part in file.parts if part.name in names]),
        )


def _entries(file: ExrFile, shared: frozenset[str]) -> Iterator[_Entry]:
    yield "File", DiffKind.FACT, "parts", Cell("", len(file.parts))
    for part in file.parts:
        group = f"Part {part.name}" if part.name in shared else f"Part {part.index}"
        yield group, DiffKind.FACT, PART_TYPE, Cell("", part.type)
        yield group, DiffKind.FACT, "chunks", Cell("", _chunks(part))
        for channel in part.channels:
            yield group, DiffKind.CHANNEL, channel.name, Cell(channel.type, _sampling(channel))
        for one in part.attributes:
            if one.type != "chlist":  # its rows are the channels
                yield group, DiffKind.ATTRIBUTE, one.name, Cell(one.type, one.value)


def _chunks(part: Part) -> str:
    """How many chunks are there, as `all` or `612 of 1,080`."""
    if part.chunks_present is None or part.chunk_count is None:
        return "unknown"
    count, there = part.chunk_count, part.chunks_present
    return "all" if there == count else f"{there:,} of {count:,}"


def _sampling(channel: Channel) -> str:
    """What a channel is beside its name."""
    sampled = channel.x_sampling, channel.y_sampling
    words = [channel.type, f"sampled every {sampled[0]} × {sampled[1]}" if sampled != (1, 1) else ""]
    return ", ".join(word for word in (*words, "perceptually linear" if channel.p_linear else "") if word)
