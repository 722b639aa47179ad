"""`library check`: what is in the library and what is wrong with it."""

from __future__ import annotations

import argparse
from typing import Any

from exr_inspector_app.cli.terminal import add_target, core_of, out
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def add(inside: Any) -> None:
    """The words of the command."""
    parser = inside.add_parser("check", help="tell what is in the library and what is wrong with it")
    parser.set_defaults(run=_check)
    add_target(parser)


def _check(parsed: argparse.Namespace) -> int:
    report = core_of(parsed).check()
    out(f"{report.target}: {pluralize(report.files, 'file')}, schema version {report.schema_version}")
    for sentence in (*report.notes, *report.problems):
        out(escape_control(sentence))
    if report.repaired:
        out(f"{pluralize(report.repaired, 'row')} mended")
    return int(bool(report.problems))
