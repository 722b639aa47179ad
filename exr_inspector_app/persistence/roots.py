"""Roots of a store: the path map in `schema_info` that gives each file one key, and the keys that follow from it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from exr_inspector_app.config import Root, parse_roots
from exr_inspector_app.contracts import Identity, Record
from exr_inspector_app.errors import ConfigError, StoreDamagedError
from exr_inspector_app.persistence.identity import identify, is_rooted, normalize
from exr_inspector_app.text.encoding import original_bytes

ROOTS_KEY = "roots"  # of the row in `schema_info`
IDENTITY_COLUMNS = ("file_id", "file_path", "file_path_normalized", "header_hash", "frame_number")
KEY_COLUMNS = ("file_id", "file_path_normalized", "path_folded", "sequence_key")  # that follow from the roots

_ENCODED_BYTE = re.compile(r"%([89A-F][0-9A-F])")  # bytes below 0x80 are valid UTF-8, so never encoded

Roots = tuple[Root, ...]


def to_json(roots: Sequence[Root]) -> str:
    """Return the value of the row in `schema_info`."""
    rows = [{"name": root.name, "prefixes": list(root.prefixes), "fold_case": root.fold_case} for root in roots]
    return json.dumps(rows, ensure_ascii=False)


def from_values(values: Iterable[str | None], location: str) -> Roots | None:
    """Return the roots of the rows in `schema_info`, or None without a row.

    Of several rows, which two users have written at the same time, every reader takes the last in the order of text.

    Raises:
        StoreDamagedError: The roots cannot be read. Publishing without them would give files other keys.
    """
    texts = [value for value in values if value is not None]
    if not texts:
        return None
    try:
        roots = parse_roots(json.loads(max(texts)), location)
    except (ConfigError, ValueError, RecursionError) as error:
        raise StoreDamagedError(f"The roots in {location} cannot be read. Set them again with --set FILE.") from error
    require_absolute(roots, location)
    return roots


def require_absolute(roots: Sequence[Root], source: str) -> None:
    """Refuse prefixes that every machine would complete by its own working directory.

    Raises:
        StoreDamagedError: A prefix is no absolute path or URL.
    """
    for root in roots:
        for prefix in root.prefixes:
            if not is_rooted(prefix):
                raise StoreDamagedError(
                    f"{source}: the prefix {prefix} of the root {root.name} is not absolute. Use a path such as "
                    "/mnt/prod, P:/ or s3://prod."
                )


def with_roots(records: Sequence[Record], roots: Sequence[Root] | None) -> Sequence[Record]:
    """Return the records with their identities under the roots of a store; the same object if none differs."""
    if roots is None:
        return records
    identities = [_identity_of(record, roots) for record in records]
    if all(record.identity == identity for record, identity in zip(records, identities, strict=True)):
        return records
    return [replace(record, identity=identity) for record, identity in zip(records, identities, strict=True)]


def stored_identity(row: Mapping[str, Any], roots: Sequence[Root]) -> Identity:
    """Return the identity of a stored file under other roots.

    Args:
        row: Row of `files` with IDENTITY_COLUMNS.
        roots: The path map.
    """
    path, normalized = row["file_path"], row["file_path_normalized"]
    if "%" in path and _is_encoded(normalized, row):
        path = _decode(path)
    identity = identify(path, row["frame_number"], row["header_hash"], roots)
    return replace(identity, file_path=row["file_path"])


def find_disagreement(own: Sequence[Root], stored: Sequence[Root], target: str, command: str) -> str:
    """Return a sentence about the first path that roots of the settings map to another key than those of a store.

    Args:
        own: Roots of the settings; paths that they do not map are not compared.
        stored: Roots of the store.
        target: Name of the store.
        command: Command that prints and sets the roots of the store.

    Returns:
        The sentence, or an empty text if all keys are equal.
    """
    for prefix in (prefix for root in (*own, *stored) for prefix in root.prefixes):
        path = prefix.rstrip("/\\") + "/A"  # of two roots that differ in case folding, one maps it to `a`
        mine, theirs = normalize(path, own), normalize(path, stored)
        if mine != theirs and mine != normalize(path):
            return (
                f"The roots of {target} count, not those of the settings: {prefix} is {theirs[:-1]} there, but "
                f"{mine[:-1]} here. Copy the output of `{command}` into the settings file, or change the store with "
                f"`{command} --set FILE`."
            )
    return ""


def _identity_of(record: Record, roots: Sequence[Root]) -> Identity:
    file = record.payload["file"]
    return identify(file["path"], file.get("frame_number"), record.identity.header_hash, roots)


def _is_encoded(normalized: str, row: Mapping[str, Any]) -> bool:
    """Return True if %XX in the paths of a row are escaped bytes, as its file_id proves."""
    content = original_bytes(_decode(normalized)) + b"\0" + str(row["header_hash"]).encode()
    return bool(hashlib.sha256(content).hexdigest()[:32] == row["file_id"])


def _decode(text: str) -> str:
    """Return a path with %XX replaced by surrogate escapes of bytes that are not UTF-8."""
    return _ENCODED_BYTE.sub(lambda match: chr(0xDC00 + int(match[1], 16)), text)
