"""Conditions on a program and its version: `Arnold >= 7.2`, `V-Ray`, `Nuke >= 14, < 16`."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import NamedTuple

from exr_inspector_app.model import Program
from exr_inspector_app.rules.value_forms import ValueFormError

FORM = 'a program such as "Arnold" or "Arnold >= 7.2", or a list of them'
_CONDITION = re.compile(
    r"(?P<name>[^<>=!~]*[^\s<>=!,~])?\s*(?P<versions>(?:,?\s*(?:>=|<=|==|=|!=|>|<)\s*v?[\w.-]+\s*)*)"
)
_COMPARISON = re.compile(r"(>=|<=|==|=|!=|>|<)\s*v?([\w.-]+)")
_BARE_VERSION = re.compile(r"(.*\S)\s+v?(\d+(?:\.\w+)*)")
_SEPARATORS = re.compile(r"[\s_-]+")


class ProgramCondition(NamedTuple):
    """Program, and comparisons that its version must meet."""

    name: str
    versions: tuple[tuple[str, str], ...]  # operator and version; `~` means that it begins with it
    text: str  # as the profile has it


def parse_programs(value: object) -> tuple[ProgramCondition, ...]:
    """Parse a condition, or a list of alternative conditions; or `{name, version}`."""
    if isinstance(value, dict):
        name, version = value.get("name"), value.get("version", "")
        if not isinstance(name, str) or not isinstance(version, str) or not set(value) <= {"name", "version"}:
            raise ValueFormError(FORM)
        value = f"{name} {version}".strip()
    items = value if isinstance(value, list) else [value]
    return tuple(_parse(item) for item in items)


def _parse(value: object) -> ProgramCondition:
    if not isinstance(value, str) or not (match := _CONDITION.fullmatch(value.strip())) or not match["name"]:
        raise ValueFormError(FORM)
    versions = tuple((operator, version) for operator, version in _COMPARISON.findall(match["versions"]))
    name = match["name"].strip()
    if not versions and (bare := _BARE_VERSION.fullmatch(name)):
        name, versions = bare[1], (("~", bare[2]),)
    if any(not re.match(r"\d", version) for _, version in versions):
        raise ValueFormError(FORM)
    return ProgramCondition(name, versions, value.strip())


def meets(program: Program | None, condition: ProgramCondition) -> bool:
    """Return whether a program fulfills a condition; names are compared without case, spaces and hyphens."""
    if program is None or _fold(program.name) != _fold(condition.name):
        return False
    if not condition.versions:
        return True
    return program.version is not None and all(
        _compare(program.version, operator, version) for operator, version in condition.versions
    )


def _fold(name: str) -> str:
    return _SEPARATORS.sub("", name).casefold()


def _numbers(version: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", version)]


def _compare(actual: str, operator: str, version: str) -> bool:
    left, right = _numbers(actual), _numbers(version)
    if operator == "~":
        return left[: len(right)] == right
    pairs = list(zip_longest(left, right, fillvalue=0))
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return {
        ">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right,
        "=": left == right, "==": left == right, "!=": left != right,
    }[operator]  # fmt: skip
