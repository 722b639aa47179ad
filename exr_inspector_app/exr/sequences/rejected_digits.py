"""Rules for digits in file names that are never a frame: versions, resolutions, dates, encodings and UDIM tiles."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

MAX_FRAME = 2**31 - 1
MAX_DIGITS = 20  # int() is quadratic in the number of digits
MIN_GLUED_DIGITS = 4  # `img0998`, `img1001`; shorter runs after a letter need a leading zero

_VERSION = re.compile(r"(?:^|[^A-Za-z])(?:v|ver|vers|version|rev|revision)[._-]?$|[A-Za-z]v$|ver$", re.IGNORECASE)
_ENCODING = re.compile(
    r"(?:^|[^A-Za-z])(?:[a-z]*(?:adx|log|slog|aces|rec|bt|itur|fp|float|half|uint|int|bit|bits|bpp|gamma|srgb|p3d|mip|lod)"
    r"|d|p|f|r|rgb|rgba)$|adx$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:k|p|i|x|f|bit|bits|bpp|b|fps|mm|cm|deg|spp|px|nit|nits|ev|stops?|st|nd|rd|th|d)(?![A-Za-z])", re.IGNORECASE
)
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_DATE_BEFORE = re.compile(r"(?:19|20)[0-9]{2}([._-]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])[T._-]$")
_TEXTURE_FOLDER = re.compile(
    r"(?:^|[^a-z])(?:tex|tx|textures?|udims?|maps|texturemaps|sourceimages)(?:[^a-z]|$)", re.IGNORECASE
)
_TEXTURE_WORD = re.compile(r"udim|mari(?![a-z])|textures?|(?:^|[^A-Za-z])te?x(?:[^A-Za-z]|$)", re.IGNORECASE)
_MAP_WORD = re.compile(
    r"base[._-]?colou?r|roughness|metal(?:lic|ness|lness)|displace(?:ment)?|normal|albedo|bump|height|specular"
    r"|diffuse[._-]?colou?r|opacity|gloss(?:iness)?|cavity|sub[._-]?surface|sheen|coat|anisotropy|transmission|(?:^|[._-])disp",
    re.IGNORECASE,
)


def is_padded(numbers: Collection[str]) -> bool:
    """Return whether one of several numbers has a leading zero."""
    return any(len(digits) > 1 and digits[0] == "0" for digits in numbers)


def _is_near(numbers: Collection[str]) -> bool:
    """Return whether numbers lie as close together as frames and not as minutes of a day."""
    values = sorted(int(digits) for digits in numbers if len(digits) < MAX_DIGITS)
    return values[-1] - values[0] < 4 * len(values)


def is_rejected(stem: str, digits: str, start: int, end: int, numbers: Collection[str]) -> bool:
    """Return whether digits are a version, a resolution, a date, a time, a stamp, a bit depth or an encoding."""
    before, after = stem[:start], stem[end:]
    if len(digits) > MAX_DIGITS or (int(digits) > MAX_FRAME and not is_padded(numbers)):
        return True
    if is_version(before, digits) or _is_stamp(before, digits, numbers):
        return True
    if re.search(r"[0-9]x$", before, re.IGNORECASE) or re.match(r"x[0-9]", after, re.IGNORECASE):
        return True
    if _UNIT.match(after) and not (len(digits) > 2 and is_padded(numbers)):
        return True
    return len(digits) <= 5 and bool(_ENCODING.search(before)) and not is_padded(numbers)


def is_version(before: str, digits: str) -> bool:
    """Return whether digits after `before` are a version: `v012`, `compv12`, `_ver03`."""
    match = _VERSION.search(before)
    if match is None:
        return False
    is_separate = (len(match[0]) > 1 and not match[0][0].isalpha()) or match.start() == 0
    return is_separate or len(digits) < MIN_GLUED_DIGITS


def _is_stamp(before: str, digits: str, numbers: Collection[str]) -> bool:
    """Return whether digits are a date, a time of day, or a time stamp of eight digits or more."""
    if len(digits) >= 8 and (not is_padded(numbers) or _DAY.match(digits)):
        return True
    if len(digits) <= 2 and re.search(r"[0-9][-:]$", before):  # 18-09-00, 1809-00
        return True
    if len(digits) in (4, 6) and _DATE_BEFORE.search(before):
        return len(digits) == 6 or not _is_near(numbers)
    return len(digits) == 2 and bool(re.search(r"(?:^|[^0-9])(?:19|20)[0-9]{2}([._-])(?:0[1-9]|1[0-2])\1$", before))


def is_tile(stem: str, folder: str, match: re.Match[str], numbers: Collection[str]) -> bool:
    """Return whether digits are a UDIM tile: 1001 to 1999 where folder, file or map name is of a texture."""
    if len(match[0]) != 4 or not 1001 <= int(match[0]) <= 1999:
        return False
    before = stem[: match.start()]
    if re.search(r"(?:^|[^0-9])1[0-9]{3}[._]$", before) and is_texture_name(before):
        return False  # the tile precedes the frame: `fire_udim.1001.1051`
    if is_texture_folder(folder) or _TEXTURE_WORD.search(before):
        return True
    return _MAP_WORD.search(before) is not None and not _is_long_range(numbers)


def _is_long_range(numbers: Collection[str]) -> bool:
    """Return whether numbers are more in one row than tiles of a texture are."""
    values = sorted({int(digits) for digits in numbers if len(digits) == 4})
    return len(values) > 20 and values[-1] - values[0] < 1.5 * len(values)


@lru_cache(maxsize=1024)
def is_texture_folder(folder: str) -> bool:
    """Return whether the name of a folder is one for textures."""
    tail = re.split(r"[/\\]", folder)[-1]
    return _TEXTURE_FOLDER.search(tail) is not None


@lru_cache(maxsize=1024)
def is_texture_name(name: str) -> bool:
    """Return whether a file name is that of a texture or of one of its maps."""
    return _TEXTURE_WORD.search(name) is not None or _MAP_WORD.search(name) is not None
