"""Command `schema`: print JSON Schemas of machine-readable output."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.terminal import print_result
from exr_inspector_app.model import payload_schema


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Print the JSON Schema of machine-readable output."
    parser = commands.add_parser("schema", help=text, description=text)
    parser.set_defaults(run=_schema)
    parser.add_argument("name", choices=["payload"], help="payload: the output of `inspect --json`")


def _schema(_: argparse.Namespace) -> int:
    print_result(json.dumps(payload_schema(), indent=2))
    return 0
