"""Sample renders of the start page, computed by `.venv/bin/python packaging/sample.py`.

A small still life, traced here: two versions of a beauty pass with their layers, a Cryptomatte-like pass with a
gap, and a frame that was never finished. Everything is computed, so the files have no license restrictions.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import OpenEXR
import OpenImageIO as oiio

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "resources" / "sample"
WIDTH, HEIGHT, OVERSCAN = 240, 135, 8
FINER = 2  # rays a pixel, each way

Array = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Ball:
    """Sphere of the scene."""

    centre: tuple[float, float, float]
    radius: float
    colour: tuple[float, float, float]
    shine: float


TABLE = Ball((0, -1000, 0), 1000.0, (0.20, 0.11, 0.06), 0.05)
BALLS = (
    TABLE,
    Ball((-1.15, 0.62, 0.1), 0.62, (0.75, 0.30, 0.08), 0.25),
    Ball((0.15, 0.85, -0.6), 0.85, (0.10, 0.22, 0.45), 0.9),
    Ball((1.15, 0.42, 0.35), 0.42, (0.62, 0.05, 0.07), 0.6),
    Ball((0.42, 0.22, 1.0), 0.22, (0.80, 0.72, 0.45), 1.5),
    Ball((-0.42, 0.3, 0.95), 0.3, (0.16, 0.35, 0.12), 0.4),
)


def main() -> int:
    """Write the files."""
    for frame in range(1001, 1004):
        layers = render(frame, key=1.0)
        write(f"lighting/beauty/v002/beauty.{frame}.exr", layers, frame, "7.2.4.1")
        softer = render(frame, key=0.45)
        write(f"lighting/beauty/v001/beauty.{frame}.exr", softer, frame, "7.2.3.0", without="coat")
        if frame != 1002:
            write(f"lighting/crypto/v002/crypto.{frame}.exr", ids(layers), frame, "7.2.4.1")
    whole = OUT / "lighting/beauty/v002/beauty.1003.exr"
    unfinished = OUT / "fx/sparks/v001/sparks.1001.exr"
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    data = whole.read_bytes()
    unfinished.write_bytes(data[: len(data) * 3 // 5])
    for frame in (1001, 1002, 1003):
        picture(OUT / f"lighting/beauty/v002/beauty.{frame}.exr", ROOT / f"resources/start/{frame - 1000}.png")
    return 0


def render(frame: int, key: float) -> dict[str, Array]:
    """Return the layers of one frame: linear, (height, width, components)."""
    turn = (frame - 1001) * 0.12
    eye = np.array([np.sin(turn) * 4.6, 1.5, np.cos(turn) * 4.6])
    rays = _rays(eye, np.array([0.0, 0.55, 0.0]))
    hit, depth, normal = _trace(eye, rays)
    colour = np.array([ball.colour for ball in BALLS])[hit]
    shine = np.array([ball.shine for ball in BALLS])[hit][..., None]
    there = (depth < 60)[..., None]
    point = eye + rays * depth[..., None]
    lamp, fill = np.array([-2.2, 2.6, 1.6]), np.array([3.0, 1.8, 2.2])
    direct, direct_shine = _light(point, normal, rays, lamp, np.array([9.0, 5.2, 2.2]) * key)
    rim, rim_shine = _light(point, normal, rays, fill, np.array([0.7, 1.1, 2.0]))
    bounce = np.clip(0.5 + 0.5 * normal[..., 1:2], 0, 1) * np.array([0.035, 0.04, 0.06])
    diffuse, indirect = (direct + rim) * colour * there, bounce * colour * there
    specular = (direct_shine + rim_shine) * shine * there
    coat = specular * 0.2
    off = np.linalg.norm(np.cross(rays, lamp - eye), axis=-1, keepdims=True)
    glow = np.exp(-3 * off**2) * np.array([0.5, 0.25, 0.08])
    beauty = diffuse + indirect + specular + coat + glow * key
    layers = {"": np.concatenate([beauty, there], -1), "diffuse_direct": diffuse, "diffuse_indirect": indirect}
    layers |= {"specular_direct": specular, "coat": coat, "emission": glow * key, "albedo": colour * there}
    layers |= {"N": normal * there, "depth": np.where(there, depth[..., None], 1e4), "id": hit[..., None]}
    return {name: _reduced(name, pixels).astype(np.float32) for name, pixels in layers.items()}


def _reduced(name: str, pixels: Array) -> Array:
    """Return the mean of the rays of each pixel, or one of them where a mean has no meaning."""
    if name in ("id", "depth"):
        return pixels[::FINER, ::FINER]
    high, wide, count = pixels.shape
    mean = pixels.reshape(high // FINER, FINER, wide // FINER, FINER, count).mean(axis=(1, 3))
    return np.asarray(mean, dtype=np.float32)


def _rays(eye: Array, target: Array) -> Array:
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, [0, 1, 0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    wide, high = FINER * (WIDTH + 2 * OVERSCAN), FINER * (HEIGHT + 2 * OVERSCAN)
    x = ((np.arange(wide) - wide / 2 + 0.5) / FINER / WIDTH * 1.05)[None, :, None]
    y = (-(np.arange(high) - high / 2 + 0.5) / FINER / WIDTH * 1.05)[:, None, None]
    rays = forward + x * right + y * up
    directions: Array = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    return directions


def _trace(eye: Array, rays: Array) -> tuple[npt.NDArray[np.int64], Array, Array]:
    """Return the first ball on each ray, its distance, and the normal there."""
    nearest = np.full(rays.shape[:2], 1e4)
    hit = np.zeros(rays.shape[:2], dtype=np.int64)
    for place, ball in enumerate(BALLS):
        to = eye - np.array(ball.centre)
        b = (rays * to).sum(-1)
        under = b * b - (to @ to - ball.radius**2)
        far = np.where(under > 0, -b - np.sqrt(np.maximum(under, 0)), 1e4)
        closer = (far > 1e-3) & (far < nearest)
        nearest, hit = np.where(closer, far, nearest), np.where(closer, place, hit)
    centres = np.array([ball.centre for ball in BALLS])[hit]
    normal = eye + rays * nearest[..., None] - centres
    return hit, nearest, normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def _light(point: Array, normal: Array, rays: Array, lamp: Array, power: Array) -> tuple[Array, Array]:
    """Diffuse and specular light of a lamp, with shadows."""
    to = lamp - point
    far = np.linalg.norm(to, axis=-1, keepdims=True)
    to = to / far
    lit = np.ones(point.shape[:2], dtype=bool)
    for ball in BALLS[1:]:
        offset = point + normal * 1e-3 - np.array(ball.centre)
        b = (to * offset).sum(-1)
        under = b * b - ((offset**2).sum(-1) - ball.radius**2)
        lit &= ~((under > 0) & (-b - np.sqrt(np.maximum(under, 0)) > 1e-3))
    amount = np.clip((normal * to).sum(-1, keepdims=True), 0, None) * lit[..., None] / far**2
    half = to - rays
    half /= np.linalg.norm(half, axis=-1, keepdims=True)
    gloss = np.clip((normal * half).sum(-1, keepdims=True), 0, None) ** 60 * lit[..., None] / far**2
    return amount * power, gloss * power * 2


def ids(layers: dict[str, Array]) -> dict[str, Array]:
    """Return a Cryptomatte pass: ids and their coverage."""
    number = layers["id"] * 0.137 + 0.01
    full, none = np.ones_like(number), np.zeros_like(number)
    first = np.concatenate([number, full, none, none], -1)
    return {"crypto_object00": first, "crypto_object01": np.zeros_like(first)}


def write(name: str, layers: dict[str, Array], frame: int, version: str, without: str = "id") -> None:
    """Write one file: half, DWAA for colors, ZIP for data."""
    is_ids = name.startswith("lighting/crypto")
    channels = {}
    for layer, pixels in layers.items():
        if layer in (without, "id") and not is_ids:
            continue
        letters = {1: "Z", 3: "XYZ" if layer == "N" else "RGB", 4: "RGBA"}[pixels.shape[-1]]
        kind = np.float32 if is_ids else np.float16
        for place, letter in enumerate(letters):
            full = f"{layer}.{letter}" if layer else letter
            channels[full] = OpenEXR.Channel(np.ascontiguousarray(pixels[..., place].astype(kind)))
    header = {
        "compression": OpenEXR.ZIP_COMPRESSION if is_ids else OpenEXR.DWAA_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "dataWindow": _box(-OVERSCAN, WIDTH + OVERSCAN, HEIGHT + OVERSCAN),
        "displayWindow": _box(0, WIDTH, HEIGHT),
        "software": f"Arnold {version}",
        "arnold/version": version,
        "comments": "A still life to try exr-inspector with",
        "owner": "exr-inspector",
        "capDate": f"2026:11:04 18:{frame % 60:02}:10",
        "timeCode": OpenEXR.TimeCode(1, 12, 4, frame % 24, *[False] * 6, *[0] * 8),
        "cameraName": "shotCam",
        "cameraFocalLength": 35.0,
        "arnold/AA_samples": 6,
    }
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    OpenEXR.File(header, channels).write(str(path))


def _box(low: int, right: int, bottom: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    return np.array([low, low], np.int32), np.array([right - 1, bottom - 1], np.int32)


def picture(source: Path, out: Path) -> None:
    """Write the display window of a file as a small picture for the start page."""
    channels = OpenEXR.File(str(source), separate_channels=True).channels()
    whole = np.stack([channels[name].pixels for name in "RGB"], axis=-1).astype(np.float32)
    inside = np.clip(whole[OVERSCAN:-OVERSCAN, OVERSCAN:-OVERSCAN] * 1.6, 0, 1)
    linear = oiio.ImageBuf(np.ascontiguousarray(inside))
    large = oiio.ImageBufAlgo.resize(linear, roi=oiio.ROI(0, 336, 0, 189))
    pixels = large.get_pixels(oiio.FLOAT)
    assert pixels is not None
    shown = np.clip(pixels, 0, 1) ** (1 / 2.2)
    out.parent.mkdir(parents=True, exist_ok=True)
    picture = oiio.ImageBuf(np.ascontiguousarray((shown * 255 + 0.5).astype(np.uint8)))
    picture.write(str(out))


if __name__ == "__main__":
    sys.exit(main())
