"""User strings of the matte bar."""

from __future__ import annotations

from exr_inspector_app.text.format import pluralize

MATTE, SHOW_ALL = "Matte", "Show all"
COPY_NAMES, EXPORT_MATTE = "Copy names", "Export matte"


def matte_summary(count: int, share: float) -> str:
    """Return how much of the picture the isolated objects cover, or how to isolate some."""
    if not count:
        return "Click an object to isolate it. Esc shows all again."
    return f"{pluralize(count, 'object')}, {100 * share:.2f} % of the picture"


def remove_object(name: str) -> str:
    """Return the tool tip of the chip of an object."""
    return f"Remove {name} from the matte"
