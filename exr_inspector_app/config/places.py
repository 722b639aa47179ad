"""Names of the program in the system."""

from __future__ import annotations

APP = "exr-inspector"
DESKTOP_ID = "io.github.exr_inspector.exr_inspector"  # of the menu entry and of the AppStream metadata
SETTINGS_NAME = "settings.toml"
SETTINGS_VARIABLE = "EXR_INSPECTOR_SETTINGS"  # names a settings file that wins over those of user and site
DECODER_ARGUMENT = "--decoder"  # hidden first argument of the program, which then runs as the worker process
WINDOW_CHECK_ARGUMENT = "--check-window"  # as DECODER_ARGUMENT, for the process that `doctor` starts Qt in
COLOR_CHECK_ARGUMENT = "--check-color"  # as DECODER_ARGUMENT, for the process that checks color configurations
