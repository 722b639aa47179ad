"""Color maps of data layers: tables of 256 colors that rise evenly in lightness, and one that is centered on zero.

The anchors of Viridis are of matplotlib (https://matplotlib.org/stable/users/explain/colors/colormaps.html), those of
Mako of seaborn (https://seaborn.pydata.org/tutorial/color_palettes.html), those of Cividis of Nuñez, Anderton and
Renslow, https://doi.org/10.1371/journal.pone.0199239.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.uint8]  # (256, 3), sRGB
ENTRIES = 256


class ColorMap(StrEnum):
    """Color map of one channel; the values are names of options."""

    GREY = "grey"
    MAKO = "mako"
    VIRIDIS = "viridis"
    CIVIDIS = "cividis"
    DIVERGING = "diverging"


_ANCHORS = {  # evenly spaced, from low to high
    ColorMap.GREY: "000000 FFFFFF",
    ColorMap.MAKO: "0B0405 2E1E3B 413D7B 37659E 348FA7 40B7AD 8AD9B1 DEF5E5",
    ColorMap.VIRIDIS: "440154 482878 3E4989 31688E 26828E 1F9E89 35B779 6DCD59 B4DE2C FDE725",
    ColorMap.CIVIDIS: "00204D 00336F 39486B 575C6D 707173 8A8779 A69D75 C4B56C E4CF5B FFEA46",
    ColorMap.DIVERGING: "A9CBFF 5F97E8 3A5F9E 3C4350 424242 50423E 9C4F40 E6765E FFBBA6",  # zero is dark gray
}


@lru_cache(maxsize=len(ColorMap))
def color_table(color_map: ColorMap) -> Table:
    """Return the colors of a map, from low to high values, read-only."""
    anchors = np.array([list(bytes.fromhex(anchor)) for anchor in _ANCHORS[color_map].split()], float)
    positions = np.linspace(0, len(anchors) - 1, ENTRIES)
    columns = [np.interp(positions, np.arange(len(anchors)), anchors[:, channel]) for channel in range(3)]
    table: Table = np.rint(np.stack(columns, axis=1)).astype(np.uint8)
    table.setflags(write=False)
    return table
