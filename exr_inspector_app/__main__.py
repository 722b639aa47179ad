"""Console entry point: dispatch to a command, or open the window."""

from __future__ import annotations

import sys

from exr_inspector_app import __version__

_WINDOW_MODULE = "exr_inspector_app.gui.app"
TYPE_CHECKING = False  # as `typing` has it, which takes long to import
if TYPE_CHECKING:
    import argparse


def main(arguments: list[str] | None = None) -> int:
    """Run a command, or open the window if the first argument names no command.

    Args:
        arguments: The arguments without the program's name; None for those of the process.

    Returns:
        The exit code: 0 success, 1 some file failed, 2 wrong usage, 130 stopped by Ctrl-C.
    """
    is_process = arguments is None  # not when another program calls it, which continues afterwards
    arguments = sys.argv[1:] if arguments is None else arguments
    if is_process and None in (sys.stdin, sys.stdout, sys.stderr):
        _replace_closed_streams()
    if arguments == ["--version"]:  # before everything else, which takes ten times as long to import
        sys.stdout.write(f"exr-inspector {__version__}\n")
        return 0
    from exr_inspector_app import cli
    from exr_inspector_app.config.places import COLOR_CHECK_ARGUMENT, DECODER_ARGUMENT, WINDOW_CHECK_ARGUMENT

    if arguments[:1] == [DECODER_ARGUMENT]:
        return _run_decoder(arguments[1:])
    if arguments[:1] == [COLOR_CHECK_ARGUMENT]:
        return _check_color()
    if arguments[:1] == [WINDOW_CHECK_ARGUMENT]:
        return _check_window()
    code = cli.run_guarded(lambda: _run(arguments))
    if is_process and _WINDOW_MODULE in sys.modules:
        sys.modules[_WINDOW_MODULE].exit_at_once(code)
    return code


def _replace_closed_streams() -> None:
    """Open the null device in place of streams that the caller has closed (`2>&-`).

    Otherwise messages fail, and the next file that is opened gets the number of the stream.
    """
    import os

    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is that of the stream
            if name != "stdin":  # whose readers report that it is closed
                setattr(sys, name, os.fdopen(descriptor, "w"))


def _run(arguments: list[str]) -> int:
    """Run a command, or open the window, with the options that all of them have."""
    from exr_inspector_app import cli

    options, others = cli.split_options(arguments)
    if cli.is_command(others):
        return cli.main(arguments)
    options.apply()
    message = cli.misspelling_message(others[0], cli.COMMANDS, cli.subcommand_lines) if others else None
    if message:
        cli.print_error(message)
        return 2
    from exr_inspector_app.cli.parsers import window_parser  # imported on demand: argparse

    parsed = window_parser().parse_args(others)
    return _open_window(parsed)


def _run_decoder(arguments: list[str]) -> int:
    """Run as the worker process of a frozen program, which has no interpreter that could start a module."""
    from exr_inspector_app.exr.pixels import worker_main

    return worker_main.main(arguments)


def _check_color() -> int:
    """Run as the process that checks a color configuration, of a frozen program as well."""
    from exr_inspector_app.color import check_process

    return check_process.main()


def _check_window() -> int:
    """Run as the process in which `doctor` starts Qt, of a frozen program as well."""
    from exr_inspector_app.gui import display

    return display.main()


def _open_window(parsed: argparse.Namespace) -> int:
    """Open the window; Qt is imported here because commands also run on machines without it."""
    from pathlib import Path

    from exr_inspector_app import cli, config
    from exr_inspector_app.errors import ConfigError
    from exr_inspector_app.gui import app
    from exr_inspector_app.gui.session.session import absolute_paths

    # Recent paths and sequences must not depend on the working directory of this process or of the window that runs.
    listed = cli.read_list(parsed.files_from, is_nul_separated=parsed.is_nul_separated)
    sample = [str(config.resource("sample"))] if parsed.sample else []
    paths = absolute_paths([*parsed.paths, *listed, *sample])
    screenshot = Path(parsed.screenshot) if parsed.screenshot else None
    fault = ""
    try:
        settings = config.load()
    except ConfigError as error:
        if screenshot:
            raise
        settings, fault = config.load_defaults(), error.sentence  # the window shows it, with a way out
    return app.run(paths, settings, screenshot, is_new_window=parsed.new_window, settings_fault=fault)


if __name__ == "__main__":
    sys.exit(main())
