"""OpenEXR headers, read by our own parser from a file or from the first bytes of an object."""

from exr_inspector_app.exr.inspect import inspect_bytes, inspect_file, inspect_source, unreadable_file

__all__ = ["inspect_bytes", "inspect_file", "inspect_source", "unreadable_file"]
