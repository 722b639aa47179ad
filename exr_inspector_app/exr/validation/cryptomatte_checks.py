"""Checks of Cryptomatte: metadata, manifests, ranks and the pixel types of ids."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from exr_inspector_app.exr.cryptomatte.manifest import ManifestError, parse_manifest, read_sidecar, sidecar_path
from exr_inspector_app.exr.cryptomatte.metadata import MatteGroup, groups_of, is_declared, rank_layers
from exr_inspector_app.exr.findings import FindingRule
from exr_inspector_app.exr.message_format import join_names, quote
from exr_inspector_app.model import Attribute, Channel, Finding, Part

_ACROSS_PARTS = ("cryptomatte-metadata-missing", "cryptomatte-name-mismatch")


def across_parts(findings: Iterable[Finding], parts: Sequence[Part]) -> Iterator[Finding]:
    """Yield the findings of several parts; ranks and metadata belong together though they are in different parts.

    Programs write each rank as a part of its name, or metadata in the first part alone.
    """
    listed = list(findings)
    if not any([finding.code in _ACROSS_PARTS for finding in listed]):
        yield from listed
        return
    channels = [_with_part_name(channel, part) for part in parts for channel in part.channels]
    attributes = [attribute for part in parts for attribute in part.attributes]
    rules = {rule.code: rule for rule in _match_findings(channels, groups_of(attributes))}
    for finding in listed:
        if finding.code not in _ACROSS_PARTS:
            yield finding
        elif rule := rules.pop(finding.code, None):
            yield rule.finding(finding.part_index)


def _with_part_name(channel: Channel, part: Part) -> Channel:
    """Return a channel under the name of its part where it has no layer."""
    return channel if channel.layer_name or not part.name else channel._replace(layer_name=part.name)


def cryptomatte_findings(channels: Sequence[Channel], attributes: Sequence[Attribute]) -> Iterator[FindingRule]:
    """Yield the findings of one part that its header alone shows."""
    groups = groups_of(attributes)
    yield from _match_findings(channels, groups)
    ranks = rank_layers(channels, [group.name for group in groups])
    ids = {layer for layers in ranks.values() for layer in layers}
    half = sorted({c.layer_name for c in channels if c.layer_name in ids and _is_half_id(c)})
    if half:
        yield FindingRule(
            "cryptomatte-half",
            f"Ids stored as half are ruined: {join_names(half)}. Render them as 32-bit float.",
        )
    for group in groups:
        if group.manifest is not None:
            yield from _manifest_findings(group, group.manifest)


def _match_findings(channels: Sequence[Channel], groups: Sequence[MatteGroup]) -> Iterator[FindingRule]:
    """Yield findings for ranks without metadata, and for metadata without ranks."""
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


def _is_half_id(channel: Channel) -> bool:
    """Return True for an id stored as half; its coverage, in G and A, may be half."""
    return channel.type == "half" and channel.component_name[:1].lower() not in ("g", "a")


def has_sidecar(attributes: Sequence[Attribute]) -> bool:
    """Return True if a header names a sidecar manifest."""
    return any(group.manifest is None and group.sidecar is not None for group in groups_of(attributes))


def sidecar_findings(path: str, attributes: Sequence[Attribute]) -> Iterator[FindingRule]:
    """Yield the findings of the sidecar manifests that a header names; reads these files."""
    for group in groups_of(attributes):
        if group.manifest is not None or group.sidecar is None:
            continue
        try:
            is_there = _check_sidecar(path, group.sidecar)
        except ManifestError as error:
            yield _invalid(group, error)
            continue
        if not is_there:
            yield FindingRule(
                "cryptomatte-manifest-missing",
                f"The manifest file of {quote(group.name)} is missing: {quote(group.sidecar)}.",
            )


def _check_sidecar(path: str, name: str) -> bool:
    """Return True for a valid manifest file, False if it is missing.

    Raises:
        ManifestError: The manifest cannot be used.
    """
    try:
        state = os.stat(sidecar_path(path, name))
    except OSError:
        return False
    reason = _sidecar_error(os.path.dirname(path), name, state.st_mtime_ns, state.st_size)
    if reason:
        raise ManifestError(reason)
    return True


@lru_cache(maxsize=256)
def _sidecar_error(folder: str, name: str, mtime: int, size: int) -> str:
    """Return the fault of a manifest, empty for a valid one; cached, since frames of a sequence often share a file."""
    try:
        text = read_sidecar(os.path.join(folder, "_.exr"), name)
        if text is None:
            return "it is not a regular file"
        parse_manifest(text)
    except ManifestError as error:
        return str(error)
    return ""


def _manifest_findings(group: MatteGroup, text: str) -> Iterator[FindingRule]:
    try:
        parse_manifest(text)
    except ManifestError as error:
        yield _invalid(group, error)


def _invalid(group: MatteGroup, error: ManifestError) -> FindingRule:
    return FindingRule(
        "cryptomatte-manifest-invalid", f"The Cryptomatte manifest of {quote(group.name)} cannot be used: {error}."
    )
