"""The console entry: a command goes to the command line, anything else opens the window."""

from __future__ import annotations

import sys

from exr_inspector_app import cli


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 all well, 1 some file failed, 2 usage, 130 stopped by Ctrl-C."""
    words = sys.argv[1:] if arguments is None else arguments
    if cli.is_command(words):
        return cli.main(words)
    parsed = cli.window_parser().parse_args(words)
    return cli.guarded(lambda: _window(parsed.paths, parsed.screenshot))


def _window(paths: list[str], screenshot: str | None) -> int:
    """The window, imported only here: the command line runs on machines without Qt."""
    import os
    from pathlib import Path

    from exr_inspector_app import config
    from exr_inspector_app.gui import app

    # What is remembered and grouped must be the same from wherever the window is opened.
    absolute = [os.path.abspath(path) for path in paths]
    return app.run(absolute, config.load(), Path(screenshot) if screenshot else None)


if __name__ == "__main__":
    sys.exit(main())
