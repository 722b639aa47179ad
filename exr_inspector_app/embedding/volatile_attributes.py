"""Volatile attributes: rules for names, types and text that vary by frame or machine, which embeddings ignore."""

from __future__ import annotations

import re
from functools import lru_cache

# Times, paths, users, machines, ids, measurements and counters.
_NAMES = re.compile(
    r"(?<!up)date|time(?!base)|clock|utc|host|machine|computer|hash|md5|checksum|uuid|guid|seed|\bpid\b"
    r"|stats|memory|peak|elapsed|duration|progress|manifest|counter|uptime"
    r"|frame(?!s?_?per_?sec|_?rate|s?_?width|s?_?height)|keycode|edgecode|imagenumber|shutter(?:open|close)time"
    r"|(?:^|[^a-z])(?:user|owner|artist|login|author)(?:name)?(?![a-z])"
    r"|path(?!_?trac)|(?<!pro)file(?!format|type)|output|focus(?:_?distance)?$|reel(?:_?name)?$"
    r"|cpu|gpu|cores|threads|vmem|vram|(?<![a-z])(?:ram|rss|mb|rays|ip)(?![a-z])|primitives|triangles|polygons"
    r"|job_?(?:id|uuid|number|key)|worker|workstation|render_?node|submit|session|command_?line|random"
)
_SETTINGS = frozenset(["exptime", "exposuretime", "shuttertime", "exif:exposuretime", "timecoderate", "cameraframes"])
# Matrices move with the camera; preview, ID manifest and raw bytes are content.
_TYPES = frozenset(["m33f", "m33d", "m44f", "m44d", "timecode", "keycode", "preview", "idmanifest", "bytes"])
_CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}"  # uuid
    r"|\b[0-9]{4}[-:/.][0-9]{1,2}[-:/.][0-9]{1,2}\b|\b[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}\b"  # date
    r"|\b[0-9]{1,3}:[0-9]{2}(?::[0-9]{2})?(?:[.:;][0-9]+)?\b"  # time
    r"|\b(?=[a-z]*[0-9])[0-9a-f]{12,}\b"  # hash
    r"|[0-9]{3,}"  # frame, address, amount; numbers of versions are shorter
)
_NAME_HASH = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]{6,}")


@lru_cache(maxsize=1 << 14)
def is_volatile(name: str, kind: str) -> bool:
    """Return True if the value of an attribute with this name and type varies by frame or machine."""
    low = name.lower()
    return kind in _TYPES or (low not in _SETTINGS and _NAMES.search(low) is not None)


@lru_cache(maxsize=1 << 14)
def stable_name(name: str) -> str:
    """Return the name in lower case, with `#` in place of hashes such as in `cryptomatte/9f1d0a2/name`."""
    return _NAME_HASH.sub("#", name.lower())


@lru_cache(maxsize=1 << 14)
def stable_text(text: str) -> str:
    """Return the text in lower case, with `#` in place of dates, times, ids and long numbers."""
    return _CHANGING.sub("#", text.lower()).strip()
