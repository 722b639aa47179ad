"""A studio's payloads, as six renderers, a compositor and a camera write them, with graded relevance.

Every program has its own attribute names, layer names, compressions and passes; every show its own
resolution, colour space, lenses and versions. File names tell nothing. What changes from frame to frame and
from machine to machine (times, hosts, hashes, matrices, time codes) is drawn anew for each file.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Attributes = list[tuple[str, str, Any]]
Channels = list[tuple[str, str]]  # name and type


@dataclass(frozen=True)
class Show:
    """What a show decides for all of its renders."""

    name: str
    width: int
    height: int
    overscan: int
    color_space: str
    lenses: tuple[float, ...]
    rate: float
    samples: int
    version: int  # index into a program's versions
    lacks: str  # a layer that this show does not render


SHOWS = (
    Show("orca", 1920, 1080, 96, "ACEScg", (35.0, 50.0), 24.0, 6, 0, "sss"),
    Show("kelp", 2048, 858, 0, "ACEScg", (27.0, 40.0), 24.0, 5, 1, "coat"),
    Show("lynx", 4096, 2160, 128, "lin_rec709", (65.0, 85.0), 25.0, 8, 0, "volume"),
    Show("moth", 3840, 1608, 0, "scene-linear Rec.2020", (21.0, 32.0), 30.0, 4, 1, "emission"),
)
SHOTS = ("0110", "0420", "0430", "0700")
VERSIONS = (3, 11, 17)


@dataclass(frozen=True)
class Shot:
    """One rendered frame: where it belongs and its dice for all that weighs nothing."""

    show: Show
    shot: str
    version: int
    frame: int
    dice: random.Random

    def lens(self) -> float:
        """The focal length of this shot."""
        return self.show.lenses[SHOTS.index(self.shot) % len(self.show.lenses)]

    def hexadecimal(self, length: int) -> str:
        """A hash."""
        return "".join(self.dice.choices("0123456789abcdef", k=length))

    def number(self) -> float:
        """A measurement."""
        return self.dice.lognormvariate(3.0, 2.0)

    def matrix(self) -> list[list[float]]:
        """A camera that moves."""
        return [[self.dice.uniform(-9, 9) for _ in range(4)] for _ in range(4)]

    def date(self, form: str = "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z") -> str:
        """A moment, written as a program does."""
        dice = self.dice
        return form.format(
            2026,
            dice.randint(1, 12),
            dice.randint(1, 28),
            dice.randint(0, 23),
            dice.randint(0, 59),
            dice.randint(0, 59),
        )

    def host(self) -> str:
        """A machine of the farm."""
        return f"rn{self.dice.randint(1, 999):03}.farm"


@dataclass(frozen=True)
class Pass:
    """The layers of one kind of output: channel patterns, and how it is stored."""

    layers: tuple[str, ...]
    compression: str = "zip"
    tile: int = 0
    deep: bool = False


@dataclass(frozen=True)
class Program:
    """A program with its passes, versions and habits."""

    software: str
    versions: tuple[str, str]
    passes: Mapping[str, Pass]
    attributes: Any  # (shot, version of the program) -> Attributes
    prefix: str = ""  # before each layer's name


def _arnold(s: Shot, version: str) -> Attributes:
    return [
        ("arnold/version", "string", version),
        ("arnold/AA_samples", "int", s.show.samples),
        ("arnold/GI_depth", "int", 4),
        ("arnold/host/name", "string", s.host()),
        ("arnold/stats/render_time", "float", s.number()),
        ("arnold/stats/peak_memory", "int", s.dice.randint(1 << 28, 1 << 34)),
        ("arnold/scene_file", "string", f"/mnt/prod/{s.show.name}/{s.shot}/lgt_v{s.version:03}.{s.frame}.ass"),
        ("arnold/camera", "string", "/world/shotCamShape"),
        ("arnold/focal_length", "float", s.lens()),
        ("cryptomatte/3ae39a5/manifest", "string", '{"' + s.hexadecimal(40) + '":"' + s.hexadecimal(8) + '"}'),
        ("capDate", "string", s.date("{}:{:02}:{:02} {:02}:{:02}:{:02}")),
        ("worldToCamera", "m44f", s.matrix()),
        ("worldToNDC", "m44f", s.matrix()),
        ("framesPerSecond", "rational", [int(s.show.rate), 1]),
    ]


def _vray(s: Shot, version: str) -> Attributes:
    return [
        ("vrayInfo/vrayversion", "string", f"V-Ray Core {version}"),
        ("vrayInfo/camera", "string", "shotCam"),
        ("vrayInfo/filename", "string", f"P:/{s.show.name}/{s.shot}/v{s.version:03}.vrscene"),
        ("vrayInfo/frame", "string", str(s.frame)),
        ("vrayInfo/renderlasttime", "string", f"0h {s.dice.randint(1, 59)}m {s.number():.1f}s"),
        ("vrayInfo/computername", "string", s.host()),
        ("vrayInfo/datetime", "string", s.date("{}/{:02}/{:02} {:02}:{:02}:{:02}")),
        ("vrayInfo/primitives", "string", str(s.dice.randint(10**5, 10**8))),
        ("vrayInfo/maxSubdivs", "int", s.show.samples * 4),
        ("cameraFocalLength", "float", s.lens()),
        ("cameraAperture", "float", 36.0),
        ("cameraFNumber", "float", 5.6),
        ("cameraTransform", "m44f", s.matrix()),
        ("exrVersion", "int", 2),
    ]


def _renderman(s: Shot, version: str) -> Attributes:
    return [
        ("rman/renderer", "string", f"prman {version}"),
        ("rman/hider:maxsamples", "int", s.show.samples * 128),
        ("rman/integrator", "string", "PxrPathTracer"),
        ("rman/filter", "string", "gaussian 2 2"),
        ("NP", "m44f", s.matrix()),
        ("Nl", "m44f", s.matrix()),
        ("shutter", "v2f", [0.0, 0.5]),
        ("fStop", "float", 2.8),
        ("focalLength", "float", s.lens()),
        ("rman/stats/timers/render", "float", s.number()),
        (
            "rman/job_uuid",
            "string",
            f"{s.hexadecimal(8)}-{s.hexadecimal(4)}-4{s.hexadecimal(3)}-a1b2-{s.hexadecimal(12)}",
        ),
        ("DateTime", "string", s.date("{}:{:02}:{:02} {:02}:{:02}:{:02}")),
        ("HostComputer", "string", s.host()),
    ]


def _redshift(s: Shot, version: str) -> Attributes:
    return [
        ("redshift/version", "string", version),
        ("redshift/unified_max_samples", "int", s.show.samples * 64),
        ("redshift/gi_engine", "string", "brute force"),
        ("redshift/gpu", "string", "RTX 6000 Ada"),
        ("redshift/render_time", "string", f"00:{s.dice.randint(0, 59):02}:{s.dice.randint(0, 59):02}"),
        ("redshift/frame", "int", s.frame),
        ("redshift/seed", "int", s.dice.randint(0, 1 << 30)),
        ("comments", "string", f"{s.show.name} lighting"),
        ("capDate", "string", s.date()),
        ("rs/camera/focalLength", "float", s.lens()),
        ("rs/camera/matrix", "m44f", s.matrix()),
    ]


def _karma(s: Shot, version: str) -> Attributes:
    return [
        ("husk:version", "string", version),
        ("husk:render_stats", "string", f'{{"wall_time": {s.number():.3f}, "rays": {s.dice.randint(1, 10**9)}}}'),
        ("karma:global:pathtracedsamples", "int", s.show.samples * 32),
        ("karma:global:convergencemode", "string", "variance"),
        ("karma:camera:focalLength", "float", s.lens()),
        ("karma:camera:horizontalAperture", "float", 24.89),
        ("houdini:hipfile", "string", f"/mnt/prod/{s.show.name}/fx/shot_{s.shot}_v{s.version:03}.hip"),
        ("houdini:user", "string", s.dice.choice(["ana", "ben", "chloe"])),
        ("renderTime_s", "float", s.number()),
        ("hostComputer", "string", s.host()),
        ("worldToCamera", "m44f", s.matrix()),
        ("timeCode", "timecode", {"time": s.dice.randint(0, 1 << 31), "user": 0}),
    ]


def _cycles(s: Shot, version: str) -> Attributes:
    return [
        ("BlenderMultiChannel", "string", "Blender V2.55.1 and newer"),
        ("Camera", "string", "Camera.shot"),
        ("Date", "string", s.date("{}/{:02}/{:02} {:02}:{:02}:{:02}")),
        ("File", "string", f"/home/ana/{s.show.name}/{s.shot}.blend"),
        ("Frame", "string", f"{s.frame:03}"),
        ("RenderTime", "string", f"{s.dice.randint(0, 59):02}:{s.dice.uniform(0, 59):05.2f}"),
        ("Scene", "string", "Scene"),
        ("Time", "string", f"00:00:{s.dice.randint(0, 59):02}:{s.frame % 24:02}"),
        ("cycles.ViewLayer.samples", "string", str(s.show.samples * 128)),
        ("cycles.ViewLayer.render_time", "string", f"00:{s.dice.uniform(0, 59):05.2f}"),
        ("cycles.ViewLayer.total_time", "string", f"00:{s.dice.uniform(0, 59):05.2f}"),
        ("cryptomatte/f834d0a/hash", "string", "MurmurHash3_32"),
        ("blender/version", "string", version),
        ("xDensity", "float", 72.0),
    ]


def _nuke(s: Shot, version: str) -> Attributes:
    return [
        ("nuke/version", "string", version),
        ("nuke/node_hash", "string", s.hexadecimal(12)),
        ("nuke/full_layer_names", "int", 0),
        ("nuke/input/filename", "string", f"/mnt/prod/{s.show.name}/{s.shot}/plates/bg.{s.frame}.exr"),
        ("nuke/input/ctime", "string", s.date("{}-{:02}-{:02} {:02}:{:02}:{:02}")),
        ("nuke/input/frame_rate", "float", s.show.rate),
        ("nuke/input/timecode", "string", f"01:02:{s.dice.randint(0, 59):02}:{s.frame % 24:02}"),
        ("timeCode", "timecode", {"time": s.dice.randint(0, 1 << 31), "user": 0}),
        ("framesPerSecond", "rational", [int(s.show.rate), 1]),
        ("colorspace/working", "string", s.show.color_space),
    ]


def _arri(s: Shot, version: str) -> Attributes:
    camera = {"orca": "ALEXA 35", "kelp": "ALEXA Mini LF", "lynx": "ALEXA 65", "moth": "ALEXA 35"}[s.show.name]
    return [
        ("cameraMake", "string", "ARRI"),
        ("cameraModel", "string", camera),
        ("cameraSerialNumber", "string", f"K1.00{SHOWS.index(s.show)}512"),
        ("cameraFirmwareVersion", "string", version),
        ("lensModel", "string", f"Signature Prime {s.lens():.0f}mm"),
        ("focalLength", "float", s.lens()),
        ("isoSpeed", "float", 800.0),
        ("expTime", "float", 1 / (2 * s.show.rate)),
        ("whiteBalanceTemperature", "float", 5600.0),
        ("captureRate", "rational", [int(s.show.rate), 1]),
        ("focusDistance", "float", s.number()),
        ("capDate", "string", s.date("{}:{:02}:{:02} {:02}:{:02}:{:02}")),
        ("keyCode", "keycode", {"filmMfcCode": 1, "count": s.dice.randint(0, 9999)}),
        ("timeCode", "timecode", {"time": s.dice.randint(0, 1 << 31), "user": 0}),
        ("reelName", "string", f"A{s.dice.randint(1, 99):03}R1AB"),
        ("imageCounter", "int", s.dice.randint(0, 1 << 20)),
    ]


_RGB = ("R", "G", "B")
_LIGHT = "diffuse_direct diffuse_indirect specular_direct specular_indirect sss transmission volume emission coat"
_CRYPTO = (
    "crypto_object00 crypto_object01 crypto_object02 crypto_material00 crypto_material01 crypto_material02"
).split()

PROGRAMS: Mapping[str, Program] = {
    "arnold": Program(
        "Arnold",
        ("7.2.4.1", "7.3.0.0"),
        {
            "beauty": Pass(("RGBA", *_LIGHT.split()), "dwaa"),
            "utility": Pass(("Z:float", "N:xyz", "P:xyz", "motionvector:xy", "uv:xy"), "zips", tile=64),
            "crypto": Pass(tuple(f"{name}:rgba" for name in _CRYPTO), "zips"),
            "deep": Pass(("RGBA", "Z:float", "ZBack:float"), "zips", deep=True),
        },
        _arnold,
    ),
    "vray": Program(
        "V-Ray",
        ("6.20.01", "6.10.06"),
        {
            "beauty": Pass(
                tuple("RGBA|GI|lighting|reflect|refract|specular|selfIllum|sss|volume|coat".split("|")), "piz"
            ),
            "utility": Pass(("zDepth:float", "normals:xyz", "velocity:xyz", "bumpNormals:xyz"), "zip"),
            "crypto": Pass(("cryptoObject00:rgba", "cryptoObject01:rgba", "cryptoObject02:rgba"), "zips"),
            "lights": Pass(("RGBA", "lightSelect_key", "lightSelect_rim", "lightSelect_dome"), "piz"),
        },
        _vray,
    ),
    "renderman": Program(
        "RenderMan",
        ("26.1", "25.2"),
        {
            "beauty": Pass(
                ("RGBA", *"directDiffuse indirectDiffuse directSpecular indirectSpecular subsurface".split(), "albedo"),
                "pxr24",
            ),
            "variance": Pass(("RGBA", "mse", "albedo_mse", "normal_mse:xyz", "sampleCount:float"), "zips"),
            "utility": Pass(("z:float", "Nn:xyz", "__Pworld:xyz", "__st:xy", "dPdtime:xyz"), "zip"),
            "deep": Pass(("RGBA", "Z:float", "ZBack:float"), "zips", deep=True),
        },
        _renderman,
    ),
    "redshift": Program(
        "Redshift",
        ("3.5.19", "2025.1.0"),
        {
            "beauty": Pass(
                ("RGBA", "DiffuseLighting", "Reflections", "Refractions", "SpecularLighting", "GI", "SSS", "Emission"),
                "dwab",
            ),
            "utility": Pass(("Depth:float", "Normals:xyz", "MotionVectors:xy", "WorldPosition:xyz"), "zip"),
            "puzzle": Pass(("PuzzleMatte1", "PuzzleMatte2", "PuzzleMatte3", "ObjectID:float"), "rle"),
            "crypto": Pass(("CryptoObject00:rgba", "CryptoObject01:rgba"), "zips"),
        },
        _redshift,
    ),
    "karma": Program(
        "Karma",
        ("20.5.278", "20.0.547"),
        {
            "beauty": Pass(
                ("C:rgba", *"combineddiffuse directdiffuse indirectdiffuse combinedglossyreflection sss".split()),
                "zips",
                tile=32,
            ),
            "utility": Pass(("depth:float", "hitN:xyz", "hitP:xyz", "primid:float"), "zips", tile=32),
            "deep": Pass(("C:rgba", "Z:float"), "zips", deep=True),
            "lpe": Pass(("C:rgba", "beauty_key", "beauty_fill", "beauty_rim", "beauty_dome"), "zips", tile=32),
        },
        _karma,
    ),
    "cycles": Program(
        "Blender",
        ("4.2.3", "3.6.14"),
        {
            "beauty": Pass(
                ("Combined:rgba", "DiffDir", "DiffInd", "DiffCol", "GlossDir", "GlossInd", "GlossCol", "Emit", "Env"),
                "zip",
            ),
            "utility": Pass(("Depth:float", "Normal:xyz", "Vector:xyzw", "Mist:float", "UV:xy"), "zip"),
            "crypto": Pass(("CryptoObject00:rgba", "CryptoObject01:rgba", "CryptoMaterial00:rgba"), "zip"),
            "denoise": Pass(("Combined:rgba", "Denoising_Albedo", "Denoising_Normal:xyz", "Noisy_Image:rgba"), "zip"),
        },
        _cycles,
        "ViewLayer.",
    ),
    "nuke": Program(
        "Nuke",
        ("14.0v5", "15.1v2"),
        {
            "comp": Pass(("RGB",), "zip"),
            "precomp": Pass(("RGBA", "depth:float", "mask:a"), "zips"),
            "stmap": Pass(("RGBA", "forward:uv", "backward:uv"), "none"),
            "matte": Pass(("RGBA", "matte_a:rgba", "matte_b:rgba", "matte_c:rgba"), "zips"),
        },
        _nuke,
    ),
    "arri": Program(
        "ARRI Reference Tool",
        ("1.7.1", "1.6.2"),
        {"plate": Pass(("RGB",), "none"), "proxy": Pass(("RGB",), "dwaa"), "clean": Pass(("RGBA",), "piz")},
        _arri,
    ),
}

_COMPONENTS = {
    "rgb": _RGB, "rgba": (*_RGB, "A"), "xyz": ("X", "Y", "Z"), "xyzw": ("X", "Y", "Z", "W"),
    "xy": ("X", "Y"), "uv": ("u", "v"), "a": ("a",),
}  # fmt: skip


def _channels(layers: Sequence[str], prefix: str) -> Channels:
    """The channels of some layers, sorted as files sort them."""
    found: Channels = []
    for pattern in layers:
        layer, _, kind = pattern.partition(":")
        if layer in ("RGB", "RGBA"):
            found += [(component, "half") for component in layer]
        elif kind == "float":
            found.append((f"{prefix}{layer}.Z" if prefix else layer, "float"))
        else:
            pixel = "float" if kind in ("xyz", "xyzw") or "rypto" in layer else "half"
            found += [(f"{prefix}{layer}.{component}", pixel) for component in _COMPONENTS[kind or "rgb"]]
    return sorted(found)


def channel_row(name: str, kind: str = "half", part: int = 0) -> dict[str, Any]:
    """One row of a payload's `channels`."""
    layer, _, component = name.rpartition(".")
    return {
        "part_index": part,
        "name": name,
        "layer_name": layer,
        "component_name": component,
        "type": kind,
        "x_sampling": 1,
        "y_sampling": 1,
        "p_linear": False,
    }


def _window(left: int, top: int, right: int, bottom: int) -> dict[str, list[int]]:
    return {"min": [left, top], "max": [right, bottom]}


def payload(
    program: str, name: str, show: Show, shot: str = "0110", version: int = 3, frame: int = 1001, seed: int = 0
) -> dict[str, Any]:
    """One file's payload; `seed` throws the dice for what weighs nothing."""
    made, kind = PROGRAMS[program], PROGRAMS[program].passes[name]
    taken = Shot(show, shot, version, frame, random.Random(f"{program}{name}{show.name}{shot}{version}{frame}{seed}"))
    release = made.versions[show.version]
    layers = [layer for layer in kind.layers if layer.casefold() != show.lacks]
    border = show.overscan if program not in ("nuke", "arri") else 0
    width, height = show.width + 2 * border, show.height + 2 * border
    data = _window(-border, -border, show.width + border - 1, show.height + border - 1)
    display = _window(0, 0, show.width - 1, show.height - 1)
    box = [*data["min"], *data["max"]]
    attributes: Attributes = [
        ("compression", "compression", kind.compression),
        ("dataWindow", "box2i", box),
        ("displayWindow", "box2i", [0, 0, show.width - 1, show.height - 1]),
        ("lineOrder", "lineOrder", "increasingY"),
        ("pixelAspectRatio", "float", 1.0),
        ("screenWindowCenter", "v2f", [0.0, 0.0]),
        ("screenWindowWidth", "float", 1.0),
        ("Software", "string", f"{made.software} {release}"),
        *made.attributes(taken, release),
    ]
    form = ("deep" if kind.deep else "") + ("tile" if kind.tile else "scanline" if kind.deep else "scanlineimage")
    return {
        "schema_version": 1,
        "file": {
            "path": f"/render/{taken.hexadecimal(10)}.exr",
            "size_bytes": taken.dice.randint(1 << 20, 1 << 27),
            "mtime": taken.date(),
            "frame_number": frame,
            "multipart_count": 1,
            "is_deep": kind.deep,
            "header_hash": taken.hexadecimal(64),
            "is_complete": True,
        },
        "parts": [
            {
                "part_index": 0,
                "part_name": None,
                "part_type": "tiledimage" if form == "tile" else form,
                "view_name": None,
                "multi_view": None,
                "width": width,
                "height": height,
                "data_window": data,
                "display_window": display,
                "pixel_aspect_ratio": 1.0,
                "line_order": "increasingY",
                "compression": kind.compression,
                "color_space": show.color_space,
                "render_software": f"{made.software} {release}",
                "is_tiled": bool(kind.tile),
                "tile_width": kind.tile or None,
                "tile_height": kind.tile or None,
                "tile_depth": 1 if kind.tile else None,
                "level_mode": "one_level" if kind.tile else None,
                "rounding_mode": "down" if kind.tile else None,
                "is_deep": kind.deep,
                "chunk_count": height,
                "chunks_present": height,
            }
        ],
        "channels": [channel_row(channel, pixel) for channel, pixel in _channels(layers, made.prefix)],
        "attributes": {"parts": [[{"name": n, "type": t, "value": v} for n, t, v in attributes]]},
        "stats": {"channels": []},
        "validation": [],
        "errors": [],
    }


@dataclass(frozen=True)
class Render:
    """One file of the studio and what it was rendered for."""

    program: str
    name: str
    show: str
    shot: str
    payload: dict[str, Any]

    def relevance(self, other: Render) -> int:
        """3: same show, program and pass; 2: same program and pass; 1: same program or pass; 0: neither."""
        program, name = self.program == other.program, self.name == other.name
        if program and name:
            return 3 if self.show == other.show else 2
        return 1 if program or name else 0


def renders(programs: Sequence[str] = tuple(PROGRAMS)) -> Iterator[Render]:
    """Every program, pass, show, shot and version, at a frame of its own."""
    frames = random.Random(7)
    for program in programs:
        for name in PROGRAMS[program].passes:
            for show in SHOWS:
                for shot in SHOTS:
                    for version in VERSIONS:
                        made = payload(program, name, show, shot, version, frames.randint(1001, 1240))
                        yield Render(program, name, show.name, shot, made)


def ndcg(gains: npt.NDArray[np.float64], order: npt.NDArray[np.int64], depth: int = 10) -> float:
    """The normalised discounted cumulative gain of an order of files, of which each has its gain."""
    discount = np.array([1 / math.log2(place + 2) for place in range(min(depth, len(gains)))])
    best = float(np.sort(gains)[::-1][: len(discount)] @ discount)
    return float(gains[order[: len(discount)]] @ discount) / best if best else 1.0


def mean_ndcg(vectors: npt.NDArray[np.float32], gains: npt.NDArray[np.float64], queries: Sequence[int]) -> float:
    """The mean over queries; `gains` has a row a query, and each file but the query itself is ranked."""
    found = []
    for row, query in enumerate(queries):
        others = np.array([place for place in range(len(vectors)) if place != query])
        scores = vectors[others] @ vectors[query]
        found.append(ndcg(gains[row][others], np.argsort(-scores, kind="stable")))
    return float(np.mean(found))
