"""Path resolver: what a person dropped, pasted or typed, as paths of this machine."""

from exr_inspector_app.exr.paths.resolver import ResolvedPaths, resolve_argument, resolve_paths
from exr_inspector_app.exr.paths.roots import is_under_root, local_path

__all__ = ["ResolvedPaths", "is_under_root", "local_path", "resolve_argument", "resolve_paths"]
