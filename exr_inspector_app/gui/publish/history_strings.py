"""User strings of the publish history, and of the action that undoes the newest publish."""

from __future__ import annotations

import re

from exr_inspector_app.contracts import PublishSummary
from exr_inspector_app.gui.style.formatting import escape_tooltip, format_moment
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

TITLE = "Publish history"
COLUMNS = ("Files", "By", "Published")
UNKNOWN = "unknown"
UNDO_LAST = "&Undo last publish"
UNDO, SHOW, CLOSE = "Undo", "Show in library", "Close"
EMPTY, EMPTY_HINT = "No publishes yet", "Each publish is listed here, and can be undone after a restart too."
READ_FAILED, TRY_AGAIN = "Cannot read the publish history", "Try again"
HINT = "Undo removes library entries only, never your files."
NOTHING_LEFT = "Nothing to undo: other publishes contain these files too."
_PLAIN_ID, _MAX_USER_CHARS = re.compile(r"\w[\w.-]{0,99}", re.ASCII), 60
PUBLISH_IS_RUNNING = "Wait until the running publish has ended."


def name(publish: PublishSummary) -> str:
    """Return the name of a publish: `publish of 118 files, 14:02`."""
    return f"publish of {pluralize(publish.files, 'file')}, {format_moment(publish.published_at)}"


def undo_action(publish: PublishSummary) -> str:
    """Return the text of the action that undoes a publish."""
    return f"&Undo: {name(publish)}"


def undo_button(publish: PublishSummary) -> str:
    """Return the label of the button that undoes a publish."""
    return f"Undo {pluralize(publish.removable, 'file')}"


def detail(publish: PublishSummary) -> str:
    """Return the detail of the job that undoes a publish."""
    return name(publish).capitalize()


def kept(publish: PublishSummary) -> str:
    """Return how many files of a publish undo keeps; empty if it removes all."""
    count = publish.files - publish.removable
    if not count or not publish.removable:
        return NOTHING_LEFT if count else ""
    return f"{pluralize(count, 'file')} will stay: other publishes contain {'it' if count == 1 else 'them'} too."


def of_other_user(publish: PublishSummary) -> str:
    """Return how the publish of another user is undone."""
    user = escape_control(publish.published_by)[:_MAX_USER_CHARS] or f"an {UNKNOWN} user"
    if not _PLAIN_ID.fullmatch(publish.publish_id):  # another program's, which a shell could take for a command
        return f"Published by {user}, who can undo it."
    return f"Published by {user}. To undo it: exr-inspector library undo {publish.publish_id}"


def tooltip(publish: PublishSummary) -> str:
    """Return the first path of a publish, its note and its id."""
    lines = [publish.path, f"Note: {publish.note}" if publish.note else "", f"Publish id: {publish.publish_id}"]
    return escape_tooltip("\n".join(escape_control(line)[:600] for line in lines if line))
