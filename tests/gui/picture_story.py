"""Selects pictures, layers and frames in the real window, and measures processor time and stalls; prints JSON.

Run as a module of its own process with a folder of `wide.exr`, `layers.exr` and `shot/`. Processor time is that of the
window and its decoders together, and of OpenImageIO reading the same channels as half in the same process, by turns.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from exr_inspector_app import config
from exr_inspector_app.exr.pixels import decoder
from exr_inspector_app.exr.pixels.decoded_picture import Picture, to_draft
from exr_inspector_app.exr.pixels.shared_memory import Floats
from exr_inspector_app.exr.pixels.worker_protocol import PictureDraft
from exr_inspector_app.gui.app import SWITCH_INTERVAL_S
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.preview_job import PreviewState
from exr_inspector_app.gui.settings.window_state import WindowState
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.garbage_collector import GarbageCollector
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.services.backend import Backend
from tests.gui.heartbeat import Heartbeat

ROUNDS = 4
WAKE_INTERVAL_MS = 20
TIMEOUT_S = 60.0


class Driver:
    """Window that is driven by calls, and the clock of its processor time."""

    def __init__(self, application: QApplication) -> None:
        """Show a window."""
        self.tasks = TaskRunner()
        self.garbage = GarbageCollector()  # as in the application
        self.controller = Controller(Backend(config.load()), self.tasks)
        theme.apply(application, "dark")
        self.window = MainWindow(self.controller, WindowState())
        self.window.resize(1600, 1000)
        self.window.show()
        self.job, self.canvas = self.controller.preview, self.window.preview.canvas
        self.is_eager = True
        self._alarm = QTimer(self.window)  # ends each wait for events
        self._alarm.start(WAKE_INTERVAL_MS)
        self.job.prefetcher.schedule = self._schedule(self.job.prefetcher.schedule)  # type: ignore[method-assign]

    def _schedule(self, schedule: Callable[..., None]) -> Callable[..., None]:
        return lambda *arguments, **more: schedule(*arguments, **more) if self.is_eager else None

    def wait(self, is_done: Callable[[], bool]) -> None:
        """Run the event loop until a condition holds."""
        end = time.monotonic() + TIMEOUT_S
        while not is_done():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)  # polling would be counted
            if time.monotonic() > end:
                raise TimeoutError

    def wait_for_picture(self) -> None:
        """Wait until the canvas has the exact picture of the selection."""
        self.wait(lambda: not self.job.shown.is_loading and self.canvas.is_settled)

    def open(self, path: Path) -> None:
        """Add a file or folder to the session, and wait until nothing runs."""
        self.window.open_paths([str(path)])
        self.wait(lambda: not self.tasks.running() and self.controller.files.is_settled)

    def select(self, path: Path) -> None:
        """Select a file."""
        self.controller.files.select(self.controller.session.get(str(path)))

    def cpu_s(self) -> float:
        """Return the processor time of this process and of the threads of its children."""
        listed = [path.read_text() for path in Path(f"/proc/{os.getpid()}/task").glob("*/children")]  # by thread
        threads = (path for child in " ".join(listed).split() for path in Path(f"/proc/{child}/task").iterdir())
        return time.process_time() + sum(int((path / "schedstat").read_text().split()[0]) for path in threads) / 1e9


def read_as_half(path: Path, channel_count: int) -> float:
    """Return the processor time in which OpenImageIO reads the first channels as half."""
    import OpenImageIO as oiio

    started = time.process_time()
    image = oiio.ImageInput.open(str(path))
    image.read_image(0, 0, 0, channel_count, "half")
    image.close()
    return time.process_time() - started


def is_draft(state: PreviewState) -> bool:
    """Return True if a draft is shown."""
    return state.is_loading and state.pyramid is not None and state.pyramid.picture.is_draft


def measure_first(driver: Driver, path: Path, channel_count: int) -> dict[str, float]:
    """Return processor time from selection to picture and to its draft, relative to OpenImageIO."""
    ours, drafts, theirs = [], [], []
    decoded: list[float] = []  # processor time of the decoder when the draft arrives in the thread that waits for it

    def note(draft: PictureDraft, pixels: Floats | None) -> Picture:
        decoded.append(driver.cpu_s() - time.process_time())
        return to_draft(draft, pixels)

    decoder.to_draft = note
    for _ in range(ROUNDS):
        driver.controller.files.select(None)
        driver.job.cache.clear()
        driver.wait(lambda: not driver.tasks.running())
        theirs.append(read_as_half(path, channel_count))
        started, own = driver.cpu_s(), time.process_time()
        driver.select(path)
        driver.wait(lambda: driver.job.shown.pyramid is not None and driver.canvas.is_settled)
        if driver.job.shown.is_loading:
            drafts.append(decoded[-1] - (started - own) + time.process_time() - own)
        driver.wait_for_picture()
        ours.append(driver.cpu_s() - started)
    figures = {"cpu_ms": 1000 * min(ours), "openimageio_ms": 1000 * min(theirs), "ratio": min(ours) / min(theirs)}
    return figures | ({"draft_ratio": min(drafts) / min(theirs)} if drafts else {})


def measure_steps(driver: Driver, frames: list[Path]) -> dict[str, float]:
    """Return processor time of a step to a frame that is not cached, relative to OpenImageIO."""
    driver.job.cache.clear()
    ours, theirs = [], []
    for frame in frames:
        theirs.append(read_as_half(frame, 3))
        started = driver.cpu_s()
        driver.select(frame)
        driver.wait_for_picture()
        ours.append(driver.cpu_s() - started)
    typical, reference = sorted(ours)[len(ours) // 2], sorted(theirs)[len(theirs) // 2]
    return {"cpu_ms": 1000 * typical, "openimageio_ms": 1000 * reference, "ratio": typical / reference}


def measure_cached(driver: Driver, heartbeat: Heartbeat, show: list[Callable[[], None]]) -> dict[str, float]:
    """Return wall time from request to picture, and the longest work of the window thread at once, in ms."""
    times, calls = [], []
    heartbeat.restart()
    for request in show:
        started = time.perf_counter()
        request()
        calls.append(time.perf_counter() - started)
        driver.wait_for_picture()
        times.append(time.perf_counter() - started)
    typical = sorted(times)[len(times) // 2]
    return {
        "shown_ms": 1000 * typical,
        "longest_call_ms": 1000 * max(calls),
        "typical_call_ms": 1000 * sorted(calls)[len(calls) // 2],
        "longest_event_ms": 1000 * heartbeat.busiest,
    }


def main(folder: Path) -> None:
    """Run the story."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    driver = Driver(QApplication([]))
    driver.is_eager = False
    result: dict[str, object] = {}
    for name, channel_count in (("wide", 4), ("layers", 4)):
        path = folder / f"{name}.exr"
        driver.open(path)
        result[name] = measure_first(driver, path, channel_count)
    frames = sorted((folder / "shot").iterdir())
    driver.open(folder / "shot")
    result["step"] = measure_steps(driver, frames)
    heartbeat = Heartbeat(driver.window)
    driver.is_eager = True
    driver.select(folder / "layers.exr")
    driver.wait_for_picture()
    layers = driver.job.shown.layers
    driver.wait(lambda: len(driver.job.cache) >= len(layers))
    chosen = [lambda layer=layer: driver.job.select_layer(layer) for layer in layers[1:]]
    result["cached_layer"] = measure_cached(driver, heartbeat, chosen)
    driver.is_eager = False
    for frame in frames:
        driver.select(frame)
        driver.wait_for_picture()
    steps = [lambda frame=frame: driver.select(frame) for frame in frames]
    result["cached_frame"] = measure_cached(driver, heartbeat, steps)
    driver.controller.close()
    driver.tasks.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
