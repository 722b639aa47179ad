"""Evidence of a header: the facts by which a set-up can be recognized, and whether they suffice for a band.

Compression, resolution, pixel type and R, G, B, A are no facts: unrelated programs share them. Half of the real files
from outside a studio have nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from exr_inspector_app.text.channel_names import canonical_channel
from exr_inspector_app.text.format import pluralize

MIN_FACTS = 2  # for a band by score
UNKNOWN_TEXTS = frozenset(["", "unknown", "undefined", "none", "null", "na", "nan", "notavailable"])  # letters, digits

# Attributes that nearly every file can have, or that describe a date, an artist or a machine.
_SILENT = frozenset(
    "channels chunkCount compression dataWindow displayWindow lineOrder name pixelAspectRatio preview"
    " screenWindowCenter screenWindowWidth tiles type version view multiView owner capDate utcOffset comments"
    " HostComputer Artist dwaCompressionLevel zipCompressionLevel".split()
)


def facts_of(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the facts of a header in plain English, most significant first; attributes count one each.

    Args:
        payload: Inspection payload.
    """
    return tuple(text for text, _ in _facts(payload))


def known(value: Any) -> Any:
    """Return a value, or None for a text that programs write where they know none, such as `-` or `unknown`."""
    if isinstance(value, str) and re.sub(r"[\W_]+", "", value.lower()) in UNKNOWN_TEXTS:
        return None
    return value


def evidence_sentence(payload: Mapping[str, Any]) -> str:
    """Return a sentence for users on a header with too little in it for a band by score, or ""."""
    if tells_enough(payload):
        return ""
    there = ", ".join(facts_of(payload)) or "no program, no further layers or attributes"
    return f"Too little in the header to tell ({there}): scores compare resolution, pixel storage and little more."


def tells_enough(payload: Mapping[str, Any]) -> bool:
    """Return True if a header has enough facts for a band by score."""
    return sum(count for _, count in _facts(payload)) >= MIN_FACTS


def _facts(payload: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield each fact with its weight; a named program is sufficient alone."""
    file, parts = payload["file"], payload["parts"]
    for role in ("renderer", "writer"):
        if program := file.get(role):
            yield str(program["name"]), MIN_FACTS
    names = {row["name"] for rows in payload["attributes"]["parts"] for row in rows} - _SILENT
    layers = {canonical_channel(row["layer_name"], row["component_name"])[0] for row in payload["channels"]} - {""}
    if layers:
        yield pluralize(len(layers), "layer"), len(layers)
    if names:
        yield pluralize(len(names), "attribute"), len(names)
    if len(parts) > 1:
        yield pluralize(len(parts), "part"), 1
    if file.get("is_deep"):
        yield "deep", 1
