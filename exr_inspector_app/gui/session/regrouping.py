"""Regrouping: groups of another grouper, prepared row by row while the listed ones stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exr_inspector_app.exr.sequences.grouping import FrameSequence
from exr_inspector_app.gui.session.grouping import Grouper, Level
from exr_inspector_app.gui.session.session_nodes import GONE, HIDDEN, GroupNode, Node
from exr_inspector_app.gui.session.session_rows import make_group, make_row, move_row, name_below


class _Place(NamedTuple):
    """Group of a row, and the row's name there.

    Attributes:
        base: Folder that the name is relative to; empty for none.
        sequence: Sequence with that name.
    """

    group: GroupNode
    base: str
    name: str
    sequence: FrameSequence


class Regrouping:
    """Tree of groups that rows are to move to; the rows themselves stay as they are until it is applied.

    Attributes:
        grouper: Locator of the rows.
        top: Invisible group that contains all others.
        groups: The groups by their levels, each after its parent.
        is_stale: Rows were added, changed or removed since; set by the model.
    """

    def __init__(self, grouper: Grouper, rows: Sequence[Node]) -> None:
        self.grouper, self._rows = grouper, rows
        self.top = GroupNode(0)
        self.groups: dict[tuple[Level, ...], GroupNode] = {(): self.top}
        self.is_stale = False
        self._places: dict[Node, _Place] = {}

    def steps(self) -> Iterator[None]:
        """Place all rows, and count those of each group; the longest step counts the rows of one group."""
        for row in self._rows:
            if row.position != GONE:
                self._place(row)
            yield
        yield from self._count()

    def _count(self) -> Iterator[None]:
        for group in reversed(self.groups.values()):
            group.shown = make_group(group)
            yield

    def move(self, rows: Sequence[Node]) -> None:
        """Move all rows, including those added since, to their groups."""
        for row in rows:
            group, base, name, sequence = self._places.get(row) or self._place(row)
            row.parent = group
            has_changed = row.sequence is not None and row.sequence is not sequence
            move_row(row, base, name_below(row.sequence, base) if has_changed and row.sequence else name)
        if self.is_stale:
            for group in self.groups.values():
                group.rows = [row for row in group.rows if row.position != GONE]
            for _ in self._count():
                pass

    def _place(self, row: Node) -> _Place:
        """Find the group of a row, and its name there."""
        location = self.grouper.locate(row.entries[0].path, row.opened)
        group = self._group_at(location.levels)
        if row.sequence is None:
            row.shown = make_row(row)
        assert row.sequence is not None
        name = name_below(row.sequence, location.base)
        place = self._places[row] = _Place(group, location.base, name, row.sequence)
        group.rows.append(row)
        return place

    def _group_at(self, levels: tuple[Level, ...]) -> GroupNode:
        """Return the group at these levels; create it and those above it if they are missing."""
        group = self.groups.get(levels)
        if group is None:
            above = self._group_at(levels[:-1])
            is_tree = self.grouper.grouping.is_tree
            group = GroupNode(HIDDEN, above, levels[-1].name, levels=levels, is_in_tree=is_tree)
            above.groups.append(group)
            self.groups[levels] = group
        return group
