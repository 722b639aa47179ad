"""Scene light: pixels of any file space as linear light of Rec.709, by absolute colorimetry."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exr_inspector_app.color.colorimetry import apply_matrix, finite, rec709_matrix
from exr_inspector_app.color.file_space import FileSpace
from exr_inspector_app.color.space_names import LINEAR
from exr_inspector_app.color.transfer_curves import to_linear

Floats = npt.NDArray[np.float32]


def to_rec709(colors: Floats, space: FileSpace) -> Floats:
    """Return colors, (..., 3), as linear light of Rec.709."""
    if space.curve != LINEAR:
        colors = to_linear(finite(colors), space.curve)
    return apply_matrix(colors, rec709_matrix(space.primaries))
