"""Verdict of a profile on single files, for publishers without a window: the serverless function.

The profile is that of an event (`profile`: TOML text or its tables), else the file that EXR_INSPECTOR_PROFILE names.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

from exr_inspector_app.config import Config
from exr_inspector_app.errors import UsageError
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.query.derived_columns import parse_template
from exr_inspector_app.rules import Profile, check, load_profile, parse_profile, profile_from_table
from exr_inspector_app.rules.reports.json_report import report_table

VARIABLE = "EXR_INSPECTOR_PROFILE"
EVENT_KEY = "profile"
MAX_NOTE_CODES = 8


def find_profile(settings: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Profile | None:
    """Return the profile of an event or of the environment; None without either.

    Raises:
        UsageError: The profile cannot be read or is not valid.
    """
    value = settings.get(EVENT_KEY)
    if isinstance(value, str) and value.strip():
        return parse_profile(value, "the event's profile")
    if isinstance(value, Mapping) and value:
        return profile_from_table(value, "the event's profile")
    if value:
        raise UsageError("The event's profile must be TOML text or a table.")
    path = environ.get(VARIABLE, "").strip()
    return load_profile(path) if path else None


def check_published_file(file: ExrFile, profile: Profile, config: Config) -> tuple[dict[str, Any], str]:
    """Return the verdict on a file as in the JSON report, and as the text of the column `note`.

    Rules on frames and gaps are left out: the file is one frame of a sequence that others may publish.
    """
    verdict = check([file], profile, template=parse_template(config.path_template), roots=config.roots)
    (row,) = report_table(verdict)["files"]
    failed = [outcome for outcome in verdict.files[0].outcomes if outcome.status == "failed"]
    has_failed = any(outcome.severity == "error" for outcome in failed)
    status = "failed" if has_failed else "passed"
    table = {
        "profile": profile.name,
        "status": status,
        **{key: row[key] for key in ("validation", "ignored", "passed")},
    }
    codes = Counter(outcome.code for outcome in failed if outcome.severity == "error")
    listed = ", ".join(list(codes)[:MAX_NOTE_CODES]) + (" ..." if len(codes) > MAX_NOTE_CODES else "")
    return table, f"{profile.name}: {status}{f' ({listed})' if listed else ''}"
