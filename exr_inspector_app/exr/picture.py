"""Choice of picture: which channels of a file are shown first, thumbnailed, embedded by appearance and compared.

One ranking for every user of it, over all parts and views, by names, roles and kinds of data. The order is part of the
contract (`resources/help/payload.md`, picture).
"""

from __future__ import annotations

from collections.abc import Sequence

from exr_inspector_app.exr.layer_groups import LayerGroup, layer_groups, name_words
from exr_inspector_app.model import Part, Picture

PICTURE_VERSION = 9  # increased with every change of this ranking or of thumbnails, so that stored ones are made again

COLOR_KINDS = frozenset(["colour", "luminance"])  # of `Picture`: shown by color management; all others are data

# Last components of layer and part names, in lower case.
_BEAUTY = frozenset(
    """beauty rgba rgb combined ci c cf final image default color colour main master comp composite render
    primary""".split()
)
_UTILITY = frozenset(
    """ao occlusion ambientocclusion albedo denoise denoised denoising denoiser noisy variance noise mse sample samples
    count heat heatmap debug lut cryptomatte crypto matte mask id ids shadow shadows shadowcatcher fresnel curvature
    cavity wire wireframe wirecolor facing clown puzzle puzzlematte multimatte ratio holdout stencil
    preview backdrop basecolor rawlight thickness barycentric rendertime filter defocus
    normal normals position depth uv st motion vector z facing oi os of af opacity""".split()
)
_LIGHT = frozenset(
    """diffuse diff specular spec direct indirect gi reflection reflect refraction refract transmission transmit sss
    subsurface emission emit emissive light lights lighting lgt key fill rim glossy coat sheen volume volumetric
    atmosphere caustics illumination illum env environment background self incandescence glow bounce clearcoat
    dir ind gloss le li trans refl refr""".split()
)
_UTILITY_NAMES = _UTILITY | {"alpha", "coverage"}  # `beauty_with_alpha` is no utility pass
_SURFACE_COLORS = frozenset(["col", "color", "colour", "tint"])
_DENOISING = frozenset(["denoise", "denoised", "denoising", "denoiser", "noisy"])
_DERIVATIVES = frozenset(["dz", "dzd"])  # of depth: dzdx, dzdy
_KIND_RANKS = {
    "luminance": 30,
    "normal": 52,
    "vector": 54,
    "depth": 56,
    "id": 60,
    "cryptomatte": 58,
    "mask": 62,
    "data": 64,
}


def choose_picture(parts: Sequence[Part]) -> Picture | None:
    """Return the picture of a file, or None where it has no channels."""
    return next(iter(ranked_pictures(parts)), None)


def ranked_pictures(parts: Sequence[Part]) -> list[Picture]:
    """Return everything that can be shown of a file, the most likely picture first.

    Where pixels are read anyway, a first choice that is all black gives way to the next one.
    """
    ranked: list[tuple[int, int, int, LayerGroup]] = []
    for part in parts:
        names_layer = len(parts) > 1
        for group in layer_groups(part):
            view_at = part.multi_view.index(group.view) if part.multi_view and group.view in part.multi_view else 0
            rank = _rank(group, part.name or "" if names_layer else "")
            ranked.append((rank, view_at, len(ranked), group))
    ranked.sort(key=lambda row: row[:3])
    return [
        Picture(
            group.part_index, group.view or None, group.layer, group.channels, group.kind.replace("color", "colour")
        )
        for *_, group in ranked
    ]


def _rank(group: LayerGroup, part_name: str) -> int:
    """Return the rank of a group as the picture of its file; the smallest is the likeliest."""
    penalty = 5 if group.is_subsampled else 0
    if group.kind == "vector" and group.layer.rpartition(".")[2].lower() in _DERIVATIVES:
        return _KIND_RANKS["data"]
    if group.kind != "color":
        return _KIND_RANKS[group.kind] + penalty + (10 if _is_rank_of_crypto(group) else 0)
    tokens = name_words(group.layer.rpartition(".")[2]) if group.layer else _part_tokens(part_name)
    joined = "".join(tokens)
    if not tokens or joined in _BEAUTY:
        return 0 if not tokens else 1
    if _BEAUTY.issuperset(word for word in tokens if word not in _DENOISING):
        return 15 if not _DENOISING.isdisjoint(tokens) else 2
    is_utility = joined in _UTILITY_NAMES or not _UTILITY.isdisjoint(tokens)
    if is_utility or _is_surface_color(tokens):
        return 59 if "crypto" in joined else 40
    if joined in _LIGHT or not _LIGHT.isdisjoint(tokens):
        return 20
    return 2 if tokens[0] in _BEAUTY or tokens[-1] in _BEAUTY else 10


def _is_surface_color(tokens: Sequence[str]) -> bool:
    """Return whether a layer is the color of a surface without light: `DiffCol` of Cycles, `specular_color`."""
    return len(tokens) > 1 and tokens[-1] in _SURFACE_COLORS and not _LIGHT.isdisjoint(tokens[:-1])


def _is_rank_of_crypto(group: LayerGroup) -> bool:
    """Return whether a group is a Cryptomatte rank after the first, `crypto_object01` and on."""
    return group.kind == "cryptomatte" and not group.layer.endswith("00")


def _part_tokens(name: str) -> list[str]:
    """Split a part name, without the view and generic names such as `part`."""
    skipped = {"left", "right", "l", "r", "part", "main", "subimage", "layer", "viewlayer"}
    return [word for word in name_words(name) if word not in skipped and not word.isdigit()]
