"""Embedding versions: filters and notes for outdated vectors, and payload restoration for re-embedding."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from exr_inspector_app.contracts import EMBEDDING_VERSION, Condition, Filter, StoredFile
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence.rows.decode import decode_payload

OUTDATED: Filter = (Condition("embedding_version", "<", EMBEDDING_VERSION),)
NEWER: Filter = (Condition("embedding_version", ">", EMBEDDING_VERSION),)

_TRUNCATED_KEYS = {"truncated", "bytes", "sha256"}  # of the object that replaces a value too long for a cell
_BASE64 = re.compile(r'\{"encoding": ?"base64", ?"data": ?"([A-Za-z0-9+/]+)')  # text that is not UTF-8
_MAX_ESCAPE_CHARS = 13  # more than the longest JSON escape, a surrogate pair


def version_notes(outdated: int, newer: int) -> tuple[str, ...]:
    """Return one sentence for users per kind of embeddings that similarity skips.

    Args:
        outdated: Number of files with embeddings of an older version.
        newer: Number of files with embeddings of a newer version.
    """
    kinds = ((outdated, "an older", "run `exr-inspector library reembed`"), (newer, "a newer", "update exr-inspector"))
    return tuple(
        f"{'1 file has' if count == 1 else f'{count:,} files have'} embeddings of {version} version, skipped by "
        f"similarity; {action}."
        for count, version, action in kinds
        if count
    )


def payload_to_embed(stored: StoredFile) -> Payload:
    """Restore a payload that embeds to the same vectors as the file's own.

    Of a text that was truncated when it was stored the prefix remains, which is longer than embeddings read. A list or
    a table that was truncated becomes None: embeddings ignore values of that size.
    """
    payload = decode_payload(stored)
    for part in payload["attributes"]["parts"]:
        for row in part:
            if isinstance(row["value"], dict):
                row["value"] = _restore_value(row["type"], row["value"])
    return payload


def _restore_value(kind: str, value: Mapping[str, Any]) -> Any:
    """Restore a value as embeddings read it: text that is not UTF-8, the prefix of truncated text, or the value."""
    if value.keys() == _TRUNCATED_KEYS:
        return _decode_prefix(value["truncated"]) if kind == "string" else None
    if kind == "string" and value.get("encoding") == "base64":
        return base64.b64decode(value["data"]).decode("utf-8", "surrogateescape")
    return value


def _decode_prefix(prefix: str) -> Any:
    """Decode the text of a truncated JSON string, or of truncated base64, without its incomplete end."""
    if match := _BASE64.match(prefix):
        data = match[1][: len(match[1]) // 4 * 4]
        return base64.b64decode(data).decode("utf-8", "surrogateescape")
    for end in range(len(prefix), max(len(prefix) - _MAX_ESCAPE_CHARS, 0), -1):
        try:
            return json.loads(prefix[:end] + '"')
        except (ValueError, RecursionError):
            continue
    return None
