"""Worker process that decodes, as its parent sees it: start, channel, exit reason, termination."""

from __future__ import annotations

import errno
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import IO, Any

from exr_inspector_app.config import decoder_command
from exr_inspector_app.config.extras import missing_package_sentence
from exr_inspector_app.errors import (
    DecodeLimitError,
    DecoderBugError,
    DecoderMachineError,
    DecoderStartError,
    PixelsError,
)
from exr_inspector_app.exr.pixels import decoder_limits
from exr_inspector_app.exr.pixels.memory_budget import worker_budget
from exr_inspector_app.exr.pixels.process_state import ProcessState, read_state
from exr_inspector_app.exr.pixels.sandbox.environment import worker_environment
from exr_inspector_app.exr.pixels.shared_memory import SharedBufferPool
from exr_inspector_app.exr.pixels.worker_channel import MessageChannel
from exr_inspector_app.exr.pixels.worker_folder import WorkerFolder
from exr_inspector_app.text.escape import escape_control

if sys.platform == "win32":
    from exr_inspector_app.exr.pixels.sandbox import windows
if sys.platform == "linux":
    from exr_inspector_app.exr.pixels.sandbox.file_broker import FileBroker
else:
    FileBroker = Any  # no other system has one

EXIT_TIMEOUT_S = 1.0  # a killed process exits at once unless the system holds it
MAX_STDERR_BYTES = 8192  # the last ones, of a worker that cannot start
MAX_REASON_CHARS = 200
_CACHED_SHARE = 16  # the pixels of one picture are cached up to this share of the memory limit
_KILL_SIGNALS = frozenset(["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"])
_ERROR_CLASS = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception): ")  # in the last line of a Python traceback
_MACHINE_ERRORS = frozenset([errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT])

_CANNOT_START = "The decoder cannot start: {}. {}"
_REINSTALL = "Reinstall exr-inspector."
_MISSING_MODULE = re.compile(r"No module named '([\w.]+)'")
_OUT_OF_MEMORY = re.compile("MemoryError|Cannot allocate memory|failed to map segment|bad_alloc")  # while it starts
_NO_RESOURCES = "The decoder cannot start: {}. Free memory, disk space or processes on this machine."
_KILLED = "The decoder {}, perhaps because memory ran out. Close other programs and try again."
_CPU_LIMIT = "Decoding needs more processor time than the limit."
_CRASHED = "The decoder {} on this file. This is a bug: report it with the file."

_unreaped: list[subprocess.Popen[bytes]] = []  # processes that had not exited EXIT_TIMEOUT_S after their kill


class WorkerProcess:
    """Running worker process; the constructor does not wait until it has started."""

    def __init__(self, memory_limit_mb: int) -> None:
        """Start a process.

        Args:
            memory_limit_mb: Address space in MiB; it gets less if the machine has no more for all workers together.

        Raises:
            DecoderStartError: The program cannot be run.
            DecoderMachineError: The machine has no memory, disk space or processes left.
        """
        _unreaped[:] = [process for process in _unreaped if process.poll() is None]
        self._command = decoder_command()
        self.made_for = (self._command, memory_limit_mb)
        self.request_numbers = itertools.count(1)
        self._is_killed = False  # by this process
        self._release_lock = threading.Lock()
        try:
            self._folder = WorkerFolder()  # removed with the process, however it ends
        except OSError as error:
            raise DecoderMachineError(_NO_RESOURCES.format(error.strerror or "no temporary folder")) from error
        # Standard error until the libraries are loaded.
        self._errors = tempfile.TemporaryFile(dir=self._folder.path)  # noqa: SIM115
        self.memory_limit_mb = worker_budget().reserve(memory_limit_mb)
        self._startup_error = ""  # last line of stderr of a process that has not replied
        self._broker: FileBroker | None = None  # on Linux, once the process runs
        try:
            self._start()
        except PixelsError:
            self._release()
            raise
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes = (self._process.stdout, self._process.stdin)
        self.pool = SharedBufferPool(self.memory_limit_mb * 2**20 // _CACHED_SHARE)
        self.has_replied = False  # it has started and sent a message
        if sys.platform != "win32":
            os.set_blocking(self._process.stdin.fileno(), False)  # a process that does not read ends the request
        self.channel = MessageChannel(self._process.stdout.fileno(), self._process.stdin.fileno())

    def _start(self) -> None:
        """Start the process, and the broker that opens files for it."""
        command = [*self._command, str(self.memory_limit_mb), self._folder.path]
        if sys.platform == "linux":
            ours, theirs = socket.socketpair()
            try:
                self._process = _popen([*command, str(theirs.fileno())], self._errors, (theirs.fileno(),))
            except PixelsError:
                ours.close()
                raise
            finally:
                theirs.close()
            self._broker = FileBroker(ours)
            return
        self._process = _popen(command, self._errors, ())
        if sys.platform == "win32":
            self._job = 0
            with suppress(OSError):  # then it ends when its pipe is closed
                self._job = windows.end_with_this_process(int(self._process._handle))  # type: ignore[attr-defined]

    def allow_file(self, path: str) -> None:
        """Let the process read a file, in place of the one before."""
        if self._broker is not None:
            self._broker.allow(path)

    def send_descriptor(self, descriptor: int) -> None:
        """Pass a descriptor to the process, ahead of the message that it belongs to.

        Raises:
            OSError: The process is gone, or does not receive.
        """
        if self._broker is not None:
            self._broker.send_descriptor(descriptor)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """True if the process runs and was not killed here: one that storage holds exits late, without its pipes."""
        return not self._is_killed and self._process.poll() is None

    @property
    def state(self) -> ProcessState | None:
        """State and CPU time of the process, None where the system does not report them."""
        return read_state(self._process.pid)

    def exit_error(self) -> PixelsError:
        """Return the error that names why the process has ended; terminate it if it closed its pipes only."""
        try:
            code: int | None = self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            code = None
        self.terminate()
        name = _signal_name(code or 0)
        if name == "SIGXCPU":
            return DecodeLimitError(_CPU_LIMIT)
        if name in _KILL_SIGNALS:
            return DecoderMachineError(_KILLED.format(f"was killed ({name})"))
        if not self.has_replied:
            return self.start_error()
        return DecoderBugError(_CRASHED.format(_exit_reason(code)))

    def start_error(self) -> PixelsError:
        """Terminate the process, which has sent no message, and return the error that names why."""
        code = None if self._is_killed else self._process.poll()
        self.terminate()
        if _OUT_OF_MEMORY.search(self._startup_error):
            return DecoderMachineError(_NO_RESOURCES.format(self._startup_error))
        program = escape_control(os.path.basename(self._command[0]))[:MAX_REASON_CHARS]
        reason = self._startup_error or f"{program} {_exit_reason(code)} and is not the decoder"
        match = _MISSING_MODULE.search(reason)
        remedy = missing_package_sentence(match[1]) if match else ""
        return DecoderStartError(_CANNOT_START.format(reason, remedy or _REINSTALL))

    def terminate(self) -> None:
        """Kill the process and remove its folder, without waiting longer than EXIT_TIMEOUT_S. Idempotent."""
        if self.is_alive:
            self._is_killed = True
            self._process.kill()
        try:
            self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:  # held by storage that does not answer; it exits when that does
            _unreaped.append(self._process)
        for pipe in self._pipes:
            pipe.close()
        self._release()

    def _release(self) -> None:
        """Remove the files and return the memory to the budget, once, although two threads may end the process."""
        with self._release_lock:
            self._release_once()

    def _release_once(self) -> None:
        if not self._errors.closed:
            self._startup_error = _last_line(self._errors)
            self._errors.close()
            worker_budget().release(self.memory_limit_mb)
            if self._broker is not None and self._process.poll() is not None:
                self._broker.join(EXIT_TIMEOUT_S)
            if sys.platform == "win32" and self._job:
                windows.close_handle(self._job)
        self._folder.remove()


def _exit_reason(code: int | None) -> str:
    """Return the end of a process as a verb: `crashed (SIGSEGV)`."""
    if code is None:
        return "does not answer"
    return f"exited with code {code}" if code >= 0 else f"crashed ({_signal_name(code)})"


def _signal_name(code: int) -> str:
    """Return the name of the signal that ended a process, "" for another exit code."""
    try:
        return signal.Signals(-code).name if code < 0 else ""
    except ValueError:  # a real-time signal
        return f"signal {-code}"


def _popen(command: list[str], errors: IO[bytes], descriptors: tuple[int, ...]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,
            env=worker_environment({**os.environ, **decoder_limits.thread_variables()}),
            pass_fds=descriptors,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        if error.errno in _MACHINE_ERRORS:
            raise DecoderMachineError(_NO_RESOURCES.format(error.strerror)) from error
        reason = f"{escape_control(command[0])} cannot be run ({error.strerror})"
        raise DecoderStartError(_CANNOT_START.format(reason, _REINSTALL)) from error


def _last_line(errors: IO[bytes]) -> str:
    """Return the last line that a process printed, without the class of a Python exception, or ""."""
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - MAX_STDERR_BYTES))
    lines = errors.read().decode("utf-8", "replace").splitlines()
    line = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return escape_control(_ERROR_CLASS.sub("", line).rstrip(". "))[:MAX_REASON_CHARS]
