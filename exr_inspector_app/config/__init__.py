"""Configuration loader: arguments, events, environment, and settings files, in this order of precedence."""

from exr_inspector_app.config.loader import Config, load, load_defaults
from exr_inspector_app.config.paths import (
    APP,
    COLOR_CHECK_ARGUMENT,
    DECODER_ARGUMENT,
    SETTINGS_VARIABLE,
    color_check_command,
    decoder_command,
    index_folder,
    read_settings,
    resource,
    settings_file,
    thumbnails_folder,
)
from exr_inspector_app.config.roots import Root, format_roots, parse_roots, read_roots
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
    "parse_roots",
    "read_roots",
    "read_settings",
    "resource",
    "settings_file",
    "thumbnails_folder",
    "with_keys",
]
