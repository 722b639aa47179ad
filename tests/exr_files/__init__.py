"""Writers of small OpenEXR files: byte by byte, and with the OpenEXR library."""

from tests.exr_files.studio import studio_attributes, studio_channels, studio_file, studio_frames
from tests.exr_files.values import (
    Attributes,
    attribute,
    channel_list,
    integer,
    preview,
    real,
    string,
    strings,
    time_code,
    vector,
)
from tests.exr_files.writing import CODES, LINES, MAGIC, Tiles, exr_bytes, part_header, write_exr

__all__ = [
    "CODES",
    "LINES",
    "MAGIC",
    "Attributes",
    "Tiles",
    "attribute",
    "channel_list",
    "exr_bytes",
    "integer",
    "part_header",
    "preview",
    "real",
    "string",
    "strings",
    "studio_attributes",
    "studio_channels",
    "studio_file",
    "studio_frames",
    "time_code",
    "vector",
    "write_exr",
]
