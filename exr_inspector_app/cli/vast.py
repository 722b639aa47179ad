"""Command `vast`: check and repair the VAST Database, create its tables, and print their SQL and the policy."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from exr_inspector_app import config
from exr_inspector_app.cli.output.terminal import print_message, print_result
from exr_inspector_app.cli.roots import add_rekey, add_roots, set_roots
from exr_inspector_app.cli.vast_prove import add_prove
from exr_inspector_app.config import Vast, identity_policy
from exr_inspector_app.contracts import RepairedRange, Step
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.diagnosis import diagnose, repair
from exr_inspector_app.services.migration import migrate_tables
from exr_inspector_app.services.peer_import import import_peer
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

_DEFAULT_PLACE = f"{Vast('').bucket}/{Vast('').schema}"  # in the statements of the schema


def add(commands: Any) -> None:
    """Add the command and its subcommands to the parser."""
    text = "Manage the VAST Database."
    parser = commands.add_parser("vast", help=text, description=text)
    metavar = "check|prove|init|roots|rekey|migrate|import-peer|mend|schema"
    subcommands = parser.add_subparsers(required=True, metavar=metavar)
    _add_check(subcommands)
    add_prove(subcommands)
    _add_init(subcommands)
    add_roots(subcommands, "vast")
    add_rekey(subcommands, "vast")
    _add_migrate(subcommands)
    _add_import_peer(subcommands)
    _add_mend(subcommands)
    _add_schema(subcommands)


def _add_check(subcommands: Any) -> None:
    text = "check the connection step by step; changes nothing"
    parser = subcommands.add_parser("check", help=text, description=text)
    parser.add_argument("--write", action="store_true", help="fail if the key may not publish")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for monitoring")
    parser.set_defaults(run=_check)


def _check(parsed: argparse.Namespace) -> int:
    settings = config.load()
    steps: list[Step] = []
    for step in diagnose(settings, require_write=parsed.write):
        steps.append(step)
        if not parsed.json:
            print_result(f"{'✓' if step.ok else '✗'} {step.name:<11}  {escape_control(step.sentence)}", flush=True)
    is_ok = all(step.ok for step in steps)
    if parsed.json:
        rows = [{"name": step.name, "ok": step.ok, "sentence": step.sentence} for step in steps]
        location = settings.vast.location if settings.vast else None
        print_result(json.dumps({"location": location, "ok": is_ok, "steps": rows}, indent=2))
    return int(not is_ok)


def _add_init(subcommands: Any) -> None:
    text = "create missing schema and tables"
    parser = subcommands.add_parser("init", help=text, description=text)
    text = "also set the [[roots]] of a TOML file, which give each file one key on all machines"
    parser.add_argument("--roots", type=Path, metavar="FILE", help=text)
    parser.set_defaults(run=_init)


def _init(parsed: argparse.Namespace) -> int:
    backend = Backend(config.load(), "vast")
    with backend.store() as store:
        store.ensure_tables()
        print_message(f"The tables exist ({backend.location}).")
        return 0 if parsed.roots is None else set_roots(store, parsed.roots)


def _add_migrate(subcommands: Any) -> None:
    text = "migrate tables of an older version, range by range of file_id"
    parser = subcommands.add_parser("migrate", help=text, description=text)
    parser.set_defaults(run=_migrate, stopped="Stopped. Migrated ranges are kept; run the command again to continue.")


def _migrate(_: argparse.Namespace) -> int:
    from exr_inspector_app.persistence.schema import SCHEMA_VERSION  # pyarrow takes 40 ms: load on demand

    settings = config.load()
    files = 0
    for item in migrate_tables(settings):
        files += item.files
        if item.ranges > 1:
            print_message(f"{item.first or '0'}: range {item.index:,} of {item.ranges:,}")
    location = settings.vast.location if settings.vast else ""
    print_result(f"{location}: schema version {SCHEMA_VERSION}, {pluralize(files, 'file')} migrated")
    return 0


def _add_import_peer(subcommands: Any) -> None:
    text = "publish the files in the tables of ssotoa70/exr_inspector, which are only read"
    parser = subcommands.add_parser("import-peer", help=text, description=text)
    parser.add_argument("--schema", default="exr_metadata", metavar="NAME", help="schema of its tables (exr_metadata)")
    parser.add_argument("--prefix", default="", metavar="s3://BUCKET", help="what precedes its paths, keys of a bucket")
    parser.set_defaults(
        run=_import_peer, stopped="Stopped. Imported files are kept; run the command again to continue."
    )


def _import_peer(parsed: argparse.Namespace) -> int:
    inserted = known = failed = 0
    for item in import_peer(config.load(), parsed.schema, parsed.prefix):
        inserted, known, failed = inserted + item.inserted, known + item.known, failed + item.failed
        print_message(pluralize(inserted + known + failed, "file"))
    print_result(f"{inserted:,} added, {known:,} already there, {failed:,} failed")
    return int(bool(failed))


def _add_mend(subcommands: Any) -> None:
    text = "remove duplicate rows and rows without a file, range by range of file_id"
    parser = subcommands.add_parser("mend", help=text, description=text)
    parser.add_argument(
        "--from", dest="start", default="", metavar="DIGITS", help="continue at the range that a stopped run reported"
    )
    stopped = "Stopped. Repaired ranges are kept; continue with --from and the last digits above."
    parser.set_defaults(run=_mend, stopped=stopped)


def _mend(parsed: argparse.Namespace) -> int:
    done: list[RepairedRange] = []
    for item in repair(config.load(), parsed.start.lower()):
        done.append(item)
        if item.ranges > 1:
            counts = f"{pluralize(item.files, 'file')}, {pluralize(item.repaired, 'row')} repaired"
            print_message(f"{item.first or '0'}: range {item.index:,} of {item.ranges:,}, {counts}")
    files, repaired = sum(item.files for item in done), sum(item.repaired for item in done)
    print_result(f"{pluralize(files, 'file')}, {pluralize(repaired, 'row')} repaired")
    remaining = {
        "hidden duplicate rows of files. Run `exr-inspector vast mend` later.": sum(item.hidden for item in done),
        "files with missing channels. Remove and publish them again.": sum(item.incomplete for item in done),
    }
    for sentence, count in remaining.items():
        if count:
            print_result(f"{count:,} {sentence}")
    return int(any(remaining.values()))


def _add_schema(subcommands: Any) -> None:
    text = "print the tables in SQL, with views and queries for Trino"
    parser = subcommands.add_parser("schema", help=text, description=text)
    parser.add_argument(
        "--policy",
        nargs="?",
        choices=("publish", "search"),
        const="publish",
        help="print the identity policy of users who publish (default) or only search, as JSON",
    )
    parser.set_defaults(run=_schema)


def _schema(parsed: argparse.Namespace) -> int:
    vast = config.load().vast or Vast("")
    if parsed.policy:
        print_result(json.dumps(identity_policy(vast, may_publish=parsed.policy == "publish"), indent=2))
    else:
        statements = config.resource("schema/exr_metadata.sql").read_text(encoding="utf-8").rstrip("\n")
        place = f"{vast.bucket}/{vast.schema}".replace('"', '""')
        print_result(statements.replace(_DEFAULT_PLACE, place))
    return 0
