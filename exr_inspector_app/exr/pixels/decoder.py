"""Client of the worker process that decodes EXR pixels: pictures, single pixels, thumbnails, statistics.

A file that makes the worker crash, hang or run out of memory raises one error, and the next request gets a new
worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from exr_inspector_app.contracts import MAX_THUMBNAIL_BYTES, StopCheck, never_stop
from exr_inspector_app.errors import (
    DecoderBugError,
    FileChangedError,
    PixelsError,
)
from exr_inspector_app.exr.pixels.decode_request import DecodeHandle, PictureRequest
from exr_inspector_app.exr.pixels.decoded_picture import (
    Picture,
    RgbImage,
    Thumbnail,
    to_draft,
    to_picture,
    to_rgb_image,
    to_thumbnail,
)
from exr_inspector_app.exr.pixels.idle_workers import idle_workers
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.operation_budget import (
    PICTURE_BUDGET,
    SLOW_THUMBNAIL_BUDGET,
    STATISTICS_BUDGET,
    THUMBNAIL_BUDGET,
    Budget,
)
from exr_inspector_app.exr.pixels.reply_errors import blames_the_file, decoder_bug, reply_error
from exr_inspector_app.exr.pixels.shared_memory import Floats
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess
from exr_inspector_app.exr.pixels.worker_protocol import (
    CancelledReply,
    JpegTask,
    PictureDraft,
    PictureReply,
    PictureTask,
    PixelReply,
    PixelTask,
    RefusalReply,
    Reply,
    RgbReply,
    StatisticsReply,
    StatisticsTask,
    Task,
    ThumbnailReply,
    ThumbnailTask,
)
from exr_inspector_app.exr.pixels.worker_request import DraftCallback, WorkerRequest
from exr_inspector_app.model import ChannelStats

DEFAULT_MEMORY_LIMIT_MB = 4096
THUMBNAIL_SIZE = (320, 320)
FILE_CHANGED = "The file changed while reading: it was written, replaced or removed. Reload it."

R = TypeVar("R", bound=Reply)
T = TypeVar("T")


class Decoder:
    """Decoder in a worker process that is started with the first request.

    Requests of several threads run one after another; `cancel` and `active_request` may be used from any thread.
    """

    def __init__(self, memory_limit_mb: int = DEFAULT_MEMORY_LIMIT_MB, timeout: float = 30.0) -> None:
        """Create a decoder without starting its worker.

        Args:
            memory_limit_mb: Address space of the worker in MiB, where the system can limit it; a picture may take
                half of it.
            timeout: Seconds for which the worker may be silent; the budget of a request limits all of its time.
        """
        self._memory_limit_mb = memory_limit_mb
        self._timeout_s = timeout
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()
        self._active: DecodeHandle | None = None
        self._closings = 0

    def picture(
        self,
        request: PictureRequest,
        stop: StopCheck = never_stop,
        on_draft: Callable[[Picture], None] | None = None,
    ) -> Picture:
        """Decode channels of one part.

        Args:
            request: The pixels to decode.
            stop: Polled every 20 ms; returns True to cancel this request.
            on_draft: Called once, in this thread, with a reduced picture of a large one when an eighth of its rows is
                decoded; not for every picture.

        Returns:
            The pixels, (height, width, channels), in shared memory; float32 unless the request keeps their type.

        Raises:
            DecodeCancelledError: The request was cancelled.
            PixelsError: The pixels cannot be decoded; the text is one sentence for the user.
        """
        task = PictureTask(
            budget=PICTURE_BUDGET,
            path=request.path,
            part_index=request.part_index,
            channels=request.channels,
            level=request.level,
            max_size=request.max_size,
            keeps_type=request.keeps_type,
            has_draft=on_draft is not None,
            step=request.step,
        )

        def show_draft(draft: PictureDraft, pixels: Floats | None) -> None:
            assert on_draft is not None
            on_draft(to_draft(draft, pixels))

        return self.run(task, PictureReply, stop, to_picture, show_draft if on_draft else None)

    def pixel(
        self, request: PictureRequest, at: tuple[int, int], stop: StopCheck = never_stop
    ) -> tuple[float, ...] | None:
        """Decode one pixel, without rounding uint values to float32.

        Args:
            request: The channels and the level; `max_size` is ignored.
            at: x and y in the coordinates of the data window, at full size.
            stop: As for `picture`.

        Returns:
            One value per channel, or None if the chunk of the pixel is missing or cannot be decoded.

        Raises:
            DecodeCancelledError: The request was cancelled.
            PixelsError: The pixels cannot be decoded, or `at` is outside the data window.
        """
        task = PixelTask(
            path=request.path,
            part_index=request.part_index,
            channels=request.channels,
            level=request.level,
            position=at,
        )
        return self.run(task, PixelReply, stop, lambda reply, _: _to_values(reply, request.channels))

    def thumbnail(
        self,
        path: str,
        part_index: int | None = None,
        max_size: tuple[int, int] = THUMBNAIL_SIZE,
        stop: StopCheck = never_stop,
        budget: Budget = SLOW_THUMBNAIL_BUDGET,
    ) -> Thumbnail:
        """Decode the picture of a file at a small size; a layer that is black gives way to the next one.

        Args:
            path: The file.
            part_index: The part; None for all parts.
            max_size: Width and height to fit, before non-square pixels are stretched.
            stop: As for `picture`.
            budget: Limits of the operation; a picture with more pixels is sampled.

        Returns:
            The JPEG and its linear pixels.

        Raises:
            DecodeCancelledError: The request was cancelled.
            PixelsError: The pixels cannot be decoded.
        """
        task = ThumbnailTask(budget=budget, path=path, part_index=part_index, max_size=max_size)
        return self.run(task, ThumbnailReply, stop, to_thumbnail)

    def decode_jpeg(
        self, data: bytes, max_size: tuple[int, int] = THUMBNAIL_SIZE, stop: StopCheck = never_stop
    ) -> RgbImage:
        """Decode a stored thumbnail, which may come from strangers.

        Args:
            data: A JPEG of at most MAX_THUMBNAIL_BYTES; no other format is decoded.
            max_size: Width and height to fit, by a whole factor.
            stop: As for `picture`.

        Returns:
            The pixels.

        Raises:
            DecodeCancelledError: The request was cancelled.
            PixelsError: It is no JPEG, too large, or damaged.
        """
        if len(data) > MAX_THUMBNAIL_BYTES:
            raise PixelsError(f"The thumbnail has {len(data):,} bytes; the limit is {MAX_THUMBNAIL_BYTES:,}.")
        task = JpegTask(budget=THUMBNAIL_BUDGET, path="", jpeg=data, max_size=max_size)
        return self.run(task, RgbReply, stop, lambda reply, _: to_rgb_image(reply, max_size))

    def stats(
        self,
        path: str,
        part_index: int | None = None,
        stop: StopCheck = never_stop,
        budget: Budget = STATISTICS_BUDGET,
    ) -> tuple[ChannelStats, ...]:
        """Measure the channels of one part or, by default, of all parts, in the memory of one strip.

        Args:
            path: The file.
            part_index: The part; None for all parts that have pixels.
            stop: As for `picture`.
            budget: Limits of the operation.

        Returns:
            One row per channel, by part and in the order of the header; luminance/chroma has rows for R, G and B.

        Raises:
            DecodeCancelledError: The request was cancelled.
            PixelsError: The pixels cannot be decoded.
        """
        task = StatisticsTask(budget=budget, path=path, part_index=part_index)
        return self.run(task, StatisticsReply, stop, lambda reply, _: reply.channels)

    @property
    def active_request(self) -> DecodeHandle | None:
        """Handle of the request in progress, or None. Thread-safe."""
        return self._active

    def cancel(self) -> None:
        """Cancel the request in progress at the time of the call, if any; a later request runs. Thread-safe."""
        handle = self._active
        if handle is not None:
            handle.cancel()

    def close(self) -> None:
        """Release the worker, and terminate it during a request. Idempotent; a later request takes a worker again."""
        self._closings += 1
        self._release_worker()

    def _release_worker(self) -> None:
        """Hand the worker to the next decoder, or terminate it during a request."""
        is_idle = self._lock.acquire(blocking=False)
        worker, self._worker = self._worker, None
        if is_idle:
            self._lock.release()
        if worker is not None and is_idle:
            idle_workers().add(worker)
        elif worker is not None:
            worker.terminate()

    def run(
        self,
        task: Task,
        reply_class: type[R],
        stop: StopCheck,
        to_result: Callable[[R, Floats | None], T],
        on_draft: DraftCallback | None = None,
    ) -> T:
        """Run a task and return the result that `to_result` makes of its reply and its shared memory.

        Raises:
            DecodeCancelledError: The request was cancelled.
            PixelsError: The task cannot be done; the text is one sentence for the user.
        """
        with self._lock:
            self._active = handle = DecodeHandle()
            closings = self._closings
            try:
                reply, pixels = self._run_with_retry(task, lambda: stop() or handle.is_cancelled, on_draft)
                if isinstance(reply, reply_class):
                    return to_result(reply, pixels)
                raise reply_error(reply)
            except ProtocolError as error:
                raise self._protocol_error(error) from error
            finally:
                self._active = None
                if self._closings != closings:  # a worker taken after `close` would be leaked
                    self._release_worker()

    def _run_with_retry(
        self, task: Task, is_cancelled: StopCheck, on_draft: DraftCallback | None
    ) -> tuple[Reply, Floats | None]:
        """Run a task, and retry it once in a new worker if an old one is out of memory or has lost its folder."""
        started = time.monotonic()
        is_old = self._worker is not None and self._worker.is_alive and self._worker.has_replied
        reply, pixels = self._run_once(task, is_cancelled, on_draft)
        if isinstance(reply, RefusalReply) and reply.is_resource_error:
            self._release_worker()
            if is_old:
                task = replace(task, budget=task.budget.after(time.monotonic() - started))
                return self._run_once(task, is_cancelled, on_draft)
        return reply, pixels

    def _run_once(
        self, task: Task, is_cancelled: StopCheck, on_draft: DraftCallback | None
    ) -> tuple[Reply, Floats | None]:
        """Return the reply of a worker and the shared memory that it has filled in."""
        if is_cancelled():  # such as while the window closes: no process is started
            return CancelledReply(number=task.number), None
        if self._worker is None or not self._worker.is_alive:
            self._release_worker()
            self._worker = idle_workers().take(self._memory_limit_mb)
        worker = self._worker
        task = replace(task, number=next(worker.request_numbers))
        request = WorkerRequest(worker, self._timeout_s, on_draft)
        try:
            reply = request.run(task, is_cancelled)
            if blames_the_file(reply) and request.is_file_changed:
                reply = RefusalReply(number=task.number, sentence=FILE_CHANGED, code=FileChangedError.code)
            return reply, request.pixels
        except (EOFError, OSError) as error:
            raise self._exit_error(worker, request) from error
        except ProtocolError:  # the caller closes the worker
            raise
        except BaseException:
            self._release_worker()
            raise
        finally:
            request.unlink()

    def _exit_error(self, worker: WorkerProcess, request: WorkerRequest) -> PixelsError:
        """Return the error of a worker that has exited."""
        reason = worker.exit_error()
        self._release_worker()
        is_crash = isinstance(reason, DecoderBugError)
        return FileChangedError(FILE_CHANGED) if is_crash and request.is_file_changed else reason

    def _protocol_error(self, error: ProtocolError) -> PixelsError:
        """Terminate a worker that sent an invalid message; before the first valid one it is no worker of ours."""
        worker = self._worker
        reason = worker.start_error() if worker is not None and not worker.has_replied else None
        self._release_worker()
        return reason or decoder_bug(f"invalid message from the decoder: {error}")


def _to_values(reply: PixelReply, channels: tuple[str, ...]) -> tuple[float, ...] | None:
    """Return the values of a reply to a request for `channels`, () for those of the picture."""
    if channels and reply.values is not None and len(reply.values) != len(channels):
        raise ProtocolError(f"{len(reply.values)} values of {len(channels)} channels")
    return reply.values
