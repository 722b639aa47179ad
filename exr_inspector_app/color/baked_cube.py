"""Baked cube: a slow view as a logarithmic shaper and a 65-cube, to drag on until the exact one replaces it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio

from exr_inspector_app.color.view_processor import ViewProcessor, apply_in_place, quantize

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.float32] | npt.NDArray[np.float16]
Bytes = npt.NDArray[np.uint8]

CUBE_SIZE = 65
# Stops of linear light that the shaper spans, and the offset that gives black an end.
_FIRST_STOP, _LAST_STOP, _OFFSET = -12.0, 8.0, 2.0**-12


class BakedProcessor:
    """Approximation of a view: mean error about a quarter of an 8-bit step, 99 % within five; thread-safe."""

    is_exact, is_slow = False, False

    def __init__(self, exact: ViewProcessor) -> None:
        """Bake a view, which takes about 0.2 s."""
        self._exact = exact
        config = ocio.Config.CreateRaw()
        shaper = ocio.AllocationTransform(ocio.ALLOCATION_LG2, [_FIRST_STOP, _LAST_STOP, _OFFSET])
        steps = np.linspace(0, 1, CUBE_SIZE, dtype=np.float32)
        grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
        grid = np.ascontiguousarray(grid.reshape(CUBE_SIZE, -1, 3))  # blue changes fastest, as Lut3DTransform stores it
        inverse = ocio.AllocationTransform(
            ocio.ALLOCATION_LG2, [_FIRST_STOP, _LAST_STOP, _OFFSET], direction=ocio.TRANSFORM_DIR_INVERSE
        )
        apply_in_place(config.getProcessor(inverse).getDefaultCPUProcessor(), grid)
        apply_in_place(exact.view_processor, grid)
        cube = ocio.Lut3DTransform(CUBE_SIZE)
        cube.setInterpolation(ocio.INTERP_TETRAHEDRAL)
        cube.setData(np.ascontiguousarray(grid.reshape(-1)))
        group = ocio.GroupTransform([shaper, cube])
        self._cpu = config.getProcessor(group).getDefaultCPUProcessor()

    def apply(self, colors: Pixels, exposure: float = 0.0, gamma: float = 1.0) -> Bytes:
        """Return nearly the colors of the display; see `DisplayProcessor`."""
        light = self._exact.to_light(colors, exposure)
        np.maximum(light, 0, out=light)
        apply_in_place(self._cpu, light)
        return quantize(light, gamma)
