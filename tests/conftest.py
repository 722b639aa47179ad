"""Fixtures of all tests: a separate home folder, library, and settings for each test."""

from __future__ import annotations

import gc
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests import live

_NEAR = Path("shared", "corpus", "openexr-images")
if TYPE_CHECKING:  # the SDK takes 0.7 s to import
    from exr_inspector_app.config import Vast
    from exr_inspector_app.persistence.store import Store
    from tests.vast_server import VastServer

# Modules whose tests take the most time, most of them with a whole window; by `--junitxml` of a run on two cores.
SLOW_MODULES = frozenset(
    """
    backfill/test_backfill exr/test_damage exr/test_header_cache exr/test_header_memory exr/test_worker_process
    gui/library/test_facets gui/library/test_filters gui/library/test_pages gui/library/test_rows
    gui/preview/test_canvas gui/preview/test_layers gui/preview/test_levels gui/preview/test_picture_choice
    gui/preview/test_values gui/test_checks gui/test_compare gui/test_end_to_end gui/test_file_header
    gui/test_first_hits_window gui/test_folder_watcher gui/test_gone_files gui/test_keyboard
    gui/test_maintenance_jobs gui/test_measuring gui/test_opening gui/test_path_drops gui/test_plan_saving
    gui/test_publish_changed_files gui/test_publishing gui/test_read_only_library gui/test_scan_window
    gui/test_session_filter gui/test_session_thumbnails gui/test_similar_window gui/test_stalled_share
    gui/test_start gui/test_targets gui/test_vast_window gui/test_viewing gui/test_window packaging/test_dev
    persistence/test_explanations persistence/test_first_hits persistence/test_hard_cases
    persistence/test_index_update persistence/test_library persistence/test_migration
    persistence/test_read_only_library persistence/test_reembed persistence/test_similar_cache
    persistence/test_similar_cache_damage persistence/test_similar_cache_segments persistence/test_store_listing
    persistence/test_store_publish persistence/test_store_search test_cli_check test_cli_paths test_diff_command
    test_homes test_library_commands test_previews test_reader_pool
    """.split()
)

# The same examples in every run, and no deadline, which a busy machine exceeds; `python -m tests.fuzz` tries others.
hypothesis.settings.load_profile("ci")
_numbers, _ended = itertools.count(), itertools.count(1)
FULL_COLLECTION = 40  # tests
LIVE = live.settings()  # before fixtures remove the variables
CORPUS = next((up / _NEAR for up in Path(__file__).resolve().parents if (up / _NEAR).is_dir()), _NEAR)
ZOO = Path(os.environ.get("EXR_INSPECTOR_ZOO", CORPUS.parent.parent / "zoo"))  # real files with a manifest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder and fixtures, so that a run can leave out windows or the VAST server."""
    if LIVE is not None:
        items[:] = [item for item in items if live.is_live(item)]
    for item in items:
        module = item.path.relative_to(Path(__file__).parent)
        folder = module.parts[0]
        if module.with_suffix("").as_posix() in SLOW_MODULES:
            item.add_marker(pytest.mark.slow)
        if folder == "gui":
            item.add_marker(pytest.mark.gui)
        if folder in ("vast", "vast_server") or {"server", "vast"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.vast)


def pytest_collection_finish() -> None:
    """Collect garbage between tests only, in the main thread: a Qt object must not be destroyed in another one."""
    gc.disable()
    gc.freeze()  # modules and tests are never garbage


def pytest_sessionfinish() -> None:
    """Let the interpreter collect everything when it ends."""
    gc.unfreeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Collect the garbage of the test that has ended."""
    gc.collect(0 if next(_ended) % FULL_COLLECTION else 2)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set up a temporary home folder, configuration, and library."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name, folder in {"CONFIG": ".config", "DATA": ".local/share", "CACHE": ".cache"}.items():
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    monkeypatch.setenv("EXR_INSPECTOR_LIBRARY", str(home / "library.duckdb"))
    monkeypatch.setenv("EXR_INSPECTOR_PUBLISHER", "tester")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")  # never that of the machine
    monkeypatch.setenv("EXR_INSPECTOR_PATIENCE", "0")  # a test that needs patience sets its own
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "site"))
    for name in [name for name in os.environ if name.startswith("VAST_DB_") or name == "EXR_INSPECTOR_SETTINGS"]:
        monkeypatch.delenv(name)
    return home


@pytest.fixture(autouse=True)
def chosen_keyring() -> Iterator[None]:
    """Let each test choose its keyring: the package keeps the first one of the process, also one of a test module."""
    yield
    if (core := sys.modules.get("keyring.core")) is not None:
        vars(core).update(_keyring_backend=None)


@pytest.fixture
def corpus() -> Path:
    """Return the folder of sample files, or skip the test."""
    if not CORPUS.is_dir():
        pytest.skip("no sample files on this machine")
    return CORPUS


@pytest.fixture(scope="session")
def server() -> Iterator[VastServer]:
    """Run a loopback server with the wire protocol of a VAST Database."""
    from tests.vast.crowd import ACCESS, BUCKET, SECRET
    from tests.vast_server import VastServer

    with VastServer(buckets=(BUCKET,), access=ACCESS, secret=SECRET) as running:
        yield running


@pytest.fixture
def vast(request: pytest.FixtureRequest) -> Iterator[Vast]:
    """Return an empty schema on that server, or on the cluster of a live test."""
    if LIVE is not None:
        from exr_inspector_app.persistence.vast.prove.scratch import Options, open_scratch

        with open_scratch(LIVE, Options(), (5.0, 60.0)) as scratch:
            yield scratch.vast
        return
    server: VastServer = request.getfixturevalue("server")
    from tests.vast.crowd import place
    from tests.vast_server.personality import Personality

    server.clear()
    yield place(server.endpoint, f"schema_{next(_numbers)}")
    server.clear()
    server.conflicts, server.expiry_seconds, server.personality = True, None, Personality()
    server.database.open.clear()  # transactions whose rollback a fault has prevented
    server.database.objects.clear()


@pytest.fixture(params=["local", pytest.param("vast", marks=pytest.mark.vast)])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Return a factory of stores; the test runs with the local library and with a VAST Database."""
    from exr_inspector_app.persistence.local import LocalStore
    from exr_inspector_app.persistence.vast import VastStore

    stores: list[Store] = []

    def make(**settings: Any) -> Store:
        if request.param == "vast":
            stores.append(VastStore(request.getfixturevalue("vast"), **settings))
        else:
            stores.append(LocalStore(tmp_path / "library.duckdb", **settings))
        return stores[-1]

    yield make
    for store in stores:
        store.close()
