"""Cryptomatte metadata: the groups that a header declares, and the layers that hold their ranks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exr_inspector_app.model import Attribute, Channel
from exr_inspector_app.named_tuple import NamedTuple
from exr_inspector_app.text.lazy_pattern import lazy_pattern

PREFIX = "cryptomatte/"
_RANK = lazy_pattern(r"(?P<name>.*?)(?P<rank>[0-9]{2})$")
_CRYPTO = lazy_pattern(r"crypto", re.IGNORECASE)


class MatteGroup(NamedTuple):
    """Cryptomatte of one kind, such as `crypto_object`, as the header declares it."""

    key: str  # of the attribute names: the first seven hex digits of the name's hash
    name: str
    manifest: str | None  # JSON text
    sidecar: str | None  # file name of a manifest in the folder of the EXR file


def groups_of(attributes: Iterable[Attribute]) -> list[MatteGroup]:
    """Return the groups that `cryptomatte/KEY/...` attributes declare, in file order."""
    by_key: dict[str, dict[str, str]] = {}
    for attribute in attributes:
        if attribute.name.startswith(PREFIX) and isinstance(attribute.value, str):
            key, _, field = attribute.name[len(PREFIX) :].partition("/")
            by_key.setdefault(key, {})[field] = attribute.value
    return [
        MatteGroup(key, fields["name"], fields.get("manifest"), fields.get("manif_file"))
        for key, fields in by_key.items()
        if "name" in fields
    ]


def rank_layers(channels: Sequence[Channel], names: Iterable[str] = ()) -> dict[str, list[str]]:
    """Return the rank layers (`crypto_object00`, `crypto_object01`) by the name of their group.

    Args:
        channels: The channels of one part.
        names: Names that metadata declares; ranks of other names count where they contain `crypto`.
    """
    declared = set(names)
    layers: dict[str, list[str]] = {}
    for layer in dict.fromkeys(channel.layer_name for channel in channels):
        match = _RANK.fullmatch(layer)
        if match and (is_declared(match["name"], declared) or _CRYPTO.search(match["name"])):
            layers.setdefault(match["name"], []).append(layer)
    return layers


def is_declared(layer: str, names: Iterable[str]) -> bool:
    """Return whether metadata names a layer, with or without the view or view layer before it."""
    return any(layer == name or layer.endswith(f".{name}") or name.endswith(f".{layer}") for name in names)
