"""Tree nodes of the session list, and the data that is painted for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from PySide6.QtCore import Qt

from exr_inspector_app.exr.sequences.grouping import FrameSequence, SequenceKey, SequenceMember
from exr_inspector_app.gui.session.grouping import Level
from exr_inspector_app.gui.session.session import SessionFile

SHOWN = Qt.ItemDataRole.UserRole + 1  # SessionRow or SessionGroup
NODE = Qt.ItemDataRole.UserRole + 2
# Position of a row that a filter hides, of a removed row, and of a folder that is part of the name of the one below.
HIDDEN, GONE, MERGED = -1, -2, -3


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Painted texts of one sequence, file or frame; its name is that of the node."""

    second: str
    glyph: str
    status: str  # a key of paint.STATUS
    word: str
    figure: str = ""
    badge: str = ""
    rules: tuple[int, int] | None = None  # errors and warnings of the profile; None without one
    cells: dict[str, str] = field(default_factory=dict, compare=False)  # of chosen columns, once they are painted

    @property
    def is_damaged(self) -> bool:
        """True if files are damaged, or were refused by the library."""
        return self.status in ("damaged", "failed")

    @property
    def severity(self) -> int:
        """0 for a row with errors, 1 with warnings, 2 with neither: of its files, its frames and the profile."""
        errors, warnings = self.rules or (0, 0)
        if errors or self.is_damaged:
            return 0
        return 1 if warnings or self.badge or self.status == "incomplete" else 2


@dataclass(frozen=True, slots=True)
class SessionGroup:
    """Painted texts of one group."""

    folder: str
    items: str
    problems: int


@dataclass(eq=False, slots=True)
class Node:
    """Group, sequence or file, or frame; `position` is its row below its listed parent, HIDDEN, GONE or MERGED."""

    position: int
    parent: Node | None = None
    name: str = ""  # of a row: its path below `base`; of a group: that of its level
    key: SequenceKey | None = None
    children: list[Node] = field(default_factory=list)  # those that are listed, in order
    entries: list[SessionFile] = field(default_factory=list)
    members: list[SequenceMember] = field(default_factory=list)  # of a row: its entries as sequence members
    shown: SessionRow | SessionGroup | None = None  # of a frame: None until it is painted
    sequence: FrameSequence | None = None  # of the entries; None once they have changed
    search_text: str = ""  # of a filter; empty once the entries have changed
    opened: str = ""  # of a row: the folder as it was opened
    base: str = ""  # of a row: the folder that its name is relative to; empty for none


class Totals(NamedTuple):
    """Numbers of a group and the groups below it."""

    rows: int = 0
    listed: int = 0  # rows that no filter hides
    files: int = 0
    damaged: int = 0  # rows whose files are damaged, or were refused by the library
    errors: int = 0  # rows that are damaged or fail a rule of the profile
    warnings: int = 0  # other rows with missing or odd frames, unfinished files, or warnings of the profile


@dataclass(eq=False, slots=True)
class GroupNode(Node):
    """Opened folder, folder, show, shot or task; the invisible one at the top contains all others."""

    levels: tuple[Level, ...] = ()  # from the top down to this one
    is_in_tree: bool = False  # groups may contain groups
    rows: list[Node] = field(default_factory=list)  # all, as added
    groups: list[GroupNode] = field(default_factory=list)  # all, as added
    totals: Totals = field(default_factory=Totals)
    prefix: str = ""  # names of the merged folders above, with a slash after each
    depth: int = 0  # number of listed groups above

    @property
    def is_opened_folder(self) -> bool:
        """True if the name is the path of an opened folder."""
        return len(self.levels) == 1 and not self.levels[0].kind


def listed_parent(node: Node) -> Node | None:
    """Return the node above in the list: the parent, or the first group above it that is not merged."""
    above = node.parent
    while above is not None and above.position == MERGED:
        above = above.parent
    return above


def is_listed(node: Node) -> bool:
    """Return True unless the node or one of its parents is hidden."""
    above = listed_parent(node)
    return node.position >= 0 and (above is None or is_listed(above))


def contiguous_runs(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """Return the positions of listed nodes as runs of first and last, the last run first."""
    runs: list[tuple[int, int]] = []
    for position in sorted((node.position for node in nodes if node.position >= 0), reverse=True):
        if runs and runs[-1][0] == position + 1:
            runs[-1] = (position, runs[-1][1])
        else:
            runs.append((position, position))
    return runs


def listed_rows(node: Node) -> Iterator[Node]:
    """Yield the listed rows of a group and of the groups below it; a row itself."""
    if not isinstance(node, GroupNode):
        yield node
        return
    for child in node.children:
        yield from listed_rows(child)
