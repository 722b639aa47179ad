"""Pages and files of an earlier listing, which arrive after a newer one was loaded."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.qtbot import QtBot

from exr_inspector_app.contracts import Listing, Page
from exr_inspector_app.gui.library.library_model import LibraryModel
from exr_inspector_app.gui.library.page_loader import PageLoader, PageState
from exr_inspector_app.gui.tasks.task_runner import TaskRunner
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.services.backend import Backend

TOP = QModelIndex()


def browse(core: Backend, offset: int = 0) -> Page:
    with core.store() as store:
        return store.browse(Listing(limit=100, offset=offset))


def test_model_ignores_a_page_that_was_requested_before_the_newest_listing(core: Backend) -> None:
    model = LibraryModel()
    model.set_first_page(browse(core))
    model.fetchMore(TOP)
    model.set_first_page(browse(core))  # another filter or order
    model.append_page(browse(core, 100), 100)
    assert model.rowCount() == 100
    assert model.canFetchMore(TOP)


def test_model_ignores_a_page_at_another_offset_than_the_requested_one(core: Backend) -> None:
    model = LibraryModel()
    model.set_first_page(browse(core))
    model.fetchMore(TOP)
    model.append_page(browse(core, 200), 200)
    assert model.rowCount() == 100
    model.append_page(browse(core, 100), 100)
    assert model.rowCount() == 200


def test_model_ignores_files_that_were_requested_before_the_newest_listing(core: Backend) -> None:
    model = LibraryModel()
    requests: list[tuple[str, int]] = []
    model.files_requested.connect(lambda key, offset: requests.append((key, offset)))
    model.set_first_page(browse(core))
    first = model.index(0, 0)
    model.fetchMore(first)
    ((key, offset),) = requests
    model.set_first_page(browse(core))
    model.append_files(key, browse(core), offset)
    assert model.rowCount(model.index(0, 0)) == 0


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hold queries for later pages and for files until the event is set."""
    release, real = threading.Event(), LocalStore.browse

    def held(store: LocalStore, listing: Listing) -> Page:
        if not listing.facets:
            release.wait(20)
        return real(store, listing)

    monkeypatch.setattr(LocalStore, "browse", held)
    yield release
    release.set()


@pytest.mark.parametrize("is_frames", [False, True])
def test_loader_drops_pages_of_an_earlier_listing(
    core: Backend, tasks: TaskRunner, slow: threading.Event, qtbot: QtBot, is_frames: bool
) -> None:
    loader = PageLoader(core, tasks, tasks)
    states: list[PageState] = []
    late: list[object] = []
    loader.changed.connect(states.append)
    loader.more.connect(lambda page, offset: late.append(page))
    loader.frames.connect(lambda key, page, offset: late.append(page))
    loader.load()
    qtbot.waitUntil(lambda: states[-1].page is not None)
    if is_frames:
        loader.load_frames("key", 0)
    else:
        loader.load_more(100)
    loader.load(sort="size_bytes")
    qtbot.waitUntil(lambda: states[-1].page is not None)
    slow.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert late == []
    assert states[-1].listing.sort == "size_bytes"


def test_loader_shows_only_the_first_page_of_the_newest_listing(
    core: Backend, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    release, real = threading.Event(), LocalStore.browse

    def held(store: LocalStore, listing: Listing) -> Page:
        if listing.sort != "size_bytes":
            release.wait(20)
        return real(store, listing)

    monkeypatch.setattr(LocalStore, "browse", held)
    loader = PageLoader(core, tasks, tasks)
    states: list[PageState] = []
    loader.changed.connect(states.append)
    loader.load()
    loader.load(sort="size_bytes")
    qtbot.waitUntil(lambda: states[-1].page is not None)
    release.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert [state.listing.sort for state in states if state.page is not None] == ["size_bytes"]
