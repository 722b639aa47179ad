"""Search parser: terms such as `hero renderer:arnold object:hero_car date:>=2026-06` as conditions.

The grammar is the same in the window, on the command line and in scripts. It is described in resources/help/search.md.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from difflib import get_close_matches

import pyarrow as pa

from exr_inspector_app.contracts import Condition, Filter
from exr_inspector_app.errors import UsageError
from exr_inspector_app.persistence.query.filter_parser import COLUMNS, column_type, parse_where, validate_condition
from exr_inspector_app.text.encoding import percent_encode_invalid

ALIASES = {
    "path": "path_folded", "channel": "channel_list", "channels": "channel_count", "parts": "multipart_count",
    "colorspace": "color_space", "color": "color_space", "colour": "color_space", "colourspace": "color_space",
    "space": "color_space",
    "date": "mtime", "published": "inspection_timestamp", "by": "published_by", "frame": "frame_number",
    "size": "size_bytes", "complete": "is_complete", "deep": "is_deep", "matte": "object",
}  # fmt: skip
KEYWORDS = tuple(dict.fromkeys([*ALIASES, *COLUMNS]))
_DATES = ("mtime", "inspection_timestamp", "last_inspected")
_TOKEN = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_WORD = re.compile(r"\s*([A-Za-z_]+)\s*(:|\^=|!=|<=|>=|=|<|>|~)\s*(.*)", re.DOTALL)
_COMPARISON = re.compile(r"(!=|<=|>=|=|<|>)\s*(.*)", re.DOTALL)
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_SIZE_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_EXTENT = re.compile(r"([0-9]+)\s*[x×]\s*([0-9]+)", re.IGNORECASE)
_NAMED_WIDTHS = {"hd": (1920, 1920), "2k": (2048, 2048), "uhd": (3840, 3840), "4k": (3840, 4096), "8k": (7680, 8192)}
_YES, _NO = ("yes", "1"), ("no", "0")


def parse_search(text: str) -> Filter:
    """Parse the text of a search.

    Args:
        text: Words; `column:value` compares a column, other words are searched in all texts. Quotes keep spaces.

    Returns:
        Conditions in the order of the words, with the one on other words last. Empty for no words.

    Raises:
        UsageError: A value of another form, or a misspelled column.
    """
    conditions: list[Condition] = []
    free: list[str] = []
    for token in _TOKEN.findall(percent_encode_invalid(text)):
        plain = token.replace('"', "")
        word = _WORD.fullmatch(plain)
        if not plain.strip():
            continue
        if word and _column_of(word[1]) in COLUMNS:
            conditions += _parse_word(_column_of(word[1]), word[2], word[3].strip())
        elif word and word[2] == ":" and word[3][:1] not in ("/", "\\") and (close := _close_word(word[1])):
            raise UsageError(f"There is no search word {word[1]}:. Did you mean {close}:?")
        elif " " in plain.strip():
            conditions.append(Condition("text", "matches", plain.strip()))
        else:
            free.append(plain)
    if free:
        conditions.append(Condition("text", "contains", " ".join(free)))
    return tuple(dict.fromkeys(conditions))


def unknown_columns(text: str) -> tuple[str, ...]:
    """Return the columns of `column:value` that do not exist; such words are searched as text."""
    words = (_WORD.fullmatch(token) for token in _TOKEN.findall(text) if '"' not in token)
    names = (word[1] for word in words if word and word[2] == ":" and word[3][:1] not in ("/", "\\", ""))
    return tuple(name for name in names if _column_of(name) not in COLUMNS)


def parse_conditions(text: str) -> Filter:
    """Parse one condition of `--where`: that of `parse_where`, or a word `column:value`.

    Raises:
        UsageError: Neither of them.
    """
    word = _WORD.fullmatch(percent_encode_invalid(text))
    if word and _column_of(word[1]) in COLUMNS and (word[2] == ":" or word[1].lower() in ALIASES):
        return _parse_word(_column_of(word[1]), word[2], word[3].strip())
    return (parse_where(text),)


def _column_of(name: str) -> str:
    return ALIASES.get(name.lower(), name.lower())


def _close_word(name: str) -> str:
    return next(iter(get_close_matches(name.lower(), KEYWORDS, n=1, cutoff=0.75)), "")


def _parse_word(column: str, sign: str, value: str) -> Filter:
    """Return the conditions of one word."""
    if not value:
        raise UsageError(f"Enter a value after `{column}{sign}`.")
    if sign == ":" and (nested := _comparisons(column, value)):
        return tuple(part for sign, bound in nested for part in _parse_word(column, sign, bound))
    if column in _DATES:
        return _date_conditions(column, sign, value)
    if column == "resolution":
        return _resolution_conditions(sign, value)
    if column == "version" and sign in ("<", "<=", ">", ">=") and value.isdigit():
        raise UsageError(f"Write versions as in the path, e.g. version:{sign}v{value.zfill(3)}.")
    if column == "channel_list" and sign == "=" and not value.startswith("|"):
        return (Condition(column, "contains", f"|{value}|"),)
    kind = column_type(column)
    if kind == pa.bool_():
        value = {**dict.fromkeys(_YES, "true"), **dict.fromkeys(_NO, "false")}.get(value.lower(), value)
    if sign == ":" and kind == pa.string():
        return (validate_condition(Condition(column, "matches", value)),)
    return (parse_where(f"{column}{'=' if sign == ':' else sign}{_number_text(column, value)}"),)


def _comparisons(column: str, value: str) -> list[tuple[str, str]]:
    """Return the comparisons of a value such as `>=4096` or `1001..1010`; none for another value."""
    has_order = column in (*_DATES, "version", "resolution") or column_type(column) != pa.string()
    if has_order and ".." in value:
        low, high = value.split("..", 1)
        return [(sign, bound.strip()) for sign, bound in ((">=", low), ("<=", high)) if bound.strip()]
    comparison = _COMPARISON.fullmatch(value)
    return [(comparison[1], comparison[2])] if comparison and comparison[2] else []


def _number_text(column: str, value: str) -> str:
    """Return a number with its unit resolved: `2.5GB` as 2500000000."""
    size = _SIZE.fullmatch(value) if column == "size_bytes" else None
    return str(int(float(size[1]) * _SIZE_UNITS[size[2].lower()])) if size else value


def _date_conditions(column: str, sign: str, value: str) -> Filter:
    """Compare a time with the period of a year, a month or a day (UTC)."""
    match = _DAY.fullmatch(value)
    if match is None or sign not in (":", "=", "<", "<=", ">", ">="):
        raise UsageError(f"Write a date as 2026, 2026-06 or 2026-06-30, not `{value[:40]}`.")
    year, month, day = int(match[1]), match[2] and int(match[2]), match[3] and int(match[3])
    try:
        start = date(year, month or 1, day or 1)
        end = start + timedelta(days=1)
        if not day:
            end = date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"There is no date {value[:40]}.") from error
    since, before = Condition(column, ">=", str(start)), Condition(column, "<", str(end))
    both = {">=": (since,), "<": (Condition(column, "<", str(start)),), "<=": (before,)}
    after = (Condition(column, ">=", str(end)),)
    return after if sign == ">" else both.get(sign, (since, before))


def _resolution_conditions(sign: str, value: str) -> Filter:
    """Compare a size such as 1920x1080, or the width of a name such as 4k."""
    if widths := _NAMED_WIDTHS.get(value.lower()):
        low, high = Condition("width", ">=", widths[0]), Condition("width", "<=", widths[1])
        single = {">=": (low,), "<=": (high,)}
        outside = {"<": (Condition("width", "<", widths[0]),), ">": (Condition("width", ">", widths[1]),)}
        return {**single, **outside}.get(sign, (low, high))
    extent = _EXTENT.fullmatch(value)
    if extent and sign in (":", "=", "!="):
        text = f"{int(extent[1])}x{int(extent[2])}"
        return (Condition("resolution", "!=" if sign == "!=" else "=", text),)
    if extent and sign in ("<", "<=", ">", ">="):
        return tuple(parse_where(f"{side}{sign}{extent[at]}") for at, side in ((1, "width"), (2, "height")))
    if sign == ":" and not re.search("[0-9]k|[<>]", value):
        return (validate_condition(Condition("resolution", "matches", value)),)
    names = ", ".join(_NAMED_WIDTHS)
    raise UsageError(f"Write a resolution as 1920x1080, or as {names}, not `{value[:40]}`.")
