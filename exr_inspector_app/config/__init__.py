"""Configuration loader: arguments, events, environment, and settings files, in this order of precedence.

Each name is imported from its module when it is first used: a program that reads headers loads no classes of databases.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as `typing` has it, which takes long to import
if TYPE_CHECKING:
    from typing import Any

    from exr_inspector_app.config.loader import (
        Config,
        load,
        load_defaults,
        parse_count,
        parse_patience,
        parse_picture_cache,
    )
    from exr_inspector_app.config.paths import (
        color_check_command,
        decoder_command,
        index_folder,
        resource,
        settings_file,
        thumbnails_folder,
    )
    from exr_inspector_app.config.places import APP, COLOR_CHECK_ARGUMENT, DECODER_ARGUMENT, SETTINGS_VARIABLE
    from exr_inspector_app.config.roots import Root, format_roots, parse_roots, read_roots
    from exr_inspector_app.config.settings_reader import read_settings
    from exr_inspector_app.config.vast import Secret, Vast, with_keys
    from exr_inspector_app.config.vast_policy import identity_policy

__all__ = [
    "APP",
    "COLOR_CHECK_ARGUMENT",
    "DECODER_ARGUMENT",
    "SETTINGS_VARIABLE",
    "Config",
    "Root",
    "Secret",
    "Vast",
    "color_check_command",
    "decoder_command",
    "format_roots",
    "identity_policy",
    "index_folder",
    "load",
    "load_defaults",
    "parse_count",
    "parse_patience",
    "parse_picture_cache",
    "parse_roots",
    "read_roots",
    "read_settings",
    "resource",
    "settings_file",
    "thumbnails_folder",
    "with_keys",
]

_MODULES = {
    "loader": ("Config", "load", "load_defaults", "parse_count", "parse_patience", "parse_picture_cache"),
    "paths": (
        "color_check_command",
        "decoder_command",
        "index_folder",
        "resource",
        "settings_file",
        "thumbnails_folder",
    ),
    "places": ("APP", "COLOR_CHECK_ARGUMENT", "DECODER_ARGUMENT", "SETTINGS_VARIABLE"),
    "roots": ("Root", "format_roots", "parse_roots", "read_roots"),
    "settings_reader": ("read_settings",),
    "vast": ("Secret", "Vast", "with_keys"),
    "vast_policy": ("identity_policy",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a name of this package, and keep it: PEP 562, https://peps.python.org/pep-0562/."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
