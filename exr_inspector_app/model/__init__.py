"""Data model of an OpenEXR file: immutable values, and the inspection payload as JSON."""

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
from exr_inspector_app.model.stored_value import StoredValue

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
