"""The query engine's protocol, which the ADBC driver speaks."""

from __future__ import annotations

from .database import Database
from .protobuf import message
from .wire import Call, Reply

VERSION = "5.5.0.0.0"


def capabilities(database: Database, call: Call) -> Reply:
    """What the engine can do; the driver asks at the start of every transaction."""
    return framed(message((1, VERSION)))


def framed(data: bytes, *rest: bytes) -> Reply:
    """A protobuf message, its size in a header, and what follows it."""
    return Reply((data, *rest), {"tabular-protobuf-size": str(len(data))})
