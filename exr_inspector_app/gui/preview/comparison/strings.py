"""User-visible strings of the comparison in the preview."""

from __future__ import annotations

A, B = "A", "B"
FLIP, WIPE, SIDE, DIFFERENCE = "Flip", "Wipe", "Side by side", "Difference"
FLIP_TOOLTIP = "Show B; hold X to see A"
WIPE_MODE_TOOLTIP = "A to the left of a line, B to the right  Shift+D"
SIDE_TOOLTIP = "A beside B, with the same zoom"
DIFFERENCE_TOOLTIP = "Absolute difference, multiplied by the gain  D"
MODE, GAIN = "Comparison", "Gain"
GAIN_TOOLTIP = "Gain of the difference"
REFERENCE, SHOWN = "Reference", "Shown image"
SWAP, CLOSE = "Swap A and B", "End the comparison"
PREVIOUS_VERSION, HELD_IMAGE = "Previous version", "Shown image, from now on"
WIPE_LINE = "Wipe line"
WIPE_TOOLTIP = "Drag, or press Left and Right; double-click centers it"

NO_PREVIOUS_VERSION = "There is no earlier version of this file."
NO_REFERENCE = "The reference cannot be read."
NO_COMMON_CHANNELS = "The layers have no channels in common."
OUT_OF_MEMORY = "Not enough memory to compare the images."
COMPARING, EQUAL = "Comparing…", "The pixels are equal."
ERROR_FIGURES, BOTH_VALUES = "Differences of the images", "Values of A and B"
MAE, RMSE, PSNR, MAX, CHANGED, FIRST = "MAE", "RMSE", "PSNR", "Max", "Changed", "First"
NON_FINITE = "NaN or Inf"
ABOVE, STEP = "above", "Difference in any channel above which a pixel counts as changed"
GO_TO_MAX, GO_TO_FIRST = "Go to the largest difference", "Go to the first changed pixel"


def no_layer(title: str) -> str:
    """Return the sentence for a reference without the shown layer."""
    return f"A has no layer {title}." if title else "A has no layer to show."


def means(factor: int) -> str:
    """Return the note on reduced images."""
    return f"Compared at reduced size, means of {factor} × {factor} pixels."
