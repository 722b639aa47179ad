"""Parsers of values in a profile: lists, number conditions, sizes, windows.

Each takes the value as TOML has it and raises `ValueFormError` with the accepted form for anything else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeGuard, TypeVar

T = TypeVar("T")
SMALLEST_POSITIVE = math.ulp(0.0)

_COMPARISON = re.compile(r"(>=|<=|==|=|!=|>|<)?\s*(.+)")
_SPAN = re.compile(r"(.+?)\s*(?:\.\.|\bto\b)\s*(.+)")
_SIZE = re.compile(r"(\d{1,9}|\*)\s*[xX×*]\s*(\d{1,9}|\*)")
_GEOMETRY = re.compile(r"(\d{1,9})\s*[xX×]\s*(\d{1,9})\s*([+-]\d{1,9})\s*([+-]\d{1,9})")


class ValueFormError(ValueError):
    """Value of another form; the text completes the sentence `KEY must be ...`."""


class Condition(NamedTuple):
    """Comparison with a number."""

    operator: str  # >=, <=, ==, !=, >, <
    number: float
    is_percent: bool = False


Conditions: TypeAlias = tuple[Condition, ...]  # which all must hold
Size: TypeAlias = tuple[int | None, int | None]  # width and height; None for any


def parse_texts(value: object, form: str = "a text or a list of texts") -> tuple[str, ...]:
    """Parse a text, which may list several with commas, or a list of texts."""
    texts = value.split(",") if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueFormError(form)
    return tuple(dict.fromkeys(text.strip() for text in texts))


def parse_flag(value: object) -> bool:
    """Parse true or false."""
    if not isinstance(value, bool):
        raise ValueFormError("true or false")
    return value


def parse_number(value: object, form: str = "a number") -> float:
    """Parse a number, also as text: `24`, `"23.976"`, `"24000/1001"`, `"2:1"`."""
    try:
        if isinstance(value, str):
            number = _number_of_text(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            number = float(value)
        else:
            raise ValueFormError(form)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueFormError(form) from error
    if not math.isfinite(number):
        raise ValueFormError(form)
    return number


def _number_of_text(text: str) -> float:
    dividend, slash, divisor = text.replace(":", "/").partition("/")
    return float(dividend) / float(divisor) if slash else float(dividend)


def parse_conditions(value: object, operator: str, form: str, least: float = -math.inf) -> Conditions:
    """Parse conditions on a number: `64`, `">= 0, < 1"`, `"0..1"`, `"10 %"`, `{min = 0, max = 1}`.

    Args:
        value: Value of the profile.
        operator: Operator of a number without one.
        form: Accepted form, for the error.
        least: Smallest number that occurs; conditions that no number can meet are refused.
    """
    conditions = _parse_conditions(value, operator, form)
    if not _can_hold(conditions, least):
        raise ValueFormError(f"{form}; it can never be {describe_conditions(conditions)}")
    return conditions


def _parse_conditions(value: object, operator: str, form: str) -> Conditions:
    if isinstance(value, dict):
        if not value or not set(value) <= {"min", "max"}:
            raise ValueFormError(form)
        operators = {"min": ">=", "max": "<="}
        return tuple(_condition(operators[key], item, form) for key, item in value.items())
    if isinstance(value, str):
        span = _SPAN.fullmatch(value.strip())
        if span:
            return _condition(">=", span[1], form), _condition("<=", span[2], form)
        return tuple(_comparison(text.strip(), operator, form) for text in value.split(","))
    return (_condition(operator, value, form),)


def _can_hold(conditions: Conditions, least: float) -> bool:
    """Return whether some number from `least` on meets all conditions; pixels and percent are not compared."""
    for is_percent in (False, True):
        same_unit = [item for item in conditions if item.is_percent == is_percent]
        low = max([least, *(item.number for item in same_unit if item.operator in (">=", ">", "=="))])
        high = min([math.inf, *(item.number for item in same_unit if item.operator in ("<=", "<", "=="))])
        is_open = any(item.operator in (">", "<") and item.number in (low, high) for item in same_unit)
        if low > high or (low == high and is_open):
            return False
    return True


def _comparison(text: str, operator: str, form: str) -> Condition:
    match = _COMPARISON.fullmatch(text)
    if match is None:
        raise ValueFormError(form)
    return _condition({"=": "=="}.get(match[1], match[1]) or operator, match[2], form)


def _condition(operator: str, value: object, form: str) -> Condition:
    is_percent = isinstance(value, str) and value.rstrip().endswith("%")
    if isinstance(value, str):
        value = re.sub(r"\s*(?:%|px|pixels?)\s*$", "", value)
    return Condition(operator, parse_number(value, form), is_percent)


def holds(condition: Condition, number: float, tolerance: float = 0.0) -> bool:
    """Return whether a number fulfills a condition; equality with a tolerance."""
    limit, is_equal = condition.number, abs(number - condition.number) <= tolerance
    return {
        ">=": number >= limit or is_equal,
        "<=": number <= limit or is_equal,
        "==": number == limit or is_equal,
        "!=": not (number == limit or is_equal),
        ">": number > limit and not is_equal,
        "<": number < limit and not is_equal,
    }[condition.operator]


def describe_conditions(conditions: Sequence[Condition]) -> str:
    """Format conditions: `at least 0 and at most 1`."""
    phrases = {">=": "at least ", "<=": "at most ", "==": "", "!=": "not ", ">": "more than ", "<": "less than "}
    return " and ".join(f"{phrases[c.operator]}{c.number:g}{' %' if c.is_percent else ''}" for c in conditions)


def join_options(texts: Sequence[str]) -> str:
    """Return alternatives for a sentence: `ZIP, ZIPS or PIZ`."""
    return " or ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def parse_size(value: object) -> Size:
    """Parse a size in pixels: `"2048x1152"`, `[2048, 1152]`, `{width, height}`, `"2048x*"`."""
    if isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
        width, height = (None if text == "*" else int(text) for text in match.groups())
        if 0 not in (width, height):
            return width, height
    if isinstance(value, dict) and set(value) == {"width", "height"}:
        value = [value["width"], value["height"]]
    if is_integers(value, 2) and all(number > 0 for number in value):
        return value[0], value[1]
    raise ValueFormError('a size such as "2048x1152" or [2048, 1152], or a list of sizes')


def parse_box(value: object) -> tuple[int, int, int, int] | None:
    """Parse a window such as `[0, 0, 2047, 1151]`, `"2048x1152+0+0"` or `{min, max}`; None for any other value."""
    if isinstance(value, str):
        if match := _GEOMETRY.fullmatch(value.strip()):
            width, height, x, y = map(int, match.groups())
            return x, y, x + width - 1, y + height - 1
        numbers = re.findall(r"[+-]?\d{1,10}", value)
        is_list = re.fullmatch(r"[\s\[\](),;+\d-]+", value) is not None
        value = [int(number) for number in numbers] if is_list else None
    if isinstance(value, dict) and set(value) == {"min", "max"} and all(is_integers(value[key], 2) for key in value):
        value = [*value["min"], *value["max"]]
    if isinstance(value, list) and len(value) == 2 and all(is_integers(item, 2) for item in value):
        value = [*value[0], *value[1]]
    return (value[0], value[1], value[2], value[3]) if is_integers(value, 4) else None


def is_integers(value: Any, count: int) -> TypeGuard[list[int]]:
    """Return whether a value is a list of `count` integers."""
    return isinstance(value, list) and len(value) == count and all(type(number) is int for number in value)


def parse_several(value: object, parse: Callable[[object], T]) -> tuple[T, ...]:
    """Parse one value, or a list of alternatives."""
    try:
        return (parse(value),)
    except ValueFormError:
        texts = value.split(",") if isinstance(value, str) and "," in value else value
        if not isinstance(texts, list):
            raise
    return tuple(parse(item) for item in texts)
