"""The composition root of the window: who is made, who is told, and how it ends."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from exr_inspector_app.config import APP, Config
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.settings.window_state import Scheme, WindowState
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.task_runner import Failure, TaskRunner
from exr_inspector_app.services.backend import Backend

SWITCH_SECONDS = 0.001  # how long the window waits for the interpreter while a worker has it, a fifth of the usual
NO_DISPLAY = (
    "exr-inspector finds no display to open its window on; use --screenshot OUT.png to render it to a picture, "
    "or a command such as `exr-inspector inspect PATH`.\n"
)


def run(
    paths: Sequence[str], config: Config, screenshot: Path | None = None, size: tuple[int, int] = (1600, 1000)
) -> int:
    """The window over these paths until it is closed, or its picture once everything is shown; the exit code."""
    if screenshot:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        qInstallMessageHandler(_tell_qt_message)
    elif not has_display():
        sys.stderr.write(NO_DISPLAY)
        return 1
    # A session keeps millions of small values that form no cycles; looking through them all would stop the window.
    gc.set_threshold(20_000, 50, 1_000_000)
    sys.setswitchinterval(SWITCH_SECONDS)
    app = _application()
    settings = WindowState()
    theme.apply(app, (Scheme.DARK if screenshot else settings.scheme).value)
    tasks = TaskRunner()
    controller = Controller(Backend(config), tasks)
    window = MainWindow(controller, settings)
    reporter = _Reporter(window)
    schemes = _Schemes(app, settings, window)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal ends the program at once
    window.resize(*size)
    window.show()
    camera = _Camera(controller, window, screenshot) if screenshot else None
    if camera:
        controller.ask_target()
        controller.open_paths(paths)  # a picture leaves no trace in what is remembered
    else:
        window.painted.connect(controller.ask_target, Qt.ConnectionType.QueuedConnection)
        window.open_paths(paths)
    try:
        code = app.exec()
    finally:
        reporter.leave()
        schemes.leave()
        controller.close()
        tasks.close()
    return code


def _tell_qt_message(_kind: object, _context: object, text: str) -> None:
    """Qt's own messages on stderr, without the one that the offscreen platform has for every window."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")


def has_display() -> bool:
    """False on a Linux machine without a screen, unless a platform is asked for by name."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _application() -> QApplication:
    """The one application, with its names."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([APP])
    app.setApplicationName(APP)
    app.setApplicationDisplayName(APP)
    app.setDesktopFileName(APP)
    return app


class _Reporter:
    """Exceptions of slots reach only `sys.excepthook`: there they become a report that can be copied."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._before = sys.excepthook
        sys.excepthook = self._report

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(report)
        sentence = f"The window met an error in the program: {kind.__name__}."
        self._window.show_bug(Failure(sentence, report))

    def leave(self) -> None:
        """Exceptions go where they went before."""
        sys.excepthook = self._before


class _Schemes(QObject):
    """Follows the choice in the View menu, and the system where that is the choice."""

    def __init__(self, app: QApplication, settings: WindowState, window: MainWindow) -> None:
        super().__init__(window)
        self._app = app
        self._settings = settings
        window.scheme_chosen.connect(self._follow)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @Slot(object)
    def _follow(self, scheme: Scheme) -> None:
        theme.apply(self._app, scheme.value)

    @Slot()
    def _follow_system(self) -> None:
        if self._settings.scheme is Scheme.SYSTEM:
            theme.apply(self._app, "system")

    def leave(self) -> None:
        """The system's changes are not followed any more."""
        self._app.styleHints().colorSchemeChanged.disconnect(self._follow_system)


class _Camera(QObject):
    """Takes the picture once everything is inspected and what is similar to the first file is found."""

    def __init__(self, controller: Controller, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self._controller = controller
        self._window = window
        self._path = path
        self._asked = False
        controller.settled.connect(self._settled)
        controller.searching.changed.connect(self._found)

    @Slot()
    def _settled(self) -> None:
        if self._asked:
            return
        self._asked = True
        if self._controller.target.files and self._controller.selection:
            self._controller.find_similar()
        else:
            self._shoot_soon()

    @Slot(object)
    def _found(self, similar: SearchState | None) -> None:
        if similar and similar.hits is not None and not similar.so_far:
            self._shoot_soon()

    def _shoot_soon(self) -> None:
        """When the event loop has laid everything out and the pictures are there."""
        QTimer.singleShot(50, self._shoot)

    @Slot()
    def _shoot(self) -> None:
        if self._controller.file_pictures.is_waiting or self._controller.previewing.shown.is_loading:
            self._shoot_soon()
            return
        saved = self._window.grab().save(str(self._path), "PNG")
        if not saved:
            sys.stderr.write(f"The picture cannot be written to {self._path}; choose a folder you may write to.\n")
        QApplication.exit(0 if saved else 1)
