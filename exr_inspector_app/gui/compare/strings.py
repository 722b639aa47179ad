"""User-visible strings of the Compare pane."""

from __future__ import annotations

from exr_inspector_app.text.format import pluralize

COMPARE = "Compare"
NAME = "Name"
REFERENCE = "Reference"
ABSENT = "not there"
SAME = "the same"

DIFFERENCES = "Differences"
EVERYTHING = "Everything"
NAME_OR_VALUE = "Name or value"
COPY = "Copy"
COMPARED_FILES = "Compared files"
CLEAR = "Clear"
REMOVE_FROM_COMPARISON = "Remove from the comparison"
COPIED = "Comparison copied to the clipboard"

CANNOT_COMPARE = "Cannot compare these files"
TRY_AGAIN = "Try again"
NOTHING_TO_COMPARE = "Nothing to compare yet"
SELECT_FILES = "Select two or more files and press Ctrl+D."
SELECT_ANOTHER_FILE = "Select another file and press Ctrl+D."
CLEAR_FILTER = "Clear filter"
IDENTICAL = "The headers are identical"
SHOW_EVERYTHING = "Show everything"

# Pixels
HEADERS, PIXELS = "Headers", "Pixels"
LAYER, PART, CHANGED, RMSE, MAX = "Layer", "Part", "Changed", "RMSE", "Max"
FIRST_DIFFERENCE, RESULT = "First difference", "Result"
COMPARED_LAYERS, COMPARE_PIXELS, COMPARE_LAYERS = "Compared layers", "Compare pixels", "Compare all layers"
STOP, STOPPED = "Stop", "Stopped"
ONLY_IN_A, ONLY_IN_B, NOT_COMPARED, VALUES_DIFFER = "only in A", "only in B", "not compared", "values differ"
BELOW_STEP = "below the step"
NOT_COMPARED_YET = "The layers are not compared yet"
WHICH_LAYERS = "See which layers changed between A and B, and where."
COMPARING_LAYERS, COMPARING_DETAIL = "Comparing layers…", "Each layer is listed as soon as it is compared."
CHOOSE_REFERENCE = "Press Ctrl+Shift+D for the previous version, or Shift+X to hold the shown image as reference A."
COMPARE_FRAMES = "Compare all frames"
STEP, STEP_TOOLTIP = "Above", "Difference above which a pixel counts as changed"
NO_COMMON_FRAME = "The sequences of the two files have no frame number in common."
OUT_OF_MEMORY = "Not enough memory to compare the images."


def part(index: int) -> str:
    """Return the name of a part that has none."""
    return f"Part {index}"


def both_files(first: str, second: str) -> str:
    """Return the detail of a comparison of pixels."""
    return f"{first} and {second}" if first != second else first


def layers_compared(count: int, differing: int, seconds: float) -> str:
    """Return the result of a comparison of pixels."""
    verb = "differs" if differing == 1 else "differ"
    return f"Compared {pluralize(count, 'layer')} in {seconds:.1f} s, {differing:,} {verb}"


def changed_layers(differing: int, count: int, total: int) -> str:
    """Return how many layers differ, of those compared so far."""
    text = f"{differing:,} of {pluralize(count, 'layer')} {'differs' if differing == 1 else 'differ'}"
    return f"{text}, {total - count:,} to go" if count < total else text


def compared_frames(done: int, total: int) -> str:
    """Return how many frames are compared."""
    return f"{done:,} of {pluralize(total, 'frame')}" if done < total else pluralize(total, "frame")


def other_frames(count: int) -> str:
    """Return that frames of one sequence are left out; empty without any."""
    return f"{pluralize(count, 'frame')} of one sequence only" if count else ""


def skipped_frames(frames: str) -> str:
    """Return which frames cannot be read."""
    return f"cannot read {frames}"


def cannot_list(reason: str) -> str:
    """Return why the frames cannot be found."""
    return f"Cannot list the folder of a file: {reason}. Check the connection, then try again."


def changed_frames(changed: int, count: int) -> str:
    """Return in how many frames a layer changed."""
    return f"{changed:,} of {pluralize(count, 'frame')}"


def in_frame(position: str, frame: str) -> str:
    """Return a position in a frame of a sequence."""
    return f"{frame}: {position}" if position else ""


def equal_layers(names: tuple[str, ...]) -> str:
    """Return the text of the group of layers without change."""
    return f"No change  {pluralize(len(names), 'layer')}: {', '.join(names)}"


def brightness(stops: float) -> str:
    """Return how much brighter or darker the second image is."""
    return f"{'brighter' if stops > 0 else 'darker'} {abs(stops):.1f} stops"


def non_finite(count: int) -> str:
    """Return how many pixels differ in NaN or infinities."""
    return f"{pluralize(count, 'pixel')} with NaN or Inf"


def differing_values(differing: int, total: int) -> str:
    """Return how many of the compared values differ."""
    return f"{differing:,} of {pluralize(total, 'value')} differ"


def single_file(name: str) -> str:
    """Return the title shown while only one file is in the comparison."""
    return f"{name} is ready to compare"


def nothing_matches(needle: str) -> str:
    """Return the title of a comparison that the filter leaves empty."""
    return f"Nothing matches “{needle}”"


def hidden_values(count: int) -> str:
    """Return how many values the filter hides."""
    return f"{pluralize(count, 'value')} {'is' if count == 1 else 'are'} hidden"


def same_values(count: int) -> str:
    """Return that all values are the same."""
    return f"All {count:,} values are the same."


def remove_file(name: str) -> str:
    """Return the menu action that removes a file from the comparison."""
    return f"Remove {name}"


def published_title(name: str) -> str:
    """Return the title of a file whose published header is shown because the file cannot be read."""
    return f"{name}, as published"
