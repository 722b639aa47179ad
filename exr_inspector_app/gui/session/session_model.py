"""Session model: keeps the rows of the list in line with the files of the session, its filter and its grouping."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

from PySide6.QtCore import QModelIndex, QObject, Signal

from exr_inspector_app.exr.sequences.folder_index import EXTENSIONS
from exr_inspector_app.exr.sequences.frame_number import Frame
from exr_inspector_app.exr.sequences.grouping import SequenceKey, sequence_member
from exr_inspector_app.gui.session.folder_chains import below_chain, find_chains, name_chains
from exr_inspector_app.gui.session.grouping import Grouper, Grouping
from exr_inspector_app.gui.session.regrouping import Regrouping
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_nodes import GONE, HIDDEN, GroupNode, Node
from exr_inspector_app.gui.session.session_rows import group_folder, make_row, relist_group
from exr_inspector_app.gui.session.session_tree import SessionTree
from exr_inspector_app.gui.session.sort_filter import SessionFilter

MAX_SEPARATE_GROUPS = 20  # groups whose rows are removed one after the other


class SessionModel(SessionTree):
    """Model whose texts are prepared by `add` and `change`.

    Filter and order are computed outside, between `unsettled` and `arrange`. Rows that are added in between are hidden
    until then, unless the filter is the default one.
    """

    unsettled = Signal()  # rows were added, changed or removed: they may have to be sorted again
    arranged = Signal(object)  # list[QModelIndex]: groups that were not listed before
    regrouping = Signal()  # files are about to move to the rows of other sequences
    regrouped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_key: dict[tuple[str, SequenceKey], Node] = {}
        self._row_of: dict[SessionFile, Node] = {}
        self._frame_of: dict[SessionFile, Node] = {}
        self._pending: Regrouping | None = None
        self._known_frames: dict[SessionFile, Frame | None] = {}  # the frame by which a file got its row

    # Changes of the session

    def add(self, entries: Sequence[SessionFile], given: Sequence[str] = ()) -> None:
        """Add new files; `given` are the paths that the user opened."""
        roots = [root for root in map(os.path.abspath, given) if not root.lower().endswith(EXTENSIONS)]
        self._place((entry, group_folder(entry.path, roots)) for entry in entries)
        self._unsettle()

    def _place(self, entries: Iterable[tuple[SessionFile, str]]) -> None:
        """Add files to the rows of their sequences in the given folders."""
        touched: dict[Node, None] = {}
        fresh: dict[GroupNode, list[Node]] = {}
        for entry, folder in entries:
            frame = self._known_frames[entry] = entry.frame
            key, member = sequence_member(entry.path, frame)
            row = self._by_key.get((folder, key))
            if row is None:
                location = self.grouper.locate(entry.path, folder)
                group = self._group_at(location.levels)
                row = Node(HIDDEN, group, key=key, opened=folder, base=location.base)
                self._by_key[folder, key] = row
                fresh.setdefault(group, []).append(row)
            row.entries.append(entry)
            row.members.append(member)
            row.sequence, row.search_text = None, ""
            self._row_of[entry] = row
            touched[row] = None
        for row in touched:
            row.shown = make_row(row)
        for group, rows in fresh.items():
            group.rows += rows
            if self._lists_at_once(group):
                self._insert(group, rows, len(group.children))
        for row in touched:
            self._insert_frames(row)
            self._emit_changed(row)
        self._update_groups(touched)

    def _insert_frames(self, row: Node) -> None:
        """Insert frames below a sequence; a single file has none."""
        if len(row.entries) < 2:
            return
        fresh = [Node(0, row, entries=[entry]) for entry in row.entries[len(row.children) :]]
        for node in fresh:
            self._frame_of[node.entries[0]] = node
        if fresh:
            self._insert(row, fresh, len(row.children))

    def change(self, entries: Sequence[SessionFile]) -> None:
        """Update the rows of files that were inspected, planned or published."""
        shown = (entry for entry in entries if entry in self._row_of)
        self._regroup([entry for entry in shown if entry.frame != self._known_frames[entry]])
        touched: dict[Node, list[Node]] = {}
        for entry in entries:
            row = self._row_of.get(entry)
            if row is None:
                continue
            frames = touched.setdefault(row, [])
            frame = self._frame_of.get(entry)
            if frame is not None:
                frame.shown = None
                frames.append(frame)
        for row, frames in touched.items():
            row.shown, row.search_text = make_row(row), ""
            self._emit_changed(row)
            if frames and row.position >= 0:
                positions = [frame.position for frame in frames]
                first, last = row.children[min(positions)], row.children[max(positions)]
                self.dataChanged.emit(self._index(first), self._index(last))
        self._update_groups(touched)
        self._unsettle()

    def _regroup(self, entries: Sequence[SessionFile]) -> None:
        """Move files whose frame has changed to the rows of their sequences."""
        if not entries:
            return
        self.regrouping.emit()
        rows = [self._row_of[entry] for entry in entries]
        folders = [row.opened for row in rows]
        groups = self._take_out(dict.fromkeys(rows), set(entries))
        self._place(zip(entries, folders, strict=True))
        self._drop_empty(groups)
        for row in {self._row_of[entry]: None for entry in entries}:
            self._sort_frames(row)
        self._update_groups(row for row in rows if row.position != GONE)
        self.regrouped.emit()

    def _sort_frames(self, row: Node) -> None:
        """Sort the frames below a sequence."""
        if row.members == sorted(row.members):
            return
        self.layoutAboutToBeChanged.emit()
        persistent = self.persistentIndexList()
        row.members, row.entries = map(list, zip(*sorted(zip(row.members, row.entries, strict=True)), strict=True))
        row.children = [self._frame_of[entry] for entry in row.entries]
        for position, node in enumerate(row.children):
            node.position = position
        self.changePersistentIndexList(persistent, [self._index(index.internalPointer()) for index in persistent])
        self.layoutChanged.emit()

    def remove(self, entries: Iterable[SessionFile]) -> None:
        """Remove files; other rows stay selected."""
        removed = {entry for entry in entries if entry in self._row_of}
        rows = {self._row_of.pop(entry): None for entry in removed}
        for entry in removed:
            del self._known_frames[entry]
        # Qt visits all opened groups for each run of removed rows.
        is_large = len({row.parent for row in rows}) > MAX_SEPARATE_GROUPS
        with self._relayout() if is_large else nullcontext():
            self._drop_empty(self._take_out(rows, removed))
        self._update_groups(row for row in rows if row.position != GONE)
        self._unsettle()

    def _unsettle(self) -> None:
        """Report that rows have changed, also to the groups that are being prepared."""
        if self._pending is not None:
            self._pending.is_stale = True
        self.unsettled.emit()

    def _take_out(self, rows: Iterable[Node], removed: set[SessionFile]) -> list[GroupNode]:
        """Remove files from their rows, and rows without files; return the groups of such rows."""
        empty: dict[GroupNode, list[Node]] = {}
        for row in rows:
            self._remove_entries(row, removed)
            if not row.entries and isinstance(row.parent, GroupNode) and row.key:
                del self._by_key[row.opened, row.key]
                empty.setdefault(row.parent, []).append(row)
        for group, nodes in empty.items():
            self._drop(group, nodes)
            group.rows = [row for row in group.rows if row.position != GONE]
        return list(empty)

    def _remove_entries(self, row: Node, removed: set[SessionFile]) -> None:
        """Remove files from a row."""
        row.entries = [entry for entry in row.entries if entry not in removed]
        left = {entry.path for entry in row.entries}
        row.members = [member for member in row.members if member[-1] in left]
        row.sequence, row.search_text = None, ""
        frames = [node for node in row.children if node.entries[0] in removed]
        for frame in frames:
            self._frame_of.pop(frame.entries[0], None)
        self._drop(row, frames)
        if row.entries:
            row.shown = make_row(row)
            self._emit_changed(row)

    def row_of(self, entry: SessionFile) -> Node | None:
        """Return the row of a file, listed or not."""
        return self._row_of.get(entry)

    def index_of(self, entry: SessionFile) -> QModelIndex:
        """Return the index of the row of a file; for a frame, that of its sequence."""
        return self._index(self.row_of(entry))

    @property
    def count(self) -> int:
        """The number of sequences and files, listed or not."""
        return sum(len(group.rows) for group in self._groups.values())

    def count_groups(self, kind: str) -> int:
        """Return the number of groups of a kind, such as `shot`, listed or not."""
        return sum(group.levels[-1].kind == kind for group in self._groups.values() if group.levels)

    @property
    def listed(self) -> int:
        """The number of listed sequences and files."""
        return sum(row.position >= 0 for group in self._groups.values() for row in group.rows)

    def all_rows(self) -> list[tuple[GroupNode, list[Node]]]:
        """Return the groups, each after its parent, and their rows, listed or not, as added."""
        return [(group, list(group.rows)) for group in self._groups.values()]

    def listed_groups(self) -> list[QModelIndex]:
        """Return the indexes of the listed groups, each after its parent."""
        return [self._index(group) for group in self._listed()]

    def _listed(self) -> list[GroupNode]:
        return [group for group in self._groups.values() if group.position >= 0 and group is not self._top]

    # Order and groups

    def arrange(self, applied: SessionFilter, chosen: Sequence[tuple[GroupNode, list[Node]]]) -> None:
        """List these rows of these groups in this order; skip rows that were removed since."""
        before = set(self._listed())
        with self._relayout():
            self.filter = applied
            self._list_rows(chosen)
        self.arranged.emit([self._index(group) for group in self._listed() if group not in before])

    @contextmanager
    def _relayout(self) -> Iterator[None]:
        """Insert, move and remove rows without a signal for each of them."""
        self.layoutAboutToBeChanged.emit()
        persistent = self.persistentIndexList()
        nodes = [index.internalPointer() for index in persistent]  # alive until their indexes are replaced
        with self._unlisted():
            yield
        self.changePersistentIndexList(persistent, [self._index(node) for node in nodes])
        self.layoutChanged.emit()

    @contextmanager
    def _unlisted(self) -> Iterator[None]:
        """Hide the top, so that changes below it emit no signals."""
        self._top.position = HIDDEN
        try:
            yield
        finally:
            self._top.position = 0

    def _list_rows(self, chosen: Sequence[tuple[GroupNode, list[Node]]]) -> None:
        """List rows below their groups, and groups with listed rows below theirs, in this order."""
        groups = self._groups.values()
        merged = find_chains(groups) if self.grouper.grouping is Grouping.FOLDER else set()
        for group in groups:
            for node in (*group.rows, *group.groups):
                node.position = HIDDEN
            group.children = []
        kept = [
            (group, [row for row in rows if row.parent is group and row.position != GONE]) for group, rows in chosen
        ]
        shown = {group.levels[:depth] for group, rows in kept if rows for depth in range(len(group.levels) + 1)}
        for group, _ in kept:
            if isinstance(group.parent, GroupNode) and group.levels in shown:
                group.parent.children.append(group)
        for group, rows in kept:
            if group not in merged:
                group.children = [below_chain(child, merged) for child in group.children] + rows
                for position, node in enumerate(group.children):
                    node.position = position
        name_chains(groups, merged)
        for group in reversed(groups):
            group.shown = relist_group(group)
        self.has_new_folders = False

    def set_grouper(self, grouper: Grouper) -> None:
        """Move all rows to the groups of another grouper at once."""
        if not grouper.is_same(self.grouper):
            pending = self.prepare(grouper)
            for _ in pending.steps():
                pass
            self.regroup(pending)

    def prepare(self, grouper: Grouper) -> Regrouping:
        """Return the groups of another grouper, still without rows; the model notes in them that rows have changed."""
        self._pending = Regrouping(grouper, list(self._by_key.values()))
        return self._pending

    def regroup(self, pending: Regrouping) -> None:
        """Move all rows to prepared groups; those that a filter hides stay hidden."""
        self.regrouping.emit()
        self.beginResetModel()
        self._pending = None
        hidden = {row for row in self._by_key.values() if row.position < 0}
        self.grouper, self._top, self._groups = pending.grouper, pending.top, pending.groups
        with self._unlisted():
            pending.move(list(self._by_key.values()))
            self._drop_empty([group for group in self._groups.values() if not group.rows and not group.groups])
        self._list_rows([(group, [row for row in rows if row not in hidden]) for group, rows in self.all_rows()])
        self.endResetModel()
        self.arranged.emit(self.listed_groups())
        self.regrouped.emit()
        self._unsettle()
