"""Parser of profiles (TOML): every mistake is one sentence with its place, unknown keys with the nearest known one.

The keys are documented in `resources/help/profiles.md`; their JSON Schema is that of `profile_schema`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from exr_inspector_app.config.settings_reader import read_text
from exr_inspector_app.errors import ConfigError, UsageError
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS, parse_template
from exr_inspector_app.rules.outcome import SEVERITY_RANKS
from exr_inspector_app.rules.profile import Ignore, Profile, Rules, SeverityChange, When
from exr_inspector_app.rules.rule_table import KEY_ALIASES, RULES, known_codes
from exr_inspector_app.rules.value_forms import ValueFormError, parse_texts

PROFILE_KEYS = ("name", "description", "path_template", "require", "severity", "ignore", "when")
WHEN_KEYS = ("path", *PATH_COLUMNS, "layer", "require", "severity", "ignore")
_VERSION = re.compile(r"v(\d+)", re.IGNORECASE)
_SEVERITY_WITH_REASON = re.compile(r"(\w+)\s*[:,]\s*(.+)", re.DOTALL)  # `warning: agreed with editorial`
_SEVERITY_ALIASES = {"warn": "warning", "info": "note"}


def load_profile(path: str | Path) -> Profile:
    """Read a profile.

    Raises:
        UsageError: The file cannot be read, or is not a valid profile.
    """
    try:
        text = read_text(Path(path))
    except OSError as error:
        raise UsageError(f"Cannot read the profile {path}: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"Cannot read the profile {path}: not UTF-8.") from error
    return parse_profile(text, str(path))


def parse_profile(text: str, source: str = "profile") -> Profile:
    """Parse the text of a profile.

    Args:
        text: TOML.
        source: Path or name for the sentences, and the name of a profile without one.

    Raises:
        UsageError: This is not a valid profile.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise UsageError(f"{source}: not valid TOML ({reason}).") from error
    return profile_from_table(table, source)


def profile_from_table(table: Mapping[str, Any], source: str = "profile") -> Profile:
    """Return the profile of a table, such as that of an event.

    Raises:
        UsageError: The table is not a valid profile.
    """
    _require_known(table, PROFILE_KEYS, source)
    whens = table.get("when", [])
    whens = [whens] if isinstance(whens, dict) else whens
    if not isinstance(whens, list) or not all(isinstance(when, dict) for when in whens):
        raise UsageError(f"{source}: `when` must be [[when]] tables.")
    return Profile(
        name=_text(table, "name", source) or Path(source).stem,
        description=_text(table, "description", source),
        rules=_parse_rules(table, source),
        whens=tuple(_parse_when(when, f"{source}, [[when]] {number}") for number, when in enumerate(whens, 1)),
        template=_parse_path_template(_text(table, "path_template", source), source),
    )


def _parse_path_template(text: str, source: str) -> Any:
    try:
        return parse_template(text) if text else None
    except ConfigError as error:
        raise UsageError(f"{source}: {error.sentence}") from error


def _parse_when(table: Mapping[str, Any], where: str) -> When:
    _require_known(table, WHEN_KEYS, where)
    conditions = {key: _parse_globs(table, key, where) for key in ("path", *PATH_COLUMNS, "layer") if key in table}
    if not conditions:
        raise UsageError(f"{where}: needs a condition: {', '.join(('path', *PATH_COLUMNS))} or layer.")
    return When(
        paths=conditions.get("path", ()),
        columns={key: conditions[key] for key in PATH_COLUMNS if key in conditions},
        layers=conditions.get("layer", ()),
        rules=_parse_rules(table, where),
    )


def _parse_globs(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table[key]
    try:
        globs = parse_texts([value] if isinstance(value, str) else value, "a pattern or a list of patterns")
    except ValueFormError as error:
        raise UsageError(f"{where}: `{key}` must be {error}.") from error
    if not globs:
        raise UsageError(f"{where}: `{key}` must not be empty.")
    return globs


def _parse_rules(table: Mapping[str, Any], where: str) -> Rules:
    return Rules(
        require=_parse_require(_table(table, "require", where), f"{where}: [require]"),
        severity={
            _code(key, f"{where}: [severity]"): _parse_severity(value, f"{where}: [severity] `{key}`")
            for key, value in _table(table, "severity", where).items()
        },
        ignore={
            _code(key, f"{where}: [ignore]"): _parse_ignore(value, f"{where}: [ignore] `{key}`")
            for key, value in _table(table, "ignore", where).items()
        },
    )


def _parse_require(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    spelled = {key: KEY_ALIASES.get(key, key) for key in table}
    _require_known(spelled.values(), tuple(RULES), where)
    parsed = {}
    for key, name in spelled.items():
        try:
            parsed[name] = RULES[name].parse(table[key])
        except ValueFormError as error:
            raise UsageError(f"{where} `{key}` must be {error}.") from error
    return parsed


def _parse_severity(value: object, where: str) -> SeverityChange:
    reason: object = None
    if isinstance(value, dict):
        table: Mapping[str, object] = value
        _require_known(table, ("severity", "level", "reason"), where)
        value, reason = table.get("severity", table.get("level")), table.get("reason")
    elif isinstance(value, list) and len(value) == 2:
        value, reason = value
    elif isinstance(value, str) and (match := _SEVERITY_WITH_REASON.fullmatch(value.strip())):
        value, reason = match.groups()
    severity = _SEVERITY_ALIASES.get(str(value).lower(), str(value).lower())
    if not isinstance(value, str) or severity not in SEVERITY_RANKS or not isinstance(reason, str | None):
        hint = " To drop findings, use [ignore] with a reason." if severity in ("off", "ignore", "none") else ""
        raise UsageError(f'{where} must be "note", "warning" or "error", or {{severity, reason}}.{hint}')
    return SeverityChange(severity, reason.strip() or None if reason else None)


def _parse_ignore(value: object, where: str) -> Ignore:
    until: date | int | None = None
    if isinstance(value, dict):
        _require_known(value, ("reason", "until"), where)
        until = _parse_until(value.get("until"), where)
        value = value.get("reason")
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f'{where} needs a reason in quotes, such as "agreed with editorial".')
    return Ignore(value.strip(), until)


def _parse_until(value: object, where: str) -> date | int | None:
    if isinstance(value, str):
        if match := _VERSION.fullmatch(value.strip()):
            return int(match[1])
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            value = 0.0  # of no accepted type
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    raise UsageError(f'{where}: `until` must be a day such as 2026-12-31, or a version such as "v020".')


def _table(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise UsageError(f"{where}: `{key}` must be a table: [{key}].")
    return value


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise UsageError(f"{where}: `{key}` must be a text in quotes.")
    return value


def _code(text: str, where: str) -> str:
    try:
        return parse_code(text)
    except UsageError as error:
        raise UsageError(f"{where}: {error.sentence}") from error


def parse_code(text: str) -> str:
    """Return the code that a user means: with hyphens or underscores, in any case.

    Raises:
        UsageError: There is no such code; the sentence has the nearest one.
    """
    code, known = text.strip().lower().replace("_", "-"), known_codes()
    if code in known:
        return code
    raise UsageError(f"Unknown code: {text}.{_nearest(code, known)} See `Checks` and `Profiles` in the help.")


def _require_known(keys: Collection[str], known: Collection[str], where: str) -> None:
    unknown = next((key for key in keys if key not in known), None)
    if unknown is not None:
        hint = _nearest(unknown, known) or f" Known: {', '.join(known)}."
        raise UsageError(f"{where}: unknown key `{unknown}`.{hint}")


def _nearest(text: str, known: Collection[str]) -> str:
    close = get_close_matches(text.lower(), known, 1, 0.5)
    return f" Did you mean `{close[0]}`?" if close else ""
