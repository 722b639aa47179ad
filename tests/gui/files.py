"""Small headers made by hand for tests of the window."""

from __future__ import annotations

from typing import Any

from exr_inspector_app.model import Attribute, Box2i, Channel, ExrFile, Part


def channel(name: str, kind: str = "half", sampling: int = 1) -> Channel:
    """Return a channel, with its name split at the last dot."""
    layer, _, component = name.rpartition(".")
    return Channel(name, None, layer, component, kind, sampling, sampling, False)


def part(*channels: Channel, attributes: tuple[Attribute, ...] = (), **facts: Any) -> Part:
    """Return a part of 100 by 50 pixels."""
    known: dict[str, Any] = {
        "index": 0, "name": None, "type": "scanlineimage", "view": None, "multi_view": None,
        "data_window": Box2i(0, 0, 99, 49), "display_window": Box2i(0, 0, 99, 49), "pixel_aspect_ratio": 1.0,
        "line_order": "increasingY", "compression": "zip", "color_space": None, "render_software": None,
        "is_tiled": False, "tile_width": None, "tile_height": None, "level_mode": None,
        "rounding_mode": None, "is_deep": False, "chunk_count": 4, "chunks_present": 4,
    }  # fmt: skip
    return Part(**{**known, **facts}, channels=channels, attributes=attributes)


def file(*parts: Part, path: str = "/shot/beauty.1001.exr") -> ExrFile:
    """Return a file of these parts."""
    return ExrFile(path, 1000, "2026-11-04T18:42:10Z", 1001, "0" * 64, True, parts)
