"""Render passes (AOVs), and their names in each program."""

from __future__ import annotations

from collections.abc import Sequence

PROGRAMS = ("arnold", "vray", "renderman", "redshift", "karma", "cycles", "nuke")

# Components and pixel type, then the layer's name in each of PROGRAMS, `-` for one that does not write it.
_TABLE = """
picture           RGBA half  . . . . C Combined .
diffuse_direct    RGB  half  diffuse_direct rawLight directDiffuse DiffuseLighting directdiffuse DiffDir diffuse_direct
diffuse_indirect  RGB  half  diffuse_indirect rawGI indirectDiffuse GI indirectdiffuse DiffInd diffuse_indirect
specular_direct   RGB  half  specular_direct specular directSpecular SpecularLighting directglossyreflection GlossDir specular
specular_indirect RGB  half  specular_indirect reflect indirectSpecular Reflections indirectglossyreflection GlossInd reflection
sss               RGB  half  sss sss subsurface SSS sss Subsurface sss
transmission      RGB  half  transmission refract transmissive Refractions glossytransmission TransDir refraction
volume            RGB  half  volume atmosphere volume VolumeLighting volume VolumeDir volume
emission          RGB  half  emission selfIllum emission Emission emission Emit emission
coat              RGB  half  coat coat clearcoat - coat - coat
albedo            RGB  half  albedo diffuse albedo DiffuseFilter albedo DiffCol albedo
background        RGB  half  background background - Background - Env bg
key               RGB  half  RGBA_key lightSelect_key LPE_key Beauty_key beauty_key Combined_key key
rim               RGB  half  RGBA_rim lightSelect_rim LPE_rim Beauty_rim beauty_rim Combined_rim rim
dome              RGB  half  RGBA_dome lightSelect_dome LPE_dome Beauty_dome beauty_dome Combined_dome dome
practicals        RGB  half  RGBA_practicals lightSelect_practicals LPE_practicals Beauty_practicals beauty_practicals - practicals
depth             Z    float = zDepth z Depth depth Depth depth
normal            XYZ  float N normals Nn Normals hitN Normal N
position          XYZ  float P worldPos __Pworld WorldPosition hitP Position P
motion            XY   float motionvector velocity dPdtime MotionVectors motionvector Vector motion
uv                XY   float uv uv __st UV uv UV uv
occlusion         RGB  half  AO ao occlusion AO ao AO ao
object0           RGBA float crypto_object00 cryptoObject00 crypto_object00 CryptoObject00 crypto_object00 CryptoObject00 crypto_object00
object1           RGBA float crypto_object01 cryptoObject01 crypto_object01 CryptoObject01 crypto_object01 CryptoObject01 crypto_object01
object2           RGBA float crypto_object02 cryptoObject02 crypto_object02 CryptoObject02 crypto_object02 CryptoObject02 crypto_object02
material0         RGBA float crypto_material00 cryptoMaterial00 crypto_material00 CryptoMaterial00 crypto_material00 CryptoMaterial00 -
material1         RGBA float crypto_material01 cryptoMaterial01 crypto_material01 CryptoMaterial01 crypto_material01 CryptoMaterial01 -
asset0            RGBA float crypto_asset00 cryptoAsset00 crypto_asset00 CryptoAsset00 crypto_asset00 CryptoAsset00 -
matte_a           RGBA half  id_a MultiMatte_a matte_a PuzzleMatte_a matte_a IndexMA_a matte_a
matte_b           RGBA half  id_b MultiMatte_b matte_b PuzzleMatte_b matte_b IndexMA_b matte_b
matte_c           RGBA half  id_c MultiMatte_c matte_c PuzzleMatte_c matte_c - matte_c
variance          RGB  float variance - mse - variance Variance -
back              Z    float ZBack ZBack ZBack ZBack ZBack - ZBack
"""  # noqa: E501
_ROWS = {row[0]: row[1:] for row in map(str.split, _TABLE.strip().splitlines())}

# AOVs of each pass; programs, shows, and shots omit some of them.
PASSES = {
    "beauty": "picture diffuse_direct diffuse_indirect specular_direct specular_indirect sss transmission volume"
    " emission coat albedo background",
    "utility": "depth normal position motion uv occlusion",
    "crypto": "object0 object1 object2 material0 material1 asset0",
    "lights": "picture key rim dome practicals",
    "matte": "picture matte_a matte_b matte_c",
    "deep": "picture depth back",
    "denoise": "picture albedo normal variance depth",
    "comp": "picture",
    "precomp": "picture depth matte_a",
    "plate": "picture",
}

Channel = tuple[str, str]  # name and pixel type


def aovs(name: str, program: str) -> list[str]:
    """Return the AOVs of a pass that a program can write."""
    if program not in PROGRAMS:
        return PASSES[name].split()
    return [aov for aov in PASSES[name].split() if _ROWS[aov][2 + PROGRAMS.index(program)] != "-"]


def channels(listed: Sequence[str], program: str, alpha: bool = True) -> list[Channel]:
    """Return the channels of layers in the spelling of a program, sorted as in a file."""
    result: list[Channel] = []
    for aov in listed:
        components, kind, *names = _ROWS[aov]
        layer = names[PROGRAMS.index(program)] if program in PROGRAMS else "."
        if program == "cycles":
            layer = f"ViewLayer.{layer}"
        for component in components if alpha or aov != "picture" else components.replace("A", ""):
            result.append((_channel_name(layer, component, program), kind))
    return sorted(result)


def truth(listed: Sequence[str], alpha: bool = True) -> frozenset[tuple[str, str, str]]:
    """Return layer, component, and type of layers, independent of their spelling."""
    rows = ((aov, *_ROWS[aov][:2]) for aov in listed)
    return frozenset((aov, c, kind) for aov, cs, kind in rows for c in cs if alpha or (aov, c) != ("picture", "A"))


def _channel_name(layer: str, component: str, program: str) -> str:
    """Return the name of a channel in the spelling of a program."""
    if layer == ".":
        return component
    if layer == "=":
        return "Z"
    if layer == "ZBack" or (component == "Z" and layer in ("z", "zDepth", "depth", "Depth")):
        bare = program in ("renderman", "vray") or layer == "ZBack"
        return layer if bare else f"{layer}.Z"
    if program == "renderman" and component in "XYZ":
        return f"{layer}.{component.lower()}"
    return f"{layer}.{component}"
