"""Process that checks a configuration: `python -m exr_inspector_app.color.check_process`.

Reads one JSON request on stdin, and prints `ok` or the reason. OpenColorIO parses YAML and many formats of LUTs, so a
hostile file affects this process only.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from exr_inspector_app.color.errors import UnusableConfigurationError
from exr_inspector_app.operating_system import limit_process

MAX_MEMORY_BYTES = 2 * 2**30
MAX_CPU_SECONDS = 10
MAX_DESCRIPTORS = 64


def main() -> int:
    """Check the configuration of the request, and return the exit code."""
    limit_process(MAX_CPU_SECONDS, MAX_DESCRIPTORS, MAX_MEMORY_BYTES)
    request = json.load(sys.stdin)
    try:
        _check(**request)
    except UnusableConfigurationError as error:
        print(error)  # noqa: T201 - the answer to the parent
        return 0
    print("ok")  # noqa: T201
    return 0


def _check(path: str, source: str, display: str, view: str) -> None:
    import PyOpenColorIO as ocio

    from exr_inspector_app.color.ocio_config import OCIO_ERRORS, linear_space, open_config, reason_of, views_by_display

    config = open_config(path)
    displays = views_by_display(config)
    display = display or next(iter(displays))
    view = view or displays[display][0]
    try:
        source = source or _any_space(config)
        transform = ocio.DisplayViewTransform(src=linear_space(config, source), display=display, view=view)
        for processor in (config.getProcessor(source, linear_space(config, source)), config.getProcessor(transform)):
            processor.getDefaultCPUProcessor().applyRGB([0.18, 0.18, 0.18])
    except OCIO_ERRORS as error:
        raise UnusableConfigurationError(reason_of(error)) from error


def _any_space(config: Any) -> str:
    import PyOpenColorIO as ocio

    for role in (ocio.ROLE_SCENE_LINEAR, ocio.ROLE_DEFAULT):
        if config.hasRole(role):
            return str(config.getRoleColorSpace(role))
    names = list(config.getColorSpaceNames())
    if not names:
        raise UnusableConfigurationError("it has no color space")
    return str(names[0])


if __name__ == "__main__":
    sys.exit(main())
