"""Small real OpenEXR files, written byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MAGIC = b"v/1\x01"
CODES = {"none": 0, "rle": 1, "zips": 2, "zip": 3, "piz": 4, "pxr24": 5, "b44": 6, "b44a": 7, "dwaa": 8,
         "dwab": 9, "htj2k256": 10, "htj2k32": 11, "lj2k": 12, "zstd": 13}  # fmt: skip
LINES = {"none": 1, "rle": 1, "zips": 1, "zip": 16, "piz": 32, "pxr24": 16, "b44": 32, "b44a": 32, "dwaa": 32,
         "dwab": 256, "htj2k256": 256, "htj2k32": 32, "lj2k": 256, "zstd": 1}  # fmt: skip
KINDS = {"uint": 0, "half": 1, "float": 2}
SIZES = {"uint": 4, "half": 2, "float": 4}

Attributes = Mapping[str, tuple[str, bytes]]


def attribute(name: str | bytes, kind: str | bytes, data: bytes) -> bytes:
    """One attribute as it stands in a header."""
    name = name.encode() if isinstance(name, str) else name
    kind = kind.encode() if isinstance(kind, str) else kind
    return name + b"\0" + kind + b"\0" + struct.pack("<i", len(data)) + data


def string(text: str) -> tuple[str, bytes]:
    return "string", text.encode()


def integer(number: int) -> tuple[str, bytes]:
    return "int", struct.pack("<i", number)


def real(number: float) -> tuple[str, bytes]:
    return "float", struct.pack("<f", number)


def vector(kind: str, *numbers: float) -> tuple[str, bytes]:
    """Any attribute of equal numbers, by its type's last letter: v2f, m44f, box2i, chromaticities ..."""
    form = {"i": "i", "d": "d"}.get(kind[-1], "f")
    return kind, struct.pack(f"<{len(numbers)}{form}", *numbers)


def time_code(hours: int, minutes: int, seconds: int, frame: int) -> tuple[str, bytes]:
    def bcd(number: int) -> int:
        return number // 10 << 4 | number % 10

    packed = bcd(hours) << 24 | bcd(minutes) << 16 | bcd(seconds) << 8 | bcd(frame)
    return "timecode", struct.pack("<II", packed, 0)


def channel_list(channels: Sequence[str | tuple[str, str]], sampling: Mapping[str, int] | None = None) -> bytes:
    """A chlist; a channel is a name (half) or a name and a type."""
    rows = b""
    for one in channels:
        name, kind = (one, "half") if isinstance(one, str) else one
        step = (sampling or {}).get(name, 1)
        raw = name.encode("utf-8", "surrogateescape")
        rows += raw + b"\0" + struct.pack("<iB3xii", KINDS[kind], 0, step, step)
    return rows + b"\0"


def part_header(
    *,
    width: int = 8,
    height: int = 8,
    channels: Sequence[str | tuple[str, str]] = ("B", "G", "R"),
    compression: str = "none",
    data_window: tuple[int, int, int, int] | None = None,
    display_window: tuple[int, int, int, int] | None = None,
    attributes: Attributes | None = None,
) -> bytes:
    """The attributes of one scan line part, with the NUL that ends them."""
    data = data_window or (0, 0, width - 1, height - 1)
    listed: dict[str, tuple[str, bytes]] = {
        "channels": ("chlist", channel_list(channels)),
        "compression": ("compression", bytes([CODES[compression]])),
        "dataWindow": vector("box2i", *data),
        "displayWindow": vector("box2i", *(display_window or data)),
        "lineOrder": ("lineOrder", b"\0"),
        "pixelAspectRatio": real(1.0),
        "screenWindowCenter": vector("v2f", 0.0, 0.0),
        "screenWindowWidth": real(1.0),
        **(attributes or {}),
    }
    return b"".join(attribute(name, kind, raw) for name, (kind, raw) in listed.items()) + b"\0"


def exr_bytes(parts: Sequence[Mapping[str, Any]] = ({},), *, present: int | None = None) -> bytes:
    """A whole scan line file; with `present` only so many chunks of the last part are written.

    Pixels are zeros, stored plain: readable by every program where the compression is `none`.
    """
    multi = len(parts) > 1
    headers, bodies = [], []
    for number, facts in enumerate(parts):
        facts = dict(facts)
        if multi:
            named = {"name": string(f"part{number}"), "type": string("scanlineimage")}
            count = -(-_height(facts) // LINES[facts.get("compression", "none")])
            named["chunkCount"] = integer(count)
            facts["attributes"] = {**named, **facts.get("attributes", {})}
        headers.append(part_header(**facts))
        bodies.append(_chunks(facts, number if multi else None))
    flags = 0x1000 if multi else 0
    head = MAGIC + struct.pack("<I", 2 | flags) + b"".join(headers) + (b"\0" if multi else b"")
    at = len(head) + 8 * sum(map(len, bodies))
    tables, pixels = b"", b""
    for number, body in enumerate(bodies):
        kept = body if present is None or number < len(bodies) - 1 else body[:present]
        for place in range(len(body)):
            tables += struct.pack("<Q", at if place < len(kept) else 0)
            if place < len(kept):
                pixels += kept[place]
                at += len(kept[place])
    return head + tables + pixels


def _height(facts: Mapping[str, Any]) -> int:
    window = facts.get("data_window")
    return window[3] - window[1] + 1 if window else facts.get("height", 8)


def _chunks(facts: Mapping[str, Any], part: int | None) -> list[bytes]:
    """The chunks of one part."""
    window = facts.get("data_window") or (0, 0, facts.get("width", 8) - 1, facts.get("height", 8) - 1)
    width, height = window[2] - window[0] + 1, window[3] - window[1] + 1
    kinds = ["half" if isinstance(one, str) else one[1] for one in facts.get("channels", ("B", "G", "R"))]
    lines = LINES[facts.get("compression", "none")]
    head = b"" if part is None else struct.pack("<i", part)
    line = width * sum(SIZES[kind] for kind in kinds)
    starts = range(0, height, lines)
    sizes = [line * min(lines, height - start) for start in starts]
    return [
        head + struct.pack("<ii", window[1] + start, size) + bytes(size)
        for start, size in zip(starts, sizes, strict=True)
    ]


def write_exr(path: Path | str, *, present: int | None = None, parts: Any = None, **facts: Any) -> Path:
    """A small file of one part (`facts` as for `part_header`) or of several."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(exr_bytes(parts or (facts,), present=present))
    return path


AOVS = ("diffuse_direct", "diffuse_indirect", "specular_direct", "specular_indirect", "sss", "transmission",
        "volume", "emission", "albedo", "coat")  # fmt: skip


def studio_channels() -> list[str | tuple[str, str]]:
    """40 channels of a beauty render, sorted as writers sort them."""
    rgb = [f"{aov}.{one}" for aov in AOVS for one in "BGR"]
    more = [("N.X", "float"), ("N.Y", "float"), ("N.Z", "float"), ("depth.Z", "float"), ("Z", "float")]
    listed = [*rgb, *more, "A", "B", "G", "R", "crypto.A"]
    return sorted(listed, key=lambda one: one if isinstance(one, str) else one[0])


def studio_attributes(frame: int = 1001, show: str = "orca", **changes: tuple[str, bytes]) -> Attributes:
    """30 attributes of a beauty render, some of which differ from frame to frame."""
    seconds, rest = divmod(frame, 24)
    matrix = [float(x) for x in range(16)]
    matrix[12] = frame * 0.01
    listed = {
        "arnold/version": string("7.2.4.1"),
        "arnold/host/machine": string(f"rack{frame % 7:02}"),
        "arnold/stats/render_time": real(30.0 + frame % 11),
        "arnold/AA_samples": integer(6),
        "arnold/GI_diffuse_samples": integer(3),
        "arnold/GI_specular_samples": integer(2),
        "arnold/color_manager": string("color_manager_ocio"),
        "capDate": string(f"2026:11:04 18:{seconds % 60:02}:{rest:02}"),
        "cameraName": string("shotCam"),
        "cameraFocalLength": real(35.0),
        "cameraAperture": real(36.0),
        "cameraFStop": real(5.6),
        "chromaticities": vector("chromaticities", 0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
        "colorSpace": string("ACEScg"),
        "comments": string(f"{show} lighting, warm key"),
        "expTime": real(0.0208333),
        "framesPerSecond": ("rational", struct.pack("<iI", 24, 1)),
        "owner": string(f"{show} studio"),
        "software": string("Arnold 7.2.4.1"),
        "timeCode": time_code(1, seconds // 60 % 60, seconds % 60, rest),
        "worldToCamera": vector("m44f", *matrix),
        "worldToNDC": vector("m44f", *matrix),
    }
    return {**listed, **changes}


def studio_file(path: Path | str, frame: int = 1001, show: str = "orca", **changes: Any) -> Path:
    """A beauty render of 40 channels and 30 attributes, 2 pixels by 2."""
    facts = {"width": 2, "height": 2, "channels": studio_channels(), **changes}
    return write_exr(path, attributes=studio_attributes(frame, show), **facts)
