"""Data model of an OpenEXR file: immutable values, and the inspection payload as JSON.

The types of the payload and its schema are imported when they are first used: reading headers needs neither.
"""

from __future__ import annotations

from importlib import import_module

from exr_inspector_app.model.exr_file import (
    Attribute,
    Box2i,
    Channel,
    ChannelStats,
    ExrFile,
    Finding,
    Part,
    Picture,
    Problem,
    Program,
    Value,
)
from exr_inspector_app.model.payload import SCHEMA_VERSION, from_payload, payload, to_json
from exr_inspector_app.model.stored_value import StoredValue
from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exr_inspector_app.model.payload_schema import payload_schema
    from exr_inspector_app.model.payload_types import (
        AttributePayload,
        BoxPayload,
        ChannelPayload,
        ChannelStatsPayload,
        ErrorPayload,
        FilePayload,
        FindingPayload,
        PartPayload,
        Payload,
        PicturePayload,
        ProgramPayload,
        StatsPayload,
    )

__all__ = [
    "SCHEMA_VERSION",
    "Attribute",
    "AttributePayload",
    "Box2i",
    "BoxPayload",
    "Channel",
    "ChannelPayload",
    "ChannelStats",
    "ChannelStatsPayload",
    "ErrorPayload",
    "ExrFile",
    "FilePayload",
    "Finding",
    "FindingPayload",
    "Part",
    "PartPayload",
    "Payload",
    "Picture",
    "PicturePayload",
    "Problem",
    "Program",
    "ProgramPayload",
    "StatsPayload",
    "StoredValue",
    "Value",
    "from_payload",
    "payload",
    "payload_schema",
    "to_json",
]


def __getattr__(name: str) -> Any:
    """Return a type of the payload or `payload_schema`, and keep it: PEP 562, https://peps.python.org/pep-0562/."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "payload_types" if name.endswith("Payload") else "payload_schema"
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value
