"""Rows of the list of objects, made in a worker thread: labels, colors, orders and searched texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from exr_inspector_app.exr.pixels.id_areas import IdAreas
from exr_inspector_app.exr.pixels.id_colors import colors_of_ids
from exr_inspector_app.gui.inspector import strings


class ObjectRow(NamedTuple):
    """Object of a layer."""

    number: int
    name: str
    share: float  # of the pixels
    color: tuple[int, int, int]  # sRGB bytes
    material: str
    label: str  # last name, or the whole one if several objects have the same last name
    folded: str  # name and material in lower case

    @property
    def text(self) -> str:
        """Name, material and share as one line, for the clipboard, the tooltip, and screen readers."""
        return "\t".join(filter(None, (self.name, self.material, strings.object_share(self.share))))


class ObjectRows(NamedTuple):
    """Rows in each order."""

    by_area: Sequence[ObjectRow] = ()
    by_name: Sequence[ObjectRow] = ()
    by_material: Sequence[ObjectRow] = ()
    places: Mapping[int, int] = MappingProxyType({})  # of each ID in the order of areas

    @property
    def has_materials(self) -> bool:
        """Whether the material of any object is known."""
        return bool(self.by_material) and bool(self.by_material[0].material)

    @property
    def largest_share(self) -> float:
        """Share of the largest object, for the scale of the bars."""
        return self.by_area[0].share if self.by_area else 0.0


def short_name(name: str) -> str:
    """Return the last name of a path in a scene."""
    return name[max(name.rfind("/"), name.rfind("|")) + 1 :] or name


def make_rows(areas: IdAreas, name_of: Callable[[int], str], material_of: Callable[[int], str]) -> ObjectRows:
    """Return the rows of the objects of a layer.

    Args:
        areas: Areas of the objects, the largest first.
        name_of: Returns the name of an object by its ID.
        material_of: Returns the name of its material, empty if it is unknown.
    """
    colors = colors_of_ids(np.array([number for number, _ in areas.areas], np.uint32)).tolist()
    names = [name_of(number) for number, _ in areas.areas]
    counts = Counter(map(short_name, names))
    rows = []
    for (number, area), name, (red, green, blue) in zip(areas.areas, names, colors, strict=True):
        last, material = short_name(name), material_of(number)
        label = name if counts[last] > 1 else last
        folded = f"{name}\n{material}".casefold()
        rows.append(ObjectRow(number, name, area / areas.pixel_count, (red, green, blue), material, label, folded))
    by_name = sorted(rows, key=lambda row: short_name(row.name).casefold())
    by_material = sorted(rows, key=lambda row: (not row.material, short_name(row.material).casefold()))
    return ObjectRows(rows, by_name, by_material, {row.number: at for at, row in enumerate(rows)})
