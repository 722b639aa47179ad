"""Adapter of PyOpenColorIO: opens configurations, lists their displays, and finds file spaces in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import PyOpenColorIO as ocio

from exr_inspector_app.color.errors import UnusableConfigurationError
from exr_inspector_app.color.file_space import ASSUMED, FileSpace
from exr_inspector_app.color.space_names import KNOWN_SPACES, known_space

OCIO_VERSION = str(ocio.__version__)
OCIO_ERRORS = (ocio.Exception, ocio.ExceptionMissingFile)  # the second is no subclass of the first
MAX_NAMES = 2000  # of displays, and of views of all displays
_MAX_REASON_CHARS = 160


def open_config(source: str) -> Any:
    """Return the `Config` of a path or a built-in name.

    Raises:
        UnusableConfigurationError: It cannot be read.
    """
    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_NONE)  # warnings of a file would reach the terminal
    try:
        return ocio.Config.CreateFromFile(source)
    except OCIO_ERRORS as error:
        raise UnusableConfigurationError(reason_of(error)) from error


def views_by_display(config: Any) -> Mapping[str, tuple[str, ...]]:
    """Return the active views of each active display, the default display and its default view first.

    Raises:
        UnusableConfigurationError: It has no display, or too many views.
    """
    first = config.getDefaultDisplay()
    names = sorted(config.getDisplays(), key=lambda name: name != first)
    displays: dict[str, tuple[str, ...]] = {}
    for name in names[:MAX_NAMES]:
        default = config.getDefaultView(name)
        views = sorted(config.getViews(name), key=lambda view: view != default)
        if views:
            displays[name] = tuple(views)
    if not displays:
        raise UnusableConfigurationError("it has no display")
    if len(names) > MAX_NAMES or sum(map(len, displays.values())) > MAX_NAMES:
        raise UnusableConfigurationError("it has too many displays and views")
    return displays


def find_space(config: Any, space: FileSpace) -> str | None:
    """Return the name under which a configuration has the space of a file, None if it does not have it."""
    known = known_space(space.name)
    aliases = known.aliases if known else ()
    candidates = (space.name, *aliases) if space.evidence != ASSUMED else aliases
    spaces = (config.getColorSpace(name) for name in candidates)
    return next((item.getName() for item in spaces if item is not None), None)


def find_rec709(config: Any) -> str | None:
    """Return the name of linear Rec.709 in a configuration, None if it does not have it."""
    return next((s.getName() for name in KNOWN_SPACES[0].aliases if (s := config.getColorSpace(name))), None)


def linear_space(config: Any, name: str) -> str:
    """Return a space in which exposure can be applied: the given one, or the configuration's scene_linear."""
    if config.isColorSpaceLinear(name, ocio.REFERENCE_SPACE_SCENE) or not config.hasRole(ocio.ROLE_SCENE_LINEAR):
        return name
    return str(config.getRoleColorSpace(ocio.ROLE_SCENE_LINEAR))


def is_data(config: Any, name: str) -> bool:
    """Return True if the values of a color space are never converted."""
    space = config.getColorSpace(name)
    return space is not None and bool(space.isData())


def shows_data(config: Any, display: str, view: str) -> bool:
    """Return True if a view shows the values of the file without conversion."""
    return is_data(config, config.getDisplayViewColorSpaceName(display, view))


def reason_of(error: Exception) -> str:
    """Return the reason of an exception of OpenColorIO as the end of a sentence."""
    if isinstance(error, ocio.ExceptionMissingFile):
        return "a file that it names is missing"
    text = " ".join(str(error).split())
    if "is not able to load that config" in text:
        return f"it needs a newer version than OpenColorIO {ocio.__version__}"
    if "could not be located" in text or "does not exist" in text or "could not be opened" in text:
        return "a file that it names is missing"
    if "yaml-cpp" in text or "parsing failed" in text or "valid version" in text:
        return "it is not a valid configuration"
    return text.removeprefix("Error: ")[:_MAX_REASON_CHARS].rstrip(". ")
