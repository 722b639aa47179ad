"""Idle workers: a decoder that is closed hands its worker to the next one, but never one with a request or a fault."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels import idle_workers as module
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.idle_workers import IdleWorkers
from tests.exr.test_worker_process import worker_pids
from tests.exr_files import write_exr


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdleWorkers]:
    made = IdleWorkers()
    made.keep(1)
    monkeypatch.setattr("exr_inspector_app.exr.pixels.decoder.idle_workers", lambda: made)
    yield made
    made.keep(0)
    assert worker_pids() == []


def read(path: Path, memory_limit_mb: int = 2048) -> list[int]:
    """Decode a file and return the processes that decode."""
    with closing(Decoder(memory_limit_mb)) as decoder:
        assert decoder.picture(PictureRequest(str(path))).pixels.shape[2]
        return worker_pids()


def test_next_decoder_uses_the_same_process_for_other_files(pool: IdleWorkers, tmp_path: Path) -> None:
    first = read(write_exr(tmp_path / "a.exr"))
    assert (pool.count, len(first)) == (1, 1)
    assert read(write_exr(tmp_path / "b.exr")) == first


def test_worker_with_another_limit_is_replaced(pool: IdleWorkers, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    first = read(path)
    second = read(path, 1024)
    assert len(second) == 1
    assert second != first


def test_surplus_workers_end(pool: IdleWorkers, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    with closing(Decoder()) as one, closing(Decoder()) as other:
        one.thumbnail(str(path))
        other.thumbnail(str(path))
        assert len(worker_pids()) == 2
    assert len(worker_pids()) == 1


def test_dead_worker_is_not_kept(pool: IdleWorkers, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    with closing(Decoder()) as decoder:
        decoder.thumbnail(str(path))
        os.kill(worker_pids()[0], signal.SIGKILL)
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    assert pool.count == 0


def test_worker_with_a_request_ends(pool: IdleWorkers, tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr")
    decoder = Decoder()
    decoder.thumbnail(str(path))
    os.kill(worker_pids()[0], signal.SIGSTOP)
    errors: list[PixelsError] = []
    polls = threading.Semaphore(0)

    def stop() -> bool:
        polls.release()
        return False

    def request() -> None:
        try:
            decoder.thumbnail(str(path), stop=stop)
        except PixelsError as error:
            errors.append(error)

    thread = threading.Thread(target=request)
    thread.start()
    polls.acquire()
    polls.acquire()  # the second poll comes after the request was sent
    decoder.close()
    thread.join()
    assert (pool.count, len(errors)) == (0, 1)


def test_commands_keep_no_worker(tmp_path: Path) -> None:
    assert module.idle_workers().count == 0
    read(write_exr(tmp_path / "a.exr"))
    assert worker_pids() == []
