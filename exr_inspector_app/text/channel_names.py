"""Canonical channel names: one form for the spellings of layers and components in all programs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from exr_inspector_app.text.lazy_pattern import lazy_pattern

_NAME_TOKENS = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")
# Terms that only mark a layer, the main image, or one light.
_NOISE = frozenset(
    "rgba rgb viewlayer view layer combined default main beauty pass aov image hit world self lpe light lgt"
    " select puzzle multi index".split()
)
_MAIN_IMAGE = frozenset(["c", "ci"])  # in Karma and RenderMan; `matte_c` is the third matte
# `directdiffuse` in Karma, `motionvector` in Arnold.
_COMPOUND = lazy_pattern(r"(direct|indirect|motion|combined|glossy)(?=[a-z])")
# Canonical word by spelling, from Arnold, V-Ray, RenderMan, Redshift, Karma, and Cycles.
_SYNONYMS = {
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


def split_channel_name(name: str, views: Sequence[str] | None, view: str | None) -> tuple[str | None, str, str]:
    """Return view, layer and component of a channel name, split at its last dot.

    In a multi-view part a view word is recognised first (`right.depth.Z`, as Nuke writes it) or directly before the
    component (`depth.right.Z`, as OpenEXR's specification has it,
    https://openexr.com/en/latest/TechnicalIntroduction.html). Names without a view belong to the first view.

    Args:
        name: The full name.
        views: The `multiView` attribute of the part.
        view: The `view` attribute of the part, for parts of one view.
    """
    layer, _, component = name.rpartition(".")
    if not views:
        return view, layer, component
    steps = layer.split(".") if layer else []
    if steps and steps[-1] in views:
        return steps[-1], ".".join(steps[:-1]), component
    if steps and steps[0] in views:
        return steps[0], ".".join(steps[1:]), component
    return views[0], layer, component


@lru_cache(maxsize=1 << 14)
def canonical_channel(layer: str, component: str) -> tuple[str, str]:
    """Return the canonical form of a channel.

    `diffuse.R`, `Diffuse.R`, and `rgba_diffuse.R` have the same form; so have `Z`, `depth.Z`, and `Depth.Z`, and
    `ViewLayer.Combined.R` and `R`.

    Args:
        layer: Layer name, empty for channels without a layer.
        component: Name of the channel within the layer.

    Returns:
        The terms of the layer, sorted and separated by spaces (empty for the main image), and the component.
    """
    steps = [part for word in _NAME_TOKENS.findall(layer) for part in _COMPOUND.sub(r"\1 ", word.lower()).split()]
    if len(steps) == 1 and steps[0] in _MAIN_IMAGE:
        steps = []
    canonical = {part for word in steps if word not in _NOISE for part in _SYNONYMS.get(word, word).split()}
    if canonical and all(word.isdigit() for word in canonical):  # `light1` is not `matte1`
        canonical = set(steps)
    part = component.lower()
    part = _COMPONENTS.get(part, part)
    if part == "z" and (not canonical or _DEPTH.issuperset(canonical)):
        return "depth", "z"
    # Sorted: `directDiffuse` and `diffuse_direct` are the same layer.
    return " ".join(sorted(canonical)), part
