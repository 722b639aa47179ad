"""Rules on pixel values: ranges per channel, and counts of NaN, Inf and negative pixels, from statistics."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.model import ChannelStats, ExrFile
from exr_inspector_app.rules.channel_rules import channel_names, parse_channels
from exr_inspector_app.rules.name_pattern import matches_name
from exr_inspector_app.rules.outcome import RuleResult
from exr_inspector_app.rules.value_forms import (
    Conditions,
    ValueFormError,
    describe_conditions,
    parse_conditions,
    parse_number,
)
from exr_inspector_app.text.format import format_number

COUNTS = {"nan": "nan_count", "inf": "inf_count", "negative": "negative_count"}
_TOLERANCE = 1e-6  # relative, of bounds that a channel stores with less precision
_FORM = '[min, max], {min, max, mean, nan, inf, negative}, or a condition such as ">= 0"'


class ValueRule(NamedTuple):
    """Accepted pixels of a channel: conditions on all values and on the mean, and the largest counts by kind."""

    conditions: Conditions = ()
    mean: Conditions = ()
    counts: tuple[tuple[str, float], ...] = ()


ValueRules = Mapping[str, ValueRule]


def parse_values(value: object) -> ValueRules:
    """Parse the table of value ranges by channel or pattern."""
    if not isinstance(value, dict):
        raise ValueFormError('a table such as {"A" = [0, 1]}')
    rules = {}
    for pattern, item in value.items():
        try:
            rule = _parse_rule(item)
        except ValueFormError as error:
            raise ValueFormError(f"a table; {quote(pattern)} must be {error}") from error
        rules.update(dict.fromkeys(parse_channels([pattern]), rule))
    return rules


def _parse_rule(value: object) -> ValueRule:
    if isinstance(value, list) and len(value) == 2:
        value = {"min": value[0], "max": value[1]}
    if not isinstance(value, dict):
        return ValueRule(parse_conditions(value, "==", _FORM))
    if not value or not set(value) <= {"min", "max", "mean", *COUNTS}:
        raise ValueFormError(_FORM)
    span = {key: value[key] for key in ("min", "max") if key in value}
    mean = value.get("mean")
    if isinstance(mean, list) and len(mean) == 2:
        mean = {"min": mean[0], "max": mean[1]}
    counts = tuple((key, _max_count(value[key])) for key in COUNTS if key in value)
    return ValueRule(
        parse_conditions(span, "==", _FORM) if span else (),
        parse_conditions(mean, "==", _FORM) if mean is not None else (),
        tuple(item for item in counts if item[1] < math.inf),
    )


def _max_count(value: object) -> float:
    """Return the largest number of special pixels: false is 0, true any number."""
    if isinstance(value, bool):
        return math.inf if value else 0
    return parse_number(value, _FORM)


def check_values(file: ExrFile, rules: ValueRules) -> Iterator[RuleResult]:
    """Yield per rule whether the channels that it matches have accepted values."""
    channels = {
        (part.index, channel.name): channel_names(file, part, channel)
        for part in file.parts
        for channel in part.channels
    }
    for pattern, rule in rules.items():
        matching = [
            stats
            for stats in file.stats
            if any(matches_name(pattern, name) for name in channels.get((stats.part_index, stats.name), (stats.name,)))
        ]
        problems = [(stats.part_index, problem) for stats in matching for problem in _problems(stats, rule)]
        for part_index, problem in problems:
            yield RuleResult(part_index, False, problem)
        if matching and not problems:
            yield RuleResult(None, True, f"Values of {quote(pattern)} are in range.")


def _problems(stats: ChannelStats, rule: ValueRule) -> Iterator[str]:
    name = quote(stats.name)
    if stats.has_range:
        is_inside = all(_holds_for_all(item.operator, item.number, stats.min, stats.max) for item in rule.conditions)
        if not is_inside:
            span = f"{format_number(stats.min)} to {format_number(stats.max)}"
            yield f"Values of {name} are {span}, the profile allows {describe_conditions(rule.conditions)}."
        if not all(_holds_for_all(item.operator, item.number, stats.mean, stats.mean) for item in rule.mean):
            mean = format_number(stats.mean)
            yield f"Mean of {name} is {mean}, the profile allows {describe_conditions(rule.mean)}."
    for kind, limit in rule.counts:
        count = getattr(stats, COUNTS[kind])
        if count > limit:
            label = {"nan": "NaN", "inf": "infinite"}.get(kind, kind)
            yield f"{name} has {count:,} {label} pixels, the profile allows {limit:g}."


def _holds_for_all(operator: str, limit: float, low: float, high: float) -> bool:
    """Return whether all numbers from `low` to `high` meet a comparison."""
    slack = _TOLERANCE * abs(limit)
    return {
        ">=": low >= limit - slack,
        ">": low > limit,
        "<=": high <= limit + slack,
        "<": high < limit,
        "==": low >= limit - slack and high <= limit + slack,
        "!=": not low <= limit <= high,
    }[operator]
