"""Profile of rules: requirements, severities and exceptions, and the tables that apply to some paths only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from exr_inspector_app.config import Root
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.identity import display_path, normalize
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS, PathTemplate
from exr_inspector_app.rules.channel_rules import layer_names
from exr_inspector_app.rules.name_pattern import matches_name, matches_text
from exr_inspector_app.rules.path_glob import matches_path
from exr_inspector_app.rules.rule_table import RULES

Requirements: TypeAlias = Mapping[str, Any]  # parsed value by key of RULES

_VERSION = re.compile(r"(?:^|[/._-])v(\d+)(?=[/._-]|$)", re.IGNORECASE)


class Ignore(NamedTuple):
    """Code whose findings do not fail, with the reason and its end."""

    reason: str
    until: date | int | None = None  # last day, or first version for which it no longer holds


class SeverityChange(NamedTuple):
    """Severity of the findings of a code."""

    severity: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in force: requirements, severities by code, exceptions by code."""

    require: Requirements = field(default_factory=dict)
    severity: Mapping[str, SeverityChange] = field(default_factory=dict)
    ignore: Mapping[str, Ignore] = field(default_factory=dict)

    def merge(self, later: Rules) -> Rules:
        """Return these rules changed by those of a table that follows."""
        require = dict(self.require)
        for key, value in later.require.items():
            require[key] = _merge_value(key, require.get(key), value)
        return Rules(require, {**self.severity, **later.severity}, {**self.ignore, **later.ignore})


def _merge_value(key: str, before: Any, value: Any) -> Any:
    """Return the value of a requirement after a later table; an empty list or table removes the earlier value."""
    merge = RULES[key].merge
    if merge == "replace" or before is None or not value:
        return value
    return tuple(dict.fromkeys((*before, *value))) if merge == "extend" else {**before, **value}


@dataclass(frozen=True, slots=True)
class When:
    """Rules for the files that meet all conditions of a table."""

    paths: tuple[str, ...]  # globs; empty for any path
    columns: Mapping[str, tuple[str, ...]]  # show, shot, task, version: accepted globs
    layers: tuple[str, ...]  # the file has one of them; empty for any
    rules: Rules


@dataclass(frozen=True, slots=True)
class Profile:
    """Parsed profile.

    Attributes:
        name: Name that is shown.
        rules: Rules for all files.
        whens: Tables for some files, in their order; a later one wins.
        template: Path template of the profile; None to use that of the settings.
    """

    name: str = ""
    description: str = ""
    rules: Rules = field(default_factory=Rules)
    whens: tuple[When, ...] = ()
    template: PathTemplate | None = None

    @property
    def needs_pixels(self) -> bool:
        """True if a rule needs the statistics of the pixels."""
        every = [self.rules, *(when.rules for when in self.whens)]
        return any(RULES[key].needs_pixels for rules in every for key in rules.require)

    @property
    def needs_template(self) -> bool:
        """True if a table depends on a folder that the path template names."""
        return any(when.columns for when in self.whens)


class RuleSelector:
    """Selector of the rules in force for a file; files of the same tables share the merged rules."""

    def __init__(self, profile: Profile, template: PathTemplate, roots: Sequence[Root] = ()) -> None:
        self._profile = profile
        template = profile.template or template
        self._pattern = re.compile(template.pattern) if template.names else None
        self._names = template.names
        self._roots = roots
        self._merged: dict[tuple[int, ...], Rules] = {}

    def rules_for(self, file: ExrFile) -> Rules:
        """Return the rules in force for a file."""
        profile = self._profile
        if not profile.whens:
            return profile.rules
        paths = (display_path(file.path), normalize(file.path, self._roots))
        columns = self._columns(paths)
        matching = tuple(n for n, when in enumerate(profile.whens) if _applies(when, file, paths, columns))
        if matching not in self._merged:
            rules = profile.rules
            for number in matching:
                rules = rules.merge(profile.whens[number].rules)
            self._merged[matching] = rules
        return self._merged[matching]

    def version_of(self, path: str) -> int | None:
        """Return the number of the version in a path: by the template, else the last `v012` in it."""
        paths = (display_path(path), normalize(path, self._roots))
        digits = re.findall(r"\d+", self._columns(paths).get("version", "")) or _VERSION.findall(paths[0])
        return int(digits[-1]) if digits else None

    def _columns(self, paths: Sequence[str]) -> dict[str, str]:
        """Return the folders that the path template names."""
        if self._pattern is None:
            return {}
        match = next(filter(None, (self._pattern.match(path) for path in reversed(paths))), None)
        return {name: text or "" for name, text in zip(self._names, match.groups(), strict=True)} if match else {}


def _applies(when: When, file: ExrFile, paths: Sequence[str], columns: Mapping[str, str]) -> bool:
    if when.paths and not any(matches_path(glob, path) for glob in when.paths for path in paths):
        return False
    for name in PATH_COLUMNS:
        globs = when.columns.get(name, ())
        if globs and not any(matches_text(glob, columns.get(name, "")) for glob in globs):
            return False
    return not when.layers or any(matches_name(glob, name) for glob in when.layers for name in layer_names(file))
