"""Checks of Cryptomatte: metadata, manifests, ranks and the pixel types of ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exr_inspector_app.exr.cryptomatte.manifest import ManifestError, parse_manifest, read_sidecar
from exr_inspector_app.exr.cryptomatte.metadata import MatteGroup, groups_of, is_declared, rank_layers
from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import join_names, quote
from exr_inspector_app.model import Attribute, Channel


def cryptomatte_findings(channels: Sequence[Channel], attributes: Sequence[Attribute]) -> Iterator[FindingRule]:
    """Yield the findings of one part that its header alone shows."""
    groups = groups_of(attributes)
    names = [group.name for group in groups]
    ranks = rank_layers(channels, names)
    undeclared = [name for name in ranks if not is_declared(name, names)]
    unused = [group.name for group in groups if not any(is_declared(layer, [group.name]) for layer in ranks)]
    if undeclared and not (unused and len(undeclared) == len(ranks)):
        yield FindingRule(
            "cryptomatte-metadata-missing",
            f"Cryptomatte layers without metadata: {join_names(undeclared)}. Their object names are unknown.",
        )
    if unused:
        yield FindingRule(
            "cryptomatte-name-mismatch",
            f"Cryptomatte metadata names layers that are not in the file: {join_names(unused)}.",
        )
    ids = {layer for layers in ranks.values() for layer in layers}
    half = [layer for layer in sorted(ids) if any(c.layer_name == layer and c.type == "half" for c in channels)]
    if half:
        yield FindingRule(
            "cryptomatte-half",
            f"Ids stored as half are ruined: {join_names(half)}. Render them as 32-bit float.",
        )
    for group in groups:
        if group.manifest is not None:
            yield from _manifest_findings(group, group.manifest)


def sidecar_findings(path: str, attributes: Sequence[Attribute]) -> Iterator[FindingRule]:
    """Yield the findings of the manifests that the header of a file names beside it; reads these files."""
    for group in groups_of(attributes):
        if group.manifest is not None or group.sidecar is None:
            continue
        try:
            text = read_sidecar(path, group.sidecar)
        except ManifestError as error:
            yield _invalid(group, error)
            continue
        if text is None:
            yield FindingRule(
                "cryptomatte-manifest-missing",
                f"The manifest of {quote(group.name)} is not beside the file: {quote(group.sidecar)}.",
            )
        else:
            yield from _manifest_findings(group, text)


def _manifest_findings(group: MatteGroup, text: str) -> Iterator[FindingRule]:
    try:
        parse_manifest(text)
    except ManifestError as error:
        yield _invalid(group, error)


def _invalid(group: MatteGroup, error: ManifestError) -> FindingRule:
    return FindingRule(
        "cryptomatte-manifest-invalid", f"The Cryptomatte manifest of {quote(group.name)} cannot be used: {error}."
    )
