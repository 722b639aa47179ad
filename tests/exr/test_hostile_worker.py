"""Compromised worker: any invalid message is one error of one request, and ends the worker."""

from __future__ import annotations

import json
import random
import resource
import shlex
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels import worker_process
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.message_codec import encode_message
from exr_inspector_app.exr.pixels.worker_protocol import (
    FileStamp,
    Heartbeat,
    MemoryAttached,
    MemoryRequest,
    Message,
    RefusalReply,
    StatisticsReply,
    ThumbnailReply,
    WorkerReady,
)
from tests.exr.test_worker_protocol import MESSAGES, PICTURE
from tests.exr.workers import child_commands

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script takes the place of the worker")

Hostile = Callable[..., Decoder]
READY = encode_message(WorkerReady())
STAMP, BEAT, ATTACHED = FileStamp(number=1, size=1, mtime_ns=2, inode=3), Heartbeat(number=1), MemoryAttached(number=1)
MEMORY = MemoryRequest(number=1, size=64)


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hostile:
    """Return a function that makes a decoder whose worker answers the first request with bytes, and stays or leaves."""

    def make(answer: bytes, *, leaves: bool = False) -> Decoder:
        (tmp_path / "answer").write_bytes(answer)
        script = f"read -r request; cat {shlex.quote(str(tmp_path / 'answer'))}"
        if not leaves:  # a write to a worker that has left fails before its last messages are read
            script += "; exec cat > /dev/null"
        monkeypatch.setattr(worker_process, "decoder_command", lambda: ["/bin/sh", "-c", script, "worker"])
        return Decoder(timeout=10.0)

    return make


def lines(*messages: Message) -> bytes:
    return READY + b"".join(map(encode_message, messages))


def changed(message: Message, **values: Any) -> bytes:
    return READY + json.dumps({**json.loads(encode_message(message)), **values}).encode() + b"\n"


THUMBNAIL = ThumbnailReply(**{**PICTURE, "number": 1}, jpeg=b"<svg/>", size=(8, 2))
REFUSAL = RefusalReply(number=1, sentence="No.")
CASES = {
    "not JSON": READY + b"hello\n",
    "nested": READY + b"[" * 200_000 + b"]" * 200_000 + b"\n",
    "many lists": READY + b'{"kind": [' + b"[]," * 600_000 + b"[]]}\n",
    "no kind": READY + b'{"done": 1}\n',
    "unknown kind": READY + b'{"kind": "Reply", "number": 1}\n',
    "number of another request": lines(RefusalReply(number=2, sentence="No.")),
    "number of no request": lines(RefusalReply(number=0, sentence="No.")),
    "huge number": changed(MEMORY, number=10**400),
    "huge memory": changed(MEMORY, size=10**400),
    "second greeting": READY + READY,
    "second stamp": lines(STAMP, STAMP),
    "endless memory": lines(*[MEMORY] * 50),
    "memory never requested": lines(ATTACHED),
    "flood of heartbeats": lines(*[BEAT] * 20_000),
    "reply of another kind": lines(StatisticsReply(number=1, channels=())),
    "picture that is SVG": lines(THUMBNAIL),
    "boxes of no file": changed(THUMBNAIL, missing=[[0, 0, 2**40, 0]]),
    "null bytes": READY + bytes(100_000) + b"\n",
}


@pytest.mark.parametrize("answer", CASES.values(), ids=CASES)
def test_invalid_answer_is_one_error(answer: bytes, hostile: Hostile) -> None:
    before = child_commands().keys()
    with closing(hostile(answer)) as decoder:
        with pytest.raises(PixelsError, match="invalid message from the decoder") as caught:
            decoder.thumbnail("a.exr")
        assert len(caught.value.sentence) <= 1000
        assert caught.value.sentence.isprintable()
        assert child_commands().keys() == before  # it was ended


@pytest.mark.parametrize("answer", [READY, READY + b'{"kind": "Heartbeat", "num'], ids=["nothing", "half a line"])
def test_worker_that_leaves_is_one_error(answer: bytes, hostile: Hostile) -> None:
    with closing(hostile(answer, leaves=True)) as decoder, pytest.raises(PixelsError, match="exited with code 0"):
        decoder.thumbnail("a.exr")


def test_process_that_does_not_read_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exr_inspector_app.exr.pixels.worker_channel._SEND_TIMEOUT_S", 0.2)
    monkeypatch.setattr(worker_process, "decoder_command", lambda: ["/bin/sh", "-c", "sleep 60", "worker"])
    with closing(Decoder(timeout=1.0)) as decoder, pytest.raises(PixelsError):
        decoder.picture(PictureRequest("a.exr", channels=tuple(f"c{number}" * 20 for number in range(10_000))))


def test_endless_line_takes_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    script = "read -r request; exec cat /dev/zero"
    monkeypatch.setattr(worker_process, "decoder_command", lambda: ["/bin/sh", "-c", script, "worker"])
    with closing(Decoder(timeout=1.0)) as decoder, pytest.raises(PixelsError):
        decoder.thumbnail("a.exr")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_mutated_messages_raise_nothing_else(hostile: Hostile) -> None:
    source = random.Random(14)
    for _ in range(60):
        with closing(hostile(mutated(source))) as decoder, suppress(PixelsError):
            decoder.picture(PictureRequest("a.exr"))


def mutated(source: random.Random) -> bytes:
    """Return a few messages with other numbers, values of other types, and damaged bytes."""
    answer = bytearray(READY)
    for message in source.choices([*MESSAGES, STAMP, MEMORY, ATTACHED, REFUSAL], k=source.randint(1, 5)):
        values = json.loads(encode_message(message))
        if source.random() < 0.8:
            values["number"] = 1
        if source.random() < 0.5:
            odd: list[object] = [None, -1, 2**70, 1e308, "\x1b[31m", [], {}, [[0]], True, "A" * 5000]
            values[source.choice(list(values))] = source.choice(odd)
        answer += json.dumps(values).encode() + b"\n"
    for _ in range(source.choice((0, 0, 1, 5))):
        answer[source.randrange(len(READY), len(answer))] = source.randrange(256)
    return bytes(answer)


def test_silent_program_in_place_of_the_worker_does_not_answer(hostile: Hostile) -> None:
    with closing(hostile(b"")) as decoder, pytest.raises(PixelsError, match="does not answer and is not the decoder"):
        decoder.picture(PictureRequest("a.exr"))
