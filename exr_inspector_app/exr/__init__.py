"""Parser of OpenEXR headers: everything a file declares, without decoding its pixels.

>>> from exr_inspector_app.exr import inspect_file
>>> file = inspect_file("beauty.1001.exr")

The functions never raise for a damaged, missing or unreadable file: they report its problems in `ExrFile.errors`. They
are safe to call from several threads. `exr_inspector_app.model.payload` turns the result into JSON, see
`resources/help/payload.md` for its keys. Pixels are decoded by `exr_inspector_app.exr.pixels`.
"""

from __future__ import annotations

from importlib import import_module

from exr_inspector_app.exr.inspect import inspect_bytes, inspect_file, inspect_source, unreadable_file
from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_PATH_NAMES = ("ResolvedPaths", "local_path", "resolve_paths")


def __getattr__(name: str) -> Any:
    """Return a name of `paths`, which is imported for paths that do not exist as they are written."""
    if name not in _PATH_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.paths"), name)
    globals()[name] = value
    return value
