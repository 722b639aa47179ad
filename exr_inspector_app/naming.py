"""Channel names of all programs in one form: which layer, which component."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")
# Words that say only "this is a layer" or "this is the picture".
_NOISE = frozenset(
    "rgba rgb c ci viewlayer view layer combined default main beauty pass aov image hit world vector".split()
)
_JOINED = re.compile(r"(direct|indirect|motion)(?=[a-z])")  # `directdiffuse` in Karma, `motionvector` in Arnold
# One word for what programs spell in their own ways: Arnold, V-Ray, RenderMan, Redshift, Karma, Cycles.
_SAME_WORDS = {
    alias: word
    for word, aliases in {
        "diffuse": "diff",
        "direct": "dir",
        "indirect": "ind",
        "specular": "spec gloss glossy",
        "reflection": "refl reflect reflections",
        "refraction": "refr refract refractions",
        "transmission": "trans",
        "sss": "subsurface",
        "emission": "emit",
        "environment": "env background",
        "normal": "n nn normals",
        "position": "p",
        "motion": "velocity",
        "vector": "vectors",
        "crypto": "cryptomatte",
    }.items()
    for alias in aliases.split()
}
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
    words = [part for word in _WORDS.findall(layer) for part in _JOINED.sub(r"\1 ", word.lower()).split()]
    kept = [word for word in (_SAME_WORDS.get(word, word) for word in words) if word not in _NOISE]
    part = component.lower()
    part = _COMPONENTS.get(part, part)
    if part == "z" and (not kept or _DEPTH.issuperset(kept)):
        return "depth", "z"
    # Sorted, for `directDiffuse` and `diffuse_direct` are one layer.
    return " ".join(sorted(kept)), part
