"""Command `config`: print every setting with its value and its origin."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.options.target_arguments import load_config
from exr_inspector_app.cli.output.terminal import print_result
from exr_inspector_app.text.escape import escape_control


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Print every setting with its value and its origin: a variable, a file, the keyring, or default."
    parser = commands.add_parser("config", help=text, description=text)
    parser.set_defaults(run=_print_settings)
    parser.add_argument("--json", action="store_true", help="a list of settings: name, value and origin")


def _print_settings(parsed: argparse.Namespace) -> int:
    from exr_inspector_app.config.origins import setting_origins

    settings = setting_origins()
    load_config()
    if parsed.json:
        print_result(json.dumps([setting._asdict() for setting in settings], indent=2))
        return 0
    width = max(len(setting.name) for setting in settings)
    for name, value, origin in settings:
        print_result(escape_control(f"{name:{width}}  {value or '(not set)'}  ({origin})"))
    return 0
