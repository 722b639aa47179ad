"""File space of a part, by the evidence of its header."""

from __future__ import annotations

from exr_inspector_app.color.file_space import FileSpace, decide_space
from exr_inspector_app.color.primaries import to_primaries
from exr_inspector_app.exr.parser.color_space import named_space
from exr_inspector_app.model import Part


def part_space(part: Part) -> FileSpace:
    """Return the color space of a part's pixels; see `resources/help/color.md`."""
    values = {attribute.name: attribute.value for attribute in part.attributes}
    return decide_space(
        named_space(values),
        to_primaries(values.get("chromaticities")),
        is_aces_container=values.get("acesImageContainerFlag") == 1,
    )
