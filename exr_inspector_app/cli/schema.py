"""Command `schema`: print JSON Schemas of machine-readable output."""

from __future__ import annotations

import argparse
import json
from typing import Any

from exr_inspector_app.cli.output.terminal import print_result
from exr_inspector_app.model import payload_schema


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Print the JSON Schema of machine-readable output."
    parser = commands.add_parser("schema", help=text, description=text)
    parser.set_defaults(run=_schema)
    text = "payload: the output of `inspect --json`; profile: the rules of `check --profile`"
    parser.add_argument("name", choices=["payload", "profile"], help=text)


def _schema(parsed: argparse.Namespace) -> int:
    from exr_inspector_app.rules.profile_schema import profile_schema

    schema = profile_schema() if parsed.name == "profile" else payload_schema()
    print_result(json.dumps(schema, indent=2))
    return 0
