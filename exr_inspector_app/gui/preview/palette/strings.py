"""User strings of the layer palette."""

from __future__ import annotations

from exr_inspector_app.text.format import pluralize

FIND_LAYER = "Find a layer, part or view"
PALETTE = "Layers"
SHOWN = "Shown"
NO_MATCH = "No layer, part or view has these letters in its name."
HINTS = (
    (("Enter",), "Show"),
    (("Ctrl Enter",), "Compare"),
    (("Tab",), "Next group"),
    (("{", "}"), "Previous, next layer"),
    (("Ctrl [", "Ctrl ]"), "View"),
)
CLOSE_HINT = (("Esc",), "Clear, close")


def count_matches(matches: int, layers: int) -> str:
    """Return how many of the layers match, in short."""
    return pluralize(layers, "layer") if matches == layers else f"{matches} of {pluralize(layers, 'layer')}"


def count_of_group(matches: int, layers: int) -> str:
    """Return how many layers of a group match; all of them if none does, which the tiles show."""
    return f"{matches} of {layers}" if 0 < matches < layers else str(layers)
