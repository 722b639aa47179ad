"""Options of every command and of the window, allowed anywhere before `--`."""

from __future__ import annotations

import os

from exr_inspector_app.cli.output.terminal import set_quiet
from exr_inspector_app.config.places import SETTINGS_VARIABLE
from exr_inspector_app.errors import UsageError
from exr_inspector_app.named_tuple import NamedTuple

OPTIONS_TEXT = """options of every command:
  --config-file FILE  settings file that wins over those of the user and of the site
  -q, --quiet         print no messages but errors, and no progress
  -v, --verbose       print informational messages; twice for details
  --log-file FILE     write the same messages to FILE, which is rotated at 5 MB"""
OPTION_NAMES = ("--config-file", "--quiet", "--verbose", "--log-file")
_WITH_VALUE = ("--config-file", "--log-file")
_QUIET, _VERBOSE = ("-q", "--quiet"), {"-v": 1, "--verbose": 1, "-vv": 2}


class CommonOptions(NamedTuple):
    """Values of the options of every command."""

    config_file: str = ""
    log_file: str = ""
    is_quiet: bool = False
    verbosity: int = 0

    def apply(self) -> None:
        """Put the options into effect for this process and for those that it starts."""
        if self.config_file:
            os.environ[SETTINGS_VARIABLE] = os.path.abspath(self.config_file)
        set_quiet(self.is_quiet)
        if self.log_file or self.verbosity:
            from exr_inspector_app.cli.output.log_output import (
                start_log,  # imported on demand: logging takes long to import
            )

            start_log(self.log_file, self.verbosity)


def split_options(arguments: list[str]) -> tuple[CommonOptions, list[str]]:
    """Return the options of every command, and the other arguments in their order.

    Raises:
        UsageError: An option has no value.
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
            is_log = name == "--log-file"
            options = options._replace(log_file=value) if is_log else options._replace(config_file=value)
        elif argument in _QUIET:
            options = options._replace(is_quiet=True)
        elif argument in _VERBOSE:
            options = options._replace(verbosity=options.verbosity + _VERBOSE[argument])
        else:
            rest.append(argument)
    return options, rest
