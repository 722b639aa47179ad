"""Publish history: summaries of publishes, folded from counts of rows of `files`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from exr_inspector_app.contracts import PublishSummary

GROUP_COLUMNS = ("publish_id", "published_by", "note")
_TIME_DIGITS = 16  # of an attempt id: nanoseconds since 1970 in hexadecimal


def fold_publishes(groups: Iterable[Mapping[str, Any]], limit: int) -> list[PublishSummary]:
    """Return one summary per publish, newest first, at most `limit`.

    Args:
        groups: Rows with GROUP_COLUMNS, distinct in them, and `files`, `removable`, `attempt_id` (the newest one),
            `inspection_timestamp` (the newest one), and `file_path` (the first one).
        limit: Maximum number of summaries.
    """
    by_publish: dict[str, list[Mapping[str, Any]]] = {}
    for group in groups:
        if group["publish_id"]:
            by_publish.setdefault(group["publish_id"], []).append(group)
    summaries = [_summarize(publish_id, own) for publish_id, own in by_publish.items()]
    summaries.sort(key=lambda summary: (summary.published_at, summary.publish_id), reverse=True)
    return summaries[:limit]


def _summarize(publish_id: str, groups: list[Mapping[str, Any]]) -> PublishSummary:
    largest = max(groups, key=lambda group: (group["files"], group["note"] or ""))
    attempt = max(group["attempt_id"] or "" for group in groups)
    inspected = max(group["inspection_timestamp"] or "" for group in groups)
    return PublishSummary(
        publish_id=publish_id,
        published_at=_time_of(attempt) or inspected,
        published_by=largest["published_by"] or "",
        files=sum(group["files"] for group in groups),
        removable=sum(group["removable"] or 0 for group in groups),
        note=largest["note"] or None,
        path=min(group["file_path"] or "" for group in groups),
    )


def _time_of(attempt_id: str) -> str:
    """Return the time of an attempt, ISO 8601; empty for an id of another form, as another program may write."""
    try:
        seconds = int(attempt_id[:_TIME_DIGITS], 16) / 1e9
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError, OSError):
        return ""
