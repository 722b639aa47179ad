"""Builder of the storage report: reads the library, and with statistics one frame of each sequence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from exr_inspector_app.config import Root
from exr_inspector_app.contracts import Filter, StopCheck, never_stop
from exr_inspector_app.exr import inspect_file, local_path
from exr_inspector_app.exr.pixels.pixel_checks import measure
from exr_inspector_app.exr.pixels.value_text import MAX_HALF
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.persistence.store import Store
from exr_inspector_app.services.storage.inventory import FileGroup, read_inventory
from exr_inspector_app.services.storage.ratios import Ratios
from exr_inspector_app.services.storage.report import ReportRow, ReportSection, StorageReport
from exr_inspector_app.services.storage.savings import half_row, old_version_rows, recompression_rows

_UNKNOWN = "unknown"
_TOTALS: tuple[tuple[str, str, Callable[[FileGroup], object]], ...] = (
    ("compression", "By compression", lambda group: group.facts["compression"]),
    ("type", "By pixel type", lambda group: group.pixel_type),
    ("kind", "By kind", lambda group: group.kind),
    ("renderer", "By renderer", lambda group: group.facts["renderer"]),
    ("show", "By show", lambda group: group.facts.get("show")),
    ("shot", "By shot", lambda group: " / ".join(filter(None, (group.facts.get(name) for name in ("show", "shot"))))),
)
_RECOMPRESSION_NOTE = (
    "Estimates from measured ratios, not promises: recompress one sequence first to see the real one. "
    "Rows for the same files are alternatives."
)
_HALF_NOTE = (
    "Half keeps 11 bits of precision and values up to 65,504. Savings are estimates; --stats measures a frame of each."
)
_HALF_GUESS = "largest value not measured"
_OLD_NOTE = "By version numbers such as v012 in the path. Nothing is deleted; check what is still in use."
_INCOMPLETE_NOTE = "Chunks are missing: the render was stopped, the file was cut off, or it is still written."


def build_report(
    store: Store,
    where: Filter = (),
    template: PathTemplate | None = None,
    roots: Sequence[Root] = (),
    *,
    with_statistics: bool = False,
    stop: StopCheck = never_stop,
) -> StorageReport:
    """Return the storage report of a library. No file is changed.

    Args:
        store: The library.
        where: Conditions on the files.
        template: Path template of show and shot.
        roots: The path map of the configuration.
        with_statistics: Read the pixels of one complete file of each sequence.
        stop: Polled while the library and files are read; a stopped report is incomplete.
    """
    groups = read_inventory(store, where, template or PathTemplate(), stop)
    ratios = Ratios(groups)
    present = [group for group in groups if not group.is_gone]
    floats = [group for group in present if group.float_colors and group.facts["compression"] not in ("dwaa", "dwab")]
    half, damaged = [half_row(group, _HALF_GUESS) for group in floats], list[ReportRow]()
    if with_statistics:
        complete = [group for group in present if group.facts["is_complete"] is not False]
        half, damaged = _measure(complete, {group.file_id for group in floats}, roots, stop)
    sections = [
        *(_totals(code, title, read, groups) for code, title, read in _TOTALS),
        _section("recompression", "Other compression", recompression_rows(groups, ratios), _RECOMPRESSION_NOTE),
        _section("half", "Float where half would do", half, _HALF_NOTE),
        _section("old-versions", "Older versions", old_version_rows(groups), _OLD_NOTE),
        _section("incomplete", "Incomplete files", _incomplete(present), _INCOMPLETE_NOTE),
        _section("damaged", "Damaged files", damaged, "Pixels of one file of each sequence were read."),
        _section("gone", "Files that are gone", _gone(groups), "As the last `reconcile` found them."),
    ]
    files, size = sum(group.files for group in groups), sum(group.size_bytes for group in groups)
    return StorageReport(store.target, files, size, tuple(section for section in sections if section.rows))


def _totals(code: str, title: str, read: Callable[[FileGroup], object], groups: Iterable[FileGroup]) -> ReportSection:
    """Return files and bytes by one property; no rows if no file has it."""
    by_value: dict[str, list[FileGroup]] = defaultdict(list)
    for group in groups:
        by_value[str(read(group) or _UNKNOWN)].append(group)
    if set(by_value) == {_UNKNOWN}:
        return ReportSection(code, title, "", ())
    rows = [
        ReportRow(value, sum(group.files for group in same), sum(group.size_bytes for group in same), _density(same))
        for value, same in by_value.items()
    ]
    return _section(code, title, rows, "")


def _density(groups: Iterable[FileGroup]) -> str:
    """Return the share of their uncompressed size that complete files take."""
    known = [group for group in groups if group.raw_bytes and group.facts["is_complete"] is not False]
    raw = sum(group.raw_bytes for group in known)
    share = 100 * sum(group.size_bytes for group in known) / raw if raw else 0
    return f"{share:.0f} % of the uncompressed size" if raw and share < 1000 else ""  # headers outweigh tiny images


def _measure(
    groups: Iterable[FileGroup], floats: AbstractSet[str], roots: Sequence[Root], stop: StopCheck
) -> tuple[list[ReportRow], list[ReportRow]]:
    """Return the rows of float groups whose values fit half, and of all whose pixels cannot be read."""
    half, damaged = [], []
    listed = list(groups)
    files = measure((inspect_file(local_path(group.path, roots)) for group in listed), stop)
    for group, file in zip(listed, files, strict=False):  # fewer files if it is stopped
        if file.errors or not file.stats:
            reason = file.errors[0].message if file.errors else "no pixels"
            damaged.append(ReportRow(group.path, 1, file.size_bytes or 0, reason))
            continue
        if group.file_id not in floats:
            continue
        colors = [row for row in file.stats if row.has_range and (row.part_index, row.name) in group.float_channels]
        largest = max((max(abs(row.min), abs(row.max)) for row in colors), default=0.0)
        if largest <= MAX_HALF and not any(row.inf_count for row in colors):
            half.append(half_row(group, f"largest value {largest:g}"))
    return half, damaged


def _incomplete(groups: Iterable[FileGroup]) -> list[ReportRow]:
    return [
        ReportRow(group.name, group.files, group.size_bytes) for group in groups if group.facts["is_complete"] is False
    ]


def _gone(groups: Iterable[FileGroup]) -> list[ReportRow]:
    return [ReportRow(group.name, group.files, group.size_bytes) for group in groups if group.is_gone]


def _section(code: str, title: str, rows: Iterable[ReportRow], note: str) -> ReportSection:
    """Return a section with its rows in order: largest saving, then largest size first."""
    order = sorted(rows, key=lambda row: (-(row.saved_bytes or 0), -row.size_bytes, row.name))
    return ReportSection(code, title, note, tuple(order))
