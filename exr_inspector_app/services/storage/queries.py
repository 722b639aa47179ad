"""Storage queries of the command line and the window: the report, and duplicates as a section of it."""

from __future__ import annotations

import re
from collections import defaultdict

from exr_inspector_app.contracts import Filter, StopCheck, never_stop
from exr_inspector_app.persistence.query.derived_columns import parse_template
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.services.duplicates import Duplicates, find_duplicates
from exr_inspector_app.services.storage.build import build_report
from exr_inspector_app.services.storage.report import ReportRow, ReportSection, StorageReport

DUPLICATES = "duplicates"
_NOTE = "Equal contents on disk; the bytes would be free if one file of each row were kept. Nothing is deleted."
_MAX_PATHS = 3  # other paths of a row
_FRAME = re.compile(r"(?<=[._])-?[0-9]+(?=\.[^./\\]+$)")


def storage_report(
    backend: Backend, where: Filter = (), *, with_statistics: bool = False, stop: StopCheck = never_stop
) -> StorageReport:
    """Return the storage report of the target of a backend; see `build_report`."""
    template = parse_template(backend.config.path_template)
    with backend.store() as store:
        return build_report(store, where, template, backend.config.roots, with_statistics=with_statistics, stop=stop)


def duplicates_section(backend: Backend, where: Filter = (), stop: StopCheck = never_stop) -> ReportSection:
    """Return the files with equal contents, one row per sequence; candidates of equal header and size are read.

    Args:
        backend: Backend whose target is searched.
        where: Conditions on the files.
        stop: Polled between groups; the section then has the groups that were found so far.
    """
    with backend.store() as store:
        groups = list(find_duplicates(store, where, backend.config.roots, stop=stop))
    merged: dict[tuple[str, ...], list[Duplicates]] = defaultdict(list)
    for group in groups:
        merged[tuple(_FRAME.sub("####", path) for path in group.paths)].append(group)
    rows = []
    for names, frames in merged.items():
        paths = frames[0].paths if len(frames) == 1 else names
        others = paths[1 : _MAX_PATHS + 1]
        rest = len(paths) - 1 - len(others)
        detail = "also " + ", ".join(others) + (f" and {rest:,} more" if rest else "")
        size = sum(group.size_bytes * len(paths) for group in frames)
        freed = sum(group.freed_bytes for group in frames)
        rows.append(ReportRow(paths[0], len(paths) * len(frames), size, detail, freed))
    rows.sort(key=lambda row: (-(row.saved_bytes or 0), row.name))
    return ReportSection(DUPLICATES, "Duplicates", _NOTE, tuple(rows))
