"""Options of every command and of the window, which may stand anywhere before `--`."""

from __future__ import annotations

import os
from typing import NamedTuple

from exr_inspector_app.config import SETTINGS_VARIABLE
from exr_inspector_app.errors import UsageError

OPTIONS_TEXT = """options of every command:
  --config-file FILE  settings file that wins over those of the user and of the site"""
_WITH_VALUE = {"--config-file": "config_file"}


class CommonOptions(NamedTuple):
    """Values of the options of every command."""

    config_file: str = ""

    def apply(self) -> None:
        """Put the options into effect for this process and for those that it starts."""
        if self.config_file:
            os.environ[SETTINGS_VARIABLE] = os.path.abspath(self.config_file)


def split_options(arguments: list[str]) -> tuple[CommonOptions, list[str]]:
    """Return the options of every command, and the other arguments in their order.

    Raises:
        UsageError: An option lacks its value.
    """
    options, rest = CommonOptions(), []
    remaining = iter(arguments)
    for argument in remaining:
        name, equals, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *remaining]
        elif name in _WITH_VALUE:
            value = value if equals else next(remaining, "")
            if not value:
                raise UsageError(f"{name} needs a value. See --help.")
            options = options._replace(**{_WITH_VALUE[name]: value})
        else:
            rest.append(argument)
    return options, rest
