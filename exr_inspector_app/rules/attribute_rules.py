"""Rules on attributes: name and pattern, frame rate, renderer and writer, file name, completeness."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from exr_inspector_app.exr.diff.value_text import format_value
from exr_inspector_app.exr.message_format import quote
from exr_inspector_app.model import Attribute, ExrFile, Program
from exr_inspector_app.rules.name_pattern import is_pattern, matches_name, similar_case
from exr_inspector_app.rules.outcome import RuleResult
from exr_inspector_app.rules.program_condition import ProgramCondition, meets
from exr_inspector_app.rules.value_forms import (
    SMALLEST_POSITIVE,
    Conditions,
    ValueFormError,
    describe_conditions,
    holds,
    join_options,
    parse_conditions,
)

FPS_TOLERANCE = 0.005  # 23.98 is 24000/1001
NUMBER_TOLERANCE = 1e-6
MAX_SEARCHED_CHARS = 100_000  # of a value that a pattern is applied to
# Frame rates by writer, the standard attribute first.
FPS_ATTRIBUTES = (
    *("framesPerSecond", "FramesPerSecond", "nuke/input/frame_rate", "input/frame_rate"),
    *("nuke/frame_rate", "frameRate", "fps"),
)
_FORM = "a regular expression, a number, true (present), false (absent), a list of these, or {pattern, type}"


class AttributeRule(NamedTuple):
    """Requirement on the attribute of one name.

    Attributes:
        options: Accepted values: regular expressions, or numbers with tolerance; empty for any value.
        types: Accepted types; empty for any.
        is_forbidden: The attribute must be absent.
        is_optional: The attribute may be absent.
    """

    options: tuple[re.Pattern[str] | float, ...] = ()
    types: tuple[str, ...] = ()
    is_forbidden: bool = False
    is_optional: bool = False


AttributeRules = Mapping[str, AttributeRule]


def parse_attributes(value: object) -> AttributeRules:
    """Parse the table of attributes by name or pattern."""
    if not isinstance(value, dict):
        raise ValueFormError('a table such as {owner = "^orca"}')
    rules = {}
    for name, item in value.items():
        try:
            rules[name] = _parse_attribute(item)
        except ValueFormError as error:
            raise ValueFormError(f"a table; {quote(name)} must be {error}") from error
    return rules


def _parse_attribute(value: object) -> AttributeRule:
    if isinstance(value, bool):
        return AttributeRule(is_forbidden=not value)
    if isinstance(value, dict):
        return _parse_table(value)
    items = value if isinstance(value, list) else [value]
    return AttributeRule(tuple(map(_parse_option, items)))


def _parse_table(value: Mapping[str, object]) -> AttributeRule:
    known = ("pattern", "type", "optional")
    unknown = next((key for key in value if key not in known), None)
    if unknown is not None:
        hint = f'; write names with dots in quotes ("a.{unknown}")'
        raise ValueFormError(f"{_FORM}; {unknown!r} is not one of {', '.join(known)}{hint}")
    pattern, types, optional = value.get("pattern", []), value.get("type", []), value.get("optional", False)
    types = [types] if isinstance(types, str) else types
    if (
        not isinstance(types, list)
        or not all(isinstance(text, str) for text in types)
        or not isinstance(optional, bool)
    ):
        raise ValueFormError(_FORM)
    options = tuple(map(_parse_option, pattern if isinstance(pattern, list) else [pattern]))
    return AttributeRule(options, tuple(types), is_optional=optional)


def _parse_option(value: object) -> re.Pattern[str] | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        raise ValueFormError(_FORM)
    return parse_regex(value)


def parse_regex(value: object) -> re.Pattern[str]:
    """Parse a regular expression."""
    if not isinstance(value, str):
        raise ValueFormError("a regular expression in quotes")
    try:
        return re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueFormError(f"a valid regular expression ({error})") from error


def check_attributes(file: ExrFile, rules: AttributeRules) -> Iterator[RuleResult]:
    """Yield per name whether the attribute is there, and per part whether its value is accepted."""
    present = [(part.index, attribute) for part in file.parts for attribute in part.attributes]
    for name, rule in rules.items():
        matching = [(part, attribute) for part, attribute in present if matches_name(name, attribute.name)]
        if matching and not rule.is_forbidden:
            yield from _check_values(matching, rule)
        elif matching:
            yield RuleResult(None, False, f"Attribute {quote(matching[0][1].name)} is not allowed.")
        elif rule.is_forbidden or rule.is_optional:
            yield RuleResult(None, True, f"No attribute {quote(name)}.")
        else:
            other = None if is_pattern(name) else similar_case(name, [attribute.name for _, attribute in present])
            hint = f" There is {quote(other)}, whose case differs." if other else ""
            yield RuleResult(None, False, f"Attribute {quote(name)} is missing.{hint}")


def _check_values(matching: Sequence[tuple[int, Attribute]], rule: AttributeRule) -> Iterator[RuleResult]:
    wrong: dict[str, int] = {}
    for part, attribute in matching:
        problem = _problem(attribute, rule)
        if problem:
            wrong.setdefault(problem, part)
    for problem, part in wrong.items():
        yield RuleResult(part, False, problem)
    if not wrong:
        yield RuleResult(None, True, f"Attribute {quote(matching[0][1].name)} is as required.")


def _problem(attribute: Attribute, rule: AttributeRule) -> str:
    """Return the fault of an attribute by its rule; empty if it meets the rule."""
    name = quote(attribute.name)
    if rule.types and attribute.type not in rule.types:
        return (
            f"Attribute {name} has the type {quote(attribute.type)}, the profile requires {join_options(rule.types)}."
        )
    texts = attribute_texts(attribute)
    if not rule.options or any(_accepts(option, attribute, texts) for option in rule.options):
        return ""
    asked = join_options([o.pattern if isinstance(o, re.Pattern) else f"{o:g}" for o in rule.options])
    return f"Attribute {name} is {quote(texts[0]) or 'empty'}, the profile requires {quote(asked)}."


def _accepts(option: re.Pattern[str] | float, attribute: Attribute, texts: Sequence[str]) -> bool:
    if isinstance(option, re.Pattern):
        return any(option.search(text[:MAX_SEARCHED_CHARS]) for text in texts)
    number = number_of(attribute.value)
    return number is not None and abs(number - option) <= max(NUMBER_TOLERANCE * abs(option), 1e-12)


def attribute_texts(attribute: Attribute) -> tuple[str, ...]:
    """Return the texts that a pattern is applied to: the value on one line, items of a list, JSON of a table."""
    value = attribute.value
    if isinstance(value, str):
        return (value.rstrip("\0"),)
    texts = [format_value(attribute.type, value)]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return (*value, *texts) if value else ("",)
    if isinstance(value, dict):
        if attribute.type == "timecode":
            texts.insert(0, "{hours:02}:{minutes:02}:{seconds:02}:{frame:02}".format_map(_Defaults(value)))
        if attribute.type == "rational":
            texts.append(f"{value.get('numerator')}/{value.get('denominator')}")
        texts.append(json.dumps(value, default=str))
    return tuple(texts)


class _Defaults(dict[str, Any]):
    """Table of numbers whose absent keys are 0."""

    def __missing__(self, key: str) -> int:
        return 0


def number_of(value: Any) -> float | None:
    """Return the number of a value: a number, a rational, or the text of a number; None for any other."""
    if isinstance(value, dict) and value.get("denominator"):
        value = value["numerator"] / value["denominator"]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def parse_frame_rates(value: object) -> tuple[Conditions, ...]:
    """Parse one frame rate or several."""
    form = 'frames per second such as 24, "23.976" or "24000/1001", or a list of them'
    texts = value.split(",") if isinstance(value, str) and not re.search(r"[<>]", value) else value
    items = texts if isinstance(texts, list) else [texts]
    return tuple(parse_conditions(item, "==", form, SMALLEST_POSITIVE) for item in items)


def check_frame_rate(file: ExrFile, options: Sequence[Conditions]) -> Iterator[RuleResult]:
    """Yield whether the frame rates that the parts name are allowed."""
    asked = join_options([*map(describe_conditions, options)])
    rates: dict[float, int] = {}
    for part in file.parts:
        values = {attribute.name: attribute.value for attribute in part.attributes}
        numbers = [number_of(values[name]) for name in FPS_ATTRIBUTES if name in values]
        rates.update({number: part.index for number in numbers[:1] if number is not None and number not in rates})
    if not rates:
        yield RuleResult(None, False, f"The header has no frame rate (framesPerSecond), the profile requires {asked}.")
    for rate, part_index in rates.items():
        is_met = any(all(holds(item, rate, FPS_TOLERANCE) for item in conditions) for conditions in options)
        end = "." if is_met else f", the profile requires {asked}."
        yield RuleResult(part_index if len(rates) > 1 else None, is_met, f"Frame rate is {rate:.6g}{end}")


def check_renderer(file: ExrFile, conditions: Sequence[ProgramCondition]) -> Iterator[RuleResult]:
    """Yield whether an accepted program made the picture."""
    yield _check_program("Renderer", file.renderer, conditions)


def check_writer(file: ExrFile, conditions: Sequence[ProgramCondition]) -> Iterator[RuleResult]:
    """Yield whether an accepted program saved the file."""
    yield _check_program("Writer", file.writer, conditions)


def _check_program(noun: str, program: Program | None, conditions: Sequence[ProgramCondition]) -> RuleResult:
    is_met = any(meets(program, condition) for condition in conditions)
    shown = quote(program.label) if program else "not in the header"
    unknown = " of unknown version" if program and not program.version else ""
    end = "." if is_met else f"{unknown}, the profile requires {join_options([item.text for item in conditions])}."
    return RuleResult(None, is_met, f"{noun} is {shown}{end}")


def check_file_name(file: ExrFile, pattern: re.Pattern[str]) -> Iterator[RuleResult]:
    """Yield whether a pattern is found in the file name."""
    name = os.path.basename(file.path.replace("\\", "/"))
    is_met = pattern.search(name) is not None
    end = "is as required" if is_met else f"does not match {quote(pattern.pattern)}"
    yield RuleResult(None, is_met, f"File name {quote(name)} {end}.")


def check_complete(file: ExrFile, is_required: bool) -> Iterator[RuleResult]:
    """Yield whether all chunks are in the file."""
    if not is_required:
        return
    messages = {True: "The file is complete.", False: "The file is not complete: chunks are missing."}
    unknown = "The chunks of the file cannot be counted, so that it may be incomplete."
    state = file.is_complete
    yield RuleResult(None, state is True, unknown if state is None else messages[state])
