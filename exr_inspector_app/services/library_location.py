"""Location of the local library: moves the file, and saves where it is, as one step."""

from __future__ import annotations

from pathlib import Path

from exr_inspector_app.config import Config, writer
from exr_inspector_app.persistence.factory import move_library


def relocate_library(config: Config, target: Path) -> None:
    """Move the library of a configuration, and save its new location in the settings file of the user.

    Args:
        config: The settings.
        target: New path of the library file, where nothing may be.

    Raises:
        ConfigError: The settings cannot be saved; the library stays where it is.
        StoreError: The library is in use or cannot be moved, or the target exists; it stays where it is.
    """
    move_library(config, target, lambda: writer.save_settings({"library": str(target)}, {}))
