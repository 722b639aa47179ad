"""Command `diff`: compare the headers or the pixels of files, or find the outliers of a sequence."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from exr_inspector_app.cli.options.number_arguments import parse_tolerance
from exr_inspector_app.cli.options.path_arguments import add_paths, parse_paths
from exr_inspector_app.cli.options.target_arguments import create_backend
from exr_inspector_app.cli.output.terminal import inspected_files, print_message, print_problems, print_result
from exr_inspector_app.cli.pixel_diff import add_options, check_options, print_pixel_diff
from exr_inspector_app.errors import KnownError
from exr_inspector_app.exr.diff.header_diff import DEFAULT_TOLERANCE, PART_TYPE, DiffKind, DiffRow, DiffState, diff
from exr_inspector_app.exr.diff.outliers import OutlierFile, SequenceOutliers, find_outliers
from exr_inspector_app.exr.sequences.grouping import FrameSequence, group_sequences
from exr_inspector_app.model import ExrFile, to_json
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

MAX_VALUE_CHARS = 100

_DESCRIPTION = """Show header differences between files. Given one sequence or folder, show the frames that differ from
the rest. A folder with several sequences is reported per sequence. Next to other paths, a sequence is
represented by its first frame without differences. With --pixels, all layers of two files are compared pixel by
pixel, the largest difference first. The exit code shows whether every file could be read, not whether
files differ: use the key "same" of --json for that."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("diff", help="Show header differences between files.", description=_DESCRIPTION)
    parser.set_defaults(run=_diff)
    add_paths(parser)
    text = f"relative tolerance for numbers ({DEFAULT_TOLERANCE:g})"
    parser.add_argument("--tolerance", type=parse_tolerance, default=DEFAULT_TOLERANCE, metavar="PART", help=text)
    parser.add_argument("--json", action="store_true", help="the differences as one JSON object")
    add_options(parser)


def _diff(parsed: argparse.Namespace) -> int:
    check_options(parsed)
    failed = False
    groups: list[list[ExrFile]] = []  # one per path
    backend = create_backend(parsed)
    for path in parse_paths(parsed):
        files = [file for file, _ in inspected_files(backend.inspect([path], with_plan=False))]
        for file in files:
            failed |= bool(file.errors)
            print_problems(file)
        groups.append([file for file in files if file.parts])
    if parsed.pixels:
        failed |= bool(print_pixel_diff(parsed, groups))
    elif len(groups) == 1:
        _print_outliers(groups[0], parsed.tolerance, parsed.json)
    else:
        typical = [_typical_file(group, parsed.tolerance) for group in groups if group]
        _print_diff(typical, parsed.tolerance, parsed.json)
    return int(failed)


def _typical_file(group: Sequence[ExrFile], tolerance: float) -> ExrFile:
    """Return the only file, or the first frame of a sequence without differences from the rest."""
    return group[0] if len(group) == 1 else group[find_outliers(group, tolerance).typical]


def _require_two(group: Sequence[ExrFile]) -> None:
    if len(group) < 2:
        raise KnownError("Fewer than two files could be read. Give a second one to compare.")


def _print_diff(group: Sequence[ExrFile], tolerance: float, as_json: bool) -> None:
    """Print the differences between files, row by row."""
    _require_two(group)
    result = diff(group, tolerance)
    if as_json:
        rows = list(map(_row_json, result.differences))
        print_result(json.dumps({"files": result.paths, "same": not rows, "differences": rows}, indent=2))
        return
    for number, path in enumerate(result.paths, 1):
        print_result(f"{number}  {escape_control(path)}")
    for title, grouped in groupby(result.differences, lambda row: row.group):
        print_result(f"\n{escape_control(title)}")
        print_result("\n".join(_group_lines(list(grouped))))
    if not result.differences:
        print_result("\nThe headers are identical.")


def _group_lines(rows: Sequence[DiffRow]) -> Iterator[str]:
    """Yield the lines of a group; a part that is missing from some files takes one line."""
    holders = {row.only_in for row in rows}
    if rows[0].name == PART_TYPE and rows[0].state is DiffState.ONLY_IN and len(holders) == 1:
        counts = Counter(row.kind for row in rows)
        numbers = ", ".join(str(index + 1) for index in holders.pop())
        yield f"  only in {numbers}: {counts[DiffKind.CHANNEL]} channels, {counts[DiffKind.ATTRIBUTE]} attributes"
        return
    for row in rows:
        yield f"  {_row_name(row)}"
        for text, numbers_with_value in _file_numbers_by_value(row).items():
            yield f"    {','.join(numbers_with_value):<4} {text}"


def _print_outliers(group: Sequence[ExrFile], tolerance: float, as_json: bool) -> None:
    """Print the outliers among the files of one path; for a folder with several sequences, those of each."""
    _require_two(group)
    by_path = {file.path: file for file in group}
    sequences = [
        grouped
        for grouped in group_sequences(by_path, {file.path: file.frame_number for file in group})
        if len(grouped.paths) > 1
    ]
    if len(sequences) < 2:
        outliers = find_outliers(group, tolerance)
        print_result(json.dumps(_outliers_json(outliers), indent=2) if as_json else "\n".join(_outlier_lines(outliers)))
        return
    by_pattern = [
        (_pattern(grouped), find_outliers([by_path[path] for path in grouped.paths], tolerance))
        for grouped in sequences
    ]
    if as_json:
        same = not any(outliers.outliers for _, outliers in by_pattern)
        rows = [{"pattern": pattern, **_outliers_json(outliers)} for pattern, outliers in by_pattern]
        print_result(json.dumps({"same": same, "sequences": rows}, indent=2))
    else:
        texts = (f"{escape_control(name)}: " + "\n".join(_outlier_lines(outliers)) for name, outliers in by_pattern)
        print_result("\n\n".join(texts))
    single_files = len(group) - sum(len(grouped.paths) for grouped in sequences)
    if single_files:
        files, verb = pluralize(single_files, "file"), "belongs" if single_files == 1 else "belong"
        print_message(f"Skipped {files} that {verb} to no sequence.")


def _pattern(sequence: FrameSequence) -> str:
    return os.path.join(sequence.folder, sequence.pattern)


def _outliers_json(outliers: SequenceOutliers) -> dict[str, Any]:
    odd = [
        {"path": file.path, "frame": file.frame, "differences": list(map(_row_json, file.rows))}
        for file in outliers.outliers
    ]
    varying = [{"group": key.group, "kind": key.kind, "name": key.name} for key in outliers.varying]
    return {"files": outliers.paths, "same": not odd, "odd": odd, "varying": varying}


def _outlier_lines(outliers: SequenceOutliers) -> Iterator[str]:
    """Yield the outliers frame by frame, then the names that vary from frame to frame."""
    count = len(outliers.outliers)
    yield f"{len(outliers.paths):,} files, {count:,} {'differs' if count == 1 else 'differ'} from the rest"
    for file in outliers.outliers:
        yield f"\n{_frame_text(file)} differs in {', '.join(_row_name(row) for row in file.rows)}"
        for row in file.rows:
            usual, value = _value_texts(row)
            yield f"  {escape_control(row.group)}, {_row_name(row)}: {value}, elsewhere {usual}"
    if outliers.varying:
        names = dict.fromkeys(escape_control(key.name) for key in outliers.varying)
        yield f"\nDiffer from frame to frame: {', '.join(names)}"


def _frame_text(file: OutlierFile) -> str:
    return escape_control(file.path) if file.frame is None else f"Frame {file.frame}"


def _row_name(row: DiffRow) -> str:
    return f"channel {escape_control(row.name)}" if row.kind is DiffKind.CHANNEL else escape_control(row.name)


def _file_numbers_by_value(row: DiffRow) -> dict[str, list[str]]:
    """Return each value with the numbers of the files that have it, counted from 1."""
    numbers: dict[str, list[str]] = {}
    for number, text in enumerate(_value_texts(row), 1):
        numbers.setdefault(text, []).append(str(number))
    return numbers


def _value_texts(row: DiffRow) -> list[str]:
    return ["(absent)" if text is None else text for text in row.texts(MAX_VALUE_CHARS, escape_control)]


def _row_json(row: DiffRow) -> dict[str, Any]:
    """Return a row as JSON: null for a file without the value, file indexes counted from 0."""
    values = [None if cell is None else {"type": cell.type, "value": to_json(cell.value)} for cell in row.cells]
    names = {"group": row.group, "kind": row.kind, "name": row.name, "state": row.state}
    return {**names, "only_in": row.only_in, "values": values}
