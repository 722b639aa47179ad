"""User strings of the Session pane: labels, statuses, job titles and results, and its messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.rules import Outcome
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

# Jobs
INSPECT, RELOAD, NEW_FILES = "Inspect", "Reload", "New files"
STATISTICS, WATCH, CHECK = "Pixel statistics", "Watch", "Check"
SAVE_REPORT = "Save report"

# Bar and filter
PANE_TITLE = "Session"
FILTER, FILTER_TOOLTIP = "Filter the session", "Filter the session  Ctrl+Shift+F"
SORT = "Sort the session"
MORE = "More session commands"
FILTER_PLACEHOLDER = "Name, channel, renderer:arnold"
FILTER_HINT = (
    "Words are searched in names, parts and channels. Words such as renderer:arnold, width:>=4096 or object:hero "
    "compare as in the library."
)
FILTER_STATUS = "Which rows are listed"
CLEAR_FILTER = "Clear filter"
NAME, STATUS = "Name", "Status"
TITLES_TOOLTIP = "Click a title to sort; right-click to choose columns"
DROP_HINT = "Drop files, folders or paths"

# Paths to other programs
STORAGE_STALLED = "The storage does not answer. Try again later."
HOSTS_REFUSED = "Not opened: on a host outside the roots in the settings."

# Statuses of rows: the word that is shown
WAITING, INSPECTING, INSPECTED = "Waiting", "Inspecting", "Inspected"
NEW, CHANGED, IN_LIBRARY = "New", "Changed", "In library"
INCOMPLETE, FAILED, DAMAGED, NO_FILE = "Incomplete", "Failed", "Damaged", "No file"
EMPTY, NOT_EXR, NOT_FOUND, NO_ACCESS = "Empty", "Not EXR", "Not found", "No access"
GONE, UNREAD, OVER_LIMIT, BUG = "Gone", "Not read", "Over limit", "Bug"
DEEP, TILED = "deep", "tiled"
SINGLE_FILE = "1 file"

# Copies for other programs
MISSING_FRAMES, NO_MISSING_FRAMES = "Missing frames", "No frame is missing in the selected rows."
NUKE_NODES, RV_COMMAND, PATH_RANGES = "Read node", "RV command", "Path with its frames"

# Notices of watched renders
HAS_NAN, HAS_DAMAGE, HAS_PROFILE_ERRORS = "NaN", "damaged pixels", "errors of the profile"
LACKS_MISSING, LACKS_INCOMPLETE, LACKS_READABLE = "Missing", "Incomplete", "Unreadable"


def copied_as(subject: str, rows: int) -> str:
    """Return the message after rows were copied for another program."""
    return f"{subject} copied to the clipboard{f' ({rows:,} rows)' if rows > 1 else ''}."


def not_copied(path: str) -> str:
    """Return the sentence about a path that another program would read as a command or as another path."""
    return f"Not copied, since the program would read the path as something else: {path}."


def frames_have(name: str, frames: str, count: int, problem: str) -> str:
    """Return the notice of frames with a problem: `beauty v018: frame 1043 has NaN`."""
    subject = f"frame{'s' if count != 1 else ''} {frames}" if frames else pluralize(count, "file")
    return f"{name}: {subject} {'has' if count == 1 else 'have'} {problem}"


def render_complete(name: str) -> str:
    """Return the notice of a render that has ended without gaps."""
    return f"{name}: render complete"


def render_quiet(name: str, seconds: float) -> str:
    """Return the notice of a render that has ended incomplete."""
    return f"{name}: no change for {pluralize(max(1, round(seconds / 60)), 'minute')}"


def frames_read(frames: str, count: int) -> str:
    """Return the detail of a complete render, after its range of frames: `1001–1100, 100 frames`."""
    return f"{frames}{pluralize(count, 'frame')}"


def watching(names: str, is_watched: bool) -> str:
    """Return the message after rows were watched, or watched no more."""
    return f"Watching {names}. New frames are added and checked." if is_watched else f"No longer watching {names}"


def watched_count(count: int) -> str:
    """Return the tooltip of the tray icon."""
    return f"exr-inspector: watching {pluralize(count, 'row')}"


def paths_detail(paths: list[str]) -> str:
    """Return the first path and the number of further paths."""
    first = escape_control(paths[0])
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1:,} more"


def paths_refused(sentences: list[str], count: int) -> str:
    """Return the message after paths were withheld from other programs: the first reason, and the number of others."""
    return sentences[0] if count == 1 else f"{sentences[0]} Left out: {len(sentences):,} of {pluralize(count, 'path')}."


def copied_paths(count: int) -> str:
    """Return the message after paths were copied."""
    return "Path copied to the clipboard" if count == 1 else f"{count:,} paths copied to the clipboard"


def no_answer(seconds: float) -> str:
    """Return the message after storage did not answer while paths were read."""
    return f"The storage did not answer for {seconds:g} seconds. Try again later."


def inspected(done: int, failed: int, seconds: float, is_stopped: bool) -> str:
    """Return the result of an inspection."""
    files = pluralize(done, "file")
    count = f"{done - failed:,} of {files}" if failed else files
    result = f"Stopped after {files}" if is_stopped else f"Inspected {count} in {format_duration(seconds)}"
    return f"{result}, {failed:,} could not be read" if failed else result


def checked_files(count: int, profile: str) -> str:
    """Return which files a check covers, and by which profile."""
    return f"{pluralize(count, 'file')}, profile {profile}" if profile else pluralize(count, "file")


def rules_result(outcomes: Iterable[Outcome]) -> str:
    """Return the result of a check by rules: `3 of 25 rules failed, 1 ignored`."""
    codes: dict[str, set[str]] = {"failed": set(), "ignored": set(), "passed": set()}
    for outcome in outcomes:
        codes[outcome.status].add(outcome.code)
    failed, total = len(codes["failed"]), len(set().union(*codes.values()))
    ignored = len(codes["ignored"] - codes["failed"])
    result = f"{failed:,} of {pluralize(total, 'rule')} failed" if failed else f"{pluralize(total, 'rule')} passed"
    return f"{result}, {ignored:,} ignored" if ignored else result


def saved_report(path: str) -> str:
    """Return the result of a saved report."""
    return f"Saved {escape_control(path)}"


def measured(files: int, seconds: float) -> str:
    """Return the result of pixel statistics."""
    return f"Measured {pluralize(files, 'file')} in {format_duration(seconds)}"


def changed_on_disk(files: int) -> str:
    """Return the title of the banner for files that changed after they were inspected."""
    return f"{pluralize(files, 'file')} changed on disk"


def contents(shows: int, shots: int, items: int, files: int) -> str:
    """Return the numbers of shows, shots and files, or of rows and files without any; empty without files."""
    if not files:
        return ""
    groups = [pluralize(count, name) for count, name in ((shows, "show"), (shots, "shot")) if count]
    return ", ".join([*(groups or [pluralize(items, "item")]), pluralize(files, "file")])


def column_titles(columns: Sequence[str]) -> str:
    """Return the accessible name of the row of titles."""
    return f"Columns: {', '.join((NAME, *columns, STATUS))}"


def sort_tooltip(order: str) -> str:
    """Return the tooltip of the sort button; `order` is empty while rows are listed as added."""
    return f"Sorted by {order}" if order else SORT


def reversed_order(order: str) -> str:
    """Return the name of a descending order."""
    return f"{order}, reversed"


def hidden_items(count: int) -> str:
    """Return how many rows a filter hides."""
    return f"{pluralize(count, 'item')} {'is' if count == 1 else 'are'} hidden"


def no_match(text: str, status: str) -> str:
    """Return the message for a filter without a match, by its text and its status (empty: all)."""
    if not text:
        return f"Nothing in “{status}”"
    title = f"Nothing matches “{escape_control(text)[:60]}”"
    return f"{title} in “{status}”" if status else title


def parts(count: int) -> str:
    """Return the number of parts of a multi-part file."""
    return f"{count:,} parts"


def views(count: int) -> str:
    """Return the number of views of a multi-view file."""
    return f"{count:,} views"


def missing_frames(count: int) -> str:
    """Return the badge of a sequence with gaps."""
    return f"{count:,} missing"


def odd_frames(count: int) -> str:
    """Return the badge of a sequence with frames that differ in their set-up."""
    return pluralize(count, "odd frame")


def missing_and_odd(missing: int, odd: int) -> str:
    """Return the badge of a sequence with gaps and with frames that differ."""
    return f"{missing:,} missing, {odd:,} odd"


def count_of_total(count: int, total: int) -> str:
    """Return `3 of 12`."""
    return f"{count:,} of {total:,}"


def rules_of_profile(errors: int, warnings: int) -> str:
    """Return the result of the profile for tooltips: `Profile: 2 errors, 1 warning`."""
    counts = [pluralize(errors, "error") if errors else "", pluralize(warnings, "warning") if warnings else ""]
    return f"Profile: {', '.join(filter(None, counts)) or 'passed'}"


def group_tooltip(name: str, files: int, errors: int, warnings: int) -> str:
    """Return the name of a group of the tree, with its files and its rows that need attention."""
    counts = [pluralize(files, "file")]
    counts += [f"{pluralize(errors, 'row')} with errors"] if errors else []
    counts += [f"{pluralize(warnings, 'row')} with warnings"] if warnings else []
    return f"{name}\n{', '.join(counts)}"
