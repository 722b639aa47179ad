"""Header diff: a row for each fact, channel and attribute of several files, with a cell for every file.

Parts are matched by name where several files have a part of that name, otherwise by index. Channels and attributes are
matched by name; duplicates in a part are matched in file order. Numbers are equal within a tolerance, and NaN equals
NaN.
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

DEFAULT_TOLERANCE = 1e-6  # relative to the larger number; near zero a thousandth of it, absolute

_RATIONAL = {"numerator", "denominator"}
_RATES = ("framesPerSecond", "captureRate")

PART_TYPE = "part type"  # the first row of every part
EMPTY = "(empty)"


class DiffKind(StrEnum):
    """Kind of a row; the order is that of the rows in a group."""

    FACT = "fact"  # from the header, but not an attribute
    CHANNEL = "channel"
    ATTRIBUTE = "attribute"


class DiffState(StrEnum):
    """Result of comparing the cells of a row."""

    SAME = "same"
    CHANGED = "changed"
    ONLY_IN = "only in"  # missing in some files; the rest may differ too


class Cell(NamedTuple):
    """Value of one file in a row."""

    type: str  # of the attribute or the channel; empty for a fact
    value: Value

    @property
    def text(self) -> str:
        """Value on one line, with control characters as they are."""
        return format_value(self.type, self.value)


@dataclass(frozen=True, slots=True)
class DiffRow:
    """Row of a diff: one fact, channel or attribute in every file."""

    group: str  # File, Part 0, Part depth
    kind: DiffKind
    name: str
    cells: tuple[Cell | None, ...]  # one per file; None where the file has none
    state: DiffState

    @property
    def only_in(self) -> tuple[int, ...]:
        """Indices of the files that have it, empty where all have it."""
        indices = tuple(index for index, cell in enumerate(self.cells) if cell is not None)
        return indices if len(indices) < len(self.cells) else ()

    def texts(self, max_chars: int, escape: Callable[[str], str]) -> list[str | None]:
        """Return the values on one line each, with their types where these differ.

        Args:
            max_chars: Maximum length of a value; longer ones are shortened so that different values stay different.
            escape: Function that makes a text safe for its display.

        Returns:
            A text per file, None where the file has no value.
        """
        cells = [cell for cell in self.cells if cell is not None]
        cut = shorten_distinctly([escape(_text_with_unit(self.name, cell)) or EMPTY for cell in cells], max_chars)
        if self.kind is DiffKind.ATTRIBUTE and len({cell.type for cell in cells}) > 1:
            cut = [f"{text} ({escape(cell.type)})" for text, cell in zip(cut, cells, strict=True)]
        texts = iter(cut)
        return [None if cell is None else next(texts) for cell in self.cells]


def _text_with_unit(name: str, cell: Cell) -> str:
    """Return the value of an attribute on one line, `24 fps` for a frame rate."""
    is_rate = name in _RATES and cell.type == "rational" and bool(cell.value["denominator"])
    return f"{cell.text} fps" if is_rate else cell.text


@dataclass(frozen=True, slots=True)
class Diff:
    """Diff of several files: the rows of each group are its facts, channels and attributes in file order."""

    paths: tuple[str, ...]
    rows: tuple[DiffRow, ...]

    @property
    def differences(self) -> tuple[DiffRow, ...]:
        """Rows that are not the same in every file."""
        return tuple(row for row in self.rows if row.state is not DiffState.SAME)


class DiffKey(NamedTuple):
    """Key by which rows are matched between files."""

    group: str
    kind: DiffKind
    name: str
    nth: int  # index among the duplicates in the group


def diff(files: Sequence[ExrFile], tolerance: float = DEFAULT_TOLERANCE) -> Diff:
    """Compare the headers of files.

    Args:
        files: Two or more files.
        tolerance: Relative tolerance for numbers.

    Returns:
        The diff, with a cell for every file in each of its rows.
    """
    flats = flatten(files)
    keys = order_keys(flats)
    rows = (make_row(key, [flat.get(key) for flat in flats], tolerance) for key in keys)
    return Diff(tuple(file.path for file in files), tuple(rows))


def make_row(key: DiffKey, cells: Sequence[Cell | None], tolerance: float) -> DiffRow:
    """Return the row for a key, its cells compared with the first one."""
    first = cells[0]
    if None in cells:
        state = DiffState.ONLY_IN
    else:
        state = DiffState.SAME if all(values_equal(first, cell, tolerance) for cell in cells[1:]) else DiffState.CHANGED
    return DiffRow(key.group, key.kind, key.name, tuple(cells), state)


def values_equal(left: Value, right: Value, tolerance: float) -> bool:
    """Return True if two values are equal, numbers within the relative tolerance."""
    if left is right:
        return True
    if isinstance(left, float) and isinstance(right, float):
        both_nan = left != left and right != right
        return both_nan or isclose(left, right, rel_tol=tolerance, abs_tol=tolerance / 1000)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(values_equal(a, b, tolerance) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() == right.keys() == _RATIONAL and left["denominator"] and right["denominator"]:
            quotients = (value["numerator"] / value["denominator"] for value in (left, right))
            return isclose(*quotients, rel_tol=2 * tolerance)  # 23976/1000 is off by 1e-6 from 24000/1001
        return left.keys() == right.keys() and all(values_equal(left[key], right[key], tolerance) for key in left)
    return bool(left == right)


def order_keys(flats: Iterable[Mapping[DiffKey, Cell]]) -> list[DiffKey]:
    """Return all keys by group, then by kind, then in the order of their first appearance."""
    keys = dict.fromkeys(key for flat in flats for key in flat)
    groups = {group: index for index, group in enumerate(dict.fromkeys(key.group for key in keys))}
    kinds = {kind: index for index, kind in enumerate(DiffKind)}
    return sorted(keys, key=lambda key: (groups[key.group], kinds[key.kind]))


def flatten(files: Sequence[ExrFile]) -> list[dict[DiffKey, Cell]]:
    """Return the cells of each file by key."""
    shared = _shared_names(files)
    in_all = shared.intersection(*({part.name for part in file.parts} for file in files))
    return [dict(_add_keys([*_part_order(file, in_all), *_file_entries(file, shared)])) for file in files]


_Entry = tuple[str, DiffKind, str, Cell]  # group, kind, name, value


def _add_keys(entries: Iterable[_Entry]) -> Iterator[tuple[DiffKey, Cell]]:
    """Yield the entries with their keys, duplicates numbered."""
    counts: Counter[tuple[str, DiffKind, str]] = Counter()
    for group, kind, name, cell in entries:
        nth = counts[group, kind, name]
        counts[group, kind, name] = nth + 1
        yield DiffKey(group, kind, name, nth), cell


def _shared_names(files: Sequence[ExrFile]) -> frozenset[str]:
    """Return the names by which parts are matched: unique in each file, in several files, and not a number."""
    counts = [Counter(part.name for part in file.parts if part.name) for file in files]
    files_with = Counter(name for names in counts for name in names)
    twice = {name for names in counts for name, count in names.items() if count > 1}
    shared = (name for name, count in files_with.items() if count > 1 and name not in twice)
    return frozenset(name for name in shared if not name.isdecimal())


def _part_order(file: ExrFile, names: frozenset[str]) -> Iterator[_Entry]:
    """Yield the order of the parts that every file has; programs that read one part read the first."""
    if len(names) > 1:
        yield (
            "File",
            DiffKind.FACT,
            "order of parts",
            Cell("", [part.name for part in file.parts if part.name in names]),
        )


def _file_entries(file: ExrFile, shared: frozenset[str]) -> Iterator[_Entry]:
    yield "File", DiffKind.FACT, "parts", Cell("", len(file.parts))
    for part in file.parts:
        group = f"Part {part.name}" if part.name in shared else f"Part {part.index}"
        yield group, DiffKind.FACT, PART_TYPE, Cell("", part.type)
        yield group, DiffKind.FACT, "chunks", Cell("", _chunks(part))
        for channel in part.channels:
            yield group, DiffKind.CHANNEL, channel.name, Cell(channel.type, _sampling(channel))
        for name, kind, value in part.attributes:
            if kind != "chlist":  # its rows are the channels
                yield group, DiffKind.ATTRIBUTE, name, Cell(kind, value)


def _chunks(part: Part) -> str:
    """Format how many chunks are present, as `all` or `612 of 1,080`."""
    if part.chunks_present is None or part.chunk_count is None:
        return "unknown"
    count, present = part.chunk_count, part.chunks_present
    return "all" if present == count else f"{present:,} of {count:,}"


def _sampling(channel: Channel) -> str:
    """Format the type and the sampling of a channel."""
    x, y = channel.x_sampling, channel.y_sampling
    sampling = f"sampling {x} × {y}" if (x, y) != (1, 1) else ""
    terms = (channel.type, sampling, "perceptually linear" if channel.p_linear else "")
    return ", ".join(filter(None, terms))
