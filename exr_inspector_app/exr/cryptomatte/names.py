"""Object names of a Cryptomatte, from its manifest in a header or in a sidecar file, and those of an `idmanifest`.

Source of the latter: https://openexr.com/en/latest/IDManifest.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from exr_inspector_app.exr.cryptomatte.manifest import ManifestError, parse_manifest, read_sidecar
from exr_inspector_app.exr.cryptomatte.metadata import MatteGroup, groups_of, is_declared
from exr_inspector_app.exr.cryptomatte.ranks import matte_name
from exr_inspector_app.model import Part
from exr_inspector_app.named_tuple import NamedTuple


class MatteNames(NamedTuple):
    """Names of the objects of a matte.

    Attributes:
        by_id: Object name by ID.
        sidecar: File name of the manifest; empty for one in the header.
        problem: Why there are no names, as the end of a sentence; empty if there are some.
    """

    by_id: Mapping[int, str] = MappingProxyType({})
    sidecar: str = ""
    problem: str = ""


def read_names(path: str, parts: Sequence[Part], part_index: int, layer: str) -> MatteNames:
    """Return the names of the objects of a rank layer; reads the sidecar file that the header names.

    Args:
        path: The EXR file.
        parts: Its parts; the manifest may lie in another one than the ranks.
        part_index: The part of the ranks.
        layer: Any rank layer of the matte, such as `crypto_object00`.
    """
    name = matte_name(layer) or matte_name(parts[part_index].name or "")
    ordered = [parts[part_index], *(part for part in parts if part.index != part_index)]
    groups = [group for part in ordered for group in groups_of(part.attributes)]
    matching = [group for group in groups if is_declared(name, [group.name])]
    if not matching:
        return MatteNames(problem="the header has no Cryptomatte entry for it")
    group = next((group for group in matching if group.manifest or group.sidecar), matching[0])
    try:
        return _parse(path, group)
    except ManifestError as error:
        return MatteNames(sidecar=group.sidecar or "", problem=f"the manifest cannot be used: {error}")


class IdNames(NamedTuple):
    """Names of the objects of an ID channel, and of their materials where the manifest has them."""

    by_id: Mapping[int, str] = MappingProxyType({})
    materials: Mapping[int, str] = MappingProxyType({})


def read_id_names(part: Part, channel: str) -> IdNames:
    """Return the names that an `idmanifest` attribute has for an ID channel of a part.

    Args:
        part: The part; its manifest is decoded already.
        channel: Full name of the channel.
    """
    for attribute in part.attributes:
        value = attribute.value
        if attribute.type != "idmanifest" or not isinstance(value, dict):
            continue
        for group in value.get("groups", ()):
            if channel in group["channels"] and len(group["channels"]) == 1:  # not the halves of a longer ID
                return _names_of_group(group["components"], group["table"])
    return IdNames()


def _names_of_group(components: Sequence[str], table: Mapping[str, Sequence[str]]) -> IdNames:
    """Return the first component of each ID as its name, and the one of materials."""
    lower = [component.lower() for component in components]
    material = next((at for at, component in enumerate(lower) if "material" in component), None)
    name = next((at for at in range(len(lower)) if at != material), material)
    if name is None:
        return IdNames()
    rows = {int(number): texts for number, texts in table.items() if len(texts) == len(lower)}
    materials = {number: texts[material] for number, texts in rows.items()} if material not in (None, name) else {}
    return IdNames({number: texts[name] for number, texts in rows.items()}, materials)


def _parse(path: str, group: MatteGroup) -> MatteNames:
    """Return the names of a manifest.

    Raises:
        ManifestError: It cannot be used.
    """
    if group.manifest:
        return MatteNames(_names_by_id(group.manifest))
    if not group.sidecar:
        return MatteNames(problem="the header has no manifest")
    text = read_sidecar(path, group.sidecar)
    if text is None:
        return MatteNames(sidecar=group.sidecar, problem=f"the manifest file is missing: {group.sidecar}")
    return MatteNames(_names_by_id(text), group.sidecar)


@lru_cache(maxsize=4)  # the frames of a sequence share their manifest
def _names_by_id(text: str) -> Mapping[int, str]:
    return {number: name for name, number in parse_manifest(text).items()}
