"""Presenter of the picture cache: decodes neighbors of the shown picture ahead, and marks cached frames."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from exr_inspector_app.gui.preview.picture_loader import LoadRequest
from exr_inspector_app.gui.preview.playback.frame_strip import FrameStrip
from exr_inspector_app.gui.preview.playback.frames import Frames
from exr_inspector_app.gui.preview.playback.prefetcher import IDLE_DELAY_MS
from exr_inspector_app.gui.preview.preview_job import PreviewJob, PreviewState
from exr_inspector_app.gui.session.session import SessionFile

NEIGHBORS = (1, -1, 2)  # frames around the shown one, in the order in which they are decoded
MAX_UPCOMING = 32  # frames that are requested at once while playing; the next ones follow with each frame


class PrefetchPresenter(QObject):
    """Schedules the prefetcher for the shown picture, and shows its progress in the frame strip."""

    def __init__(self, preview_job: PreviewJob, strip: FrameStrip, parent: QObject) -> None:
        """Connect the job to the strip."""
        super().__init__(parent)
        self._job, self._strip = preview_job, strip
        self._frames = Frames()
        self._has_waiting = False  # frames around the shown one are not inspected yet
        preview_job.changed.connect(self._on_changed)
        preview_job.prefetcher.advanced.connect(self._mark)
        strip.play.toggled.connect(self._schedule)

    def show_frames(self, frames: Frames) -> None:
        """Set the frames of the selected sequence; called again when some of them are inspected."""
        if frames.entries != self._frames.entries or self._has_waiting:
            self._frames = frames
            self._on_changed(self._job.shown)

    @Slot(object)
    def _on_changed(self, state: PreviewState) -> None:
        if not state.is_loading and state.pyramid is not None:
            self._mark()
            self._schedule()

    @Slot()
    def _schedule(self) -> None:
        """Decode the frames around the shown one, and its other layers; while playing, all that come next."""
        current = self._job.current_request
        if current is None or self._job.shown.level != (0, 0):
            return
        if self._strip.is_playing:
            self._job.prefetcher.schedule(self._requests(self._strip.upcoming), delay_ms=0)
            return
        entries, entry = self._frames.entries, self._job.shown.entry
        near: list[SessionFile] = []
        if entry in entries:
            index = entries.index(entry)
            near = [entries[index + step] for step in NEIGHBORS if 0 <= index + step < len(entries)]
        self._has_waiting = any(other.is_waiting for other in near)
        self._job.prefetcher.schedule(self._requests(near), current, delay_ms=IDLE_DELAY_MS)

    def _requests(self, entries: Sequence[SessionFile]) -> list[LoadRequest]:
        requests = (self._job.request_for(entry) for entry in entries[:MAX_UPCOMING])
        return [request for request in requests if request is not None]

    @Slot()
    def _mark(self) -> None:
        """Mark the frames whose picture is in memory in the shown layer."""
        entries = self._frames.entries
        if len(entries) < 2 or self._job.shown.layer is None:
            return
        paths = self._job.cache.paths_of(self._job.shown.layer)
        self._strip.show_cached([entry.path in paths for entry in entries])
