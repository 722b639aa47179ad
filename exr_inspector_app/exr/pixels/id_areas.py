"""Areas of the IDs of a layer, and the request for them to the decoder."""

from __future__ import annotations

from typing import NamedTuple

MAX_IDS = 50_000  # of one layer; the largest ones


class IdArea(NamedTuple):
    """Area of one object in pixels; parts of pixels count by coverage."""

    number: int
    area: float


class IdAreas(NamedTuple):
    """Areas of the objects of a layer, the largest first."""

    areas: tuple[IdArea, ...]
    pixel_count: int  # of the picture
    dropped: int  # objects beyond MAX_IDS
