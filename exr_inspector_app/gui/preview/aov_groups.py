"""AOV groups: classifier of the layers of a file into beauty, lights, components, utility and ids.

Names are split into words; an unnamed layer has the name of its part. The tables cover Arnold, Blender
Cycles, Karma, Mantra, Redshift, RenderMan, V-Ray, and light path expressions.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from exr_inspector_app.exr.layer_groups import name_words


class AovGroup(StrEnum):
    """Group of layers, in the order in which groups are listed."""

    BEAUTY = "Beauty"
    LIGHTS = "Lights"
    COMPONENTS = "Components"
    UTILITY = "Utility"
    IDS = "Ids"


_GROUP_OF_KIND = {
    **dict.fromkeys(("id", "cryptomatte", "mask"), AovGroup.IDS),
    **dict.fromkeys(("depth", "normal", "vector", "data"), AovGroup.UTILITY),
}
_ALPHA = frozenset("a alpha coverage opacity".split())  # a mask, but of the picture, not of an object
_BEAUTY = frozenset(
    """beauty rgba rgb combined ci c final image default color colour main master comp composite left right l r
    denoise denoised noisy""".split()
)
_BEAUTY_NAMES = _BEAUTY - frozenset("left right l r denoise denoised noisy".split())
_CONTAINERS = frozenset("viewlayer view layer renderlayer masterlayer rgba render aov lpe pass part subimage".split())
_UTILITY = frozenset(
    """ao occlusion ambient albedo variance noise mse sample samples count heat heatmap debug lut shadow shadows
    shadowcatcher fresnel curvature cavity wireframe facing clown ratio preview roughness rough ior uv st depth
    basecolor diffcol glosscol transcol raw filter normal normals position motion vector velocity pointiness
    time cputime error""".split()
)
_IDS = frozenset("cryptomatte crypto matte mask id ids puzzle puzzlematte multimatte objectid materialid".split())
_LIGHTS = frozenset(
    """lgt lgts lg lightgroup lightgroups lightselect lightmix lamp lamps key fill rim kicker dome hdri sun sky
    practical practicals spot softbox bulb neon candle torch lantern flashlight headlight headlights""".split()
)
_LIGHT_WORDS = frozenset("light lights".split())
_COMPONENTS = frozenset(
    """diffuse diff specular spec direct indirect dir ind gi global reflection reflect refraction refract transmission
    transmit trans sss subsurface emission emit emissive lighting glossy gloss coat sheen volume volumetric atmosphere
    caustics illumination illum env environment background backdrop self incandescence glow bounce clearcoat le li
    total fog scatter scattering""".split()
)
_NO_LIGHT_BESIDE = frozenset("total raw global direct indirect volume self diffuse specular sss".split())


@lru_cache(maxsize=8192)
def aov_group(kind: str, layer: str, part_name: str = "") -> AovGroup:
    """Return the group of a layer.

    Args:
        kind: Kind of `LayerGroup`.
        layer: Name without the view; may be empty.
        part_name: Name of the part in a file of several parts, for an unnamed layer.
    """
    tokens = [word for word in name_words(layer or part_name) if not word.isdigit()]
    group = _GROUP_OF_KIND.get(kind)
    if group is AovGroup.IDS and kind == "mask" and (not tokens or not _ALPHA.isdisjoint(tokens)):
        return AovGroup.UTILITY
    return group or _group_of_colors(tokens)


def _group_of_colors(tokens: list[str]) -> AovGroup:
    """Return the group of a layer of colors or luminance by the parts of its name."""
    named = [word for word in tokens if word not in _CONTAINERS] or tokens
    own, joined = set(named), "".join(named)
    if own <= _BEAUTY or own <= _CONTAINERS or joined in _BEAUTY_NAMES:
        return AovGroup.BEAUTY
    if not own.isdisjoint(_IDS) or joined in _IDS:
        return AovGroup.IDS
    if _is_light(own, joined):
        return AovGroup.LIGHTS
    if not own.isdisjoint(_UTILITY) or joined in _UTILITY:
        return AovGroup.UTILITY
    if own.isdisjoint(_COMPONENTS) and not own.isdisjoint(_BEAUTY_NAMES):
        return AovGroup.BEAUTY
    return AovGroup.COMPONENTS


def _is_light(tokens: set[str], joined: str) -> bool:
    """Return whether a name is that of a light or light group: `lamp_left`, `RGBA_key`, `C_light_03`."""
    if not tokens.isdisjoint(_LIGHTS) or any(name in joined for name in ("lightgroup", "lightselect")):
        return True
    return not tokens.isdisjoint(_LIGHT_WORDS) and tokens.isdisjoint(_NO_LIGHT_BESIDE)
