"""Compression ratios: measured on the files of a library, or else on two rendered images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exr_inspector_app.services.storage.inventory import FileGroup
from exr_inspector_app.text.format import pluralize

LOSSLESS = ("zip", "zips", "piz")  # that every program writes
LOSSY = "dwaa"
MIN_FILES = 20  # of a compression and a pixel type, for a ratio of the library
# Mean of two 1920 x 1080 RGBA images with 2 % of noise, one of them half empty, as OpenImageIO 3.2 writes them.
_REFERENCE = {
    "half": {"zips": 0.40, "zip": 0.38, "piz": 0.36, "dwaa": 0.17},
    "float": {"zips": 0.69, "zip": 0.67, "piz": 0.60, "dwaa": 0.085},
}


_MAX_FACTOR = 3.0  # of the reference: headers outweigh the pixels of tiny images


@dataclass(frozen=True, slots=True)
class Ratio:
    """Compressed bytes per uncompressed byte.

    Attributes:
        value: The ratio.
        basis: Files that it was measured on, for users.
    """

    value: float
    basis: str


class Ratios:
    """Ratios by compression and pixel type."""

    def __init__(self, groups: Iterable[FileGroup]) -> None:
        self._files: dict[tuple[str, str], int] = defaultdict(int)
        self._sizes: dict[tuple[str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for group in groups:
            if group.raw_bytes and group.facts["is_complete"] is not False:
                key = (str(group.facts["compression"]), group.pixel_type)
                self._files[key] += group.files
                size, raw = self._sizes[key]
                self._sizes[key] = size + group.size_bytes, raw + group.raw_bytes

    def estimate(self, compression: str, pixel_type: str, source: str) -> Ratio | None:
        """Return the expected ratio of files after recompression; None if it is unknown.

        Ratios of the test images are scaled by the present ratio of the files; for uncompressed files, by that of other
        files of the library.

        Args:
            compression: New compression of the files.
            pixel_type: Their pixel type.
            source: Their present compression.
        """
        reference = _REFERENCE["float" if "float" in pixel_type else "half"]
        if compression not in reference or pixel_type == "uint":
            return None
        if source not in reference and self._files[compression, pixel_type] >= MIN_FILES:
            size, raw = self._sizes[compression, pixel_type]
            own = pluralize(self._files[compression, pixel_type], "file")
            return Ratio(size / raw, f"measured on {own} of this library")
        known = [source] if source in reference else [name for name in LOSSLESS if self._files[name, pixel_type]]
        files, factor = self._scale(known, pixel_type, reference)
        basis = "measured on test images"
        value = min(reference[compression] * factor, 1.0)
        return Ratio(value, f"{basis}, scaled by {pluralize(files, 'file')} of this library" if files else basis)

    def _scale(self, names: Iterable[str], pixel_type: str, reference: Mapping[str, float]) -> tuple[int, float]:
        """Return the number of files of some compressions, and the factor of their size to that of the test images."""
        keys = [(name, pixel_type) for name in names]
        expected = sum(self._sizes[key][1] * reference[key[0]] for key in keys)
        size, files = sum(self._sizes[key][0] for key in keys), sum(self._files[key] for key in keys)
        return (files, min(size / expected, _MAX_FACTOR)) if expected else (0, 1.0)


def half_to_float(compression: str) -> float:
    """Return the ratio of half pixels by that of float pixels under one compression; 1 without compression."""
    half, single = (_REFERENCE[kind].get(compression) for kind in ("half", "float"))
    return half / single if half and single else 1.0
