"""Rules on the header of each part: compression, windows, pixel aspect, color space, storage, and views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from exr_inspector_app.color.space_names import known_space
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.exr.parser.attribute_types import COMPRESSIONS, LINE_ORDERS
from exr_inspector_app.model import Box2i, ExrFile, Part
from exr_inspector_app.rules.name_pattern import matches_text
from exr_inspector_app.rules.outcome import RuleResult
from exr_inspector_app.rules.value_forms import (
    SMALLEST_POSITIVE,
    Conditions,
    Size,
    ValueFormError,
    describe_conditions,
    holds,
    join_options,
    parse_box,
    parse_conditions,
    parse_several,
    parse_size,
    parse_texts,
)

KINDS = ("scanline", "tiled", "deep")
_ASPECT_TOLERANCE = 1e-4
_COMPRESSION_ALIASES = {"uncompressed": "none", "no": "none", "zip1": "zips", "zip16": "zip", "htj2k": "htj2k256"}
_SAME, _INSIDE = "display", "inside"


class WindowRule(NamedTuple):
    """Accepted window: a box, a size, or a relation to the display window."""

    box: Box2i | None = None
    size: Size | None = None
    relation: str = ""
    text: str = ""


def parse_compressions(value: object) -> tuple[str, ...]:
    """Parse names of compressions, in any case."""
    names = [text.lower().replace(" ", "").removesuffix("_compression") for text in parse_texts(value)]
    return _parse_words([_COMPRESSION_ALIASES.get(name, name) for name in names], COMPRESSIONS, "compression")


def parse_line_orders(value: object) -> tuple[str, ...]:
    """Parse names of line orders, in any case."""
    return _parse_words(parse_texts(value), LINE_ORDERS, "line order")


def parse_kinds(value: object) -> tuple[str, ...]:
    """Parse kinds of storage: scanline, tiled, deep."""
    return _parse_words(parse_texts(value), KINDS, "kind")


def _parse_words(texts: Sequence[str], known: Sequence[str], noun: str) -> tuple[str, ...]:
    by_key = {name.lower(): name for name in known}
    for text in texts:
        if text.lower() not in by_key:
            close = get_close_matches(text.lower(), by_key, 1)
            meant = f" (did you mean {by_key[close[0]]}?)" if close else ""
            raise ValueFormError(f"one or several of {', '.join(known)}; {text!r} is no {noun}{meant}")
    return tuple(by_key[text.lower()] for text in texts)


def parse_sizes(value: object) -> tuple[Size, ...]:
    """Parse one size or several."""
    return parse_several(value, parse_size)


def parse_windows(value: object) -> tuple[WindowRule, ...]:
    """Parse one window or several."""
    return parse_several(value, _parse_window)


def _parse_window(value: object) -> WindowRule:
    box = parse_box(value)
    if box is not None and box[2] >= box[0] and box[3] >= box[1]:
        return WindowRule(box=Box2i(*box), text=_box_text(Box2i(*box)))
    if isinstance(value, str) and value.strip().lower() in (_SAME, _INSIDE):
        relation = value.strip().lower()
        return WindowRule(relation=relation, text=_RELATIONS[relation])
    try:
        size = parse_size(value)
    except ValueFormError as error:
        form = 'a window such as [0, 0, 2047, 1151], "2048x1152+0+0", "2048x1152", "display" or "inside"'
        raise ValueFormError(form) from error
    return WindowRule(size=size, text=_size_text(size))


_RELATIONS = {_SAME: "the display window", _INSIDE: "one inside the display window"}


def parse_aspects(value: object) -> tuple[Conditions, ...]:
    """Parse one pixel aspect ratio or several."""
    form = 'a number such as 1.0 or "2:1", or a list of numbers'
    if isinstance(value, list):
        return tuple(parse_conditions(item, "==", form, SMALLEST_POSITIVE) for item in value)
    return (parse_conditions(value, "==", form, SMALLEST_POSITIVE),)


def parse_overscan(value: object) -> Conditions:
    """Parse the overscan: a number is a maximum in pixels, or in percent of the display window."""
    return parse_conditions(value, "<=", 'pixels such as 64, "10 %", or {min = 32, max = 64}', 0)


def parse_part_count(value: object) -> Conditions:
    """Parse the number of parts."""
    return parse_conditions(value, "==", 'a number of parts, such as 1 or ">= 2"', 1)


def _unless_equal(results: Sequence[RuleResult]) -> Iterator[RuleResult]:
    """Yield the results, those that all parts share once."""
    if len(results) > 1 and len({result[1:] for result in results}) == 1:
        yield results[0]._replace(part_index=None)
    else:
        yield from results


def check_compression(file: ExrFile, allowed: Sequence[str]) -> Iterator[RuleResult]:
    """Yield per part whether its compression is allowed."""
    yield from _check_word(file, "Compression", [part.compression for part in file.parts], allowed, upper=True)


def check_line_order(file: ExrFile, allowed: Sequence[str]) -> Iterator[RuleResult]:
    """Yield per part whether its line order is allowed."""
    yield from _check_word(file, "Line order", [part.line_order for part in file.parts], allowed)


def check_kind(file: ExrFile, allowed: Sequence[str]) -> Iterator[RuleResult]:
    """Yield per part whether it is stored in scan lines, tiled, or deep."""
    kinds = ["deep" if part.is_deep else "tiled" if part.is_tiled else "scanline" for part in file.parts]
    yield from _check_word(file, "Storage", kinds, allowed)


def _check_word(
    file: ExrFile, noun: str, texts: Sequence[str | None], allowed: Sequence[str], *, upper: bool = False
) -> Iterator[RuleResult]:
    asked = join_options([name.upper() if upper else name for name in allowed])
    results = []
    for part, text in zip(file.parts, texts, strict=True):
        shown = quote(text or "unknown")
        is_met = text in allowed
        end = "." if is_met else f", the profile requires {asked}."
        results.append(RuleResult(part.index, is_met, f"{noun} is {shown.upper() if upper else shown}{end}"))
    yield from _unless_equal(results)


def check_resolution(file: ExrFile, sizes: Sequence[Size]) -> Iterator[RuleResult]:
    """Yield per part whether its display window has an allowed size."""
    asked = join_options([*map(_size_text, sizes)])
    results = []
    for part in file.parts:
        box = part.display_window or part.data_window
        is_met = box is not None and any(_has_size(box, size) for size in sizes)
        end = "." if is_met else f", the profile requires {asked}."
        shown = _size_text((box.width, box.height)) if box else "unknown"
        results.append(RuleResult(part.index, is_met, f"Resolution is {shown}{end}"))
    yield from _unless_equal(results)


def check_data_window(file: ExrFile, windows: Sequence[WindowRule]) -> Iterator[RuleResult]:
    """Yield per part whether its data window is an allowed one."""
    yield from _unless_equal([_check_window("Data window", part, part.data_window, windows) for part in file.parts])


def check_display_window(file: ExrFile, windows: Sequence[WindowRule]) -> Iterator[RuleResult]:
    """Yield per part whether its display window is an allowed one."""
    results = [_check_window("Display window", part, part.display_window, windows) for part in file.parts]
    yield from _unless_equal(results)


def _check_window(noun: str, part: Part, box: Box2i | None, windows: Sequence[WindowRule]) -> RuleResult:
    is_met = box is not None and any(_accepts(window, box, part.display_window) for window in windows)
    end = "." if is_met else f", the profile requires {join_options([window.text for window in windows])}."
    return RuleResult(part.index, is_met, f"{noun} is {_box_text(box) if box else 'unknown'}{end}")


def _accepts(window: WindowRule, box: Box2i, display: Box2i | None) -> bool:
    if window.box is not None:
        return window.box == box
    if window.size is not None:
        return _has_size(box, window.size)
    if display is None:
        return False
    return box == display if window.relation == _SAME else max(_overscan(box, display)) <= 0


def _has_size(box: Box2i, size: Size) -> bool:
    return size[0] in (None, box.width) and size[1] in (None, box.height)


def _overscan(box: Box2i, display: Box2i) -> tuple[int, int, int, int]:
    """Return by how many pixels a window exceeds another: left, top, right, bottom; negative where it is smaller."""
    return display.min_x - box.min_x, display.min_y - box.min_y, box.max_x - display.max_x, box.max_y - display.max_y


def check_overscan(file: ExrFile, conditions: Conditions) -> Iterator[RuleResult]:
    """Yield per part whether its data window exceeds the display window by an allowed number of pixels on each side."""
    results = []
    for part in file.parts:
        if part.data_window is None or part.display_window is None:
            results.append(RuleResult(part.index, False, "Overscan is unknown: a window is missing."))
            continue
        sides = [max(side, 0) for side in _overscan(part.data_window, part.display_window)]
        lengths = [part.display_window.width, part.display_window.height] * 2
        is_met = all(
            holds(item, 100 * side / max(length, 1) if item.is_percent else side)
            for item in conditions
            for side, length in zip(sides, lengths, strict=True)
        )
        shown = f"{min(sides)} px" if len(set(sides)) == 1 else f"{min(sides)} to {max(sides)} px"
        end = "." if is_met else f", the profile allows {describe_conditions(conditions)}."
        results.append(RuleResult(part.index, is_met, f"Overscan is {shown}{end}"))
    yield from _unless_equal(results)


def check_pixel_aspect(file: ExrFile, options: Sequence[Conditions]) -> Iterator[RuleResult]:
    """Yield per part whether its pixel aspect ratio is allowed."""
    asked = join_options([*map(describe_conditions, options)])
    results = []
    for part in file.parts:
        ratio = part.pixel_aspect_ratio
        is_met = ratio is not None and any(
            all(holds(item, ratio, _ASPECT_TOLERANCE * abs(item.number)) for item in conditions)
            for conditions in options
        )
        end = "." if is_met else f", the profile requires {asked}."
        results.append(
            RuleResult(part.index, is_met, f"Pixel aspect is {'unknown' if ratio is None else f'{ratio:g}'}{end}")
        )
    yield from _unless_equal(results)


def check_color_space(file: ExrFile, allowed: Sequence[str]) -> Iterator[RuleResult]:
    """Yield whether the parts that name a color space name an allowed one, and that of the picture names one."""
    asked = join_options([*map(quote, allowed)])
    named = [part for part in file.parts if part.color_space]
    picture = file.picture.part_index if file.picture else None
    results = [_check_space(part, allowed, asked) for part in named]
    is_missing = not named if picture is None else not any(part.index == picture for part in named)
    if is_missing:
        is_met = any(text.lower() == "none" for text in allowed)
        end = "." if is_met else f", the profile requires {asked}."
        results.append(RuleResult(picture, is_met, f"The header names no color space{end}"))
    yield from _unless_equal(results)


def _check_space(part: Part, allowed: Sequence[str], asked: str) -> RuleResult:
    space = part.color_space or ""
    is_met = any(_is_same_space(space, name) for name in allowed)
    end = "." if is_met else f", the profile requires {asked}."
    return RuleResult(part.index, is_met, f"Color space is {quote(space)}{end}")


def _is_same_space(space: str, name: str) -> bool:
    known, other = known_space(space), known_space(name)
    return matches_text(name, space) or (known is not None and other is not None and known.name == other.name)


def check_parts(file: ExrFile, conditions: Conditions) -> Iterator[RuleResult]:
    """Yield whether the file has an allowed number of parts."""
    is_met = all(holds(item, len(file.parts)) for item in conditions)
    end = "." if is_met else f", the profile requires {describe_conditions(conditions)}."
    yield RuleResult(None, is_met, f"Number of parts is {len(file.parts)}{end}")


def _size_text(size: Size) -> str:
    width, height = ("any" if number is None else str(number) for number in size)
    return f"{width} × {height}"


def _box_text(box: Box2i) -> str:
    return f"{_size_text((box.width, box.height))} from {box.min_x}, {box.min_y}"
