"""What happens when the decoder dies, hangs, grows or is not wanted any more."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.errors import DecodeCancelledError, PixelsError
from exr_inspector_app.exr.pixels import worker_request
from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest
from exr_inspector_app.model import Box2i
from tests.exr.pictures import scene, write_picture
from tests.exr_files import MAGIC, exr_bytes, part_header, write_exr

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    one = Decoder(timeout=2.0)
    yield one
    one.close()


@pytest.fixture
def request_of(tmp_path: Path) -> PictureRequest:
    return PictureRequest(str(write_picture(tmp_path / "a.exr", scene(64, 90))))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where children write."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def children() -> list[int]:
    """The decoders of this process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = stat.with_name("cmdline").read_text()
        except OSError:
            continue
        if parent == os.getpid() and "exr.pixels.worker_main" in command:
            found.append(int(stat.parent.name))
    return found


def later(seconds: float, work: object, *given: object) -> None:
    timer = threading.Timer(seconds, work, given)  # type: ignore[arg-type]
    timer.start()


def test_a_child_killed_between_two_pictures_is_not_noticed(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    time.sleep(0.1)
    assert decoder.picture(request_of).pixels.any()
    assert children() != [child]


def test_a_child_that_dies_at_work_costs_one_file(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    (child,) = children()
    os.kill(child, signal.SIGSTOP)
    later(0.2, os.kill, child, signal.SIGKILL)
    with pytest.raises(PixelsError, match=r"was killed \(SIGKILL\)"):
        decoder.picture(request_of)
    assert decoder.picture(request_of).pixels.any()


def test_a_child_that_hangs_is_replaced(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    (child,) = children()
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(PixelsError, match="timed out after 2 s"):
        decoder.picture(request_of)
    assert child not in children()
    assert decoder.picture(request_of).pixels.any()


def test_work_that_nobody_wants_is_dropped_even_by_a_child_that_hangs(
    decoder: Decoder, request_of: PictureRequest
) -> None:
    decoder.picture(request_of)
    os.kill(children()[0], signal.SIGSTOP)
    later(0.1, decoder.cancel)
    with pytest.raises(DecodeCancelledError):
        decoder.picture(request_of)
    decoder.cancel()  # with nothing under way it does nothing
    assert decoder.picture(request_of).pixels.any()


def test_a_stop_ends_statistics_and_keeps_the_child(
    decoder: Decoder, request_of: PictureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        worker_request, "_CANCEL_TIMEOUT_S", 30.0
    )  # the child leaves by itself, however slow the machine is
    decoder.picture(request_of)
    (child,) = before = children()
    signals = iter((signal.SIGSTOP, signal.SIGCONT))
    asked: list[int] = []

    def stop() -> bool:
        """Wanted when the request is sent, not any more before the child can have finished it."""
        os.kill(child, next(signals))
        asked.append(child)
        return len(asked) > 1

    long = write_picture(tmp_path / "long.exr", np.zeros((2000, 2000, 3)), compression="none")
    with pytest.raises(DecodeCancelledError):
        decoder.stats(str(long), stop=stop)
    assert decoder.picture(request_of).pixels.any()
    assert children() == before


def test_a_picture_that_is_too_large_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "large.exr", np.zeros((4200, 4200, 1)), "Y")
    with closing(Decoder(memory_limit_mb=128)) as decoder:
        with pytest.raises(PixelsError, match=r"needs 67 MB of memory; the limit is 64 MB"):
            decoder.picture(PictureRequest(str(path)))
        assert decoder.picture(PictureRequest(str(path), max_size=(2100, 2100))).factor == 2


def test_a_child_may_not_grow_beyond_its_limit(tmp_path: Path, request_of: PictureRequest) -> None:
    window, names = (0, 0, 999_999, 0), [f"c{n:03}" for n in range(160)]
    head = MAGIC + struct.pack("<I", 2) + part_header(data_window=window, channels=names)
    with (tmp_path / "wide.exr").open("wb") as file:  # one line of 320 MB, which the disk need not hold
        file.write(head + struct.pack("<Qii", len(head) + 8, 0, 320_000_000))
        file.truncate(len(head) + 16 + 320_000_000)
    with closing(Decoder(memory_limit_mb=64)) as decoder:
        with pytest.raises(PixelsError, match=r"memory|64 MB"):
            decoder.stats(str(tmp_path / "wide.exr"))
        assert decoder.picture(request_of).pixels.any()


def test_pixels_outlive_their_picture_and_their_decoder(request_of: PictureRequest) -> None:
    decoder = Decoder()
    seen = decoder.picture(request_of).pixels
    decoder.close()
    assert np.array_equal(seen, scene(64, 90))
    assert not children()


def test_the_memory_of_a_picture_that_is_gone_is_filled_again(decoder: Decoder, tmp_path: Path) -> None:
    scenes = [scene(400, 300, seed=seed) for seed in range(4)]
    requests = [PictureRequest(str(write_picture(tmp_path / f"{n}.exr", one))) for n, one in enumerate(scenes)]
    looked_at = decoder.picture(requests[0]).pixels[100:, :, 1:]  # a view is enough to keep it
    places = []
    for request, one in zip(requests[1:] * 2, scenes[1:] * 2, strict=True):
        picture = decoder.picture(request)
        assert np.array_equal(picture.pixels, one)
        places.append(picture.pixels.ctypes.data)
        del picture
    assert len(set(places)) == 1
    assert np.array_equal(looked_at, scenes[0][100:, :, 1:])
    means = PictureRequest(requests[2].path, max_size=(270, 400))
    decoder.picture(means)
    small = decoder.picture(means).pixels  # in memory that is not zeros
    assert np.allclose(small[0, 0], scenes[2][:2, :2].mean((0, 1)), atol=1e-5)


def test_a_new_child_fills_new_memory(decoder: Decoder, request_of: PictureRequest) -> None:
    decoder.picture(request_of)
    os.kill(children()[0], signal.SIGKILL)
    time.sleep(0.1)
    assert np.array_equal(decoder.picture(request_of).pixels, scene(64, 90))


def test_pictures_that_are_looked_at_have_their_own_memory(decoder: Decoder, request_of: PictureRequest) -> None:
    several = [decoder.picture(request_of).pixels for _ in range(4)]
    assert len({one.ctypes.data for one in several}) == 4
    assert Path(f"/proc/{children()[0]}/maps").read_text().count("memfd:exr-inspector") == 2  # the last ones


def test_nothing_is_left_behind(request_of: PictureRequest) -> None:
    def handles() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), Path("/proc/self/maps").read_text().count("memfd:exr-inspector")

    decoder = Decoder()
    decoder.picture(request_of)
    before = handles()
    os.kill(children()[0], signal.SIGSTOP)
    later(0.1, decoder.cancel)
    with pytest.raises(DecodeCancelledError):
        decoder.picture(request_of)
    decoder.picture(request_of)
    os.kill(children()[0], signal.SIGKILL)
    time.sleep(0.1)
    decoder.picture(request_of)
    assert handles() == before
    decoder.close()
    assert not children()


def test_what_a_killed_child_wrote_is_gone_with_it(corpus: Path, folder: Path) -> None:
    request = PictureRequest(str(corpus / "v2/LowResLeftView/Balls.exr"))

    def kill_at_work() -> None:
        for _ in range(10_000):
            if list(folder.glob("*/*/*.exr")):
                break
            time.sleep(0.001)
        os.kill(children()[0], signal.SIGKILL)

    with closing(Decoder()) as decoder:
        later(0, kill_at_work)
        with pytest.raises(PixelsError, match=r"was killed \(SIGKILL\)"):
            decoder.picture(request)
        assert not list(folder.iterdir())
        assert decoder.picture(request).pixels.any()
        assert len(list(folder.rglob("*"))) == 1  # the folder of the new child
    assert not list(folder.iterdir())


def test_a_child_whose_folder_somebody_removed_is_replaced(request_of: PictureRequest, folder: Path) -> None:
    with closing(Decoder()) as decoder:
        decoder.picture(request_of)
        (own,) = folder.iterdir()
        own.rmdir()
        assert decoder.thumbnail(request_of.path).data
        (own,) = folder.iterdir()
        assert decoder.thumbnail(request_of.path).data


def test_a_child_without_a_parent_takes_its_folder_along(tmp_path: Path, request_of: PictureRequest) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    program = (
        "import os, sys; from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest;"
        "Decoder().picture(PictureRequest(sys.argv[1])); print(os.listdir(os.environ['TMPDIR'])); os._exit(0)"
    )
    run = [sys.executable, "-c", program, request_of.path]
    told = subprocess.run(run, env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, check=True).stdout
    assert b"exr-inspector-" in told
    for _ in range(100):
        if not list(folder.iterdir()):
            break
        time.sleep(0.05)
    assert not list(folder.iterdir())


def test_a_hundred_thousand_lines_that_were_never_written_are_not_tried_one_by_one(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", width=4, height=100_000, present=2)
    with closing(Decoder(timeout=10.0)) as decoder:
        picture = decoder.picture(PictureRequest(str(path), max_size=(64, 64)))
    assert picture.missing == (Box2i(0, 2, 3, 99_999),)


def test_a_file_without_a_display_window_is_shown_in_its_data_window(tmp_path: Path, decoder: Decoder) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(exr_bytes(({"height": 3},)).replace(b"displayWindow\0", b"displaywindow\0"))
    picture = decoder.picture(PictureRequest(str(path)))
    assert picture.display_window == picture.data_window == Box2i(0, 0, 7, 2)


def test_a_decoder_that_the_system_does_not_let_go_is_not_waited_for(
    decoder: Decoder, request_of: PictureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder.picture(request_of)
    (held,) = children()
    os.kill(held, signal.SIGSTOP)  # as if its storage held it: a kill does nothing yet
    monkeypatch.setattr(subprocess.Popen, "kill", lambda process: None)
    with pytest.raises(PixelsError, match="timed out after 2 s"):
        decoder.picture(request_of)
    monkeypatch.undo()
    assert decoder.picture(request_of).missing == ()
    os.kill(held, signal.SIGKILL)
    os.waitpid(held, 0)
