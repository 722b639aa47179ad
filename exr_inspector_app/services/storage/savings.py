"""Estimated savings: other compressions, half instead of float, and older versions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from exr_inspector_app.services.storage.inventory import FileGroup
from exr_inspector_app.services.storage.ratios import LOSSLESS, LOSSY, Ratios, half_to_float
from exr_inspector_app.services.storage.report import ReportRow
from exr_inspector_app.text.format import pluralize

_RECOMPRESSED = ("none", "rle", "zips", "zip", "piz")  # lossless; pixels of the others are already changed
MIN_SAVED_SHARE = 0.05  # of the bytes; the estimate is not better than that
_VERSION = re.compile(r"(?<![a-z0-9])(v|ver|version)([._-]?)([0-9]{1,6})(?![0-9])", re.IGNORECASE)


def recompression_rows(groups: Iterable[FileGroup], ratios: Ratios) -> Iterator[ReportRow]:
    """Yield the savings of the best lossless compression and of DWAA, by compression and pixel type."""
    by_key: dict[tuple[str, str], list[FileGroup]] = defaultdict(list)
    for group in groups:
        if group.raw_bytes and group.facts["compression"] in _RECOMPRESSED and not group.is_gone:
            by_key[str(group.facts["compression"]), group.pixel_type].append(group)
    for (compression, pixel_type), listed in by_key.items():
        estimates = [
            (ratio.value, name) for name in LOSSLESS if (ratio := ratios.estimate(name, pixel_type, compression))
        ]
        best = min(estimates, default=(0.0, compression))[1]
        if best != compression:
            yield from _recompressed(listed, compression, best, pixel_type, ratios)
        colors = [group for group in listed if group.is_color]
        yield from _recompressed(colors, compression, LOSSY, pixel_type, ratios)


def _recompressed(
    groups: Sequence[FileGroup], compression: str, target: str, pixel_type: str, ratios: Ratios
) -> Iterator[ReportRow]:
    """Yield the row of one change of compression if it saves enough."""
    ratio = ratios.estimate(target, pixel_type, compression)
    size, raw = sum(group.size_bytes for group in groups), sum(group.raw_bytes for group in groups)
    if ratio is None or not size:
        return
    saved = round(size - raw * ratio.value)
    if saved < MIN_SAVED_SHARE * size:
        return
    loss = "lossy, color layers only" if target == LOSSY else "lossless"
    change = f"from {100 * size / raw:.0f} % to about {100 * ratio.value:.0f} % of the uncompressed size"
    detail = f"{loss}, {change}; {ratio.basis}"
    name = f"{compression} to {target}, {pixel_type}"
    yield ReportRow(name, sum(group.files for group in groups), size, detail, saved)


def half_row(group: FileGroup, detail: str) -> ReportRow:
    """Return the row of color layers that half would hold, with the bytes that it would save."""
    compression, names = str(group.facts["compression"]), ", ".join(name or "RGBA" for name in group.float_colors)
    kept = 0.5 * half_to_float(compression)
    saved = round(group.size_bytes * group.float_share * (1 - kept))
    return ReportRow(group.name, group.files, group.size_bytes, f"{names}: {detail}", saved)


def old_version_rows(groups: Iterable[FileGroup]) -> Iterator[ReportRow]:
    """Yield the older versions of each sequence, by the numbers such as `v012` in their paths."""
    families: dict[str, dict[tuple[int, ...], list[FileGroup]]] = defaultdict(lambda: defaultdict(list))
    for group in groups:
        if group.is_gone:
            continue
        numbers = tuple(int(match[3]) for match in _VERSION.finditer(group.sequence))
        if numbers:
            families[_VERSION.sub(lambda match: f"{match[1]}{match[2]}#", group.sequence)][numbers].append(group)
    for name, versions in families.items():
        newest = max(versions)
        older = [group for numbers, listed in versions.items() if numbers != newest for group in listed]
        if older:
            size = sum(group.size_bytes for group in older)
            detail = (
                f"{pluralize(len(versions) - 1, 'version')} older than {_version_text(versions[newest][0].sequence)}"
            )
            yield ReportRow(name, sum(group.files for group in older), size, detail, size)


def _version_text(name: str) -> str:
    """Return the last version in a path, as it is written."""
    return [match[0] for match in _VERSION.finditer(name)][-1]
