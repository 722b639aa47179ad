"""Request to a worker process: sends a task, grants shared memory, and enforces the timeout."""

from __future__ import annotations

import time

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.shared_memory import Floats, SharedBuffer
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess
from exr_inspector_app.exr.pixels.worker_protocol import (
    CancelledReply,
    CancelNotice,
    Heartbeat,
    MemoryAttached,
    MemoryGrant,
    MemoryRequest,
    Message,
    ProtocolError,
    Reply,
    Task,
)

_POLL_INTERVAL_S = 0.02  # between two checks of whether the request is still needed
_START_TIMEOUT_S = 30.0  # of a new process; the machine may be busy, or the program on a slow share
_CANCEL_TIMEOUT_S = 0.5  # in which the worker must leave a cancelled task
_TIMED_OUT = "Decoding timed out after {:g} s. The file is damaged or its storage is slow."
_TOO_LARGE = "The image needs {} of memory; the limit is {}. Choose a smaller size."


class WorkerRequest:
    """Request to a worker, which is killed if it is silent for longer than the timeout."""

    def __init__(self, worker: WorkerProcess, max_bytes: int, timeout_s: float) -> None:
        self._worker = worker
        self._max_bytes = max_bytes  # of shared memory
        self._timeout_s = timeout_s
        self._buffer: SharedBuffer | None = None
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
        channel = self._worker.channel
        channel.send(task)
        last_sign, is_notified = time.monotonic(), False
        while True:
            message = channel.receive(_POLL_INTERVAL_S)
            now = time.monotonic()
            if not is_notified and is_cancelled():
                channel.send(CancelNotice(number=task.number))
                last_sign, is_notified = now, True
            if message is not None and message.number == task.number:
                self._worker.has_replied = True
                if isinstance(message, Reply):
                    return message
                self._handle(message)
                last_sign = last_sign if is_notified else now
            elif now - last_sign > (_CANCEL_TIMEOUT_S if is_notified else self._silence_limit):
                self._worker.terminate()
                if is_notified:
                    return CancelledReply(number=task.number)
                raise PixelsError(_TIMED_OUT.format(self._timeout_s))

    @property
    def _silence_limit(self) -> float:
        """Seconds for which the worker may be silent."""
        return self._timeout_s if self._worker.has_replied else max(self._timeout_s, _START_TIMEOUT_S)

    def unlink(self) -> None:
        """Remove the name of the shared memory. Idempotent."""
        if self._buffer is not None:
            self._buffer.unlink()

    def _handle(self, message: Message) -> None:
        """Grant memory that the worker requests; a heartbeat needs no reply."""
        if isinstance(message, MemoryAttached):
            self.unlink()
        elif isinstance(message, MemoryRequest):
            self._grant(message)
        elif not isinstance(message, Heartbeat):
            raise ProtocolError(f"unexpected {type(message).__name__}")

    def _grant(self, request: MemoryRequest) -> None:
        if request.size > self._max_bytes:
            raise PixelsError(_TOO_LARGE.format(_format_megabytes(request.size), _format_megabytes(self._max_bytes)))
        pool = self._worker.pool
        try:
            self._buffer = buffer = pool.acquire(request.size)
        except OSError as error:
            raise PixelsError(f"Cannot allocate memory for the pixels: {error.strerror}.") from error
        self.pixels = buffer.view(request.size)
        grant = MemoryGrant(
            number=request.number,
            buffer_id=buffer.buffer_id,
            name=buffer.name,
            size=buffer.size,
            cached_ids=tuple(pool.buffer_ids),
        )
        self._worker.channel.send(grant)


def _format_megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"
