"""Next problem: the next file of the list that is damaged, unfinished or odd, fails the profile, or follows a gap."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QModelIndex

from exr_inspector_app.gui.session.session import SessionFile, find_odd
from exr_inspector_app.gui.session.session_nodes import NODE, Node
from exr_inspector_app.gui.session.session_rows import is_incomplete

_ROOT = QModelIndex()
MIN_FRAMES = 3  # of fewer, no frame is odd


def next_problem(model: QAbstractItemModel, current: SessionFile | None, step: int) -> SessionFile | None:
    """Return the next (or with -1 the previous) file with a problem after the current one, around the end."""
    entries, problems = list[SessionFile](), set[SessionFile]()
    for row in _rows(model, _ROOT):
        entries += row.entries
        problems.update(_problems(row))
    if not problems:
        return None
    start = entries.index(current) if current in entries else (-1 if step > 0 else 0)
    around = (entries[(start + step * offset) % len(entries)] for offset in range(1, len(entries) + 1))
    return next(entry for entry in around if entry in problems)


def _rows(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[Node]:
    """Yield the listed rows in the order of the list."""
    for position in range(model.rowCount(parent)):
        index = model.index(position, 0, parent)
        node: Node = index.data(NODE)
        if node.key is not None:
            yield node
        else:
            yield from _rows(model, index)


def _problems(row: Node) -> list[SessionFile]:
    """Return the files of a row with a problem, and those before which frames are missing."""
    odd = set(find_odd(row.entries)) if len(row.entries) >= MIN_FRAMES else set()
    missing = set(row.sequence.missing) if row.sequence else set()
    return [
        entry
        for entry in row.entries
        if entry in odd or _has_problem(entry) or (isinstance(entry.frame, int) and entry.frame - 1 in missing)
    ]


def _has_problem(entry: SessionFile) -> bool:
    fails = any(outcome.status == "failed" and outcome.severity == "error" for outcome in entry.outcomes)
    return entry.is_failed or entry.is_odd or is_incomplete(entry) or fails
