"""Vectors that another version has made: how they are told, and from what stored rows give they are made anew."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from exr_inspector_app.contracts import EMBEDDING_VERSION, Condition, Filter, StoredFile
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence.rows.decode import decode_payload

COMPARABLE: Filter = (Condition("embedding_version", "=", EMBEDDING_VERSION),)
OUTDATED: Filter = (Condition("embedding_version", "<", EMBEDDING_VERSION),)
NEWER: Filter = (Condition("embedding_version", ">", EMBEDDING_VERSION),)

_CUT = {"truncated", "bytes", "sha256"}  # what stands in place of a value that is too long for a cell


def version_notes(outdated: int, newer: int) -> tuple[str, ...]:
    """What a person should know of so many files with vectors of other versions, each in a sentence."""
    kinds = ((outdated, "an older", "run `exr-inspector library reembed`"), (newer, "a newer", "update the program"))
    return tuple(
        f"{'1 file has' if count == 1 else f'{count:,} files have'} embeddings of {which} version, left out of "
        f"similarity; {what}."
        for count, which, what in kinds
        if count
    )


def payload_to_embed(stored: StoredFile) -> Payload:
    """The payload to embed: as the file's own wherever its embeddings look at it.

    Of a text that was cut when it was stored its beginning is left, which is more than embeddings look at; of a
    list or a table that was cut nothing is, and they look at none that long.
    """
    payload = decode_payload(stored)
    for part in payload["attributes"]["parts"]:
        for row in part:
            if isinstance(row["value"], dict):
                row["value"] = _text_of(row["type"], row["value"])
    return payload


def _text_of(kind: str, value: Mapping[str, Any]) -> Any:
    """What embeddings see of a value: a text that is not UTF-8, the beginning of one that was cut, or all of it."""
    if value.keys() == _CUT:
        return _beginning(value["truncated"]) if kind == "string" else None
    if kind == "string" and value.get("encoding") == "base64":
        return base64.b64decode(value["data"]).decode("utf-8", "surrogateescape")
    return value


def _beginning(head: str) -> Any:
    """The text of which the JSON was cut: an escape at the end may be halved."""
    for end in range(len(head), max(len(head) - 13, 0), -1):
        try:
            return json.loads(head[:end] + '"')
        except ValueError:
            continue
    return None
