"""Command `publish`: inspect files and publish their metadata; publishing again adds nothing."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from exr_inspector_app.cli.options.number_arguments import parse_seconds
from exr_inspector_app.cli.options.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.options.target_arguments import add_target, create_backend
from exr_inspector_app.cli.output.summary import problem_sentence
from exr_inspector_app.cli.output.terminal import (
    JsonRows,
    OrderedOutput,
    ProgressBar,
    print_error,
    print_message,
    print_result,
)
from exr_inspector_app.contracts import (
    Event,
    FileInspected,
    FilePublished,
    FileReread,
    FilesFound,
    PathUnreadable,
    Plan,
    PlanItem,
    PlanReady,
    PlanStatus,
    PreviewStored,
    Progress,
    PublishResult,
    Record,
    RunFinished,
    StoreWaiting,
    not_persisted,
)
from exr_inspector_app.errors import UsageError
from exr_inspector_app.exr import unreadable_file
from exr_inspector_app.ingest.publish_run import new_publish_id
from exr_inspector_app.model import ExrFile, Problem
from exr_inspector_app.services import unfinished_publish
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.path_roots import disagreement
from exr_inspector_app.services.preview_generator import Candidate, to_candidate
from exr_inspector_app.services.unfinished_publish import UnfinishedPublish
from exr_inspector_app.text.escape import escape_control

CHANGED_NOTE = "changed on disk since it was inspected; read again"


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Publish file metadata. Publishing again adds nothing."
    parser = commands.add_parser("publish", help=text, description=text)
    stopped = "Stopped. Published files stay published; run the command again to continue."
    parser.set_defaults(run=_publish, stopped=stopped)
    add_paths(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a list of results, one per file")
    form.add_argument("--jsonl", action="store_true", help="one JSON object per line")
    text = "then read one frame per sequence for thumbnails and `similar --by look`"
    parser.add_argument("--previews", action="store_true", help=text)
    text = "how long to wait for a VAST Database that fails (default 300)"
    parser.add_argument("--patience", type=parse_seconds, metavar="SECONDS", help=text)
    parser.add_argument("--note", metavar="TEXT", help="note of the added files, such as: for dailies")
    text = "continue the last publish to the target that has not finished, with its note; without PATH, with its paths"
    parser.add_argument("--resume", action="store_true", help=text)
    parser.add_argument("--dry-run", action="store_true", help="show what would be published; write nothing")
    add_target(parser)


def _publish(parsed: argparse.Namespace) -> int:
    backend = _create_backend(parsed)
    if parsed.dry_run:
        return _dry_run(backend, parsed)
    publish = _begin_or_resume(backend, parsed)
    unfinished_publish.save(backend.location, publish)
    order, bar, rows = OrderedOutput(), ProgressBar(), JsonRows(parsed)
    finished, is_lacking = RunFinished(0, 0, False), False
    ready: Iterator[tuple[str, PublishResult]] = iter(())
    candidates: list[Candidate] = []
    events = backend.ingest(publish.paths, publish_id=publish.publish_id, skip_known=parsed.resume, note=publish.note)
    for event in _collect_candidates(events, candidates):
        match event:
            case FilesFound():
                order.add_files(event)
            case FilePublished(index, path, result):
                is_lacking |= result.status == "error" and result.file_id is not None  # a failure of the target
                ready = order.set_result(index, (path, result))
            case PathUnreadable(path, _, message):
                ready = order.add_result((path, not_persisted(message)))
            case RunFinished():
                finished = event
            case _:
                _show_event(event, bar)
        for path, result in ready:
            bar.clear()
            _print_publish_result(path, result, rows)
    bar.clear()
    rows.finish()
    counts = finished.counts
    with backend.store() as store:
        target = f"{store.target}, {backend.location}"
        note = disagreement(store, backend.config, backend.where) if not is_lacking else ""
    print_message(
        f"{counts['inserted']:,} added, {counts['present']:,} already there, {counts['failed']:,} failed ({target})"
    )
    _print_undo(counts["inserted"], publish.publish_id, parsed.target)
    if note:
        print_message(note)
    if is_lacking:
        print_message("Run `exr-inspector publish --resume` to continue.")
    else:
        unfinished_publish.remove(backend.location)
    failed_previews = _make_previews(backend, candidates) if parsed.previews else 0
    return int(bool(finished.failed or failed_previews))


def _create_backend(parsed: argparse.Namespace) -> Backend:
    """Return the backend of the target, with the patience of the option."""
    backend = create_backend(parsed)
    if parsed.patience is not None:
        backend.config = replace(backend.config, patience_seconds=parsed.patience)
    return backend


def _begin_or_resume(backend: Backend, parsed: argparse.Namespace) -> UnfinishedPublish:
    """Return a new publish, or with --resume the last one to the target, whose paths and note the options replace."""
    last = unfinished_publish.load(backend.location) if parsed.resume else None
    if last is None and parsed.resume:
        print_message(f"There is no unfinished publish to {backend.location}; starting a new one.")
    if last is None:
        return UnfinishedPublish(new_publish_id(), tuple(parse_paths(parsed)), parsed.note)
    note = last.note if parsed.note is None else parsed.note
    if parsed.paths or parsed.files_from is not None:
        return UnfinishedPublish(last.publish_id, tuple(parse_paths(parsed)), note)
    if not last.paths:
        raise UsageError("The last publish had too many paths to remember. Give them again.")
    return UnfinishedPublish(last.publish_id, last.paths, note)


def _show_event(event: Event, bar: ProgressBar) -> None:
    """Show an event of a publish that is no result."""
    match event:
        case FileInspected() | FileReread():
            _print_notes(event, bar)
        case StoreWaiting(sentence, files, seconds_left):
            bar.clear()
            count = "1 file waits" if files == 1 else f"{files:,} files wait"
            print_message(f"{sentence} {count}; retrying for up to {seconds_left:.0f} s.")
        case Progress():
            bar.show(event)


def _print_notes(event: FileInspected | FileReread, bar: ProgressBar) -> None:
    """Print notes about a file before it is published."""
    file = event.file
    notes = [f"{CHANGED_NOTE}."] if isinstance(event, FileReread) else []
    if file.is_complete is False:
        notes.append("unfinished file; publish it again once it is complete.")
    if notes and not file.errors:
        bar.clear()
        for note in notes:
            print_message(f"{file.path}: {note}")


def _collect_candidates(events: Iterator[Event], candidates: list[Candidate]) -> Iterator[Event]:
    """Pass the events through, and append a preview candidate for each file that can be published at the end."""
    by_index: dict[int, Candidate] = {}
    for event in events:
        if isinstance(event, FileInspected | FileReread):
            by_index.pop(event.index, None)
            if event.record is not None:
                by_index[event.index] = to_candidate(event.record)
        elif isinstance(event, FilePublished) and event.index in by_index and event.result.file_id:
            # The roots of the target may give the file another id than those of the settings.
            by_index[event.index] = by_index[event.index]._replace(file_id=event.result.file_id)
        yield event
    candidates += by_index.values()


def _make_previews(backend: Backend, candidates: list[Candidate]) -> int:
    """Create the previews and return how many failed."""
    bar, finished = ProgressBar(), RunFinished(0, 0, False)
    for event in backend.make_previews(candidates):
        match event:
            case PreviewStored(_, path, str(error)):
                bar.clear()
                print_message(f"{path}: {error}")
            case Progress():
                bar.show(event)
            case RunFinished():
                finished = event
    bar.clear()
    print_message(f"{finished.done:,} thumbnails added, {finished.failed:,} failed")
    return finished.failed


def _print_undo(inserted: int, publish_id: str, target: str) -> None:
    """Print the id of a publish that added files, and the command that removes them."""
    if inserted:
        option = "" if target == "local" else f" --target {target}"
        print_message(f"publish_id {publish_id}; to undo it: exr-inspector library undo {publish_id}{option}")


def _print_publish_result(path: str, result: PublishResult, rows: JsonRows) -> None:
    rows.add({"path": path, **result.as_dict()})
    if rows.is_chosen:
        return
    if result.error:
        print_error(f"{path}: {result.error}")


def _dry_run(backend: Backend, parsed: argparse.Namespace) -> int:
    """Print the effect of publishing each file, or its error, in the order given."""
    order, counts, failed, rows = OrderedOutput(), Counter[PlanStatus](), 0, JsonRows(parsed)
    index_of_record: dict[int, int] = {}  # by id(record), until its plan arrives
    for event in backend.inspect(parse_paths(parsed)):
        ready: list[PlanItem | ExrFile] = []
        match event:
            case FilesFound():
                order.add_files(event)
            case FileInspected(index, file, None):
                failed += 1
                ready += order.set_result(index, file)
            case FileInspected(index, _, record):
                index_of_record[id(record)] = index
            case PathUnreadable(path, code, message):
                failed += 1
                ready += order.add_result(unreadable_file(path, Problem(code, message)))
            case PlanReady(plan):
                counts.update(item.status for item in plan.items)
                failed += len(plan.failures)
                for inspected, result in _results_of_plan(plan):
                    ready += order.set_result(index_of_record.pop(id(inspected)), result)
        for result in ready:
            _print_plan(result, rows)
    rows.finish()
    totals = [f"{counts[status]:,} {status.value}" for status in PlanStatus]
    print_message(f"{', '.join(totals)}, {failed:,} failed; nothing was written")
    return int(bool(failed))


def _results_of_plan(plan: Plan) -> Iterator[tuple[Record | ExrFile, PlanItem | ExrFile]]:
    """Yield each record as it was inspected, with its plan or with its file if that cannot be published any more."""
    yield from ((item.replaces or item.record, item) for item in plan.items)
    yield from ((failure.inspected, failure.file) for failure in plan.failures)


def _print_plan(result: PlanItem | ExrFile, rows: JsonRows) -> None:
    """Print the plan of a file, or the first error of one that cannot be published."""
    if isinstance(result, ExrFile):
        rows.add({"path": result.path, "errors": [problem._asdict() for problem in result.errors]})
        print_error(f"{result.path}: {problem_sentence(result.errors[0])}")
        return
    path, status = result.record.payload["file"]["path"], result.status.value
    is_reread = result.replaces is not None
    if rows.is_chosen:
        plan = {"path": path, "plan": status, "is_incomplete": result.is_incomplete}
        rows.add({**plan, "is_reread": True} if is_reread else plan)
    else:
        notes = [note for note, applies in (("unfinished", result.is_incomplete), (CHANGED_NOTE, is_reread)) if applies]
        print_result(f"{status}: {escape_control(path)}" + (f" ({'; '.join(notes)})" if notes else ""))
