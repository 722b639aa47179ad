"""What an OpenEXR file holds, as frozen values and as the inspection payload: the words of every room above."""

from exr_inspector_app.model.exr_file import (
    Attribute,
    Box2i,
    Channel,
    ChannelStats,
    ExrFile,
    Finding,
    Part,
    Problem,
    Value,
)
from exr_inspector_app.model.payload import SCHEMA_VERSION, Payload, from_payload, payload, to_json

__all__ = [
    "SCHEMA_VERSION",
    "Attribute",
    "Box2i",
    "Channel",
    "ChannelStats",
    "ExrFile",
    "Finding",
    "Part",
    "Payload",
    "Problem",
    "Value",
    "from_payload",
    "payload",
    "to_json",
]
