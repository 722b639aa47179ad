"""OpenColorIO configuration: $OCIO, a built-in one or a file, and the colorimetric one in its absence.

A configuration is input: a file of it is checked in a separate process first, which has limits of memory and time
and no secrets. One that cannot be used gives one sentence, and colors are shown without a configuration.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exr_inspector_app.color.errors import UnusableConfigurationError
from exr_inspector_app.color.tone_table import DisplayCurve
from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.text.escape import escape_control

BUILT_IN = {"cg": "ocio://cg-config-latest", "studio": "ocio://studio-config-latest"}
NONE = "none"  # in place of a configuration: colorimetric conversion; $OCIO is ignored
COLORIMETRIC_VIEW = "Colorimetric"
_SHOWN_CHARS = 200
_UNUSABLE = "Cannot use the OpenColorIO configuration {}: {}. Colors are shown without it."


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """Displays and views that pixels can be shown in.

    Attributes:
        source: Path or URI; empty for colorimetric conversion.
        displays: Views of each display, the default display and view first.
        identity: Equal for the same content; the key of caches.
        ocio: The `PyOpenColorIO.Config`, None for colorimetric conversion.
        is_checked: False for a file, whose transforms are checked in another process before they are used.
    """

    source: str
    displays: Mapping[str, tuple[str, ...]]
    identity: object = ""
    ocio: Any = field(default=None, repr=False)
    is_checked: bool = True

    @property
    def is_colorimetric(self) -> bool:
        """True if this is no OpenColorIO configuration."""
        return self.ocio is None

    def complete(self, display: str, view: str) -> tuple[str, str]:
        """Return display and view with defaults for empty ones.

        A display may be given by an alias of the color space that has its name: other versions of OpenColorIO call
        displays of the built-in configurations so.

        Raises:
            ConfigError: There is no such display, or it has no such view.
        """
        display = display or next(iter(self.displays))
        if display not in self.displays and self.ocio is not None:
            space = self.ocio.getColorSpace(display)
            display = space.getName() if space is not None and space.getName() in self.displays else display
        views = self.displays.get(display)
        if views is None:
            raise ConfigError(f"Unknown display: {display}. Choose one of: {', '.join(self.displays)}.")
        if view and view not in views:
            raise ConfigError(f"The display {display} has no view {view}. Choose one of: {', '.join(views)}.")
        return display, view or views[0]


COLORIMETRIC = Configuration("", {str(curve): (COLORIMETRIC_VIEW,) for curve in DisplayCurve})


class LoadedConfiguration(NamedTuple):
    """Configuration to use, and the reason if it is not the requested one, else ""."""

    configuration: Configuration
    sentence: str = ""


_loaded: dict[object, LoadedConfiguration] = {}
_lock = threading.Lock()


def load_configuration(
    choice: str = "", environment: Mapping[str, str] | None = None, stop: StopCheck = never_stop
) -> LoadedConfiguration:
    """Load a configuration; reads the disk, and takes up to 15 s for a hostile one.

    Args:
        choice: `cg` or `studio` for the built-in ones, `ocio://...`, the path of a file, `none`; empty for $OCIO.
        environment: In place of `os.environ`.
        stop: Polled while a file is checked.
    """
    choice = choice or (os.environ if environment is None else environment).get("OCIO", "")
    source = BUILT_IN.get(choice, choice)
    if source in ("", NONE):
        return LoadedConfiguration(COLORIMETRIC)
    try:
        identity: object = source if source.startswith("ocio://") else _file_identity(source)
    except OSError as error:
        return _fall_back(source, error.strerror or "it cannot be read")
    with _lock:
        if identity not in _loaded:
            loaded = _load(source, identity, stop)
            if stop():
                return loaded
            _loaded[identity] = loaded
        return _loaded[identity]


def library_version() -> str:
    """Return the version of OpenColorIO, empty if it is not installed."""
    try:
        from exr_inspector_app.color.ocio_config import OCIO_VERSION
    except ImportError:
        return ""
    return OCIO_VERSION


def _file_identity(path: str) -> tuple[object, ...]:
    facts = os.stat(path)
    return os.path.abspath(path), facts.st_size, facts.st_mtime_ns, facts.st_ino


def _load(source: str, identity: object, stop: StopCheck) -> LoadedConfiguration:
    try:
        from exr_inspector_app.color.configuration_check import check_configuration
        from exr_inspector_app.color.ocio_config import open_config, views_by_display
    except ImportError:
        return _fall_back(source, "OpenColorIO is not installed")
    is_built_in = source.startswith("ocio://")
    try:
        if not is_built_in:
            check_configuration(source, stop=stop)
        config = open_config(source)
        displays = views_by_display(config)
    except UnusableConfigurationError as error:
        return _fall_back(source, str(error))
    return LoadedConfiguration(Configuration(source, displays, identity, config, is_checked=is_built_in))


def _fall_back(source: str, reason: str) -> LoadedConfiguration:
    name, reason = (escape_control(text)[:_SHOWN_CHARS].rstrip(". ") for text in (source, reason))
    return LoadedConfiguration(COLORIMETRIC, _UNUSABLE.format(name, reason))
