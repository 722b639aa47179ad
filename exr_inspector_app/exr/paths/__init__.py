"""Path resolver: converts dropped, pasted or typed text to paths of this machine.

Its modules are imported when a name is first used: most paths exist as they are written.
"""

from __future__ import annotations

from importlib import import_module

from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exr_inspector_app.exr.paths.resolver import ResolvedPaths, resolve_argument, resolve_paths
    from exr_inspector_app.exr.paths.roots import is_under_root, local_path

__all__ = ["ResolvedPaths", "is_under_root", "local_path", "resolve_argument", "resolve_paths"]

_MODULE_OF = {
    **dict.fromkeys(("ResolvedPaths", "resolve_argument", "resolve_paths"), "resolver"),
    **dict.fromkeys(("is_under_root", "local_path"), "roots"),
}


def __getattr__(name: str) -> Any:
    """Return a name of this package, and keep it: PEP 562, https://peps.python.org/pep-0562/."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
