"""User strings of the profile of the Checks page: chooser, exceptions, and hints."""

from __future__ import annotations

PROFILE = "Profile"
PROFILE_CHOOSER = "Profile of rules"
NO_PROFILE = "None"
CHOOSE_PROFILE = "Choose file…"
IGNORE = "Ignore"
IGNORE_MENU = "Ignore…"
RESTORE = "Restore"
CANCEL = "Cancel"
IGNORE_REASON = "Reason"
COPY_HINT, SHOW_ATTRIBUTE = "Copy hint", "Show attribute"


def rule_counts(failed: int, passed: int) -> str:
    """Return the counts of the rules of a profile."""
    return f"{failed:,} failed, {passed:,} passed"


def ignore_code(code: str) -> str:
    """Return the tooltip of the field for a reason."""
    return f"Why findings of {code} are ignored in this session"
