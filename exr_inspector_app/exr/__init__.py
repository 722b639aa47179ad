"""OpenEXR headers, read by our own parser from a file or from the first bytes of an object."""

from exr_inspector_app.exr.inspect import inspect_bytes, inspect_file, inspect_source, unreadable_file
from exr_inspector_app.exr.paths import ResolvedPaths, local_path, resolve_paths

__all__ = [
    "ResolvedPaths",
    "inspect_bytes",
    "inspect_file",
    "inspect_source",
    "local_path",
    "resolve_paths",
    "unreadable_file",
]
