"""Programs of a studio: releases, passes, compressions, and header attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.exr_files import integer, real, string
from tests.studio import renderers
from tests.studio.production import Take
from tests.studio.renderers import Listed, code, rate


@dataclass(frozen=True)
class Program:
    """Program with its conventions."""

    releases: tuple[str, str, str]
    passes: Mapping[str, str]  # and the compression of each
    attributes: Callable[[Take, str], Listed]
    tile: int = 0


def nuke(take: Take, release: str) -> Listed:
    show = take.show
    plate = f"{show.root}/{take.shot}/plates/bg_v{take.version:03}.{take.frame}.exr"
    return {
        "nuke/version": string(release),
        "nuke/node_hash": string(take.hexadecimal(12)),
        "nuke/full_layer_names": integer(0),
        "nuke/input/filename": string(plate),
        "nuke/input/ctime": string(take.date("{}-{:02}-{:02} {:02}:{:02}:{:02}")),
        "nuke/input/mtime": string(take.date("{}-{:02}-{:02} {:02}:{:02}:{:02}")),
        "nuke/input/filesize": string(str(take.large())),
        "nuke/input/frame": integer(take.frame),
        "nuke/input/frame_rate": real(show.rate[0] / show.rate[1]),
        "nuke/input/width": integer(show.width),
        "nuke/input/height": integer(show.height),
        "nuke/input/timecode": string(f"01:02:{take.dice.randint(0, 59):02}:{take.frame % 24:02}"),
        "nuke/script": string(f"{show.root}/{take.shot}/comp/{take.shot}_comp_v{take.version:03}.nk"),
        "nuke/colorspace": string(show.color_space),
        "timeCode": code(take),
        "framesPerSecond": rate(take),
    }


def arri(take: Take, release: str) -> Listed:
    show = take.show
    return {
        "Software": string(f"ARRI Reference Tool {release}"),
        "cameraMake": string("ARRI"),
        "cameraModel": string(show.camera),
        "cameraSerialNumber": string(f"K1.00{take.show.samples}512"),
        "cameraFirmwareVersion": string(release),
        "lensModel": string(f"Signature Prime {take.lens:.0f}mm"),
        "lensSerialNumber": string(f"{int(take.lens) * 317}"),
        "focalLength": real(take.lens),
        "aperture": real(take.settings.choice((2.0, 2.8, 4.0, 5.6))),
        "focus": real(take.seconds()),
        "isoSpeed": real(800.0),
        "expTime": real(show.rate[1] / (2 * show.rate[0])),
        "whiteBalanceTemperature": real(take.settings.choice((3200.0, 5600.0))),
        "captureRate": rate(take),
        "capDate": string(take.date("{}:{:02}:{:02} {:02}:{:02}:{:02}")),
        "timeCode": code(take),
        "reelName": string(f"A{take.dice.randint(1, 99):03}R1{take.hexadecimal(2).upper()}"),
        "imageCounter": integer(take.large()),
        "production": string(show.name),
        "colorSpace": string("ARRI Wide Gamut 4"),
    }


PROGRAMS: Mapping[str, Program] = {
    "arnold": Program(
        ("7.1.4.2", "7.2.4.1", "7.3.0.0"),
        {"beauty": "dwaa", "utility": "zips", "crypto": "zips", "lights": "dwaa", "deep": "zips", "denoise": "zips"},
        renderers.arnold,
        64,
    ),
    "vray": Program(
        ("6.00.05", "6.10.06", "6.20.01"),
        {"beauty": "piz", "utility": "zip", "crypto": "zips", "lights": "piz", "matte": "rle"},
        renderers.vray,
    ),
    "renderman": Program(
        ("25.2", "26.0", "26.1"),
        {"beauty": "pxr24", "utility": "zip", "crypto": "zips", "lights": "pxr24", "deep": "zips", "denoise": "zips"},
        renderers.renderman,
    ),
    "redshift": Program(
        ("3.5.19", "2025.1.0", "2025.3.0"),
        {"beauty": "dwab", "utility": "zip", "crypto": "zips", "lights": "dwab", "matte": "rle"},
        renderers.redshift,
    ),
    "karma": Program(
        ("19.5.773", "20.0.547", "20.5.278"),
        {"beauty": "zips", "utility": "zips", "crypto": "zips", "lights": "zips", "deep": "zips", "denoise": "zips"},
        renderers.karma,
        32,
    ),
    "cycles": Program(
        ("3.6.14", "4.1.0", "4.2.3"),
        {"beauty": "zip", "utility": "zip", "crypto": "zip", "lights": "zip", "denoise": "zip"},
        renderers.cycles,
    ),
    "nuke": Program(("13.2v4", "14.0v5", "15.1v2"), {"comp": "zip", "precomp": "zips", "matte": "zips"}, nuke),
    "arri": Program(("1.6.2", "1.7.0", "1.7.1"), {"plate": "none", "comp": "dwaa"}, arri),
}
RENDERERS = tuple(name for name in PROGRAMS if name not in ("nuke", "arri"))
