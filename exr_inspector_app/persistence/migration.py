"""Values of columns that schema version 2 added, derived from rows of version 1. Shared by the migrations of stores."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from exr_inspector_app.contracts import StoredFile
from exr_inspector_app.text.channel_names import split_channel_name
from exr_inspector_app.text.stored_json import parse_texts

_FRAME = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MARKS = re.compile("#+")


class Description(NamedTuple):
    """Columns of `files` that follow from the parts, channels, and attributes of a file."""

    renderer: str | None
    renderer_version: str | None
    writer: str | None
    picture_layer: str | None


Describe: TypeAlias = Callable[[StoredFile], Description]  # given by callers, since stores do not read headers


def frame_of(path: str, sequence_key: str, rounded: float | None) -> float | None:
    """Return the frame number with its fraction, which version 1 did not store.

    Args:
        path: Normalized path.
        sequence_key: The same path with # for each digit of the frame number.
        rounded: Stored frame number, rounded down.
    """
    if rounded is None:
        return None
    start = next((at for at, (own, key) in enumerate(zip(path, sequence_key, strict=False)) if own != key), len(path))
    marks = _MARKS.match(sequence_key, start)
    if marks is None:
        return float(rounded)
    suffix = sequence_key[marks.end() :]
    text = path[start:].removesuffix(suffix)
    frame = float(text) if _FRAME.fullmatch(text) else math.nan
    return frame if math.isfinite(frame) and math.floor(frame) == rounded else float(rounded)


def view_of(channel_name: str, multi_view: str | None, view_name: str | None) -> str | None:
    """Return the view of a channel.

    Args:
        channel_name: Full name.
        multi_view: Views of its part as JSON.
        view_name: View of its part.
    """
    return split_channel_name(channel_name, parse_texts(multi_view), view_name)[0]
