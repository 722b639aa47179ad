"""Canonical channel names: layers and components as all programs spell them, in one form."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")
# Words that say only "this is a layer", "this is the picture" or "this is of one light".
_NOISE = frozenset(
    "rgba rgb viewlayer view layer combined default main beauty pass aov image hit world self lpe light lgt"
    " select puzzle multi index".split()
)
_PICTURE = frozenset(["c", "ci"])  # in Karma and RenderMan; `matte_c` is the third matte
# `directdiffuse` in Karma, `motionvector` in Arnold.
_JOINED = re.compile(r"(direct|indirect|motion|combined|glossy)(?=[a-z])")
# One word for what programs spell in their own ways: Arnold, V-Ray, RenderMan, Redshift, Karma, Cycles.
_SAME_WORDS = {
    alias: word
    for word, aliases in {
        "diffuse": "diff",
        "direct": "dir lighting",
        "indirect": "ind",
        "indirect diffuse": "gi",
        "specular": "spec gloss glossy",
        "reflection": "refl reflect reflections",
        "refraction": "refr refract refractions",
        "transmission": "trans transmissive",
        "sss": "subsurface",
        "emission": "emit emissive illum",
        "environment": "env background bg",
        "coat": "clearcoat",
        "volume": "volumetric volumetrics atmosphere",
        "normal": "n nn normals",
        "position": "p pos pworld",
        "motion": "velocity vector vectors",
        "uv": "st",
        "occlusion": "ao",
        "variance": "mse",
        "matte": "ma mask",
        "crypto": "cryptomatte",
    }.items()
    for alias in aliases.split()
}
_COMPONENTS = {
    "red": "r", "green": "g", "blue": "b", "alpha": "a", "depth": "z", "zdepth": "z", "x": "x", "y": "y", "z": "z",
    "u": "u", "v": "v",
}  # fmt: skip
_DEPTH = frozenset(["depth", "z", "zdepth", "mist"])


@lru_cache(maxsize=1 << 14)
def canonical_channel(layer: str, component: str) -> tuple[str, str]:
    """The layer's words (empty for the picture itself) and the component, alike for all writers' habits.

    `diffuse.R`, `Diffuse.R` and `rgba_diffuse.R` are one; so are `Z`, `depth.Z` and `Depth.Z`, and
    `ViewLayer.Combined.R` and `R`.
    """
    words = [part for word in _WORDS.findall(layer) for part in _JOINED.sub(r"\1 ", word.lower()).split()]
    if len(words) == 1 and words[0] in _PICTURE:
        words = []
    kept = {one for word in words if word not in _NOISE for one in _SAME_WORDS.get(word, word).split()}
    if kept and all(word.isdigit() for word in kept):  # `light1` is not `matte1`
        kept = set(words)
    part = component.lower()
    part = _COMPONENTS.get(part, part)
    if part == "z" and (not kept or _DEPTH.issuperset(kept)):
        return "depth", "z"
    # Sorted, for `directDiffuse` and `diffuse_direct` are one layer.
    return " ".join(sorted(kept)), part
