"""Parser of Cryptomatte manifests, from the header or from a sidecar file, with limits on size."""

from __future__ import annotations

import os
import re

from exr_inspector_app.text.lazy_pattern import lazy_pattern

MAX_MANIFEST_BYTES = 64 * 1024 * 1024
MAX_NAMES = 1_000_000
_HEX = lazy_pattern(r"[0-9a-fA-F]{8}")


class ManifestError(ValueError):
    """Error of a manifest that cannot be used, with the reason as its message."""


def parse_manifest(text: str) -> dict[str, int]:
    """Return the ids of a manifest by object name.

    Args:
        text: A JSON object of names and ids of eight hex digits.

    Raises:
        ManifestError: The text is cut off, no JSON object, too large, or has ids of another form.
    """
    if len(text) > MAX_MANIFEST_BYTES:
        raise ManifestError(f"larger than {MAX_MANIFEST_BYTES // 2**20} MB")
    try:
        import json  # imported on demand: few files have a manifest

        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ManifestError("not valid JSON, or cut off") from None
    if not isinstance(data, dict):
        raise ManifestError("not a JSON object")
    if len(data) > MAX_NAMES:
        raise ManifestError(f"more than {MAX_NAMES:,} names")
    if not all(isinstance(value, str) and _HEX.fullmatch(value) for value in data.values()):
        raise ManifestError("ids are not eight hex digits")
    return {name: int(value, 16) for name, value in data.items()}


def sidecar_path(exr_path: str, name: str) -> str:
    """Return the path of a sidecar manifest.

    Only plain names below the folder of the EXR file are allowed, so that a header cannot name any file of the machine.

    Raises:
        ManifestError: The name leads out of the folder.
    """
    parts = re.split(r"[/\\]", name)
    if os.path.isabs(name) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ManifestError("its name leads out of the folder of the file")
    return os.path.join(os.path.dirname(exr_path), *parts)


def read_sidecar(exr_path: str, name: str) -> str | None:
    """Return the text of a sidecar manifest of an EXR file, or None if the file does not exist.

    Raises:
        ManifestError: The name leads out of the folder, or the file is too large or cannot be read.
    """
    path = sidecar_path(exr_path, name)
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            data = file.read(MAX_MANIFEST_BYTES + 1)
    except OSError as error:
        raise ManifestError(f"it cannot be read: {error.strerror}") from None
    if len(data) > MAX_MANIFEST_BYTES:
        raise ManifestError(f"larger than {MAX_MANIFEST_BYTES // 2**20} MB")
    return data.decode("utf-8", "replace")
