"""Worker process that decodes, as its parent sees it: start, channel, exit reason, termination."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from exr_inspector_app.exr.pixels.shared_memory import SharedBufferPool
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel

_PACKAGE_ROOT = Path(__file__).resolve().parent.parent.parent.parent
EXIT_TIMEOUT_S = 1.0  # a killed process exits at once unless the system holds it
_CACHED_SHARE = 16  # the pixels of one picture are cached up to this share of the memory limit
# For a quick start, and address space in proportion to use.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),  # strips use the same pages again and again
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}
_KILL_SIGNALS = frozenset(["SIGKILL", "SIGTERM", "SIGXCPU"])

_unreaped: list[subprocess.Popen[bytes]] = []  # processes that had not exited EXIT_TIMEOUT_S after their kill


class WorkerProcess:
    """Running worker process; the constructor does not wait until it has started."""

    def __init__(self, memory_limit_mb: int) -> None:
        _unreaped[:] = [process for process in _unreaped if process.poll() is None]
        self._folder = tempfile.mkdtemp(prefix="exr-inspector-")  # of the worker; removed with it, however it ends
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # stderr until the worker has loaded its libraries
        paths = [str(_PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "exr_inspector_app.exr.pixels.worker_main",
                str(memory_limit_mb),
                self._folder,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes = (self._process.stdout, self._process.stdin)
        self.pool = SharedBufferPool(memory_limit_mb * 2**20 // _CACHED_SHARE)
        self.has_replied = False  # it has started and sent a message
        self.startup_error = ""  # why it could not start, once it has exited
        self.channel = MessageChannel(self._process.stdout.fileno(), self._process.stdin.fileno())

    @property
    def is_alive(self) -> bool:
        """True if the process runs."""
        return self._process.poll() is None

    def exit_reason(self) -> str:
        """Terminate the process and return how it ended, as a verb: `crashed (SIGSEGV)`."""
        self.terminate()
        code = self._process.returncode
        if code is None:
            return "hangs"
        if code >= 0:
            return f"exited with code {code}"
        name = signal.Signals(-code).name
        return f"was killed ({name})" if name in _KILL_SIGNALS else f"crashed ({name})"

    def terminate(self) -> None:
        """Kill the process and remove its folder, without waiting longer than EXIT_TIMEOUT_S. Idempotent."""
        if self.is_alive:
            self._process.kill()
        try:
            self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:  # held by storage that does not answer; it exits when that does
            _unreaped.append(self._process)
        for pipe in self._pipes:
            pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        if not self._errors.closed:
            self.startup_error = self._read_startup_error()
            self._errors.close()

    def _read_startup_error(self) -> str:
        """Return the last line that Python printed if it exited before the first message, or ""."""
        if self.has_replied or (self._process.returncode or 0) <= 0:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").splitlines()
        return next((line.strip().rstrip(".") for line in reversed(lines) if line.strip()), "")
