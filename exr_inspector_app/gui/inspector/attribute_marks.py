"""Marks of attributes that differ from the pinned file, or from most frames of the sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from exr_inspector_app.gui.inspector import strings
from exr_inspector_app.gui.inspector.value_format import format_for_clipboard
from exr_inspector_app.model import Attribute, ExrFile
from exr_inspector_app.text.escape import escape_control

MAX_SAMPLED_FRAMES = 24  # evenly over the sequence; this runs on the GUI thread
MIN_FRAMES = 3  # so that a majority can agree
_MAX_CHARS = 200  # of the other value in a sentence
Frame = TypeVar("Frame")
Marks = dict[int, tuple[str, ...]]  # sentences by the index of the attribute


def sample(frames: Sequence[Frame]) -> list[Frame]:
    """Return at most MAX_SAMPLED_FRAMES frames, evenly over the sequence."""
    step = max(1, -(-len(frames) // MAX_SAMPLED_FRAMES))
    return list(frames[::step])


def usual_attributes(files: Sequence[ExrFile], part: int) -> dict[str, Attribute]:
    """Return the attributes of a part that more than half of the files have with one value."""
    parts = [_by_name(file, part) for file in files if part < len(file.parts)]
    if len(parts) < MIN_FRAMES:
        return {}
    candidates: dict[str, tuple[Attribute, int]] = {}
    for attribute in (attribute for attributes in parts for attribute in attributes.values()):
        kept, votes = candidates.get(attribute.name, (attribute, 0))
        if votes == 0:
            kept = attribute
        candidates[attribute.name] = kept, votes + (1 if _is_equal(kept, attribute) else -1)
    return {
        name: kept
        for name, (kept, votes) in candidates.items()
        if votes > 0
        and 2 * sum(name in attributes and _is_equal(attributes[name], kept) for attributes in parts) > len(parts)
    }


def find_marks(file: ExrFile, part: int, pinned: ExrFile | None, usual: Mapping[str, Attribute]) -> Marks:
    """Return one sentence per difference of each attribute of a part.

    Args:
        file: The file that is shown.
        part: Index of the part.
        pinned: Reference of Similar; None, or the file itself, marks nothing.
        usual: Attributes of most frames of the sequence.
    """
    has_pinned = pinned is not None and pinned.path != file.path and part < len(pinned.parts)
    others = _by_name(pinned, part) if pinned is not None and has_pinned else {}
    marks: Marks = {}
    for index, attribute in enumerate(file.parts[part].attributes):
        sentences = []
        if has_pinned and (attribute.name not in others or not _is_equal(others[attribute.name], attribute)):
            sentences.append(strings.differs_from_pinned(_text(others.get(attribute.name))))
        if attribute.name in usual and not _is_equal(usual[attribute.name], attribute):
            sentences.append(strings.differs_from_frames(_text(usual[attribute.name])))
        if sentences:
            marks[index] = tuple(sentences)
    return marks


def _by_name(file: ExrFile, part: int) -> dict[str, Attribute]:
    return {attribute.name: attribute for attribute in file.parts[part].attributes}


def _is_equal(attribute: Attribute, other: Attribute) -> bool:
    """Return True for equal values; frames share equal ones, so that most comparisons are of identities."""
    return attribute.value is other.value or (attribute.type == other.type and bool(attribute.value == other.value))


def _text(attribute: Attribute | None) -> str:
    """Return the value for a sentence, empty for a missing attribute."""
    if attribute is None:
        return ""
    text = escape_control(format_for_clipboard(attribute)[:_MAX_CHARS])
    return text if len(text) < _MAX_CHARS else f"{text}…"
