"""Rules for digits in file names that are never a frame: versions, resolutions, dates, encodings and UDIM tiles."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from exr_inspector_app.text.lazy_pattern import lazy_pattern

MAX_FRAME = 2**31 - 1
MAX_DIGITS = 20  # int() is quadratic in the number of digits
MIN_GLUED_DIGITS = 4  # `img0998`, `img1001`; shorter runs after a letter need a leading zero

_VERSION = lazy_pattern(
    r"(?:^|[^A-Za-z])(?:v|ver|vers|version|rev|revision)[._-]?$|(?:^|[^A-Za-z])(?:wip|take|tk)$|[A-Za-z]v$|ver$",
    re.IGNORECASE,
)
_ENCODING = lazy_pattern(
    r"(?:^|[^A-Za-z])(?:[a-z]*(?:adx|log|slog|aces|rec|bt|itur|gamma|srgb|p3d|mip|lod)|p)$|adx$"
    r"|(?:rec|bt|gamma)[._ -]$",
    re.IGNORECASE,
)
_DEPTH = lazy_pattern(  # of bits, or a white point
    r"(?:^|[^A-Za-z])(?:[a-z]*(?:fp|float|half|uint|int|unorm|snorm|bit|bits|bpp)|d|f|r|rg|rgb|rgba)$", re.IGNORECASE
)
_DEPTHS = frozenset("8 10 12 14 16 24 32 64 50 55 60 65 75".split())
SIZES = frozenset(
    [64, 128, 256, 512, 720, 1024, 1080, 1440, 1556, 1920, 2048, 2160, 3072, 3840, 4096, 4320, 7680, 8192, 16384, 32768]
)
_RATIO = lazy_pattern(  # of a picture, or a frame rate
    r"(?:^|[^0-9.])(?:1\.(?:33|37|66|77|78|85|90)|2\.(?:00|20|35|39|40|76)"
    r"|23\.97(?:6|60)?|23\.98|29\.97|47\.95|59\.94|119\.88)$"
)
_INDEX = lazy_pattern(  # of a camera, a light, a tile or a rank: `cam01`, `x00_y01`, `crypto_object00`
    r"(?:^|[^A-Za-z])(?:cam|camera|light|lgt|lamp|layer|tile|mip|lod|x|y|u)$|[a-z](?:Cam|Camera|Light|Layer|Tile)$"
    r"|crypto(?:matte|_?(?:object|material|asset))?$"
)
_UUID = lazy_pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_UNIT = lazy_pattern(
    r"(?:k|p|i|x|f|bit|bits|bpp|b|fps|mm|cm|deg|spp|px|nit|nits|ev|stops?|st|nd|rd|th|d)(?![A-Za-z])", re.IGNORECASE
)
_DAY = lazy_pattern(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_DATE_BEFORE = lazy_pattern(r"(?:19|20)[0-9]{2}([._-]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])[T._-]$")
_DAY_FIRST = lazy_pattern(r"(?:^|[^0-9])(?:0[1-9]|[12][0-9]|3[01])([._-])(?:0[1-9]|1[0-2])\1$")
_CLOCK = lazy_pattern(r"(?:^| |[0-9]{2}[T_-])(?:[01][0-9]|2[0-3])([.:_-])[0-5][0-9]\1$")
_MOMENT = lazy_pattern(r"(?:0[1-9]|[12][0-9]|3[01])[T_ -](?:[01][0-9]|2[0-3])([-:.]?)[0-5][0-9]\1[0-5][0-9][.,]$")
_BELOW_TEXTURES = lazy_pattern(  # names of folders that only sort their content
    r"v(?:er)?[0-9]+|[0-9]+k|exr|tif|tx|src|source|pub(?:lish)?(?:ed)?|latest|master|udims?|(?:lin|acescg|raw|srgb)",
    re.IGNORECASE,
)
_TEXTURE_FOLDER = lazy_pattern(
    r"(?:^|[^a-z])(?:tex|tx|textures?|udims?|maps|texturemaps|sourceimages)(?:[^a-z]|$)", re.IGNORECASE
)
_TEXTURES = lazy_pattern(r"te?x|textures?|udims?|sourceimages", re.IGNORECASE)
_RENDERS = lazy_pattern(r"render|rndr|comp(?![a-z])|beauty|turn|look|preview|output|images|bake", re.IGNORECASE)
_TEXTURE_WORD = lazy_pattern(r"udim|mari(?![a-z])|textures?|(?:^|[^A-Za-z])te?x(?:[^A-Za-z]|$)", re.IGNORECASE)
_MAP_WORD = lazy_pattern(
    r"base[._-]?colou?r|roughness|metal(?:lic|ness|lness)|displace(?:ment)?|normal|albedo|bump|height|specular"
    r"|diffuse[._-]?colou?r|opacity|gloss(?:iness)?|cavity|sub[._-]?surface|sheen|coat|anisotropy|transmission"
    r"|emissive|(?:^|[._-])(?:z?displ?|vdm)(?![a-z])",
    re.IGNORECASE,
)
_PASS_WORD = lazy_pattern(  # a map or a pass of a render: the numbers decide
    r"(?:^|[._-])(?i:diff(?:use)?|emission|ao|(?:ambient)?occlusion|mask|col(?:ou?r)?|spec|rough|nrm|alpha|dm)[._-]?$"
    r"|(?:Diffuse|Emission|Occlusion|Mask|Colou?r)[._-]?$"
)
# A word of each expression above, without which it cannot match: compiling them takes 1 ms of a start of `inspect`.
_IN_TEXTURE_FOLDER = ("tex", "tx", "udim", "maps", "source")
_IN_TEXTURE_WORD = ("udim", "mari", "tex", "tx")
_IN_MAP_WORD = (
    *("base", "rough", "metal", "disp", "normal", "albedo", "bump", "height", "specular", "diffuse", "opacity"),
    *("gloss", "cavity", "sub", "sheen", "coat", "anisotropy", "transmission", "emissive", "vdm"),
)
_IN_PASS_WORD = ("diff", "emission", "ao", "occlusion", "mask", "col", "spec", "rough", "nrm", "alpha", "dm")
_SEPARATORS = (".", "_", " ", "-")
_DECIMAL_DIGITS = frozenset("0123456789")
_SHORT_DAY = lazy_pattern(r"(?:1[5-9]|2[0-9]|3[0-5])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")  # 261130
_SURE_MAP = lazy_pattern(r"base[._-]?colou?r|roughness|metal(?:lic|ness|lness)|displacement", re.IGNORECASE)


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
    if is_version(before, digits) or _is_stamp(before, digits, numbers) or _UUID.search(stem):
        return True
    if re.search(r"[0-9]x$", before, re.IGNORECASE) or re.match(r"x[0-9]", after, re.IGNORECASE):
        return True
    if (unit := _UNIT.match(after)) and not (len(digits) > 2 and len(unit[0]) == 1 and is_padded(numbers)):
        return True
    if len(digits) == 2 and _INDEX.search(before):
        return True
    if _is_counter(before, after) and not is_padded(numbers):
        return True
    if is_resolution(numbers) or all(_RATIO.search(before + number) for number in numbers):
        return True
    return len(digits) <= 5 and is_encoding(before, digits) and not is_padded(numbers)


def _is_counter(before: str, after: str) -> bool:
    """Return whether digits count the copies of a file, `a (2)` and `a copy 2`, or the maps of a scene of Unity."""
    if before.endswith(" ("):
        return after.startswith(")")
    return before.lower().endswith((" copy ", "lightmap-", "reflectionprobe-"))


def is_resolution(numbers: Collection[str]) -> bool:
    """Return whether numbers are the sizes of one picture, as 1024 and 2048 are."""
    return len(numbers) > 1 and {int(digits) for digits in numbers if len(digits) < MAX_DIGITS} <= SIZES


def is_encoding(before: str, digits: str) -> bool:
    """Return whether digits belong to the name of an encoding, of a gamma or of a bit depth."""
    is_decimal = before.endswith(".") and before[-2:-1] in _DECIMAL_DIGITS
    if is_decimal and _ENCODING.search(before[:-2]):  # gamma2.2
        return True
    if before.endswith(_SEPARATORS):  # checked without an expression: most names of frames continue like this
        return before[:-1].lower().endswith(("rec", "bt", "gamma"))
    return bool(_ENCODING.search(before)) or (digits in _DEPTHS and bool(_DEPTH.search(before)))


def is_version(before: str, digits: str) -> bool:
    """Return whether digits after `before` are a version: `v012`, `compv12`, `_ver03`, `take02`."""
    if len(digits) < MIN_GLUED_DIGITS and before.lower().endswith(("_r", ".r", "-r")):
        return True
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
    if len(digits) == 4 and digits[:2] in ("19", "20") and len(numbers) == 1 and _DAY_FIRST.search(before):
        return True
    if len(digits) == 2 and _CLOCK.search(before):
        return True
    if len(digits) in (3, 6) and _MOMENT.search(before):
        return True
    if len(digits) == 6 and before.endswith("_") and all(map(_SHORT_DAY.fullmatch, numbers)):
        return True
    if len(digits) in (4, 6) and _DATE_BEFORE.search(before):
        return len(digits) == 6 or not _is_near(numbers)
    return len(digits) == 2 and bool(re.search(r"(?:^|[^0-9])(?:19|20)[0-9]{2}([._-])(?:0[1-9]|1[0-2])\1$", before))


def is_tile(stem: str, folder: str, match: re.Match[str], numbers: Collection[str]) -> bool:
    """Return whether digits are a UDIM tile: 1001 to 1999 where folder, file or map name is of a texture."""
    if len(match[0]) != 4 or not 1001 <= int(match[0]) <= 1999:
        return False
    before, after = stem[: match.start()], stem[match.end() :]
    if re.search(r"(?:^|[^0-9])1[0-9]{3}[._]$", before) and is_texture_name(before):
        return False  # the tile precedes the frame: `fire_udim.1001.1051`
    if is_texture_folder(folder) or _has_texture_word(before):
        return True
    if _has_map_word(before) or is_below_textures(folder):
        return not _is_long_range(numbers)
    if after and _has_map_word(after):  # `hero_1001_BaseColor`; `b.1001.normal` may be a pass
        return _jumps_to_next_row(numbers) or (_SURE_MAP.search(after) is not None and not _is_long_range(numbers))
    map_name = _map_of_folder(folder)
    if map_name and (_jumps_to_next_row(numbers) or (_SURE_MAP.fullmatch(map_name) and not _is_long_range(numbers))):
        return True
    return _jumps_to_next_row(numbers) and _has_pass_word(before)


def _has_texture_word(text: str) -> bool:
    return _may_have(text, _IN_TEXTURE_WORD) and _TEXTURE_WORD.search(text) is not None


def _has_map_word(text: str) -> bool:
    return _may_have(text, _IN_MAP_WORD) and _MAP_WORD.search(text) is not None


def _has_pass_word(text: str) -> bool:
    return _may_have(text, _IN_PASS_WORD) and _PASS_WORD.search(text) is not None


def _may_have(text: str, words: Collection[str]) -> bool:
    """Return False if a text has none of the words in any case; True for texts with letters beyond ASCII."""
    lowered = text.lower()
    return not text.isascii() or any(word in lowered for word in words)


def _jumps_to_next_row(numbers: Collection[str]) -> bool:
    """Return whether numbers continue at 1011 or 1021 before the row of ten is full, as tiles do."""
    values = {int(digits) for digits in numbers if len(digits) == 4}
    return any(value % 10 == 1 and value > 1001 and value - 1 not in values for value in values)


def _is_long_range(numbers: Collection[str]) -> bool:
    """Return whether numbers are more in one row than tiles of a texture are."""
    values = sorted({int(digits) for digits in numbers if len(digits) == 4})
    return len(values) > 20 and values[-1] - values[0] < 1.5 * len(values)


@lru_cache(maxsize=1024)
def is_texture_folder(folder: str) -> bool:
    """Return whether a folder is one for textures, by its name or by that above a version or a resolution."""
    if not _may_have(folder, _IN_TEXTURE_FOLDER):
        return False
    names = re.split(r"[/\\]", folder)
    while len(names) > 1 and _BELOW_TEXTURES.fullmatch(names[-1]) and not _TEXTURE_FOLDER.search(names[-1]):
        names.pop()
    return _TEXTURE_FOLDER.search(names[-1]) is not None


@lru_cache(maxsize=1024)
def is_below_textures(folder: str) -> bool:
    """Return whether a folder is the one of an asset directly below a folder for textures, `textures/hero`."""
    if not _may_have(folder, _IN_TEXTURE_FOLDER):
        return False
    names = re.split(r"[/\\]", folder)
    while len(names) > 1 and _BELOW_TEXTURES.fullmatch(names[-1]):
        names.pop()
    return len(names) > 1 and bool(_TEXTURES.fullmatch(names[-2])) and not _RENDERS.search(names[-1])


@lru_cache(maxsize=1024)
def is_map_folder(folder: str) -> bool:
    """Return whether a folder has the name of a map, which may be that of a pass too."""
    return _map_of_folder(folder) != ""


def _map_of_folder(folder: str) -> str:
    name = re.split(r"[/\\]", folder)[-1]
    return name if _may_have(name, _IN_MAP_WORD) and _MAP_WORD.fullmatch(name) else ""


@lru_cache(maxsize=1024)
def is_texture_name(name: str) -> bool:
    """Return whether a file name is that of a texture or of one of its maps."""
    return _has_texture_word(name) or _has_map_word(name) or _has_pass_word(name)
