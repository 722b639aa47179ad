"""Composition root of the window: creates the application, the services and the window, and closes them."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QBuffer, QObject, Qt, QTimer, Slot, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from exr_inspector_app.config import APP, Config, resource
from exr_inspector_app.config.atomic_file import write_file
from exr_inspector_app.config.places import DESKTOP_ID
from exr_inspector_app.exr.pixels.idle_workers import idle_workers
from exr_inspector_app.gui.display import has_display, missing_library
from exr_inspector_app.gui.main_window import strings
from exr_inspector_app.gui.main_window.controller import Controller
from exr_inspector_app.gui.main_window.named_sessions_presenter import NamedSessionsPresenter
from exr_inspector_app.gui.main_window.session_saver import SessionSaver
from exr_inspector_app.gui.main_window.single_instance import InstanceServer, hand_over
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.settings.saved_session import SavedSession, load_session
from exr_inspector_app.gui.settings.window_state import SCALES, Scheme, WindowState
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.gui.style import theme
from exr_inspector_app.gui.tasks.garbage_collector import GarbageCollector
from exr_inspector_app.gui.tasks.repaint_filter import RepaintFilter
from exr_inspector_app.gui.tasks.task_runner import Failure, TaskRunner
from exr_inspector_app.operating_system import raise_descriptor_limit
from exr_inspector_app.services.backend import Backend

SWITCH_INTERVAL_S = 0.001  # after which a worker yields the interpreter to the window; the default is five times that
SCALE_VARIABLE = "QT_SCALE_FACTOR"
IDLE_WORKERS = 2  # processes that decode, kept for the next job
CLOSE_TIMEOUT_S = 1.5  # for workers to stop; they stop between two requests or files
NO_DISPLAY = (
    "No display found. Use --screenshot OUT.png to save a screenshot of the window, "
    "or a command such as `exr-inspector inspect PATH`.\n"
)


def run(
    paths: Sequence[str],
    config: Config,
    screenshot: Path | None = None,
    size: tuple[int, int] = (1600, 1000),
    *,
    is_new_window: bool = False,
    settings_fault: str = "",
) -> int:
    """Run the window over these paths until it is closed, or save a screenshot once everything is shown.

    Without a screenshot, a running window of the user opens the paths instead, unless `is_new_window` is set.

    Args:
        paths: What to open.
        config: The configuration.
        screenshot: Image file to save, after which the window is closed.
        size: Of the window, in px.
        is_new_window: Open another window even if one is running.
        settings_fault: Why the settings could not be read; `config` then has the defaults.

    Returns:
        The exit code.
    """
    if screenshot:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        qInstallMessageHandler(_write_qt_message)
    elif not has_display():
        sys.stderr.write(NO_DISPLAY)
        return 1
    elif library := missing_library():
        raise ImportError(f"{library}: cannot open shared object file")  # reported as those that Qt itself loads
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    raise_descriptor_limit()  # each cached picture has one
    with scaled(SCALES[0] if screenshot else WindowState().scale):
        app = _application()
    if not screenshot and not is_new_window and hand_over(paths):
        return 0
    saved = SavedSession() if screenshot else load_session()
    settings = WindowState()
    if saved.roots:
        settings.session = list(saved.roots)
    theme.apply(app, (Scheme.DARK if screenshot else settings.scheme).value)
    garbage = GarbageCollector()
    idle_workers().keep(IDLE_WORKERS)
    tasks = TaskRunner()
    controller = Controller(Backend(config), tasks)
    window = MainWindow(controller, settings)
    RepaintFilter(window, tasks)
    hook, schemes = _ExceptionHook(window), _SchemeFollower(app, settings, window)
    window.show_settings_fault(settings_fault)
    window.resize(*size)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C in the terminal ends the program at once
    try:
        if screenshot:
            code = _save_screenshot(window, controller, paths, screenshot)
        else:
            saver = SessionSaver(window, controller.files, controller.preview, tasks, saved)
            code = _exec(window, controller, saver, paths)
    finally:
        hook.remove()
        schemes.close()
        controller.close()
        has_ended = tasks.close(CLOSE_TIMEOUT_S)
        garbage.close()
        idle_workers().keep(0)
    if not has_ended:  # a worker waits for a server: its transaction is not committed, and expires there
        exit_at_once(code)
    return code


@contextmanager
def scaled(percent: int) -> Iterator[None]:
    """Scale the window of the application that is made inside; a scale in the environment wins.

    Qt reads the variable once. It is removed again, since viewers and other programs that are started inherit it.
    """
    if percent == SCALES[0] or SCALE_VARIABLE in os.environ:
        yield
        return
    os.environ[SCALE_VARIABLE] = f"{percent / 100:g}"
    try:
        yield
    finally:
        del os.environ[SCALE_VARIABLE]


def _exec(window: MainWindow, controller: Controller, saver: SessionSaver, paths: Sequence[str]) -> int:
    """Show the window with the paths, or the saved session without any, until it is closed."""
    NamedSessionsPresenter(window, controller.files, controller.tasks, saver)
    window.painted.connect(controller.targets.query, Qt.ConnectionType.QueuedConnection)
    controller.targets.start_polling()
    window.show()
    window.state_saver.start()
    if paths:
        window.open_paths(paths)
    else:
        saver.restore()
    server = InstanceServer(window)  # for the paths of later starts
    server.paths_received.connect(window.open_from_other_start)
    server.listen()
    try:
        return QApplication.exec()
    finally:
        saver.flush()


def _save_screenshot(window: MainWindow, controller: Controller, paths: Sequence[str], path: Path) -> int:
    """Show the window with the paths, which are not added to the recent ones, until its screenshot is saved."""
    window.show()
    _Screenshot(controller, window, path)
    controller.targets.query()
    controller.files.open_paths(paths)
    return QApplication.exec()


def exit_at_once(code: int) -> None:
    """End the process without releasing its objects one by one, which takes seconds for a session of 10,000 files."""
    try:
        atexit._run_exitfuncs()  # temporary folders, logs
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # a window program of Windows has no streams
                stream.flush()
        os._exit(code)


def _write_qt_message(_kind: object, _context: object, text: str) -> None:
    """Write a message of Qt to stderr, except the one that the offscreen platform emits for every window."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")


def _application() -> QApplication:
    """Return the application with its names set."""
    instance = QApplication.instance()
    app = instance if isinstance(instance, QApplication) else QApplication([APP])
    app.setApplicationName(APP)
    app.setApplicationDisplayName(APP)
    app.setDesktopFileName(DESKTOP_ID)
    app.setWindowIcon(QIcon(str(resource("exr-inspector.svg"))))
    return app


class _ExceptionHook:
    """Exception hook that shows exceptions of slots, which reach nothing but `sys.excepthook`, as bug reports."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._previous = sys.excepthook
        sys.excepthook = self._report

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(report)
        self._window.show_bug(Failure(strings.UNEXPECTED_ERROR.format(kind.__name__), report))

    def remove(self) -> None:
        """Restore the previous hook."""
        sys.excepthook = self._previous


class _SchemeFollower(QObject):
    """Applies the color scheme of the View menu, or that of the system."""

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

    def close(self) -> None:
        """Stop following the system."""
        self._app.styleHints().colorSchemeChanged.disconnect(self._follow_system)


class _Screenshot(QObject):
    """Saves the screenshot once all files are inspected and the search for the first one has ended."""

    def __init__(self, controller: Controller, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self._controller = controller
        self._window = window
        self._path = path
        self._has_searched = False
        controller.settled.connect(self._on_settled)
        controller.search.changed.connect(self._on_search)

    @Slot()
    def _on_settled(self) -> None:
        if self._has_searched:
            return
        self._has_searched = True
        selection = self._controller.files.selection
        if self._controller.targets.current.files and selection:
            self._controller.search.search(selection)
        else:
            self._save_later()

    @Slot(object)
    def _on_search(self, search: SearchState | None) -> None:
        if search and search.hits is not None and not search.so_far:
            self._save_later()

    def _save_later(self) -> None:
        """Save when the event loop has done the layout and the thumbnails have arrived."""
        QTimer.singleShot(50, self._save)

    @Slot()
    def _save(self) -> None:
        is_loading = self._controller.preview.shown.is_loading or not self._window.preview.canvas.is_settled
        if self._controller.session_thumbnails.is_waiting or is_loading:
            self._save_later()
            return
        picture = QBuffer()
        self._window.grab().save(picture, "PNG")
        try:
            write_file(self._path, bytes(picture.data().data()))
        except OSError as error:
            sys.stderr.write(strings.screenshot_failed(str(self._path), error.strerror or str(error)))
            QApplication.exit(1)
            return
        QApplication.exit(0)
