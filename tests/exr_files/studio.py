"""Writer of typical beauty renders: 40 channels and 30 attributes."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from tests.exr_files.values import Attributes, integer, real, string, time_code, vector
from tests.exr_files.writing import write_exr

AOVS = ("diffuse_direct", "diffuse_indirect", "specular_direct", "specular_indirect", "sss", "transmission",
        "volume", "emission", "albedo", "coat")  # fmt: skip


def studio_channels() -> list[str | tuple[str, str]]:
    """Return 40 channels of a beauty render, in the order of writers."""
    rgb = [f"{aov}.{channel}" for aov in AOVS for channel in "BGR"]
    more = [("N.X", "float"), ("N.Y", "float"), ("N.Z", "float"), ("depth.Z", "float"), ("Z", "float")]
    listed = [*rgb, *more, "A", "B", "G", "R", "crypto.A"]
    return sorted(listed, key=lambda channel: channel if isinstance(channel, str) else channel[0])


def studio_attributes(frame: int = 1001, show: str = "orca", **changes: tuple[str, bytes]) -> Attributes:
    """Return 30 attributes of a beauty render; some differ from frame to frame."""
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
    """Write a beauty render of 40 channels and 30 attributes, 2 × 2 pixels; return its path."""
    facts = {"width": 2, "height": 2, "channels": studio_channels(), **changes}
    return write_exr(path, attributes=studio_attributes(frame, show), **facts)


def studio_frames(folder: Path, count: int, sequences: int) -> None:
    """Write `count` beauty renders in sequences of equal length and different set-up, one folder per sequence."""
    length = count // sequences
    for number in range(sequences):
        where = folder / f"sh{number:03}" / "beauty"
        for frame in range(1001, 1001 + length):
            studio_file(where / f"sh{number:03}_beauty.{frame}.exr", frame, f"show{number % 3}", height=2 + number % 5)
