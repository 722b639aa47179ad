"""Command `vast`: check the connection to the VAST Database, create its tables, and print their SQL schema."""

from __future__ import annotations

import argparse
from typing import Any

from exr_inspector_app import config
from exr_inspector_app.cli.terminal import print_message, print_result
from exr_inspector_app.services.backend import Backend, diagnose
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def add(commands: Any) -> None:
    """Add the command and its subcommands to the parser."""
    text = "Manage the VAST Database."
    parser = commands.add_parser("vast", help=text, description=text)
    subcommands = parser.add_subparsers(required=True, metavar="check|init|schema")
    check = subcommands.add_parser("check", help="check the connection step by step and repair the tables")
    check.set_defaults(run=_check)
    init = subcommands.add_parser("init", help="create missing schema and tables")
    init.set_defaults(run=_init)
    schema = subcommands.add_parser("schema", help="print its tables in SQL, with a view and queries for Trino")
    schema.set_defaults(run=_schema)


def _check(_: argparse.Namespace) -> int:
    settings = config.load()
    for step in diagnose(settings):
        print_result(f"{'✓' if step.ok else '✗'} {step.name:<10}  {escape_control(step.sentence)}", flush=True)
        if not step.ok:
            return 1
    with Backend(settings, "vast").store() as store:
        report = store.check()
    counts = f"{pluralize(report.files, 'file')}, {pluralize(report.repaired, 'row')} repaired"
    print_result(f"✓ {'Rows':<10}  {counts}")
    for sentence in (*report.notes, *report.problems):
        print_result(f"✗ {'Rows':<10}  {escape_control(sentence)}")
    return int(bool(report.problems))


def _init(_: argparse.Namespace) -> int:
    backend = Backend(config.load(), "vast")
    with backend.store() as store:
        store.ensure_tables()
    print_message(f"The tables exist ({backend.location}).")
    return 0


def _schema(_: argparse.Namespace) -> int:
    print_result(config.resource("schema/exr_metadata.sql").read_text(encoding="utf-8").rstrip("\n"))
    return 0
