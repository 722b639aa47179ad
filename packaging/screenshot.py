"""Makes the README's picture: the sample renders as a shot, half of it published, in the real window.

python3 packaging/dev.py run --screenshot OUT.png PATH...   does the same for your own files
.venv/bin/python packaging/screenshot.py OUT.png            arranges the files of the picture first
.venv/bin/python packaging/help_pictures.py                 makes the other pictures of the help pages
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exr_inspector_app.gui.main_window.controller import Controller
    from exr_inspector_app.gui.main_window.window import MainWindow

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "resources" / "sample"
SHOWS = Path(tempfile.gettempdir()) / "prod"  # the picture shows its name, which must be the same in every run
SHOT, OTHER = SHOWS / "orca/OR_0420", SHOWS / "orca/OR_0435"
PUBLISHED = (SHOT / "lighting/beauty/v016", SHOT / "lighting/crypto", OTHER / "lighting/beauty/v011")
RENAMED = {"v001": "v016", "v002": "v017"}
PATIENCE = 60_000  # milliseconds for everything to be read, published and painted
sys.path.insert(0, str(ROOT))


def main(out: str) -> int:
    """Whether the picture could be made, as an exit code."""
    target = Path(out).resolve()
    with production() as environment:
        run = [sys.executable, "-m", "exr_inspector_app", "publish", "--previews", *map(str, PUBLISHED)]
        subprocess.run(run, env={**environment, "PYTHONPATH": str(ROOT)}, check=True)
        return _shoot(target)


@contextmanager
def production() -> Iterator[dict[str, str]]:
    """The shots of the picture and an empty home while the block runs; yields the environment of programs."""
    with tempfile.TemporaryDirectory() as name:
        os.environ.update(
            HOME=name,
            XDG_CONFIG_HOME=f"{name}/config",
            XDG_CACHE_HOME=f"{name}/cache",
            EXR_INSPECTOR_LIBRARY=f"{name}/library.duckdb",
            PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
            QT_QPA_PLATFORM="offscreen",
        )
        SHOWS.mkdir()  # fails if the folder exists: files of another user are never removed
        try:
            _arrange()
            yield dict(os.environ)
        finally:
            shutil.rmtree(SHOWS)


def _arrange() -> None:
    """The sample under the names of a production, and a neighbouring shot with one frame cut off in its header."""
    for source in sorted(SAMPLE.rglob("*.exr")):
        parts = [RENAMED.get(part, part) for part in source.relative_to(SAMPLE).parts]
        place = SHOT.joinpath(*parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
    other = OTHER / "lighting" / "beauty" / "v011"
    shutil.copytree(SAMPLE / "lighting/beauty/v001", other)
    damaged = other.with_name("v012") / "beauty.1001.exr"
    damaged.parent.mkdir()
    damaged.write_bytes((other / "beauty.1001.exr").read_bytes()[:900])


@contextmanager
def opened_window(size: tuple[int, int]) -> Iterator[tuple[MainWindow, Controller, Callable[[], None]]]:
    """The window of an empty session; yields it, its controller, and what waits until nothing is under way."""
    from PySide6.QtWidgets import QApplication

    from exr_inspector_app import config
    from exr_inspector_app.gui.main_window.controller import Controller
    from exr_inspector_app.gui.main_window.window import MainWindow
    from exr_inspector_app.gui.settings.window_state import WindowState
    from exr_inspector_app.gui.style import theme
    from exr_inspector_app.gui.tasks.task_runner import TaskRunner
    from exr_inspector_app.services.backend import Backend

    app = QApplication([])
    theme.apply(app, "dark")
    tasks = TaskRunner()
    controller = Controller(Backend(config.load()), tasks)
    window = MainWindow(controller, WindowState())
    window.resize(*size)
    window.show()

    def is_still() -> bool:
        is_idle = not tasks.running() and controller.is_settled and not controller.session_thumbnails.is_waiting
        return is_idle and window.preview.canvas.is_settled

    yield window, controller, lambda: _wait(is_still)
    controller.close()
    tasks.close()


def _shoot(target: Path) -> int:
    """Show the shots with the files similar to the newest beauty pass, and save the window."""
    from PySide6.QtTest import QTest

    with opened_window((1600, 1000)) as (window, controller, wait):
        controller.targets.query()
        controller.files.open_paths([f"{SHOT}/lighting/beauty/v017"])
        wait()
        newest = next(entry for entry in controller.session if "v017/beauty" in entry.path)
        window.session.select(newest)
        window.actions_["similar"].trigger()
        wait()
        controller.files.open_paths([str(SHOT), str(OTHER)])
        wait()
        window.session.select(newest)
        wait()
        canvas = window.preview.canvas
        QTest.mouseMove(canvas, canvas.view.to_canvas(150, 60).toPoint())
        wait()
        saved = window.grab().save(str(target), "PNG")
    return 0 if saved else 1


def _wait(is_over: Callable[[], bool]) -> None:
    """Until nothing has been under way for a moment."""
    _pause(400)
    for _ in range(PATIENCE // 200):
        if is_over():
            break
        _pause(200)
    _pause(400)


def _pause(milliseconds: int) -> None:
    """Run the event loop; QTest.qWait would keep the interpreter from the workers."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "screenshot.png"))
