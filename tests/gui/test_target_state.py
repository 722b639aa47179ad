"""State of the targets: causes, one banner, recovery, and publishes of other processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exr_inspector_app.contracts import Batch, PlanStatus
from exr_inspector_app.errors import ConfigError, KnownError, StoreDamagedError, StoreLockedError, VASTUnavailableError
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.publish.target_state import Target, TargetCause, cause_of
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (StoreLockedError("x"), TargetCause.LOCKED),
        (StoreDamagedError("x"), TargetCause.DAMAGED),
        (ConfigError("x"), TargetCause.SETTINGS),
        (VASTUnavailableError("x"), TargetCause.UNAVAILABLE),
    ],
)
def test_cause_of_an_error_is_distinguished(error: KnownError, cause: TargetCause) -> None:
    assert cause_of(error) is cause


def test_failure_to_read_comes_before_one_to_write() -> None:
    target = Target("local", "Local library", "/a", write_failure="The disk is full.")
    assert (target.health, target.fault) == (TargetCause.NOT_WRITABLE, "The disk is full.")
    target = Target("local", "Local library", "/a", None, "Damaged.", write_failure="Full.", cause=TargetCause.DAMAGED)
    assert (target.health, target.fault) == (TargetCause.DAMAGED, "Damaged.")


def test_damaged_library_has_one_banner_until_it_is_sound(
    window: MainWindow, core: Backend, shot: Path, settle: Settle
) -> None:
    targets, banner = window.controller.targets, window.layout_.banner
    core.config.library.parent.mkdir(parents=True, exist_ok=True)
    core.config.library.write_bytes(b"no database" * 1000)
    window.open_paths([str(shot)])
    settle()
    targets.poll()
    settle()
    assert targets.current.health is TargetCause.DAMAGED
    assert banner.isVisible()
    assert banner.text.startswith("Local library: damaged")
    assert "damaged" in window.status.targets["local"].description
    assert not window.controller.session.failed()
    core.config.library.unlink()
    banner.clicked.emit()
    settle()
    assert targets.current.health is TargetCause.NONE
    assert not banner.isVisible()
    assert {entry.status for entry in window.controller.session} == {PlanStatus.NEW}


def test_publish_of_another_process_updates_count_and_rows(
    window: MainWindow, core: Backend, shot: Path, settle: Settle
) -> None:
    window.open_paths([str(shot)])
    window.controller.targets.query()
    settle()
    shown: list[Target] = []
    window.controller.targets.changed.connect(shown.append)
    window.controller.targets.poll()
    settle()
    assert not shown  # nothing has changed
    store = LocalStore(core.config.library)
    store.publish(Batch(tuple(window.controller.session.records()), "elsewhere", "someone"))
    store.close()
    window.controller.targets.poll()
    settle()
    assert window.controller.targets.current.files == 3
    assert {entry.status for entry in window.controller.session} == {PlanStatus.PRESENT}
