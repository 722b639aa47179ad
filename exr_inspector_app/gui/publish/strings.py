"""User strings of the Publish sheet, its jobs, and the publish targets."""

from __future__ import annotations

from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

# Targets
LOCAL_NAME, VAST_NAME, VAST_SHORT_NAME = "Local library", "VAST Database", "VAST"
TARGET = "Target"
NOT_SET_UP, CHECKING = "not set up", "checking"
CONNECT_HINT = "Settings: connect a VAST Database"

# Jobs
UNDO, THUMBNAILS = "Undo", "Thumbnails"
ALREADY_RUNNING = "A publish is already running."
NOTHING_TO_UNDO = "There is no publish to undo."

# Question on quitting
QUIT, QUIT_QUESTION = "Quit", "Publishing is not finished."
KEEP_PUBLISHING, STOP_AND_QUIT = "Keep publishing", "Stop and quit"

# Sheet
CANCEL, PUBLISH, SAVE_PLAN, TRY_AGAIN = "Cancel", "Publish", "Save plan", "Try again"
NOTHING_TO_PUBLISH = "Nothing to publish"
HISTORY, HISTORY_TOOLTIP = "History", "Close the plan, and list what was published before"
SAVE_PLAN_TOOLTIP = "Save this plan as CSV or JSON; nothing is published"
WRITABLE = "Target is writable"
UNDO_NOTE = "Undo stays in Edit > Publish history, after a restart too. It removes library entries, never files."
SHOW, SHOT, FILES, NO_CONTEXT = "Show", "Shot", "Files", "none"
NOTE, NOTE_HINT = "Note", "Optional, stored with the new files"
PLAN_NAME = "Publish plan"
NO_PLAN = "Not known yet"
ERROR_COPIED = "Error copied to the clipboard."

# Reasons of plan lines
SAME_FILE = "Same path, same header"
SAME_HEADER = "Same header; date and size will be updated"
NEW_FILE = "Not in the library yet"
CHANGED_FILE = "Same path, new header"
CUT_OFF = "The file ends before its pixels"
REREAD = "Changed on disk since it was inspected; read again"


def target_fault(name: str, health: str) -> str:
    """Return the title of the banner about a target that fails."""
    return f"{name}: {health}"


def publish_to(target: str) -> str:
    """Return the title of a publish to a target."""
    return f"Publish to {target}"


def publish_detail(files: int, note: str) -> str:
    """Return the detail of a publish job: its files and its note."""
    return f"{pluralize(files, 'file')}, note “{escape_control(note)}”" if note else pluralize(files, "file")


def published(added: int, present: int, failed: int, seconds: float, fault: str = "") -> str:
    """Return the result of a publish, with the fault of the target that ended it."""
    result = f"Added {pluralize(added, 'file')} in {format_duration(seconds)}"
    if present:
        result += f", {present:,} already there"
    result = f"{result}, {failed:,} failed" if failed else result
    return f"{result}. {fault}" if fault else result


def waiting(files: int, sentence: str) -> str:
    """Return the rate text of a publish that waits for a database."""
    return f"{pluralize(files, 'file')} waiting. {sentence}"


def undone(files: int) -> str:
    """Return the result of an undo; a publish whose files another one contains removes none."""
    if not files:
        return "Nothing removed: another publish contains these files, or they are no longer in the library"
    return f"Undone: {pluralize(files, 'file')} removed from the library"


def no_thumbnails(files: int) -> str:
    """Return the detail of the job row for files without a thumbnail."""
    return f"No thumbnail for {pluralize(files, 'file')}"


def published_so_far(counted: str) -> str:
    """Return what happens to the files published so far if the user quits; `counted` is `3 of 9`."""
    return f"{counted} files published. They stay published if you quit."


def publish_button(added: int, refreshed: int) -> str:
    """Return the label of the publish button for a finished plan."""
    if added:
        return f"Publish {pluralize(added, 'file')}"
    return f"Update {pluralize(refreshed, 'file')}" if refreshed else NOTHING_TO_PUBLISH


def unavailable(target: str) -> str:
    """Return the title of the message for a target without a plan."""
    return f"{target} is unavailable"


def changed_since(date: str) -> str:
    """Return the reason for a file that was published with another header on this date."""
    return f"Changed since {date}; the old entry is kept as history"


def missing_frames(frames: str, count: int) -> str:
    """Return the note on frames that are missing on disk; a long list becomes a count."""
    if count == 1:
        return f"Frame {frames} is missing on disk"
    return f"Frames {frames} are missing on disk" if len(frames) <= 40 else f"{count:,} frames are missing on disk"


def unfinished(present: int | None, total: int) -> str:
    """Return the number of written chunks of an unfinished file; `present` is None if unknown."""
    return f"Unfinished: {'some' if present is None else f'{present:,}'} of {total:,} chunks"


def will_be_added(files: int) -> str:
    """Return the note on new files."""
    return f"{pluralize(files, 'file')} will be added"


def will_be_added_as_version(files: int) -> str:
    """Return the note on changed files."""
    return f"{pluralize(files, 'file')} will be added as {'a new version' if files == 1 else 'new versions'}"


def will_be_updated(files: int) -> str:
    """Return the note on files that are published already."""
    return f"{pluralize(files, 'file')} already in the library: date and size are updated"


def partly_included(files: int, included: int) -> str:
    """Return the note on incomplete files, some included by the user."""
    return f"{pluralize(files, 'file')} found, {included:,} included"


def skipped(files: int) -> str:
    """Return the note on files that are not published."""
    return f"{pluralize(files, 'file')} skipped"


def chosen_files(chosen: int, total: int) -> str:
    """Return how many files of the plan are chosen: `4 of 8 files`."""
    return f"{chosen:,} of {pluralize(total, 'file')}"


def more_lines(count: int) -> str:
    """Return the label of the row for the lines that are not shown."""
    return f"{count:,} more"


def target_label(name: str, figure: str, is_chosen: bool) -> str:
    """Return the accessible name of a target in the status bar."""
    return f"{name}, {figure or CHECKING}{', chosen' if is_chosen else ''}"
