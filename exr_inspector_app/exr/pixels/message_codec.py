"""Codec of the wire protocol: messages as JSON lines.

Each line is one JSON object in ASCII. Its key `kind` names a message class of `worker_protocol`, the other keys are the
fields of that class; bytes are base64 text, tuples are arrays. Every field is checked against its annotation when
a line is decoded, so that a process with corrupt memory is detected at its first wrong message.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import fields
from typing import Any

from exr_inspector_app.exr.pixels.message_fields import ProtocolError, converter
from exr_inspector_app.exr.pixels.worker_protocol import (
    CancelledReply,
    CancelNotice,
    FailureReply,
    FileStamp,
    Heartbeat,
    IdAreasReply,
    IdAreasTask,
    JpegTask,
    LayersReply,
    LayersTask,
    MemoryAttached,
    MemoryGrant,
    MemoryRequest,
    Message,
    PictureDraft,
    PictureReply,
    PictureTask,
    PixelReply,
    PixelTask,
    ProbeReply,
    ProbeTask,
    RefusalReply,
    RegionTask,
    RgbReply,
    StatisticsReply,
    StatisticsTask,
    ThumbnailReply,
    ThumbnailTask,
    WorkerReady,
)

_MAX_CONTAINERS = 500_000  # arrays and objects of a message; each takes much more memory than in the line
_MAX_VALUES = 4_000_000

_CLASSES: dict[str, Any] = {  # classes of messages by name
    message_class.__name__: message_class
    for message_class in (
        PictureTask, LayersTask, PixelTask, ProbeTask, RegionTask, ThumbnailTask, StatisticsTask, JpegTask,
        CancelNotice, MemoryGrant, MemoryRequest, MemoryAttached, WorkerReady, FileStamp, Heartbeat, PictureDraft,
        PictureReply, LayersReply, ThumbnailReply, RgbReply, PixelReply, ProbeReply, StatisticsReply, RefusalReply,
        FailureReply, IdAreasTask, IdAreasReply, CancelledReply,
    )
}  # fmt: skip


def encode_message(message: Message) -> bytes:
    """Return the line of a message, with its newline."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    return json.dumps({"kind": type(message).__name__, **values}, default=_encode_bytes).encode("ascii") + b"\n"


def _encode_bytes(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} has no form in a message")
    return b64encode(value).decode("ascii")


def decode_message(line: bytes) -> Message:
    """Return the message of a line.

    Raises:
        ProtocolError: The line is not a JSON object, or of no known kind, or a field is missing, unknown or of
            another type than its annotation, or the message has too many values.
    """
    if line.count(b"[") + line.count(b"{") > _MAX_CONTAINERS or line.count(b",") > _MAX_VALUES:
        raise ProtocolError("a message of too many values")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"no JSON: {line[:40]!r}") from error
    message_class = _CLASSES.get(str(values.pop("kind", None))) if isinstance(values, dict) else None
    if message_class is None:
        raise ProtocolError(f"no known message: {line[:40]!r}")
    message: Message = converter(message_class)(values)
    return message
