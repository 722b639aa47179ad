"""Command `library`: list, show, export, and remove published files; check and re-embed the library."""

from __future__ import annotations

import argparse
import json
import posixpath
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from exr_inspector_app import config
from exr_inspector_app.cli.duplicates import add_duplicates
from exr_inspector_app.cli.library_report import add_report
from exr_inspector_app.cli.library_undo import add_undo
from exr_inspector_app.cli.options.number_arguments import parse_count
from exr_inspector_app.cli.options.path_arguments import add_list, read_list
from exr_inspector_app.cli.options.target_arguments import (
    add_search,
    add_target,
    add_where,
    create_backend,
    parse_filter,
)
from exr_inspector_app.cli.output.no_rows import reason_for_no_rows
from exr_inspector_app.cli.output.summary import summary
from exr_inspector_app.cli.output.terminal import JsonRows, print_message, print_result
from exr_inspector_app.cli.roots import add_rekey, add_roots
from exr_inspector_app.contracts import Condition, Filter, ListedSequence, Listing
from exr_inspector_app.errors import KnownError, UsageError
from exr_inspector_app.exr.sequences.grouping import format_ranges
from exr_inspector_app.model import payload
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.lookup import ids_of_all, ids_with_history, stored_header
from exr_inspector_app.services.migration import migrate_library
from exr_inspector_app.services.path_roots import key_roots
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize


def add(commands: Any) -> None:
    """Add the command and its subcommands to the parser."""
    text = "List, show, export, and remove published files."
    parser = commands.add_parser("library", help=text, description=text)
    subcommands = parser.add_subparsers(
        required=True, metavar="list|search|show|export|remove|undo|duplicates|report|check|reembed|roots|rekey|migrate"
    )
    for add_subcommand in (
        *(_add_list, _add_search, _add_show, _add_export, _add_remove, add_undo, add_duplicates, add_report),
        *(_add_check, _add_reembed, _add_migrate),
    ):
        add_subcommand(subcommands)
    add_roots(subcommands)
    add_rekey(subcommands)


def _add_list(subcommands: Any) -> None:
    text = "list published files, newest first"
    parser = subcommands.add_parser("list", help=text, description=text)
    _add_list_options(parser)
    add_search(parser)


def _add_search(subcommands: Any) -> None:
    text = "list the published files that match words, such as: hero_car renderer:arnold date:>=2026-06"
    parser = subcommands.add_parser("search", help=text, description=text)
    parser.add_argument("words", nargs="+", metavar="WORD", help="text, or column:value; see resources/help/search.md")
    _add_list_options(parser)
    add_where(parser)


def _add_list_options(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_list)
    parser.add_argument("--sequences", action="store_true", help="one line per sequence, with its frames")
    parser.add_argument("--limit", type=parse_count, default=1000, metavar="N", help="lines to show (1000)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a list of files or sequences with their columns")
    form.add_argument("--jsonl", action="store_true", help="one JSON object per file or sequence")
    add_target(parser)


def _list(parsed: argparse.Namespace) -> int:
    if words := getattr(parsed, "words", None):
        parsed.search = " ".join(words)
    where, backend = parse_filter(parsed), create_backend(parsed)
    if parsed.sequences:
        return _list_sequences(backend, where, parsed)
    with backend.store() as store:
        rows = store.find(where, limit=parsed.limit)
        is_empty = not rows and not store.count()
    if not rows:
        print_message(reason_for_no_rows(backend, where, getattr(parsed, "search", None), is_empty=is_empty))
    if _print_json(parsed, (dict(row.file) for row in rows)):
        return 0
    for row in rows:
        _print_row(row.file, row.file["file_path"])
    return 0


def _print_json(parsed: argparse.Namespace, rows: Iterable[dict[str, Any]]) -> bool:
    """Print rows as JSON; return False without --json or --jsonl."""
    output = JsonRows(parsed)
    for row in rows if output.is_chosen else ():
        output.add(row)
    output.finish()
    return output.is_chosen


def _list_sequences(backend: Backend, where: Filter, parsed: argparse.Namespace) -> int:
    with backend.store() as store:
        page = store.browse(Listing(where, limit=parsed.limit))
        is_empty = not page.total_files and not store.count()
    if _print_json(parsed, map(_sequence_json, page.rows)):
        return 0
    if not page.total_files:
        print_message(reason_for_no_rows(backend, where, getattr(parsed, "search", None), is_empty=is_empty))
        return 0
    for listed in page.rows:
        frames = f"  {format_ranges(listed.frames)} ({listed.count:,} files)" if listed.count > 1 else ""
        _print_row(listed.file, _path_with_frames(listed) + frames)
    totals = f"{pluralize(page.total_files, 'file')}, {pluralize(page.total_rows, 'sequence')}"
    if len(page.rows) < page.total_rows:
        totals += f"; showing {len(page.rows):,} of {page.total_rows:,} (--limit)"
    print_message(totals if page.counted_files is None else f"About {totals}")
    return 0


def _sequence_json(listed: ListedSequence) -> dict[str, Any]:
    """Return the columns of the newest file, and count, frames and size of the sequence."""
    facts = {"count": listed.count, "frames": format_ranges(listed.frames), "size_bytes": listed.size_bytes}
    return {**listed.file, **facts}


def _path_with_frames(listed: ListedSequence) -> str:
    """Return the path as it was published, with #### for the frame number of a sequence."""
    if listed.count == 1:
        return str(listed.file["file_path"])
    folder = str(listed.file["file_path"]).replace("\\", "/").rpartition("/")[0]
    return f"{folder}/{posixpath.basename(listed.file['sequence_key'])}"


def _print_row(file: Mapping[str, Any], path: str) -> None:
    size = f"{file['width']} × {file['height']}" if file["width"] else "no data window"
    facts = [size, pluralize(file["channel_count"], "channel"), file["compression"]]  # a payload may lack the last
    print_result(escape_control(f"{file['inspection_timestamp'][:19]}  {path}  {', '.join(filter(None, facts))}"))


def _add_show(subcommands: Any) -> None:
    text = "show a published file from the library; the file itself is not read"
    parser = subcommands.add_parser("show", help=text, description=text)
    parser.set_defaults(run=_show)
    parser.add_argument("name", metavar="FILE_ID|PATH", help="a file_id, a path, or a sequence (beauty.####.exr)")
    parser.add_argument("--json", action="store_true", help="its inspection payload and its columns in the library")
    add_target(parser)


def _show(parsed: argparse.Namespace) -> int:
    stored = create_backend(parsed).resolve(parsed.name)
    if stored is None:
        raise KnownError(f"{parsed.name} is not published. See `library list`.")
    header, file = stored_header(stored), stored.file
    if parsed.json:
        print_result(json.dumps({"library": dict(file), "payload": payload(header)}, indent=2))
        return 0
    publisher = file["published_by"] or "(unknown publisher)"
    count, last = file["inspection_count"], file["last_inspected"][:19]
    print_result(summary(header))
    print_result(escape_control(f"  published {file['inspection_timestamp'][:19]} by {publisher}"))
    if file["note"]:
        print_result(escape_control(f"  note: {file['note']}"))
    print_result(f"  file_id {file['file_id']}, inspected {count:,} times, last {last}")
    return 0


def _add_export(subcommands: Any) -> None:
    text = "export published files to a table, one row per file, without vectors"
    parser = subcommands.add_parser("export", help=text, description=text)
    parser.set_defaults(run=_export)
    parser.add_argument(
        "out", metavar="OUT.csv|OUT.parquet", type=Path, help="file to write; its extension is its form"
    )
    add_target(parser)
    add_search(parser)


def _export(parsed: argparse.Namespace) -> int:
    count = create_backend(parsed).export(parsed.out, parse_filter(parsed))
    print_message(f"{pluralize(count, 'file')} written to {parsed.out}")
    return 0


def _add_remove(subcommands: Any) -> None:
    text = "remove files from the library, with the older headers of their paths; the files themselves stay"
    parser = subcommands.add_parser("remove", help=text, description=text)
    parser.set_defaults(run=_remove)
    text = "a file_id as `library list --json` prints it, a path, or a sequence (beauty.####.exr)"
    parser.add_argument("names", metavar="FILE_ID|PATH", nargs="*", help=text)
    add_list(parser)
    parser.add_argument("--yes", action="store_true", help="skip the confirmation")
    add_target(parser)
    add_where(parser)


def _remove(parsed: argparse.Namespace) -> int:
    has_names = bool(parsed.names) or parsed.files_from is not None
    if has_names == bool(parsed.where):  # without either, all files would be removed
        raise UsageError("Give FILE_IDs, PATHs or --where conditions.")
    names = [*parsed.names, *read_list(parsed.files_from, is_nul_separated=parsed.is_nul_separated)]
    where, backend = parse_filter(parsed), create_backend(parsed)
    with backend.store() as store:
        if has_names:
            roots = key_roots(store, backend.config)
            where = (Condition("file_id", "in", tuple(ids_of_all(store, names, roots))),)
        ids, target = ids_with_history(store, where), store.target
        if ids:
            store.require_writable()
    if not ids:
        print_message("No matching file in the library.")
        return int(bool(names))
    if not parsed.yes and not _confirm_removal(len(ids), target):
        print_message("Nothing was removed.")
        return 1
    with backend.store() as store:
        print_message(f"{pluralize(store.delete(ids), 'file')} removed from {target}")
    return 0


def _confirm_removal(count: int, target: str) -> bool:
    """Return True after the user confirmed on a terminal; raise UsageError without a terminal."""
    files = pluralize(count, "file")
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"{files} would be removed from {target}. Add --yes to confirm.")
    sys.stderr.write(f"Remove {files} from {target}? The files themselves stay. [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _add_check(subcommands: Any) -> None:
    text = "show library statistics and verify its integrity"
    parser = subcommands.add_parser("check", help=text, description=text)
    parser.set_defaults(run=_check)
    parser.add_argument("--json", action="store_true", help="target, files, versions, notes and problems as one object")
    add_target(parser)


def _check(parsed: argparse.Namespace) -> int:
    with create_backend(parsed).store() as store:
        report = store.check()
    if parsed.json:
        print_result(json.dumps(asdict(report), indent=2, default=str))
        return int(bool(report.problems))
    print_result(f"{report.target}: {pluralize(report.files, 'file')}, schema version {report.schema_version}")
    for sentence in (*report.notes, *report.problems):
        print_result(escape_control(sentence))
    if report.repaired:
        print_result(f"{pluralize(report.repaired, 'row')} repaired")
    return int(bool(report.problems))


def _add_reembed(subcommands: Any) -> None:
    text = "recompute embeddings from older versions (the files are not needed)"
    parser = subcommands.add_parser("reembed", help=text, description=text)
    stopped = "Stopped. Completed work is kept; run the command again to continue."
    parser.set_defaults(run=_reembed, stopped=stopped)
    add_target(parser)


def _reembed(parsed: argparse.Namespace) -> int:
    backend = create_backend(parsed)
    done = 0
    for done in backend.reembed():
        print_message(pluralize(done, "file"))
    with backend.store() as store:
        print_result(f"{pluralize(done, 'file')} re-embedded ({store.target})")
    for sentence in backend.embedding_version_notes():
        print_message(sentence)
    return 0


def _add_migrate(subcommands: Any) -> None:
    text = "migrate a library of an older version; the old file is kept as a backup"
    parser = subcommands.add_parser("migrate", help=text, description=text)
    parser.set_defaults(run=_migrate)


def _migrate(_: argparse.Namespace) -> int:
    from exr_inspector_app.persistence.schema import SCHEMA_VERSION  # pyarrow takes 40 ms: load on demand

    settings = config.load()
    backup = migrate_library(settings)
    kept = f"; backup: {backup}" if backup else ""
    print_result(escape_control(f"{settings.library}: schema version {SCHEMA_VERSION}{kept}"))
    return 0
