"""Stories: first start by keyboard, a library of thousands, VAST lost and back, a close in the middle, and faults."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from exr_inspector_app import config
from exr_inspector_app.gui.publish.target_state import TargetCause
from exr_inspector_app.gui.widgets.tab_dock import ACTIVITY, LIBRARY, SIMILAR
from tests.gui.stories.runner import CONTROL, Driver, Wait
from tests.vast_server import VastServer

SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def first_start(user: Driver) -> Iterator[Wait]:
    """Try the sample, look around, publish, and undo, by keyboard alone."""
    window = user.window
    window.activateWindow()  # without a window manager, nothing else gives it the focus
    yield window.isActiveWindow
    user.seen["start page"] = window.empty.isVisible()
    user.shoot("start")
    button = next(one for one in window.empty.findChildren(QPushButton) if one.text() == "Try the sample")
    for _ in range(40):
        if user.focused is button:
            break
        user.key(Key.Key_Tab)
    user.seen["reached by Tab"] = user.focused is button
    user.key(Key.Key_Return)
    yield lambda: user.is_settled() and user.is_idle()
    user.seen["files"] = len(user.controller.session)
    user.seen["tour"] = window.tour.isVisible()
    user.shoot("sample")
    user.key(Key.Key_F8)
    selection = user.controller.files.selection
    user.seen["next problem"] = os.path.basename(selection.path) if selection else ""
    user.key(Key.Key_4, CONTROL)
    user.seen["attributes"] = window.inspector.attributes.table.hasFocus()
    user.key(Key.Key_K, CONTROL)
    yield lambda: window.command_palette.isVisible()
    user.type("light")
    user.key(Key.Key_Return)
    yield lambda: window.actions_.schemes["light"].isChecked()
    user.shoot("light")
    user.key(Key.Key_P, CONTROL)
    yield window.sheet.publish.isEnabled
    user.seen["plan has the focus"] = window.sheet.publish.hasFocus()
    user.seen["writable"] = window.sheet.writable.isVisible()
    user.shoot("plan")
    user.key(Key.Key_Return)
    yield lambda: bool(user.controller.targets.current.files) and user.is_settled()
    user.seen["published"] = user.controller.targets.current.files
    yield window.actions_["undo"].isEnabled
    user.key(Key.Key_K, CONTROL)
    yield lambda: window.command_palette.isVisible()
    user.type("undo")
    user.key(Key.Key_Return)
    yield lambda: user.controller.targets.current.files == 0 and user.is_settled()
    user.seen["undone"] = window.status.text
    user.key(Key.Key_Q, CONTROL)


def library(user: Driver) -> Iterator[Wait]:
    """Find similar files in a library of thousands, and browse it."""
    window = user.window
    yield lambda: user.controller.targets.current.files is not None
    user.drop(user.folder / "shot")
    yield user.is_settled
    user.seen["library"] = user.controller.targets.current.files
    user.click(window.toolbar.similar)
    yield lambda: window.dock.current_page == SIMILAR and window.similar.count > 0 and user.is_idle()
    user.seen["similar"] = window.similar.count
    user.shoot("similar")
    window.dock.show_page(LIBRARY)
    yield lambda: window.library.model.rowCount() > 0 and user.is_idle()
    window.dock.set_maximized(is_maximized=True)
    window.library.view.setFocus()
    for _ in range(3):
        user.key(Key.Key_PageDown)
    yield user.is_idle
    user.seen["rows"] = window.library.model.rowCount()
    user.shoot("library")
    window.close()


def vast(user: Driver) -> Iterator[Wait]:
    """Publish to a VAST Database that goes away and comes back, and retry."""
    window = user.window
    targets = user.controller.targets
    user.drop(user.folder / "shot")
    yield user.is_settled
    with VastServer(buckets=("vastdb",), access="KEY", secret="SECRET") as server:
        names = {"ENDPOINT": server.endpoint, "ACCESS_KEY": "KEY", "SECRET_KEY": "SECRET", "BUCKET": "vastdb"}
        os.environ.update({f"VAST_DB_{name}": value for name, value in names.items()})
        targets.configure(config.load())
        targets.choose("vast")
        yield lambda: targets.current.files is not None and user.is_settled()
        user.click(window.toolbar.publish)
        yield window.sheet.publish.isEnabled
        server.fault("*", "status:403:AccessDenied", times=100_000)
        user.click(window.sheet.publish)
        yield lambda: targets.current.health is not TargetCause.NONE and not user.controller.publishing.is_running
        user.seen["banner"] = window.layout_.banner.isVisible()
        user.seen["files at fault"] = len(user.controller.session.failed())
        user.shoot("lost")
        server.faults.clear()
        yield user.is_idle
        window.actions_["retry"].trigger()
        yield lambda: targets.current.files == len(user.controller.session) and user.is_settled()
        user.seen["banner after"] = window.layout_.banner.isVisible()
        user.seen["rows"] = server.rows("exr_metadata", "files").num_rows
        window.dock.show_page(ACTIVITY)
        user.shoot("back")
        window.close()
        yield lambda: not window.isVisible()


def thousands(user: Driver) -> Iterator[Wait]:
    """Drop 5,000 files, scroll while they are inspected, and close in the middle."""
    window = user.window
    user.drop(user.folder / "many")
    yield lambda: window.session_model.count > 0
    bar = window.session.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    yield lambda: sum(not entry.is_waiting for entry in user.controller.session) > 200
    user.seen["is inspecting"] = not user.controller.is_settled
    user.shoot("inspecting")
    window.actions_["publish"].trigger()
    yield window.sheet.isVisible
    window.close()


def faults(user: Driver) -> Iterator[Wait]:
    """Start with damaged settings, lose a folder, and meet a damaged library."""
    window = user.window
    user.seen["settings banner"] = window.layout_.settings_banner.isVisible()
    user.shoot("settings")
    user.drop(user.folder / "shot", user.folder / "broken.exr")
    yield user.is_settled
    user.seen["damaged"] = len(user.controller.session.failed())
    user.seen["target"] = user.controller.targets.current.health.value
    user.seen["banner"] = window.layout_.banner.isVisible()
    shutil.rmtree(user.folder / "shot")
    entries = [entry for entry in user.controller.session if not entry.is_failed]
    yield lambda: all(entry.is_gone for entry in entries)
    user.shoot("gone")
    user.seen["gone"] = sum(entry.is_gone for entry in user.controller.session)
    window.resize(960, 600)
    yield lambda: window.width() < 1000
    user.seen["small"] = [window.minimumSizeHint().width() <= 960, window.minimumSizeHint().height() <= 600]
    user.shoot("small")
    window.close()


STORIES: dict[str, Callable[[Driver], Iterator[Wait]]] = {
    story.__name__: story for story in (first_start, library, vast, thousands, faults)
}
