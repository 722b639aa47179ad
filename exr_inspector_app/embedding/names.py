"""Channel names of all programs in one form: which layer, which component."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Words that say only "this is a layer" or "this is the picture".
_NOISE = frozenset(
    [
        "rgba",
        "rgb",
        "viewlayer",
        "view",
        "layer",
        "combined",
        "default",
        "main",
        "beauty",
        "pass",
        "aov",
        "image",
    ]
)
_COMPONENTS = {
    "red": "r", "green": "g", "blue": "b", "alpha": "a", "depth": "z", "x": "x", "y": "y", "z": "z",
    "u": "u", "v": "v",
}  # fmt: skip
_DEPTH = frozenset(["depth", "z", "zdepth", "mist"])


@lru_cache(maxsize=1 << 14)
def canonical(layer: str, component: str) -> tuple[str, str]:
    """The layer's words (empty for the picture itself) and the component, alike for all writers' habits.

    `diffuse.R`, `Diffuse.R` and `rgba_diffuse.R` are one; so are `Z`, `depth.Z` and `Depth.Z`, and
    `ViewLayer.Combined.R` and `R`.
    """
    words = [word.lower() for word in _WORDS.findall(layer)]
    kept = [word for word in words if word not in _NOISE]
    part = component.lower()
    part = _COMPONENTS.get(part, part)
    if part == "z" and (not kept or _DEPTH.issuperset(kept)):
        return "depth", "z"
    # Several words in one (viewlayer, zdepth) and joined ones (diffuse_direct, DiffuseDirect) read alike.
    return " ".join(kept), part
