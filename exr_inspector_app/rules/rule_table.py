"""Table of the rules: key in `[require]`, parser, check, and how a [[when]] table combines with earlier values.

Every rule has its key, with hyphens, as its code. `resources/help/profiles.md` documents the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from exr_inspector_app.exr.findings import SEVERITIES
from exr_inspector_app.exr.sequences.grouping import FrameSequence
from exr_inspector_app.model import ExrFile
from exr_inspector_app.rules import attribute_rules, channel_rules, header_rules, pixel_rules, sequence_rules
from exr_inspector_app.rules.frame_set import parse_frames
from exr_inspector_app.rules.outcome import RuleResult
from exr_inspector_app.rules.program_condition import parse_programs
from exr_inspector_app.rules.value_forms import parse_flag


class Rule(NamedTuple):
    """Rule of a profile.

    Attributes:
        parse: Parser of the value in the profile; raises `ValueFormError`.
        check: Check of a file; None for rules on sequences alone.
        check_sequence: Check of a sequence; None for rules on files alone.
        merge: How a later table changes the value: `replace`, `extend` a list, or `update` a table.
        needs_pixels: The check needs the statistics of the pixels.
        description: Text for the JSON Schema.
    """

    parse: Callable[[object], Any]
    check: Callable[[ExrFile, Any], Iterable[RuleResult]] | None
    description: str
    merge: Literal["replace", "extend", "update"] = "replace"
    check_sequence: Callable[[FrameSequence, Any], Iterable[RuleResult]] | None = None
    needs_pixels: bool = False


RULES: Mapping[str, Rule] = {
    "channels": Rule(
        channel_rules.parse_channels, channel_rules.check_channels, "channels that must be there", "extend"
    ),
    "layers": Rule(channel_rules.parse_layers, channel_rules.check_layers, "layers that must be there", "extend"),
    "views": Rule(channel_rules.parse_layers, channel_rules.check_views, "views that must be there", "extend"),
    "forbid_channels": Rule(
        channel_rules.parse_channels, channel_rules.check_forbidden_channels, "channels that must be absent", "extend"
    ),
    "forbid_layers": Rule(
        channel_rules.parse_layers, channel_rules.check_forbidden_layers, "layers that must be absent", "extend"
    ),
    "allow_channels": Rule(
        channel_rules.parse_channels, channel_rules.check_allowed_channels, "the only channels that may be there"
    ),
    "types": Rule(channel_rules.parse_types, channel_rules.check_types, "pixel types by channel", "update"),
    "compression": Rule(header_rules.parse_compressions, header_rules.check_compression, "allowed compressions"),
    "kind": Rule(header_rules.parse_kinds, header_rules.check_kind, "scanline, tiled or deep"),
    "line_order": Rule(header_rules.parse_line_orders, header_rules.check_line_order, "allowed line orders"),
    "parts": Rule(header_rules.parse_part_count, header_rules.check_parts, "number of parts"),
    "resolution": Rule(header_rules.parse_sizes, header_rules.check_resolution, "size of the display window"),
    "data_window": Rule(header_rules.parse_windows, header_rules.check_data_window, "data window"),
    "display_window": Rule(header_rules.parse_windows, header_rules.check_display_window, "display window"),
    "overscan": Rule(
        header_rules.parse_overscan, header_rules.check_overscan, "pixels of the data window beyond the display window"
    ),
    "pixel_aspect": Rule(header_rules.parse_aspects, header_rules.check_pixel_aspect, "pixel aspect ratio"),
    "color_space": Rule(channel_rules.parse_layers, header_rules.check_color_space, "allowed color spaces"),
    "fps": Rule(attribute_rules.parse_frame_rates, attribute_rules.check_frame_rate, "frames per second"),
    "renderer": Rule(parse_programs, attribute_rules.check_renderer, "program that made the picture"),
    "writer": Rule(parse_programs, attribute_rules.check_writer, "program that saved the file"),
    "file_name": Rule(
        attribute_rules.parse_regex, attribute_rules.check_file_name, "regular expression for the file name"
    ),
    "attributes": Rule(
        attribute_rules.parse_attributes, attribute_rules.check_attributes, "attributes by name", "update"
    ),
    "values": Rule(
        pixel_rules.parse_values, pixel_rules.check_values, "pixel values by channel", "update", needs_pixels=True
    ),
    "frames": Rule(
        parse_frames, None, "frames that each sequence must have", check_sequence=sequence_rules.check_frames
    ),
    "complete": Rule(
        parse_flag,
        attribute_rules.check_complete,
        "all chunks and all frames must be there",
        check_sequence=lambda sequence, is_required: sequence_rules.check_gaps(sequence) if is_required else (),
    ),
}
# The spelling in other profiles and in OpenEXR's own terms.
KEY_ALIASES = {"colour_space": "color_space", "frame_rate": "fps", "pixel_aspect_ratio": "pixel_aspect"}


def rule_code(key: str) -> str:
    """Return the code of a rule's findings."""
    return key.replace("_", "-")


def known_codes() -> list[str]:
    """Return the codes of all rules and checks."""
    return [*map(rule_code, RULES), *(code for code in SEVERITIES if code not in map(rule_code, RULES))]
