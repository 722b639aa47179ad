"""Parser of frame numbers in file names: which run of digits is the frame, by the name and by its siblings.

A run of digits is the frame if it is directly before the extension and directly after `.` or `_`, or if
sibling files differ in these digits alone. Versions, resolutions, dates and times, bit depths, encodings and UDIM
tiles are never frames, and such a run ends the search. The rules with examples: `resources/help/payload.md`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from exr_inspector_app.exr.sequences.rejected_digits import (
    MAX_DIGITS,
    MIN_GLUED_DIGITS,
    SIZES,
    is_below_textures,
    is_encoding,
    is_map_folder,
    is_padded,
    is_rejected,
    is_texture_folder,
    is_texture_name,
    is_tile,
    is_version,
)
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.text.lazy_pattern import lazy_pattern
from exr_inspector_app.typing_forms import TypeAlias

Frame: TypeAlias = int | float  # whole frames are int; sub-frames such as 1001.25 are float
Run: TypeAlias = tuple[str, str]  # the name before and after a run of digits

MAX_SUB_FRAMES = 32  # of one frame
MIN_UNPADDED_FILES = 3  # `take_1`, `take_2`, `take_3`

_MIN_SNAPSHOT = 32  # copies of smaller sets are not worth keeping
_DIGITS = lazy_pattern(r"[0-9]+")
_PAIR = lazy_pattern(r"(?<![0-9])([0-9]{1,9})\.([0-9]{1,9})(\.[^0-9./\\][^./\\]*)$")
_SHOT = lazy_pattern(r"(?:^|[^A-Za-z])(?:sh|shot|sc|scene|seq|sq|ep|cut|s[0-9]+e)[._-]?$", re.IGNORECASE)
_SHORT_FRACTIONS = frozenset(
    """0 00 000 0000 5 50 500 5000 25 250 2500 75 750 7500 125 1250 375 3750 625 6250 875 8750""".split()
)


class FrameSpan(NamedTuple):
    """Frame of a name: where its text starts and ends, its value, and how many digits its whole part has."""

    start: int
    end: int
    frame: Frame
    digits: int


class Siblings:
    """Index of the names in one folder by the text before and after each run of digits.

    Build it once per listing; look-ups are constant in time, and thread-safe, also while one thread adds names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._numbers: dict[Run, set[str]] = {}
        self._pairs: dict[Run, set[tuple[str, str]]] = {}
        self._snapshots: dict[Run, frozenset[str]] = {}  # of large sets, which other threads may extend
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Add a name of the folder."""
        self._snapshots = {}
        for match in _DIGITS.finditer(name):
            self._numbers.setdefault((name[: match.start()], name[match.end() :]), set()).add(match[0])
        if pair := _PAIR.search(name):
            self._pairs.setdefault((name[: pair.start(1)], pair[3]), set()).add((pair[1], pair[2]))

    def numbers(self, head: str, tail: str) -> Collection[str]:
        """Return the digits that names of the folder have between `head` and `tail`; a copy."""
        numbers = self._numbers.get((head, tail), ())
        if len(numbers) < _MIN_SNAPSHOT:
            return {*numbers}
        snapshots = self._snapshots
        known = snapshots.get((head, tail))
        if known is None:
            known = snapshots[head, tail] = frozenset(numbers)
        return known

    def holds(self, name: str) -> bool:
        """Return whether a name with digits is one of the folder."""
        match = _DIGITS.search(name)
        return match is not None and match[0] in self.numbers(name[: match.start()], name[match.end() :])

    def pairs(self, head: str, tail: str) -> Collection[tuple[str, str]]:
        """Return the two numbers, `1001` and `25`, of names that end in `1001.25` before their extension."""
        return self._pairs.get((head, tail), ())


_NO_SIBLINGS = Siblings(())


def frame_number(path: str, siblings: Siblings | None = None) -> Frame | None:
    """Return the frame of a path by its last component, or None where the name has none.

    Args:
        path: A path with slashes or backslashes as separators; the file need not exist.
        siblings: Names of the same folder. Without them only the name itself counts as evidence.
    """
    plain = plain_frame(path)
    if plain is not None:
        return plain
    folder, name = split_path(path)
    span = find_frame_span(name, folder, siblings)
    return None if span is None else span.frame


def plain_frame(path: str) -> int | None:
    """Return the frame of NAME.FRAME.EXTENSION, as most names are, where nothing makes its digits doubtful."""
    head, _, digits = path.rpartition(".")[0].rpartition(".")
    if len(digits) > 7 or not (digits.isascii() and digits.isdigit()) or _is_doubtful(head):
        return None
    frame = int(digits)
    return None if frame in SIZES else frame


@lru_cache(maxsize=1024)  # the frames of a sequence share their head
def _is_doubtful(head: str) -> bool:
    """Return whether the text before a number makes it doubtful that this is a frame."""
    folder, name = split_path(head)
    if not name or name[-1].isdigit() or is_encoding(f"{name}.", ""):
        return True
    return is_texture_name(name) or is_texture_folder(folder) or is_below_textures(folder) or is_map_folder(folder)


def find_frame_span(name: str, folder: str = "", siblings: Siblings | None = None) -> FrameSpan | None:
    """Find the frame in a file name.

    Args:
        name: The file name with its extension.
        folder: The path of its folder, whose name may mark UDIM tiles.
        siblings: Names of the same folder, as evidence for digits that are glued to a word.
    """
    stem = _stem(name)
    known = siblings or _NO_SIBLINGS
    for match in reversed(list(_DIGITS.finditer(stem))):
        start, end = match.span()
        if (
            start > 0
            and stem[start - 1] == "."
            and end == len(stem)
            and (sub := _sub_frame(name, stem, match, folder, known))
        ):
            return sub
        verdict = _verdict(name, stem, folder, match, known)
        if verdict:
            return _frame_of_digits(stem, start, end)
        if verdict is None:
            return None
    return None


def span_of_frame(name: str, frame: Frame | None) -> FrameSpan | None:
    """Find the position of a known frame in a name, without reading the folder.

    Used for records whose frame was found before. The last run of digits with that value counts.
    """
    if frame is None:
        return None
    stem = _stem(name)
    runs = list(_DIGITS.finditer(stem))
    for at, match in reversed(list(enumerate(runs))):
        start, end = match.span()
        if isinstance(frame, int) and len(match[0]) <= MAX_DIGITS:
            span = _frame_of_digits(stem, start, end)
            if span.frame == frame and not _is_fraction_of(stem, runs, at, frame):
                return span
        before = runs[at - 1] if at else None
        if before is not None and stem[before.end() : start] == ".":
            sub = _joined(stem, before.start(), start, end)
            if sub is not None and sub.frame == frame:
                return sub
    return None


def _stem(name: str) -> str:
    """Return a name without its extension."""
    dot = name.rfind(".")
    return name[:dot] if dot > 0 else name


def split_path(path: str) -> tuple[str, str]:
    """Return folder and name of a path of any system."""
    cut = max(path.rfind("/"), path.rfind("\\")) + 1
    return path[:cut].rstrip("/\\"), path[cut:]


def _verdict(name: str, stem: str, folder: str, match: re.Match[str], siblings: Siblings) -> bool | None:
    """Judge one run of digits: True for the frame, None where it ends the search, False to look further left."""
    start, end = match.span()
    numbers = _numbers_between(name[:start], name[end:], siblings)
    if match[0] not in numbers:
        numbers = {*numbers, match[0]}
    if end == len(stem) and _has_sign(stem, start):
        return True
    if is_rejected(stem, match[0], start, end, numbers) or is_tile(stem, folder, match, numbers):
        return None
    if _are_shots(stem, start, end, numbers):
        return None
    if end == len(stem) and (start == 0 or stem[start - 1] in "._"):
        return _is_separate_frame(stem, start, match[0], numbers)
    return _varies_alone(stem, start, end, numbers)


def _numbers_between(head: str, tail: str, siblings: Siblings) -> Collection[str]:
    """Return the digits that names have between `head` and `tail`, with those after a minus sign."""
    bare = head[:-1] if _has_sign(head, len(head)) else head
    numbers = siblings.numbers(bare, tail)
    negative = siblings.numbers(f"{bare}-", tail) if bare[-1:] in ("", ".", "_") else ()
    return {*numbers, *negative} if negative else numbers


def _are_shots(stem: str, start: int, end: int, numbers: Collection[str]) -> bool:
    """Return whether numbers are those of shots: `sh0100_plate`, `sh0110_plate`, or `sh010`, `sh020`."""
    is_shot = _SHOT.search(stem[:start]) is not None and not _begins_with_frame(stem, start, numbers)
    are_tens = all(int(digits) % 10 == 0 for digits in numbers)
    if end < len(stem):
        return is_shot or are_tens
    return is_shot and are_tens and len(numbers) > 1 and stem[start - 1 : start] != "."


def _begins_with_frame(stem: str, start: int, numbers: Collection[str]) -> bool:
    """Return whether a name such as `scene_0001_depth` is that of a frame: long numbers that count one by one."""
    is_named = stem[:start].lower() in ("scene_", "scene.", "scene-", "shot_", "shot.", "shot-")
    return is_named and min(map(len, numbers)) >= MIN_GLUED_DIGITS and len(numbers) > 1 and _count_up(numbers)


def _count_up(numbers: Collection[str]) -> bool:
    values = sorted(int(digits) for digits in numbers if len(digits) < MAX_DIGITS)
    return values[-1] - values[0] < 2 * len(values)


def _is_separate_frame(stem: str, start: int, digits: str, numbers: Collection[str]) -> bool:
    """Return whether digits between a separator and the extension are a frame.

    One or two digits after `_` without padding (`spot_0`, `spot_2`) are variants unless more files show otherwise.
    """
    is_minor = len(digits) == 1 and re.search(r"[A-Za-z][0-9]+\.$", stem[:start])  # v1.2, f2.8
    if start == 0 or (stem[start - 1] == "." and not is_minor) or max(map(len, numbers)) > 2 or is_padded(numbers):
        return True
    return _is_counted(numbers)


def _varies_alone(stem: str, start: int, end: int, numbers: Collection[str]) -> bool:
    """Return whether siblings differ in these digits alone, as frames do."""
    if len(numbers) < 2:
        return False
    if is_padded(numbers):
        return True
    is_glued = (start > 0 and stem[start - 1].isalpha()) or (end < len(stem) and stem[end].isalpha())
    if min(map(len, numbers)) >= MIN_GLUED_DIGITS:
        return True
    return not is_glued and (_is_counted(numbers) or min(map(len, numbers)) >= 3)


def _is_counted(numbers: Collection[str]) -> bool:
    """Return whether unpadded numbers count up, as `1, 2, 3` do and `0, 2` do not."""
    return len(numbers) >= MIN_UNPADDED_FILES and _count_up(numbers)


def _has_sign(stem: str, start: int) -> bool:
    """Return whether a minus sign precedes digits: a dash after `.` or `_`, or at the start of a name."""
    return start > 0 and stem[start - 1] == "-" and (start == 1 or stem[start - 2] in "._")


def _frame_of_digits(stem: str, start: int, end: int) -> FrameSpan:
    """Return the frame of a run of digits, with its sign."""
    is_negative = _has_sign(stem, start)
    value = int(stem[start:end])
    return FrameSpan(start - is_negative, end, -value if is_negative else value, end - start)


def _sub_frame(name: str, stem: str, match: re.Match[str], folder: str, siblings: Siblings) -> FrameSpan | None:
    """Return the frame with a fraction, `1001.25` of `sim.1001.25`, if siblings or the digits confirm it."""
    start, end = match.span()
    head = re.search(r"(?:^|[._])(-?)([0-9]+)\.$", stem[:start])
    if head is None or len(head[2]) > 9:
        return None
    integer_at = start - 1 - len(head[2])
    if is_version(stem[:integer_at], head[2]) or is_tile(stem, folder, _run_at(stem, integer_at), {head[2]}):
        return None
    tail = name[len(stem) :]
    pairs = {*siblings.pairs(stem[:integer_at], tail), (head[2], match[0])}
    integers = siblings.numbers(stem[:integer_at], tail)
    if not (head[2] in integers or any(integer in integers for integer, _ in pairs) or _are_fractions(pairs)):
        return None
    return _joined(stem, integer_at, start, end)


def _run_at(stem: str, start: int) -> re.Match[str]:
    match = _DIGITS.match(stem, start)
    assert match is not None
    return match


def _are_fractions(pairs: Collection[tuple[str, str]]) -> bool:
    """Return whether numbers after whole ones divide them evenly: 0000, 2500, 5000, 7500, and not 0001, 0002."""
    fractions = {fraction for _, fraction in pairs}
    if _divide_evenly(fractions):
        return True
    if not fractions <= _SHORT_FRACTIONS or not any(fraction.strip("0") for fraction in fractions):
        return False
    return len(fractions) > 1 or min(len(integer) for integer, _ in pairs) >= 3


def _divide_evenly(fractions: Collection[str]) -> bool:
    """Return whether numbers are all the fractions of a frame: 0, 333, 667, or 0 to 9."""
    count, widths = len(fractions), {len(fraction) for fraction in fractions}
    if not 2 <= count <= MAX_SUB_FRAMES or len(widths) > 1:
        return False
    scale = 10 ** widths.pop()
    return all(abs(int(text) - at * scale / count) < 1 for at, text in enumerate(sorted(fractions)))


def _is_fraction_of(stem: str, runs: list[re.Match[str]], at: int, frame: Frame) -> bool:
    """Return whether a run with the value of a frame is only the fraction after that same frame (`0.0`)."""
    if at == 0 or stem[runs[at - 1].end() : runs[at].start()] != ".":
        return False
    sub = _joined(stem, runs[at - 1].start(), runs[at].start(), runs[at].end())
    return sub is not None and sub.frame == frame and int(runs[at][0]) == 0 and int(runs[at - 1][0]) == frame


def _joined(stem: str, integer_at: int, start: int, end: int) -> FrameSpan | None:
    span = _frame_of_digits(stem, integer_at, start - 1)
    if end - start > 9 or span.digits > MAX_DIGITS:
        return None
    fraction = int(stem[start:end]) / 10 ** (end - start)
    is_negative = span.start < integer_at
    value = abs(span.frame) + fraction
    frame: Frame = int(value) if value == int(value) else value
    return FrameSpan(span.start, end, -frame if is_negative else frame, span.digits)
