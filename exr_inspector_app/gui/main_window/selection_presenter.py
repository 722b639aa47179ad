"""Presenter of the selected file: preview and inspector follow the selection, and each other."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from exr_inspector_app.contracts import Record
from exr_inspector_app.gui.inspector.file_details import ChunkState, FileDetailsLoader
from exr_inspector_app.gui.inspector.hex_dump_dialog import HexDumpDialog
from exr_inspector_app.gui.inspector.inspector_pane import InspectorPage, InspectorPane
from exr_inspector_app.gui.inspector.structure_model import NODE_ROLE
from exr_inspector_app.gui.inspector.structure_nodes import StructureNode
from exr_inspector_app.gui.main_window.picture.prefetch_presenter import PrefetchPresenter
from exr_inspector_app.gui.preview.playback.frames import Frames, collect_frames, frame_steps
from exr_inspector_app.gui.preview.preview_job import PreviewJob
from exr_inspector_app.gui.preview.preview_pane import PreviewPane
from exr_inspector_app.gui.preview.rendering.level_choice import choose_step
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.session.session_controller import SessionController
from exr_inspector_app.gui.session.session_nodes import NODE
from exr_inspector_app.gui.session.session_pane import SessionPane
from exr_inspector_app.model import StoredValue

MANY_FRAMES, FRAMES_DELAY_MS = 500, 400  # of a sequence whose changes are shown together, and for how long
MAX_FRAMES = 2000  # of a sequence that is checked; more would take several seconds


class SelectionPresenter(QObject):
    """Connects session list, preview and inspector to the selection, the decoder, and the file details."""

    def __init__(
        self,
        window: QWidget,
        files: SessionController,
        preview_job: PreviewJob,
        details: FileDetailsLoader,
        session: SessionPane,
        preview: PreviewPane,
        inspector: InspectorPane,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._files, self._preview_job, self._details = files, preview_job, details
        self._session, self._preview, self._inspector = session, preview, inspector
        self._frames = Frames()
        self._chunks_key: tuple[object, ...] = ()
        self._sequence: tuple[SessionFile, ...] = ()
        self._checked: list[Record | None] = []  # of these files, when they were last compared
        self._prefetch = PrefetchPresenter(preview_job, preview.strip, self)
        session.entry_selected.connect(self._select)
        session.reload_requested.connect(lambda: files.reload(files.file_watcher.outdated))
        files.selected.connect(self._show)
        files.changed.connect(self._on_files_changed)
        self._frames_timer = QTimer(self)
        self._frames_timer.setSingleShot(True)
        self._frames_timer.setInterval(FRAMES_DELAY_MS)
        self._frames_timer.timeout.connect(self._start_slices)
        self._slice_timer = QTimer(self)
        self._slice_timer.setInterval(0)
        self._slice_timer.timeout.connect(self._run_slice)
        self._steps: Iterator[None] = iter(())
        self._collected: Sequence[SessionFile] = ()  # the files of the row that the frames are from
        files.file_watcher.changed.connect(session.show_changed)
        preview_job.choose_step = partial(choose_step, preview.canvas)
        preview_job.changed.connect(preview.show_state)
        preview_job.pixel_read.connect(preview.readout.show_exact)
        preview.layer_selected.connect(preview_job.select_layer)
        preview.level_selected.connect(preview_job.select_level)
        preview.exact_pixel_requested.connect(preview_job.read_pixel)
        preview.frame_requested.connect(files.select)
        details.chunks_read.connect(self._show_chunks)
        details.bytes_read.connect(self._show_bytes)
        details.sequence_read.connect(inspector.show_sequence)
        details.value_read.connect(inspector.attributes.model.show_value)
        inspector.attributes.model.value_requested.connect(self._read_value)
        inspector.structure.tree.activated.connect(self._show_layer)
        inspector.checks.banner.reload_requested.connect(lambda entry: files.reload([entry]))
        inspector.checks.banner.bytes_requested.connect(lambda entry, offset: details.read_bytes(entry.path, offset))
        inspector.checks.chunk_map_requested.connect(self._read_chunks)
        inspector.checks.measure.clicked.connect(self._measure)
        inspector.page_shown.connect(self._on_page_shown)

    @Slot(object)
    def _select(self, entry: SessionFile | None) -> None:
        """Select the first failed frame of a sequence, otherwise its first frame."""
        node = self._session.view.currentIndex().data(NODE)
        frames: list[SessionFile] = node.entries if entry and node else []
        self._files.select(next((frame for frame in frames if frame.is_failed), entry))

    @Slot(object)
    def _show(self, entry: SessionFile | None) -> None:
        file = entry.file if entry else None
        self._inspector.show_entry(entry, file)
        self._preview_job.show_entry(entry, file)
        entries = self._row_entries
        if entries is self._collected and len(self._frames.entries) == len(entries) >= MANY_FRAMES:
            self._set_frames(self._frames)  # another frame of a long sequence; changes of its files follow
        else:
            self._show_frames()
        key = (entry.path, file.size_bytes, file.mtime) if entry and file else ()
        if key != self._chunks_key:
            self._chunks_key = key
            self._inspector.checks.show_chunks(0, ())
            self._on_page_shown(self._inspector.page)

    @Slot()
    def _measure(self) -> None:
        """Measure the pixels of the selected file."""
        if self._files.selection:
            self._files.statistics.measure([self._files.selection])

    @Slot(QModelIndex)
    def _show_layer(self, index: QModelIndex) -> None:
        """Show the layer or channel of an activated structure row in the preview."""
        node: StructureNode = index.data(NODE_ROLE)
        names = {node.full_name} if node.kind == "channel" else {child.full_name for child in node.children}
        layers = [layer for layer in self._preview_job.shown.layers if layer.part == node.part]
        layer = next((layer for layer in layers if names & {*layer.stored, *layer.ranks}), None)
        if layer and node.kind != "part":
            self._preview_job.select_layer(layer)

    @Slot()
    def _on_files_changed(self) -> None:
        """Show the frames again, those of a long sequence a few times a second while they are inspected."""
        if len(self._row_entries) < MANY_FRAMES:
            self._show_frames()
        elif not self._frames_timer.isActive():
            self._frames_timer.start()

    @Slot()
    def _show_frames(self) -> None:
        """Show the frames of the row that holds the selected file, even if the row is hidden."""
        self._frames_timer.stop()
        self._slice_timer.stop()
        self._collected = entries = self._row_entries
        self._set_frames(collect_frames(entries))

    @property
    def _row_entries(self) -> Sequence[SessionFile]:
        entry = self._files.selection
        row = self._session.row_of(entry) if entry else None
        return row.entries if row else ()

    @Slot()
    def _start_slices(self) -> None:
        """Collect the frames of a long sequence in slices, so that the event loop is not blocked."""
        self._collected = entries = self._row_entries
        self._steps = frame_steps(entries)
        self._slice_timer.start()

    @Slot()
    def _run_slice(self) -> None:
        try:
            next(self._steps)
        except StopIteration as end:
            self._slice_timer.stop()
            self._set_frames(end.value)

    def _set_frames(self, frames: Frames) -> None:
        self._frames = frames
        self._preview.show_frames(self._frames)
        self._prefetch.show_frames(self._frames)
        self._inspector.show_frames(self._frames.entries)
        self._check_sequence()

    def _check_sequence(self) -> None:
        """Compare the frames if the Checks page is shown, and again after one of them has changed."""
        entries = self._frames.entries
        records = [entry.record for entry in entries]
        if self._sequence != entries:
            self._sequence, self._checked = entries, []
            self._details.drop_sequence()
            self._inspector.show_sequence(())
        is_checked = len(records) == len(self._checked) and all(map(operator.is_, records, self._checked))
        if self._inspector.page != InspectorPage.CHECKS or is_checked:
            return
        if any(entry.is_waiting for entry in entries):
            return
        self._checked = records
        if len(entries) <= MAX_FRAMES:
            self._details.read_sequence(entries)

    @Slot(int)
    def _on_page_shown(self, page: int) -> None:
        """Read the chunk map only when its page is shown."""
        if page == InspectorPage.CHECKS and self._chunks_key:
            self._read_chunks(0)
            self._check_sequence()

    @Slot(object)
    def _read_value(self, value: StoredValue) -> None:
        """Read a large attribute of the selected file."""
        if self._files.selection:
            self._details.read_value(self._files.selection.path, value)

    @Slot(int)
    def _read_chunks(self, part: int) -> None:
        if self._chunks_key:
            self._details.read_chunks(str(self._chunks_key[0]), part)

    @Slot(object)
    def _show_chunks(self, chunks: ChunkState) -> None:
        if self._chunks_key and chunks.path == self._chunks_key[0]:
            self._inspector.checks.show_chunks(chunks.part, chunks.levels)

    @Slot(str, str)
    def _show_bytes(self, path: str, lines: str) -> None:
        HexDumpDialog(path, lines, self._window).show()
