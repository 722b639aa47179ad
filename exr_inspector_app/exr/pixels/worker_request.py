"""Request to a worker process: sends a task, grants shared memory, and enforces the timeout."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import (
    DecodeLimitError,
    DecoderBugError,
    DecoderMachineError,
    PixelsError,
    PixelStorageError,
)
from exr_inspector_app.exr.pixels.memory_watch import MemoryWatch
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.operation_budget import CLOCK_LIMIT, MEMORY_LIMIT
from exr_inspector_app.exr.pixels.process_state import ProcessState
from exr_inspector_app.exr.pixels.shared_memory import Floats, SharedBuffer
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess
from exr_inspector_app.exr.pixels.worker_protocol import (
    CancelledReply,
    CancelNotice,
    FileStamp,
    Heartbeat,
    MemoryAttached,
    MemoryGrant,
    MemoryRequest,
    Message,
    PictureDraft,
    Reply,
    Task,
    WorkerReady,
)

DraftCallback: TypeAlias = Callable[[PictureDraft, Floats | None], None]
_POLL_INTERVAL_S = 0.02  # between two checks of whether the request is still needed
_START_TIMEOUT_S = 30.0  # of a new process; the machine may be busy, or the program on a slow share
_BUDGET_GRACE_S = 2.0  # in which the worker ends a request that has used its time
_CANCEL_TIMEOUT_S = 0.5  # in which the worker must leave a cancelled task
_HEARTBEATS, _HEARTBEATS_PER_S = 100, 50  # a worker sends 5 per second
_TIMED_OUT = "Decoding timed out after {:g} s: {}."
_STALLED = "the storage does not answer. Try again later"
_STARVED = "the machine stopped the decoder or has no processor time for it. Try again later"
_TIME_LIMIT = "this is the time limit. Choose a smaller size"
_HANGS = "the decoder hangs. This is a bug: report it with the file"
_BUSY_SHARE = 0.25  # of one processor; with less, a process that wants to run is starved
_TOO_LARGE = "The image needs {} of memory; the limit is {}. Choose a smaller size."


class WorkerRequest:
    """Request to a worker, which is killed if it is silent for longer than the timeout."""

    def __init__(self, worker: WorkerProcess, timeout_s: float, on_draft: DraftCallback | None = None) -> None:
        self._worker = worker
        self._on_draft = on_draft
        self._max_bytes = worker.memory_limit_mb * 2**20 // 2  # of shared memory
        self._timeout_s = timeout_s
        self._memory = MemoryWatch(worker.pid, worker.memory_limit_mb)
        self._buffer: SharedBuffer | None = None
        self._path = ""
        self._stamp: FileStamp | None = None
        self._earlier: tuple[float, ProcessState | None] | None = None  # time and state in the middle of a silence
        self._counts: Counter[type[Message]] = Counter()
        self.pixels: Floats | None = None  # (size / 4,) float32 in shared memory, filled in by the worker

    def run(self, task: Task, is_cancelled: StopCheck) -> Reply:
        """Send a task and return the worker's reply.

        Raises:
            EOFError, OSError: The worker has died.
            ProtocolError: The worker sent something else than a message that belongs here.
            PixelsError: The worker is silent, or needs too much memory.
        """
        if is_cancelled():
            return CancelledReply(number=task.number)
        channel, self._path = self._worker.channel, task.path
        self._worker.allow_file(task.path)
        channel.send(task)
        started = last_sign = time.monotonic()
        begun = started if self._worker.has_replied else None  # None while the process starts
        is_notified = False
        while True:
            message = channel.receive(_POLL_INTERVAL_S)
            now = time.monotonic()
            if not is_notified and is_cancelled():
                channel.send(CancelNotice(number=task.number))
                last_sign, is_notified = now, True
            if message is not None:
                self._check(message, task.number, now - started)
                begun = now if begun is None else begun
                self._worker.has_replied = True
                self._earlier = None
                if isinstance(message, Reply):
                    return message
                self._handle(message, is_cancelled=is_notified)
                last_sign = last_sign if is_notified else now
            self._enforce_limits(task, now, now if begun is None or is_notified else begun)
            if message is None and now - last_sign > (_CANCEL_TIMEOUT_S if is_notified else self._silence_limit):
                if is_notified:
                    self._worker.terminate()
                    return CancelledReply(number=task.number)
                raise self._timeout_error(now)
            if message is None and self._earlier is None and now - last_sign > self._silence_limit / 2:
                self._earlier = now, self._worker.state

    def _enforce_limits(self, task: Task, now: float, begun: float) -> None:
        """Terminate a worker that takes too much memory, or too long since `begun`, and raise the error."""
        if self._memory.is_exceeded(now):
            self._worker.terminate()
            raise DecodeLimitError(MEMORY_LIMIT)
        if now - begun > task.budget.wall_s + _BUDGET_GRACE_S:
            self._worker.terminate()
            raise DecodeLimitError(CLOCK_LIMIT.format(task.budget.wall_s))

    @property
    def _silence_limit(self) -> float:
        """Seconds for which the worker may be silent."""
        return self._timeout_s if self._worker.has_replied else max(self._timeout_s, _START_TIMEOUT_S)

    @property
    def is_file_changed(self) -> bool:
        """True if the file is no longer as it was when the worker began to read it; reads the disk."""
        if self._stamp is None:
            return False
        try:
            now = os.stat(self._path)
        except OSError:
            return True
        return (now.st_size, now.st_mtime_ns, now.st_ino) != (
            self._stamp.size,
            self._stamp.mtime_ns,
            self._stamp.inode,
        )

    def _timeout_error(self, now: float) -> PixelsError:
        """Terminate a silent worker and return the error that names why it is silent."""
        state, (since, earlier) = self._worker.state, self._earlier or (now, None)
        self._worker.terminate()
        letter, busy = (state.letter if state else ""), 0.0
        if state and earlier:
            busy = (state.cpu_s - earlier.cpu_s) / max(now - since, 1e-3)
        limit = self._silence_limit
        if letter == "D":
            return PixelStorageError(_TIMED_OUT.format(limit, _STALLED))
        if letter == "T" or (letter == "R" and busy < _BUSY_SHARE):
            return DecoderMachineError(_TIMED_OUT.format(limit, _STARVED))
        if not self._worker.has_replied:
            return self._worker.start_error()
        if letter == "S" and busy < _BUSY_SHARE:
            return DecoderBugError(_TIMED_OUT.format(limit, _HANGS))
        return DecodeLimitError(_TIMED_OUT.format(limit, _TIME_LIMIT))

    def unlink(self) -> None:
        """Remove the name of the shared memory. Idempotent."""
        if self._buffer is not None:
            self._buffer.unlink()

    def _check(self, message: Message, number: int, elapsed_s: float) -> None:
        """Check that a message belongs to this request, and that its kind is expected now.

        Raises:
            ProtocolError: It does not, or there are more of its kind than a worker sends.
        """
        kind = type(message)
        self._counts[kind] = count = self._counts[kind] + 1
        if kind is WorkerReady:
            is_expected = not self._worker.has_replied
        elif kind is Heartbeat:
            is_expected = count <= _HEARTBEATS + elapsed_s * _HEARTBEATS_PER_S
        elif kind is MemoryAttached:
            is_expected = count == self._counts[MemoryRequest]
        else:
            is_expected = count == 1
        if not is_expected or (kind is not WorkerReady and message.number != number):
            raise ProtocolError(f"unexpected {kind.__name__}")

    def _handle(self, message: Message, *, is_cancelled: bool) -> None:
        """Grant memory that the worker requests; a heartbeat needs no reply.

        A cancelled worker gets no memory: it would take the descriptor for that of its next request.
        """
        if isinstance(message, MemoryAttached):
            self.unlink()
        elif isinstance(message, MemoryRequest):
            if not is_cancelled:
                self._grant(message)
        elif isinstance(message, FileStamp):
            self._stamp = message
        elif isinstance(message, PictureDraft) and self._on_draft is not None:
            self._on_draft(message, self.pixels)
        elif not isinstance(message, Heartbeat | WorkerReady):
            raise ProtocolError(f"unexpected {type(message).__name__}")

    def _grant(self, request: MemoryRequest) -> None:
        if request.size > self._max_bytes:
            raise DecodeLimitError(
                _TOO_LARGE.format(_format_megabytes(request.size), _format_megabytes(self._max_bytes))
            )
        pool = self._worker.pool
        try:
            self._buffer = buffer = pool.acquire(request.size)
        except OSError as error:
            raise DecoderMachineError(f"Cannot allocate memory for the pixels: {error.strerror}.") from error
        self.pixels = buffer.view(request.size)
        grant = MemoryGrant(
            number=request.number,
            buffer_id=buffer.buffer_id,
            name=buffer.name,
            size=buffer.size,
            cached_ids=tuple(pool.buffer_ids),
        )
        if buffer.descriptor is not None:
            self._worker.send_descriptor(buffer.descriptor)
        self._worker.channel.send(grant)


def _format_megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"
