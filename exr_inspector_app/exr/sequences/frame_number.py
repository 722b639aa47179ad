"""Frame number parser: the frame in a file name, distinguished from versions and UDIM tiles."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = re.compile(r"[0-9]+")
_VERSION = re.compile(r"(?:^|[^A-Za-z])[vV]$")
_TEXTURE = re.compile(r"udim|mari|texture|_tx\b|(?:^|[._-])tex(?:[._-]|$)", re.IGNORECASE)
MAX_FRAME = 2**31 - 1  # the database column is an int32
MAX_FRAME_DIGITS = 20  # Python does not parse thousands of digits


def find_frame_span(name: str) -> tuple[int, int] | None:
    """Return the start and end of the frame's digits in a file name, None for a name without a frame.

    The frame is the last run of digits before the extension, except for versions (`v012`) and UDIM tiles (1001-1999 in
    the name of a texture).
    """
    dot = name.rfind(".")
    stem = name[:dot] if dot > 0 else name
    for match in reversed(list(_DIGITS.finditer(stem))):
        digits, start = match[0], match.start()
        if len(digits) > MAX_FRAME_DIGITS or int(digits) > MAX_FRAME:
            continue
        if stem[start - 1 : start] in ("v", "V") and _VERSION.search(stem[:start]):
            continue
        if len(digits) == 4 and 1001 <= int(digits) <= 1999 and _is_texture(stem):
            continue
        return match.span()
    return None


@lru_cache(maxsize=256)  # frames of a sequence share the name before their number
def _is_texture(stem: str) -> bool:
    """Return True if a name, with the number of a tile or without it, is that of a texture."""
    return _TEXTURE.search(stem) is not None


def frame_number(path: str) -> int | None:
    """Return the frame number in the last component of a path, None where it has none."""
    name = path.rpartition("/")[2]
    if "\\" in name:
        name = name.rpartition("\\")[2]
    split = name.rsplit(".", 2)  # NAME.FRAME.EXTENSION, as most are
    if len(split) == 3 and split[0]:
        before, digits, _ = split
        if len(digits) < 10 and digits.isascii() and digits.isdigit():
            number = int(digits)
            if number <= MAX_FRAME and not (len(digits) == 4 and 1001 <= number <= 1999 and _is_texture(before)):
                return number
    span = find_frame_span(name)
    return None if span is None else int(name[span[0] : span[1]])
