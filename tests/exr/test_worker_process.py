"""Decoder and worker process: crashes, timeouts, limits, cancellation and clean-up."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.pixels import worker_request
from exr_inspector_app.exr.pixels.decode_request import DecodeHandle, PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel
from exr_inspector_app.exr.pixels.worker_protocol import CancelNotice, Message, Reply, Task
from exr_inspector_app.exr.pixels.worker_request import WorkerRequest
from exr_inspector_app.model import Box2i
from tests.exr.pictures import scene, write_picture, write_ripmap
from tests.exr.workers import kill, once_sent, worker_pids
from tests.exr_files import MAGIC, exr_bytes, part_header, write_exr

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    with closing(Decoder()) as decoder:
        yield decoder


@pytest.fixture
def request_of(tmp_path: Path) -> PictureRequest:
    return PictureRequest(str(write_picture(tmp_path / "a.exr", scene(64, 90))))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder in which workers create theirs."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_worker_killed_between_two_pictures_is_replaced(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    (pid,) = worker_pids()
    kill(pid)
    assert decoder.picture(request_of).pixels.any()
    assert worker_pids() != [pid]


def test_worker_killed_while_decoding_fails_one_request(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    (pid,) = worker_pids()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(PixelsError, match=r"was killed \(SIGKILL\)"):
        decoder.picture(request_of, once_sent(lambda: kill(pid)))
    assert decoder.picture(request_of).pixels.any()


def test_worker_that_hangs_times_out_and_is_replaced(request_of: PictureRequest) -> None:
    with closing(Decoder(timeout=5.0)) as decoder:
        decoder.picture(request_of)
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(PixelsError, match="timed out after 5 s"):
            decoder.picture(request_of)
        assert pid not in worker_pids()
        assert decoder.picture(request_of).pixels.any()


def test_cancel_ends_a_request_to_a_worker_that_hangs(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    os.kill(worker_pids()[0], signal.SIGSTOP)
    with pytest.raises(DecodeCancelledError):
        decoder.picture(request_of, once_sent(decoder.cancel))
    decoder.cancel()  # without a request it does nothing
    assert decoder.picture(request_of).pixels.any()


def test_cancel_affects_only_its_own_request(
    decoder: Decoder, request_of: PictureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles: list[DecodeHandle | None] = []
    run = WorkerRequest.run

    def run_and_cancel(request: WorkerRequest, task: Task, is_cancelled: StopCheck) -> Reply:
        """Cancel the request before this one, as a thread does that is late by one request."""
        if handles and handles[-1] is not None:
            handles[-1].cancel()
        handles.append(decoder.active_request)
        return run(request, task, is_cancelled)

    monkeypatch.setattr(WorkerRequest, "run", run_and_cancel)
    for _ in range(3):
        assert decoder.picture(request_of).pixels.any()
    assert [handle is not None and handle.is_cancelled for handle in handles] == [True, True, False]
    assert len(set(handles)) == 3
    assert decoder.active_request is None


def test_handle_cancels_the_request_in_progress(
    decoder: Decoder, request_of: PictureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = WorkerRequest.run

    def cancel_and_run(request: WorkerRequest, task: Task, is_cancelled: StopCheck) -> Reply:
        """Cancel between the start of a request and the sending of its task."""
        assert decoder.active_request is not None
        decoder.active_request.cancel()
        return run(request, task, is_cancelled)

    monkeypatch.setattr(WorkerRequest, "run", cancel_and_run)
    with pytest.raises(DecodeCancelledError):
        decoder.picture(request_of)
    monkeypatch.undo()
    assert decoder.picture(request_of).pixels.any()


def test_stop_callback_ends_statistics_and_keeps_the_worker(
    decoder: Decoder, request_of: PictureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_request, "_CANCEL_TIMEOUT_S", 30.0)  # the worker replies, however slow the machine is
    decoder.picture(request_of)
    (pid,) = before = worker_pids()
    send, notices = MessageChannel.send, list[CancelNotice]()

    def send_and_continue(channel: MessageChannel, message: Message) -> None:
        """Let the worker continue when it has been sent the notice, so that it cannot have replied before."""
        send(channel, message)
        if isinstance(message, CancelNotice):
            notices.append(message)
            os.kill(pid, signal.SIGCONT)

    monkeypatch.setattr(MessageChannel, "send", send_and_continue)
    large = write_picture(tmp_path / "large.exr", np.zeros((2000, 2000, 3)), compression="none")
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(DecodeCancelledError):
        decoder.stats(str(large), stop=once_sent(decoder.cancel))
    assert len(notices) == 1
    assert decoder.picture(request_of).pixels.any()
    assert worker_pids() == before


def test_picture_beyond_the_memory_limit_is_refused(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "large.exr", np.zeros((4200, 4200, 1)), "Y")
    with closing(Decoder(memory_limit_mb=128)) as decoder:
        with pytest.raises(PixelsError, match=r"needs 67 MB of memory; the limit is 64 MB"):
            decoder.picture(PictureRequest(str(path)))
        assert decoder.picture(PictureRequest(str(path), max_size=(2100, 2100))).factor == 2


def test_worker_cannot_exceed_its_memory_limit(tmp_path: Path, request_of: PictureRequest) -> None:
    window, names = (0, 0, 999_999, 0), [f"c{n:03}" for n in range(160)]
    head = MAGIC + struct.pack("<I", 2) + part_header(data_window=window, channels=names)
    with (tmp_path / "wide.exr").open("wb") as file:  # a sparse file with one line of 320 MB
        file.write(head + struct.pack("<Qii", len(head) + 8, 0, 320_000_000))
        file.truncate(len(head) + 16 + 320_000_000)
    with closing(Decoder(memory_limit_mb=64)) as decoder:
        with pytest.raises(PixelsError, match=r"memory|64 MB"):
            decoder.stats(str(tmp_path / "wide.exr"))
        assert decoder.picture(request_of).pixels.any()


def test_pixels_outlive_picture_and_decoder(request_of: PictureRequest) -> None:
    decoder = Decoder()
    pixels = decoder.picture(request_of).pixels
    decoder.close()
    assert np.array_equal(pixels, scene(64, 90))
    assert not worker_pids()


def test_memory_of_a_released_picture_is_reused(decoder: Decoder, tmp_path: Path) -> None:
    scenes = [scene(400, 300, seed=seed) for seed in range(4)]
    requests = [PictureRequest(str(write_picture(tmp_path / f"{n}.exr", pixels))) for n, pixels in enumerate(scenes)]
    view = decoder.picture(requests[0]).pixels[100:, :, 1:]  # a view keeps the memory
    addresses = []
    for request, pixels in zip(requests[1:] * 2, scenes[1:] * 2, strict=True):
        picture = decoder.picture(request)
        assert np.array_equal(picture.pixels, pixels)
        addresses.append(picture.pixels.ctypes.data)
        del picture
    assert len(set(addresses)) == 1
    assert np.array_equal(view, scenes[0][100:, :, 1:])
    means = PictureRequest(requests[2].path, max_size=(270, 400))
    decoder.picture(means)
    small = decoder.picture(means).pixels  # in memory with other content
    assert np.allclose(small[0, 0], scenes[2][:2, :2].mean((0, 1)), atol=1e-5)


def test_new_worker_fills_new_memory(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    kill(worker_pids()[0])
    assert np.array_equal(decoder.picture(request_of).pixels, scene(64, 90))


def test_pictures_in_use_do_not_share_memory(decoder: Decoder, request_of: PictureRequest) -> None:
    pictures = [decoder.picture(request_of).pixels for _ in range(4)]
    assert len({pixels.ctypes.data for pixels in pictures}) == 4
    assert Path(f"/proc/{worker_pids()[0]}/maps").read_text().count("memfd:exr-inspector") == 2  # of the last two


def test_descriptors_and_memory_are_released(request_of: PictureRequest) -> None:
    def handles() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), Path("/proc/self/maps").read_text().count("memfd:exr-inspector")

    decoder = Decoder()
    decoder.picture(request_of)
    before = handles()
    os.kill(worker_pids()[0], signal.SIGSTOP)
    with pytest.raises(DecodeCancelledError):
        decoder.picture(request_of, once_sent(decoder.cancel))
    decoder.picture(request_of)
    kill(worker_pids()[0])
    decoder.picture(request_of)
    assert handles() == before
    decoder.close()
    assert not worker_pids()


def test_folder_of_a_killed_worker_is_removed(tmp_path: Path, folder: Path) -> None:
    levels = {(x, y): scene(16 >> y, 16 >> x) for x in range(5) for y in range(5)}
    request = PictureRequest(str(write_ripmap(tmp_path / "rip.exr", levels, 8, up=False)), level=(1, 0))
    with closing(Decoder()) as decoder:
        decoder.picture(request)
        assert list(folder.glob("*/*/*.exr"))  # the level, in a file that OpenImageIO reads
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(PixelsError, match=r"was killed \(SIGKILL\)"):
            decoder.picture(request, once_sent(lambda: kill(pid)))
        assert not list(folder.iterdir())
        assert decoder.picture(request).pixels.any()
        assert len(list(folder.iterdir())) == 1  # of the new worker
    assert not list(folder.iterdir())


def test_files_of_a_request_are_removed_with_it(corpus: Path, folder: Path) -> None:
    with closing(Decoder()) as decoder:
        decoder.picture(PictureRequest(str(corpus / "v2/LowResLeftView/Balls.exr")))
        assert len(list(folder.rglob("*"))) == 1  # the folder of the worker


def test_worker_without_its_folder_is_replaced(request_of: PictureRequest, folder: Path) -> None:
    with closing(Decoder()) as decoder:
        decoder.picture(request_of)
        (own,) = folder.iterdir()
        own.rmdir()
        assert decoder.thumbnail(request_of.path).data
        (own,) = folder.iterdir()
        assert decoder.thumbnail(request_of.path).data


def test_worker_without_its_parent_removes_its_folder(tmp_path: Path, request_of: PictureRequest) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    program = (
        "import os, sys; from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest;"
        "Decoder().picture(PictureRequest(sys.argv[1])); print(os.listdir(os.environ['TMPDIR'])); os._exit(0)"
    )
    run = [sys.executable, "-c", program, request_of.path]
    output = subprocess.run(run, env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, check=True).stdout
    assert b"exr-inspector-" in output
    until = time.monotonic() + 60
    while list(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not list(folder.iterdir())


def test_missing_lines_are_not_read_one_by_one(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", width=4, height=100_000, present=2)
    with closing(Decoder(timeout=10.0)) as decoder:
        picture = decoder.picture(PictureRequest(str(path), max_size=(64, 64)))
    assert picture.missing == (Box2i(0, 2, 3, 99_999),)


def test_data_window_replaces_a_missing_display_window(tmp_path: Path, decoder: Decoder) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes(({"height": 3},)).replace(b"displayWindow\0", b"displaywindow\0"))
    picture = decoder.picture(PictureRequest(str(path)))
    assert picture.display_window == picture.data_window == Box2i(0, 0, 7, 2)


def test_decoder_does_not_wait_for_a_worker_that_cannot_exit(
    decoder: Decoder, request_of: PictureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder.picture(request_of)
    (stopped,) = worker_pids()
    os.kill(stopped, signal.SIGSTOP)  # as if its storage held it
    monkeypatch.setattr(subprocess.Popen, "kill", lambda process: None)
    with pytest.raises(DecodeCancelledError):
        decoder.picture(request_of, once_sent(decoder.cancel))
    monkeypatch.undo()
    assert decoder.picture(request_of).missing == ()
    os.kill(stopped, signal.SIGKILL)
    os.waitpid(stopped, 0)
