"""The decoder's process as its parent sees it: started, spoken to, ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from exr_inspector_app.exr.pixels.shared_memory import SharedBufferPool
from exr_inspector_app.exr.pixels.worker_protocol import JsonLineChannel

_HOUSE = Path(__file__).resolve().parent.parent.parent.parent  # where the package is found
EXIT_TIMEOUT_S = 1.0  # seconds; a process that is killed is gone at once unless the system holds it
_KEPT = 16  # the share of its memory that the pixels of one picture may have to be kept for the next
# A quick start, and address space that grows with what is used.
_FRUGAL = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),  # strips use the same pages again and again
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}


_left: list[subprocess.Popen[bytes]] = []  # processes that did not end when they were told to


class WorkerProcess:
    """A running decoder; its start is not waited for."""

    def __init__(self, memory_limit_mb: int) -> None:
        _left[:] = [one for one in _left if one.poll() is None]
        self._folder = tempfile.mkdtemp(prefix="exr-inspector-")  # for what it writes; gone with it, however it ends
        paths = [str(_HOUSE), *filter(None, [os.environ.get("PYTHONPATH")])]
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
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **_FRUGAL, "PYTHONPATH": os.pathsep.join(paths)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes = (self._process.stdout, self._process.stdin)
        self.pool = SharedBufferPool(memory_limit_mb * 2**20 // _KEPT)
        self.has_spoken = False  # it has started and answered
        self.lines = JsonLineChannel(self._process.stdout.fileno(), self._process.stdin.fileno())

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def fate(self) -> str:
        """What became of it, as a verb: `crashed (SIGSEGV)`."""
        self.end()
        code = self._process.returncode
        if code is None:
            return "hangs"
        return f"was ended ({signal.Signals(-code).name})" if code < 0 else f"left with code {code}"

    def end(self) -> None:
        """It is gone, whatever it was doing, or nobody waits for it any more; twice does no harm."""
        if self.lives:
            self._process.kill()
        try:
            self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:  # held by storage that does not answer; it goes when that does
            _left.append(self._process)
        for pipe in self._pipes:
            pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)
