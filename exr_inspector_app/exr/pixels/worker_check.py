"""Check that the worker process starts, for the diagnosis of an installation."""

from __future__ import annotations

from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess
from exr_inspector_app.exr.pixels.worker_protocol import WorkerReady

_MEMORY_LIMIT_MB = 256
_START_TIMEOUT_S = 30.0


def check_worker() -> WorkerReady:
    """Start a worker, wait for its first message, and terminate it.

    Returns:
        The message: the libraries that it decodes with, and the layers of its sandbox.

    Raises:
        PixelsError: It does not start; the text is one sentence for the user.
    """
    worker = WorkerProcess(_MEMORY_LIMIT_MB)
    try:
        ready = worker.channel.receive(_START_TIMEOUT_S)
        if isinstance(ready, WorkerReady):
            return ready
        raise worker.start_error()
    except (EOFError, OSError) as error:
        reason: PixelsError = worker.exit_error()
        raise reason from error
    except ProtocolError as error:
        raise worker.start_error() from error
    finally:
        worker.terminate()
