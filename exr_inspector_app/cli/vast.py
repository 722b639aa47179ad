"""`vast`: whether the VAST Database can be used, its tables made, and their SQL."""

from __future__ import annotations

import argparse
from typing import Any

from exr_inspector_app import config
from exr_inspector_app.cli.terminal import core_on, out, say
from exr_inspector_app.services.backend import diagnose
from exr_inspector_app.text.escape import escape_control


def add(commands: Any) -> None:
    """The words of the command."""
    text = "Look after the VAST Database that files are published to."
    parser = commands.add_parser("vast", help=text, description=text)
    inside = parser.add_subparsers(required=True, metavar="check|init|schema")
    checked = inside.add_parser("check", help="look step by step whether it can be used, and mend its tables")
    checked.set_defaults(run=_check)
    made = inside.add_parser("init", help="make its schema and its tables, where they lack")
    made.set_defaults(run=_init)
    shown = inside.add_parser("schema", help="print its tables in SQL, with a view and queries for Trino")
    shown.set_defaults(run=_schema)


def _check(_: argparse.Namespace) -> int:
    for step in diagnose(config.load()):
        out(f"{'✓' if step.ok else '✗'} {step.name:<10}  {escape_control(step.sentence)}", at_once=True)
        if not step.ok:
            return 1
    report = core_on("vast").check()
    out(f"✓ {'Rows':<10}  {report.files:,} files, {report.repaired:,} rows mended")
    for sentence in (*report.notes, *report.problems):
        out(f"✗ {'Rows':<10}  {escape_control(sentence)}")
    return int(bool(report.problems))


def _init(_: argparse.Namespace) -> int:
    core = core_on("vast")
    core.ensure_tables()
    say(f"The tables are there ({core.location}).")
    return 0


def _schema(_: argparse.Namespace) -> int:
    out(config.resource("schema/exr_metadata.sql").read_text(encoding="utf-8").rstrip("\n"))
    return 0
