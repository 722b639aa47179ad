"""What happens when a file is looked at: preview and inspector follow the selection and answer to each other."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.gui.inspector.file_details import ChunkState
from exr_inspector_app.gui.inspector.hex_dump_dialog import HexDumpDialog
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.inspector.structure_model import NODE_ROLE
from exr_inspector_app.gui.inspector.structure_nodes import StructureNode
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.preview.frames import Frames, collect_frames
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.gui.session.session_rows import NODE
from exr_inspector_app.gui.similar.search_state import SearchState

MOST_FRAMES = 2000  # that are compared; more would take several seconds


class SelectionPresenter(QObject):
    """Connects session list, preview and inspector to the controller."""

    def __init__(
        self,
        window: QWidget,
        controller: Controller,
        session: SessionPane,
        preview: PreviewPane,
        inspector: InspectorPane,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._session, self._preview, self._inspector = session, preview, inspector
        self._frames = Frames()
        self._chunks_key: tuple[object, ...] = ()
        self._sequence_key: tuple[object, ...] = ()
        self._sequence: tuple[SessionFile, ...] = ()
        session.chosen.connect(self._choose)
        controller.selected.connect(self._select)
        controller.changed.connect(self._show_frames)
        controller.previewing.changed.connect(preview.show_state)
        controller.facts.chunks_read.connect(self._show_chunks)
        controller.facts.bytes_read.connect(self._show_bytes)
        controller.facts.sequence_read.connect(inspector.show_sequence)
        preview.layer_selected.connect(controller.previewing.choose)
        preview.level_selected.connect(controller.previewing.choose_level)
        preview.exact_pixel_requested.connect(controller.previewing.read_pixel)
        controller.previewing.pixel_read.connect(preview.readout.show_exact)
        preview.frame_requested.connect(controller.select)
        inspector.structure.tree.activated.connect(self._show_layer)
        inspector.checks.banner.reload_requested.connect(lambda entry: controller.read_again([entry]))
        inspector.checks.banner.bytes_requested.connect(lambda entry, at: controller.facts.read_bytes(entry.path, at))
        inspector.checks.chunk_map_requested.connect(self._read_chunks)
        inspector.checks.measure.clicked.connect(self._measure)
        inspector.page_shown.connect(self._page_shown)
        controller.watching.changed.connect(session.show_changed)
        controller.searching.changed.connect(self._show_pinned)
        session.reload_wanted.connect(lambda: controller.read_again(controller.watching.found))

    @Slot(object)
    def _choose(self, entry: SessionFile | None) -> None:
        """Of a whole sequence the frame is shown that needs a person, otherwise the first."""
        node = self._session.view.currentIndex().data(NODE)
        listed: list[SessionFile] = node.entries if entry and node else []
        self._controller.select(next((one for one in listed if one.is_failed), entry))

    @Slot(object)
    def _select(self, entry: SessionFile | None) -> None:
        file = entry.file if entry else None
        self._inspector.show_entry(entry, file)
        self._controller.previewing.show_entry(entry, file)
        self._show_frames()
        key = (entry.path, file.size_bytes, file.mtime) if entry and file else ()
        if key != self._chunks_key:
            self._chunks_key = key
            self._inspector.checks.show_chunks(0, ())
            self._page_shown(self._inspector.page)

    @Slot()
    def _measure(self) -> None:
        """The pixels of the file that is looked at are read."""
        if self._controller.selection:
            self._controller.measuring.measure([self._controller.selection])

    @Slot(object)
    def _show_pinned(self, similar: SearchState | None) -> None:
        """The header says whether its file is the reference of the similar list."""
        self._inspector.header.show_pinned(similar.reference.path if similar else "")

    @Slot(QModelIndex)
    def _show_layer(self, index: QModelIndex) -> None:
        """The layer or channel of a row of the structure is what the preview shows."""
        node: StructureNode = index.data(NODE_ROLE)
        names = {node.full_name} if node.kind == "channel" else {child.full_name for child in node.children}
        layers = self._controller.previewing.shown.layers
        found = next((one for one in layers if one.part == node.part and names & set(one.channels)), None)
        if found and node.kind != "part":
            self._controller.previewing.choose(found)

    @Slot()
    def _show_frames(self) -> None:
        """The frames of the row that the selected file stands in, listed or not."""
        entry = self._controller.selection
        row = self._session.row_of(entry) if entry else None
        self._frames = collect_frames(row.entries if row else [])
        self._preview.show_frames(self._frames)
        self._read_sequence()

    def _read_sequence(self) -> None:
        """The frames beside the file are compared where somebody looks, and again when one of them has changed."""
        entries = self._frames.entries
        key = tuple([(id(entry), id(entry.record)) for entry in entries])
        if self._sequence != entries:
            self._sequence, self._sequence_key = entries, ()
            self._controller.facts.forget_sequence()
            self._inspector.show_sequence(())
        if self._inspector.page != InspectorPage.CHECKS or key == self._sequence_key:
            return
        if any(entry.is_waiting for entry in entries):
            return
        self._sequence_key = key
        if len(entries) <= MOST_FRAMES:
            self._controller.facts.read_sequence(entries)

    @Slot(int)
    def _page_shown(self, page: int) -> None:
        """The chunk table is read only where somebody looks at it."""
        if page == InspectorPage.CHECKS and self._chunks_key:
            self._read_chunks(0)
            self._read_sequence()

    @Slot(int)
    def _read_chunks(self, part: int) -> None:
        if self._chunks_key:
            self._controller.facts.read_chunks(str(self._chunks_key[0]), part)

    @Slot(object)
    def _show_chunks(self, chunks: ChunkState) -> None:
        if self._chunks_key and chunks.path == self._chunks_key[0]:
            self._inspector.checks.show_chunks(chunks.part, chunks.levels)

    @Slot(str, str)
    def _show_bytes(self, path: str, lines: str) -> None:
        HexDumpDialog(path, lines, self._window).show()
