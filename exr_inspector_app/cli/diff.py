"""`diff`: what differs between the headers of files, or which frames of a sequence are odd."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from exr_inspector_app.cli.terminal import core_of, files, out, say, say_problems
from exr_inspector_app.errors import KnownError
from exr_inspector_app.exr.diff.header_diff import PART_TYPE, TOLERANCE, DiffKind, DiffRow, DiffState, diff
from exr_inspector_app.exr.diff.outliers import OutlierFile, SequenceOutliers, oddities
from exr_inspector_app.exr.sequences.grouping import group_sequences
from exr_inspector_app.model import ExrFile, to_json
from exr_inspector_app.text.escape import escape_control

_TEXT = """Tell what differs between the headers of two or more files. For one sequence or folder alone: which of
its frames differ from the others, and in what (of several sequences in a folder, each for itself); beside other paths
it stands for its first frame that is not odd.
The exit code tells whether every file could be read, not whether they differ; the word "same" in --json does."""
_LONGEST = 100  # characters of a value


def add(commands: Any) -> None:
    """The words of the command."""
    parser = commands.add_parser("diff", help="Tell what differs between headers.", description=_TEXT)
    parser.set_defaults(run=_diff)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    text = f"the part of the larger one by which two numbers may differ and be the same ({TOLERANCE:g})"
    parser.add_argument("--tolerance", type=tolerance, default=TOLERANCE, metavar="PART", help=text)
    parser.add_argument("--json", action="store_true")


def tolerance(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1:
        raise ValueError(text)
    return number


def _diff(parsed: argparse.Namespace) -> int:
    """0 where every file could be read, whatever differs; 1 otherwise."""
    failed = False
    groups: list[list[ExrFile]] = []
    core = core_of(parsed)
    for path in parsed.paths:
        found = [file for file, _ in files(core.inspect([path], known=False))]
        for file in found:
            failed |= bool(file.errors)
            say_problems(file)
        groups.append([file for file in found if file.parts])
    if len(groups) == 1:
        _tell_group(groups[0], parsed.tolerance, parsed.json)
    else:
        _tell_files([_typical(group, parsed.tolerance) for group in groups if group], parsed.tolerance, parsed.json)
    return int(failed)


def _typical(group: Sequence[ExrFile], tolerance: float) -> ExrFile:
    """The file itself, or the one that stands for a sequence."""
    return group[0] if len(group) == 1 else group[oddities(group, tolerance).typical]


def _enough(group: Sequence[ExrFile]) -> None:
    if len(group) < 2:
        raise KnownError("Fewer than two files could be read; name a second one to compare with.")


def _tell_files(group: Sequence[ExrFile], tolerance: float, as_json: bool) -> None:
    """What differs, row by row."""
    _enough(group)
    found = diff(group, tolerance)
    if as_json:
        rows = list(map(_row_json, found.differences))
        out(json.dumps({"files": found.paths, "same": not rows, "differences": rows}, indent=2))
        return
    for place, path in enumerate(found.paths, 1):
        out(f"{place}  {escape_control(path)}")
    for title, listed in groupby(found.differences, lambda row: row.group):
        out(f"\n{escape_control(title)}")
        out("\n".join(_group_lines(list(listed))))
    if not found.differences:
        out("\nThe headers say the same.")


def _group_lines(rows: Sequence[DiffRow]) -> Iterator[str]:
    """The rows of a group; a part that some files lack is one line."""
    holders = {row.only_in for row in rows}
    if rows[0].name == PART_TYPE and rows[0].state is DiffState.ONLY_IN and len(holders) == 1:
        counts = Counter(row.kind for row in rows)
        places = ", ".join(str(place + 1) for place in holders.pop())
        yield f"  only in {places}: {counts[DiffKind.CHANNEL]} channels, {counts[DiffKind.ATTRIBUTE]} attributes"
        return
    for row in rows:
        yield f"  {_name(row)}"
        for text, numbers in _values(row).items():
            yield f"    {','.join(numbers):<4} {text}"


def _tell_group(group: Sequence[ExrFile], tolerance: float, as_json: bool) -> None:
    """What is odd among the files of one path; of a folder with several sequences, in each of them."""
    _enough(group)
    by_path = {file.path: file for file in group}
    several = [one for one in group_sequences(by_path) if len(one.paths) > 1]
    if len(several) < 2:
        found = oddities(group, tolerance)
        out(json.dumps(_odd_json(found), indent=2) if as_json else "\n".join(_odd_lines(found)))
        return
    told = [
        (os.path.join(one.folder, one.pattern), oddities([by_path[path] for path in one.paths], tolerance))
        for one in several
    ]
    if as_json:
        same = not any(found.odd for _, found in told)
        sequences = [{"pattern": pattern, **_odd_json(found)} for pattern, found in told]
        out(json.dumps({"same": same, "sequences": sequences}, indent=2))
    else:
        out("\n\n".join(f"{escape_control(pattern)}: " + "\n".join(_odd_lines(found)) for pattern, found in told))
    alone = len(group) - sum(len(one.paths) for one in several)
    if alone:
        say(f"Left out, since they are of no sequence: {alone:,} of the files.")


def _odd_json(found: SequenceOutliers) -> dict[str, Any]:
    """What is odd and what changes all the time, as JSON."""
    odd = [{"path": one.path, "frame": one.frame, "differences": list(map(_row_json, one.rows))} for one in found.odd]
    varying = [{"group": key.group, "kind": key.kind, "name": key.name} for key in found.varying]
    return {"files": found.paths, "same": not odd, "odd": odd, "varying": varying}


def _odd_lines(found: SequenceOutliers) -> Iterator[str]:
    """What is odd, frame by frame, and what changes all the time."""
    odd_count = len(found.odd)
    verb = "differs" if odd_count == 1 else "differ"
    yield f"{len(found.paths):,} files, {odd_count:,} {verb} from the others"
    for one in found.odd:
        yield f"\n{_frame(one)} differs in {', '.join(_name(row) for row in one.rows)}"
        for row in one.rows:
            usual, its = _texts(row)
            yield f"  {escape_control(row.group)}, {_name(row)}: {its}, elsewhere {usual}"
    if found.varying:
        names = dict.fromkeys(escape_control(key.name) for key in found.varying)
        yield f"\nDiffer from frame to frame: {', '.join(names)}"


def _frame(one: OutlierFile) -> str:
    return escape_control(one.path) if one.frame is None else f"Frame {one.frame}"


def _name(row: DiffRow) -> str:
    return f"channel {escape_control(row.name)}" if row.kind is DiffKind.CHANNEL else escape_control(row.name)


def _values(row: DiffRow) -> dict[str, list[str]]:
    """Each value with the numbers of the files that have it."""
    found: dict[str, list[str]] = {}
    for place, text in enumerate(_texts(row), 1):
        found.setdefault(text, []).append(str(place))
    return found


def _texts(row: DiffRow) -> list[str]:
    """The values as they are printed."""
    return ["(absent)" if text is None else text for text in row.texts(_LONGEST, escape_control)]


def _row_json(row: DiffRow) -> dict[str, Any]:
    """A row as JSON: null where a file lacks it, places counted from 0."""
    values = [None if cell is None else {"type": cell.type, "value": to_json(cell.value)} for cell in row.cells]
    names = {"group": row.group, "kind": row.kind, "name": row.name, "state": row.state}
    return {**names, "only_in": row.only_in, "values": values}
