"""Messages between decoder and worker: every kind survives encoding, and invalid ones are detected."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels import worker_channel, worker_process
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.message_codec import decode_message, encode_message
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.operation_budget import Budget
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel
from exr_inspector_app.exr.pixels.worker_protocol import (
    CancelledReply,
    CancelNotice,
    FailureReply,
    Heartbeat,
    LayerPixels,
    LayersReply,
    LayersTask,
    MemoryAttached,
    MemoryGrant,
    MemoryRequest,
    Message,
    PictureDraft,
    PictureReply,
    PictureTask,
    PixelReply,
    PixelTask,
    RefusalReply,
    StatisticsReply,
    StatisticsTask,
    ThumbnailReply,
    ThumbnailTask,
    WorkerReady,
)
from exr_inspector_app.model import Box2i, ChannelStats, Picture
from tests.exr.workers import child_commands

BOX = Box2i(-3, 0, 4, 1)
PICTURE: dict[str, Any] = {
    "number": 3,
    "shape": (2, 8, 1),
    "channels": ("Y",),
    "data_window": BOX,
    "display_window": Box2i(0, 0, 0, 0),
    "level_window": BOX,
    "factor": 1,
    "missing": (BOX, Box2i(0, 0, 1, 1)),
    "warning": "",
}
STATS = ChannelStats(0, "caf\udce9.R", -1.0, 2.5, 0.5, 0.1, 1, 2, 3, (4, 5), None, (0, -7), None, 9)
MESSAGES: list[Message] = [
    PictureTask(
        number=1,
        budget=Budget(2.5, 3.0, 9),
        path="/caf\udce9.exr",
        part_index=0,
        channels=("R",),
        level=(1, 2),
        max_size=None,
    ),
    PictureTask(number=1, path="a", part_index=0, channels=(), level=(0, 0), max_size=(64, 64)),
    LayersTask(number=1, path="a", part_index=0, layers=(("R", "G"), ("Z",))),
    PixelTask(number=2, path="a", part_index=1, channels=("R", "ä"), level=(0, 0), position=(-5, 7)),
    ThumbnailTask(number=3, path="a", part_index=0, max_size=(320, 320)),
    StatisticsTask(number=4, path="a", part_index=None),
    CancelNotice(number=5),
    MemoryGrant(number=6, buffer_id=1, name="/proc/1/fd/2", size=8, cached_ids=(1, 2)),
    MemoryRequest(number=7, size=8),
    MemoryAttached(number=8),
    Heartbeat(number=9),
    PictureReply(**PICTURE),
    PictureDraft(**PICTURE, rows=((0, 1),), pixel_type="half"),
    LayersReply(
        number=10,
        data_window=BOX,
        display_window=BOX,
        missing=(),
        layers=(LayerPixels(4, (2, 8, 1), "uint", "", Picture(0, None, "spec", ("id",), "id")),),
    ),
    ThumbnailReply(**PICTURE, jpeg=b"\xff\xd8\0", size=(8, 2)),
    PixelReply(number=10, values=None),
    PixelReply(number=10, values=(1.0, float("inf"), 4_294_967_295.0)),
    StatisticsReply(number=11, channels=(STATS,)),
    RefusalReply(number=12, sentence="There is no part 3.", is_resource_error=True),
    FailureReply(number=13, error="ValueError()", traceback="Traceback\n..."),
    CancelledReply(number=14),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_message_survives_encoding(message: Message) -> None:
    line = encode_message(message)
    assert line.count(b"\n") == 1
    decoded = decode_message(line)
    assert decoded == message
    assert type(decoded) is type(message)


def test_decoded_boxes_and_statistics_have_their_classes() -> None:
    picture = decode_message(encode_message(PictureReply(**PICTURE)))
    assert isinstance(picture, PictureReply)
    assert [type(box) for box in (picture.data_window, *picture.missing)] == [Box2i] * 3
    reply = decode_message(encode_message(StatisticsReply(channels=(STATS,))))
    assert isinstance(reply, StatisticsReply)
    assert type(reply.channels[0]) is ChannelStats


def test_nan_survives_encoding() -> None:
    reply = decode_message(encode_message(PixelReply(values=(float("nan"),))))
    assert isinstance(reply, PixelReply)
    assert reply.values is not None
    assert np.isnan(reply.values[0])


def changed(message: Message, **changes: Any) -> bytes:
    return json.dumps({**json.loads(encode_message(message)), **changes}).encode()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe",
        b"Traceback (most recent call last):",
        b"[" * 100_000,
        b"1" * 10_000,
        b"null",
        b"[]",
        b"{}",
        b'{"kind": "Message", "number": 1}',
        b'{"kind": ["Heartbeat"], "number": 1}',
        b'{"kind": "Heartbeat"}',
        b'{"kind": "Heartbeat", "number": 1, "more": 2}',
        b'{"kind": "Heartbeat", "number": "1"}',
        b'{"kind": "Heartbeat", "number": true}',
        b'{"kind": "Heartbeat", "number": 1.0}',
        b'{"kind": "Heartbeat", "number": null}',
        b'{"kind": "MemoryRequest", "number": 1, "size": 0}',
        b'{"kind": "MemoryRequest", "number": 1, "size": -4}',
        b'{"kind": "MemoryRequest", "number": 1, "size": 6}',
        b'{"kind": "PixelReply", "number": 1, "values": 3}',
        b'{"kind": "PixelReply", "number": 1, "values": ["3"]}',
        b'{"kind": "PixelReply", "number": 1, "values": [1' + b"0" * 400 + b"]}",
        changed(PictureReply(**PICTURE), shape=[2, 8]),
        changed(PictureReply(**PICTURE), shape=[0, 8, 1]),
        changed(PictureReply(**PICTURE), shape=[2, 8, 2]),
        changed(PictureReply(**PICTURE), factor=0),
        changed(PictureReply(**PICTURE), pixel_type="double"),
        changed(PictureDraft(**PICTURE, rows=((0, 1),)), rows=[[0, 3]]),
        changed(PictureDraft(**PICTURE, rows=((0, 1),)), rows=[[1, 1]]),
        changed(PictureDraft(**PICTURE, rows=((0, 1),)), rows=[]),
        changed(LayersReply(data_window=BOX, display_window=BOX, missing=(), layers=()), data_window=[0, 0, -1, 0]),
        changed(PictureReply(**PICTURE), level_window=[0, 0, -1, 0]),
        changed(PictureReply(**PICTURE), missing=[[0, 0, 1]]),
        changed(PictureReply(**PICTURE), channels="Y"),
        changed(ThumbnailReply(**PICTURE, jpeg=b"", size=(1, 1)), jpeg="~"),
        changed(StatisticsReply(channels=(STATS,)), channels=[[0, "R"]]),
        changed(StatisticsReply(channels=(STATS,)), channels=[{}]),
    ],
    ids=lambda line: line[:60].decode("ascii", "replace"),
)
def test_invalid_line_raises_protocol_error(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_message(line)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MESSAGES), st.data())
def test_field_of_any_other_type_raises_protocol_error_or_is_valid(message: Message, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([field.name for field in fields(message)]))
    try:
        decoded = decode_message(changed(message, **{name: data.draw(JSON)}))
    except ProtocolError:
        return
    assert encode_message(decoded)


@pytest.fixture
def pipe() -> Iterator[tuple[MessageChannel, int]]:
    """Yield a channel and the descriptor to write its incoming bytes to."""
    incoming, written = os.pipe()
    yield MessageChannel(incoming, written), written
    os.close(incoming)
    os.close(written)


def test_channel_splits_lines_whatever_arrives_together(pipe: tuple[MessageChannel, int]) -> None:
    channel, written = pipe
    lines = encode_message(Heartbeat(number=1)) + encode_message(CancelledReply(number=2))
    os.write(written, lines[:-5])
    assert channel.receive(1.0) == Heartbeat(number=1)
    assert channel.receive(0.0) is None
    os.write(written, lines[-5:])
    assert channel.receive(1.0) == CancelledReply(number=2)
    assert channel.receive(0.0) is None


def test_line_without_end_raises_protocol_error(
    pipe: tuple[MessageChannel, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_channel, "MAX_LINE_BYTES", 1000)
    channel, written = pipe
    os.write(written, b"x" * 2000)
    assert channel.receive(0.0) is None
    os.write(written, b"x")
    with pytest.raises(ProtocolError, match="more than 1,000 bytes"):
        channel.receive(0.0)


READY = encode_message(WorkerReady())
REPLIES = {
    "garbage": b"Segmentation fault, maybe\n",
    "wrong types": b'{"kind": "Heartbeat", "number": "1"}\n',
    "message of the parent": encode_message(CancelNotice(number=1)),
    "reply to another task": encode_message(PixelReply(number=1, values=None)),
    "picture without memory": encode_message(PictureReply(**{**PICTURE, "number": 1})),
}


@pytest.fixture
def replace_worker(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that runs a Python program in place of the worker."""

    def replace(program: str) -> None:
        monkeypatch.setattr(worker_process, "decoder_command", lambda: [sys.executable, "-c", program])

    return replace


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_invalid_reply_ends_the_worker_with_one_error(reply: bytes, replace_worker: Callable[[str], None]) -> None:
    program = f"import os, sys, time; os.write(1, {READY!r}); sys.stdin.readline(); os.write(1, {reply!r});"
    replace_worker(f"{program} time.sleep(60)")
    before = child_commands().keys()
    with closing(Decoder(timeout=20.0)) as decoder:
        with pytest.raises(
            PixelsError, match=r"^Decoding failed \(invalid message from the decoder: .*\)\. This is a bug:"
        ):
            decoder.picture(PictureRequest("a.exr"))
        assert child_commands().keys() == before


@pytest.mark.parametrize(
    ("body", "pattern"),
    [
        ("while True: os.write(1, b'A' * 64)", "timed out after 1 s"),
        ("os.write(1, REFUSAL); time.sleep(60)", r"^<h1>Call\\x1b\[31mA+$"),
    ],
    ids=["endless line", "long sentence with control characters"],
)
def test_hostile_worker_is_one_short_error(body: str, pattern: str, replace_worker: Callable[[str], None]) -> None:
    refusal = encode_message(RefusalReply(number=1, sentence="<h1>Call\x1b[31m" + "A" * 100_000))
    program = f"import os, sys, time; os.write(1, {READY!r}); sys.stdin.readline()\n"
    replace_worker(f"{program}REFUSAL = {refusal!r}\n{body}")
    with closing(Decoder(timeout=1.0)) as decoder, pytest.raises(PixelsError, match=pattern) as caught:
        decoder.picture(PictureRequest("a.exr"))
    assert len(caught.value.sentence) <= 1000


def test_worker_ends_after_an_invalid_task() -> None:
    worker = worker_process.WorkerProcess(256)
    try:
        os.write(worker._pipes[1].fileno(), b"no message\n")
        ready = worker.channel.receive(30.0)
        assert isinstance(ready, WorkerReady)
        assert "OpenEXR" in ready.libraries
        worker.has_replied = True
        with pytest.raises(EOFError):
            worker.channel.receive(30.0)
        assert "exited with code 1" in worker.exit_error().sentence
    finally:
        worker.terminate()


def test_worker_that_cannot_start_reports_its_error(replace_worker: Callable[[str], None]) -> None:
    replace_worker("import no_such_decoder")
    with closing(Decoder()) as decoder, pytest.raises(PixelsError) as caught:
        decoder.picture(PictureRequest("a.exr"))
    expected = "The decoder cannot start: No module named 'no_such_decoder'. Reinstall exr-inspector."
    assert str(caught.value) == expected
