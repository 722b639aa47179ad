"""Labels, tooltips and messages of the Similar pane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exr_inspector_app.contracts import Band, By
from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.text.format import pluralize

VIEW_NAME = "Similar files"
COLUMNS = ("File", "Score", "Band", "Same and different", "Sequence", "Published", "")
IDENTICAL_SECTION = "Identical header"
SEQUENCE_SECTION = "Same sequence"
SIMILAR_SECTION = "Similar"
WEAK_SECTION = "Weak matches"
TOO_LITTLE_SECTION = "Too little in the header to tell"
SINGLE_FILE = "1 file"
SAME, DIFFERS = "Same", "Differs"
SCORE_TOOLTIP = "100 % means that all compared values are equal."

# Buttons and menu entries
SEARCH = "Find similar"
CLEAR_FILTER = "Clear filter"
PUBLISH = "Publish…"
CREATE_THUMBNAILS = "Create thumbnails"
RECOMPUTE = "Recompute embeddings"
SEARCH_AGAIN = "Search again"
TRY_AGAIN = "Try again"
ADD_FILTER = "Add filter"
SAVED_FILTERS = "Saved filters"
COMPARE, COMPARE_ACTION = "Compare", "Compare with the reference"
EXPORT, EXPORT_ACTION = "Export", "Export matches…"
MORE = "More actions"
EXACT_SEARCH = "Exact search"
HELP = "How similarity works"

# Bar of the pane
REFERENCE_LABEL, MODE_LABEL = "Compared with", "by"
ADD_FILTER_TOOLTIP = "Filter matches"
COMPARE_TOOLTIP = "Compare the header of the selected or best match with the reference"
EXPORT_TOOLTIP = "Export matches to CSV"
EXACT_TOOLTIP = "Exact search: compares every file. Slower on large libraries."
BLEND = "Blend"
MODES: Mapping[By, str] = {"metadata": "Set-up", "channels": "Channels", "look": "Appearance"}
MODE_TOOLTIPS = {
    "metadata": "Compare renderer, settings, layers and format",
    "channels": "Compare layers and channels, ignoring naming differences between programs",
    "look": "Compare the images, in any exposure, size, crop or grade",
    "blend": "All three, weighted by the sliders",
}
WEIGHTS_LABEL = "Weights:"

# Messages in place of matches, or above them
NO_REFERENCE = "No reference selected"
NO_REFERENCE_HINT = "Select a file and press Ctrl+L to find similar ones."
NO_MATCH = "No similar files match"
EMPTY_LIBRARY = "The library is empty"
EMPTY_LIBRARY_HINT = "Publish files to find similar ones here."
NO_THUMBNAILS = "No thumbnails to compare"
FLAT_IMAGE = "No appearance to compare"
FLAT_IMAGE_HINT = "The image is black or of one color. Compare by set-up or channels."
NOTHING_COMPARABLE = "Nothing to compare"
NOTHING_COMPARABLE_HINT = "No comparable files (see above)."
CREATING_THUMBNAILS = "Creating thumbnails"
CREATING_THUMBNAILS_HINT = "They are compared when this is done."
RECOMPUTING = "Recomputing embeddings. All files are compared when this is done."
SEARCH_STOPPED = "The search was stopped"
SEARCH_FAILED = "The search failed"
PARTIAL_STOPPED = "Search stopped; better matches may be missing."
PARTIAL_RUNNING = "Still searching; better matches may appear."

# Bands: the label of a match, and its tooltip
BAND_LABELS: Mapping[Band, str] = {
    Band.IDENTICAL: "Identical",
    Band.SAME_HEADER: "Same header",
    Band.SAME_SEQUENCE: "Same sequence",
    Band.SAME_SETUP: "Same set-up",
    Band.CLOSE: "Close",
    Band.RELATED: "Related",
    Band.UNRELATED: "Weak",
    Band.TOO_LITTLE: "Too little in the header to tell",
}
SAME_SETUP_LABELS = {"channels": "Same channels", "look": "Same image", "blend": "Very similar"}
BAND_TOOLTIPS: Mapping[Band, str] = {
    Band.IDENTICAL: "The same header, byte for byte, and the same file size.",
    Band.SAME_HEADER: "The same header in a file of another size: the pixels differ.",
    Band.SAME_SEQUENCE: "Other frames of the reference sequence.",
    Band.UNRELATED: "No better match is published.",
    Band.TOO_LITTLE: "The header of the reference has too few facts to distinguish files: compare by appearance.",
}
MODE_BAND_TOOLTIPS: Mapping[str, Mapping[Band, str]] = {
    "metadata": {
        Band.SAME_SETUP: "Probably the same show, renderer and pass.",
        Band.CLOSE: "Probably the same renderer and pass, from another show.",
        Band.RELATED: "Probably the same renderer, or the same pass from another renderer.",
    },
    "channels": {
        Band.SAME_SETUP: "90 % or more of the channels in common.",
        Band.CLOSE: "60 % or more of the channels in common.",
        Band.RELATED: "25 % or more of the channels in common.",
    },
    "look": {
        Band.SAME_SETUP: "The same image, possibly with a different exposure, size, or grade.",
        Band.CLOSE: "A similar image.",
        Band.RELATED: "An image with something in common.",
    },
    "blend": {
        Band.SAME_SETUP: "Nearly all weighted properties are the same.",
        Band.CLOSE: "Most weighted properties are the same.",
        Band.RELATED: "Some weighted properties are the same.",
    },
}


def weight_name(mode: str) -> str:
    """Return the accessible name of the slider of `mode`, which is also its tooltip."""
    return f"Weight of {mode.lower()}"


def no_thumbnails_hint(files: int) -> str:
    """Return the sentence for a library of `files` without a thumbnail."""
    if files == 1:
        return "The published file has no thumbnail. One per sequence is enough."
    return f"None of the {files:,} published files has a thumbnail. One per sequence is enough."


def skipped_files(outdated: int, newer: int) -> str:
    """Return how many files were skipped because of their embedding version; empty if none were."""
    sentences = []
    if outdated:
        sentences.append(f"{pluralize(outdated, 'file')} skipped: embeddings from an older version.")
    if newer:
        sentences.append(f"{pluralize(newer, 'file')} skipped: embeddings from a newer version. Update exr-inspector.")
    return " ".join(sentences)


def partial_matches(done: int, total: int) -> str:
    """Return the title above matches from the first `done` of `total` files."""
    return f"First matches, {done:,} of {pluralize(total, 'file')} searched"


def more_references(count: int) -> str:
    """Return the suffix for `count` more reference files; empty for none."""
    return f" and {count} more" if count else ""


def reference_tooltip(path: str, more: int) -> str:
    """Return the tooltip of a reference with `more` files besides the one at `path`."""
    note = " (reasons refer to the first file)" if more else ""
    return f"Reference: {path}{more_references(more)}{note}"


def section_text(title: str, count: str) -> str:
    """Return a section title with its count, for screen readers."""
    return f"{title}, {count}"


def score_text(percent: int) -> str:
    """Return a score as a table cell."""
    return f"{percent} %"


def reasons_line(label: str, reasons: Sequence[str]) -> str:
    """Return one line of the tooltip that lists all reasons of a match."""
    return f"{label}: {', '.join(reasons)}"


def share_text(share: float) -> str:
    """Return a share between 0 and 1 in percent."""
    return f"{round(100 * share)} %"


# Search job
REPLACED = "Replaced by a newer search"
STOPPED_EARLY = "Stopped before there was an answer."


def stopped_after(counted: str) -> str:
    """Return the result of a search that was cancelled after `counted`, such as `3 of 9 files`."""
    return f"Stopped after {counted}." if counted else STOPPED_EARLY


def not_comparable(is_waiting: bool) -> str:
    """Return why a file of the session cannot be the reference."""
    reason = "is still being inspected" if is_waiting else "could not be read in full"
    return f"This file {reason}, so nothing can be compared with it."


def matches(near: int, weak: int, seconds: float, is_exact: bool) -> str:
    """Return the result of a search, such as `7 matches, 5 weak, in 4 s (exact)`."""
    weak_part = f", {weak:,} weak," if weak else ""
    exact_part = " (exact)" if is_exact else ""
    return f"{pluralize(near, 'match', 'matches')}{weak_part} in {format_duration(seconds)}{exact_part}"
