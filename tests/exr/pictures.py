"""Writers of EXR files with pixels, by the OpenEXR binding and OpenImageIO."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenEXR
import OpenImageIO as oiio

from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.exr.parser.header import parse_header
from tests.exr_files import MAGIC, attribute, integer, part_header, string
from tests.exr_files.writing import LINES, MULTI_PART, Tiles

Pixels = npt.NDArray[Any]
Levels = dict[tuple[int, int], Pixels]
COMPRESSIONS = {"none": OpenEXR.NO_COMPRESSION, "zips": OpenEXR.ZIPS_COMPRESSION, "zip": OpenEXR.ZIP_COMPRESSION,
                "piz": OpenEXR.PIZ_COMPRESSION, "dwaa": OpenEXR.DWAA_COMPRESSION}  # fmt: skip


def scene(height: int, width: int, depth: int = 3, seed: int = 1) -> Pixels:
    """Return a smooth image with noise, (height, width, depth) float32, exact in half."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    layers = [np.sin(x / (9 + n)) * np.cos(y / (7 + 2 * n)) + 1.2 for n in range(depth)]
    pixels = np.stack(layers, axis=2) + random.normal(0, 0.02, (height, width, depth))
    return pixels.astype(np.float16).astype(np.float32)


def write_picture(
    path: Path, pixels: Pixels, names: str | tuple[str, ...] = "RGBA", compression: str = "zip", **more: Any
) -> Path:
    """Write a scan line file of half channels; arrays in a dictionary keep their type."""
    arrays = dict(zip(names, np.moveaxis(pixels, 2, 0), strict=False)) if not isinstance(pixels, dict) else pixels
    channels = {
        name: np.ascontiguousarray(values if isinstance(pixels, dict) else values.astype(np.float16))
        for name, values in arrays.items()
    }
    header = {"compression": COMPRESSIONS[compression], "type": OpenEXR.scanlineimage, **more}
    OpenEXR.File(header, channels).write(str(path))
    return path


def write_tiled(path: Path, pixels: Pixels, tile: int = 16, levels: bool = False) -> Path:
    """Write a tiled file of half channels, with all mip levels if `levels`."""
    height, width, depth = pixels.shape
    spec = oiio.ImageSpec(width, height, depth, "half")
    spec.tile_width = spec.tile_height = tile
    spec.attribute("compression", "zip")
    if not levels:
        out = oiio.ImageOutput.create(str(path))
        assert out.open(str(path), spec), out.geterror()
        assert out.write_image(pixels)
        out.close()
        return path
    spec.attribute("textureformat", "Plain Texture")
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), spec), out.geterror()
    level = pixels
    while True:
        assert out.write_image(np.ascontiguousarray(level)), out.geterror()
        height, width = max(1, height // 2), max(1, width // 2)
        if level.shape[:2] == (1, 1):
            break
        level = np.ascontiguousarray(level[: height * 2 : 2, : width * 2 : 2][:height, :width])
        spec.width, spec.height = width, height
        assert out.open(str(path), spec, "AppendMIPLevel"), out.geterror()
    out.close()
    return path


def write_ripmap(
    path: Path, levels: Levels, tile: int = 16, up: bool = False, *, zipped: bool = False, **facts: Any
) -> Path:
    """Write a ripmap of half channels R, G and B with these pixels by level number across and down."""
    height, width = levels[0, 0].shape[:2]
    tiles = Tiles(tile, tile, "ripmap_levels", up)
    head = MAGIC + struct.pack("<I", 2 | 0x200)
    compression = "zip" if zipped else "none"
    head += part_header(width=width, height=height, kind="tiledimage", tiles=tiles, compression=compression, **facts)
    stored = []
    for (x, y), pixels in sorted(levels.items(), key=lambda item: item[0][::-1]):
        for row, column in np.ndindex(-(-pixels.shape[0] // tile), -(-pixels.shape[1] // tile)):
            tile_pixels = pixels[row * tile : (row + 1) * tile, column * tile : (column + 1) * tile]
            data = tile_pixels[..., ::-1].transpose(0, 2, 1).astype("<f2").tobytes()  # line by line: B, G, R
            data = min(data, _zip(data), key=len) if zipped else data
            stored.append(struct.pack("<5i", column, row, x, y, len(data)) + data)
    starts = np.cumsum([len(head) + 8 * len(stored), *map(len, stored[:-1])])
    path.write_bytes(head + starts.astype("<u8").tobytes() + b"".join(stored))
    return path


def write_sampled(
    path: Path, size: tuple[int, int], channels: dict[str, tuple[Pixels, int]], compression: str = "none", **facts: Any
) -> Path:
    """Write scan lines of channels given with their sampling, as half, float or uint by the type of their array."""
    width, height = size
    kinds = {"f2": "half", "f4": "float", "u4": "uint"}
    listed = [(name, kinds[values.dtype.str[1:]]) for name, (values, _) in sorted(channels.items())]
    sampling = {name: step for name, (_, step) in channels.items()}
    head = MAGIC + struct.pack("<I", 2)
    head += part_header(
        width=width, height=height, channels=listed, sampling=sampling, compression=compression, **facts
    )
    lines, stored = LINES[compression], []
    first = facts["data_window"][1] if "data_window" in facts else 0  # a multiple of every sampling
    for top in range(0, height, lines):
        data = b"".join(
            values[y // step].tobytes()
            for y in range(top, min(height, top + lines))
            for _, (values, step) in sorted(channels.items())
            if y % step == 0
        )
        packed = _zip(data) if compression in ("zip", "zips") and data else data
        stored.append(struct.pack("<ii", first + top, min(len(packed), len(data))) + min(packed, data, key=len))
    starts = np.cumsum([len(head) + 8 * len(stored), *map(len, stored[:-1])])
    path.write_bytes(head + starts.astype("<u8").tobytes() + b"".join(stored))
    return path


def _zip(data: bytes) -> bytes:
    """Compress bytes as OpenEXR does: even ones, then odd ones, each as the difference to its predecessor."""
    raw = np.frombuffer(data, np.uint8)
    split = np.concatenate([raw[::2], raw[1::2]]).astype(np.int16)
    return zlib.compress(np.concatenate([split[:1], np.diff(split) + 128]).astype(np.uint8).tobytes())


def cut(path: Path, share: float) -> Path:
    """Write a copy of a file without its end, next to it."""
    data = path.read_bytes()
    short = path.with_name(f"cut-{path.name}")
    short.write_bytes(data[: int(len(data) * share)])
    return short


def write_twice(path: Path, single: Path) -> tuple[Path, list[int]]:
    """Write a file of two parts with the scan lines of a single-part file, and return where each chunk ends."""
    data = single.read_bytes()
    file = inspect_bytes(data, str(single), None)
    end = parse_header(data, len(data)).end
    count = file.parts[0].chunk_count
    assert end is not None
    assert count is not None
    headers = MAGIC + struct.pack("<i", 2 | MULTI_PART)
    for name in ("one", "two"):
        extra = {"name": string(name), "type": string("scanlineimage"), "chunkCount": integer(count)}
        headers += data[8 : end - 1] + b"".join(attribute(key, *value) for key, value in extra.items()) + b"\0"
    headers += b"\0"
    at = len(headers) + 16 * count
    table, body, ends = [], b"", []
    for part in range(2):
        for offset in struct.unpack_from(f"<{count}Q", data, end):
            size = 8 + struct.unpack_from("<i", data, offset + 4)[0]
            table.append(at + len(body))
            body += struct.pack("<i", part) + data[offset : offset + size]
            ends.append(at + len(body))
    path.write_bytes(headers + struct.pack(f"<{2 * count}Q", *table) + body)
    return path, ends
