"""Program in the place of the worker: enters the sandbox, tries what it must not do, and prints the outcomes.

It reads one JSON object from stdin and prints one: by attempt "ok" or the name of the error number. With `free` it does
not enter the sandbox, which shows that the attempts succeed without it.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import resource
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exr_inspector_app.exr.pixels.sandbox.kernel_calls import system_call
from exr_inspector_app.exr.pixels.sandbox.layers import enter_sandbox
from exr_inspector_app.exr.pixels.sandbox.readable_paths import readable_paths

NUMBERS = {  # on x86-64 and AArch64
    "mount": (165, 40), "keyctl": (250, 219), "io_uring_setup": (425, 425), "bpf": (321, 280), "ptrace": (101, 117),
    "perf_event_open": (298, 241), "unshare": (272, 97), "process_vm_readv": (310, 270), "clone3": (435, 435),
    "userfaultfd": (323, 282), "unknown": (999, 999),
}  # fmt: skip
SEIZE = 0x4206


def spawn() -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def fork() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def start_thread() -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def reopen(path: str, opened: int, name: str) -> bytes:
    """Read a file by the number of its descriptor, which is another opening for the kernel."""
    descriptor = os.open(path, opened)
    try:
        return Path(name.format(descriptor)).read_bytes()
    finally:
        os.close(descriptor)


def call(name: str, *arguments: int) -> int:
    return system_call(NUMBERS[name][platform.machine() == "aarch64"], *arguments)


def attempts(task: dict[str, Any], folder: str) -> dict[str, Callable[[], object]]:
    file, key, outside = task["file"], task["key"], task["outside"]
    parent = os.getppid()
    return {
        "read the file": lambda: Path(file).read_bytes(),
        "read the file again": lambda: Path(file).read_bytes(),
        "reopen the file": lambda: reopen(file, os.O_RDONLY, "/dev/fd/{}"),
        "write inside": lambda: Path(folder, "inside").write_bytes(b"x"),
        "start a thread": start_thread,
        "write the file": lambda: os.close(os.open(file, os.O_WRONLY)),
        "read /etc/passwd": lambda: Path("/etc/passwd").read_bytes(),
        "read a key": lambda: Path(key).read_bytes(),
        "read a key by a link": lambda: Path(folder, "..", Path(key).name).resolve() and Path(key).read_bytes(),
        "reopen a key": lambda: reopen(key, os.O_PATH, "/dev/fd/{}"),
        "reopen a key of /proc": lambda: reopen(key, os.O_PATH, "/proc/self/fd/{}"),
        "list a home": lambda: os.listdir(os.path.dirname(key)),
        "read the parent's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "write outside": lambda: Path(outside, "new").write_bytes(b"x"),
        "create a folder outside": lambda: os.mkdir(os.path.join(outside, "folder")),
        "remove outside": lambda: os.unlink(os.path.join(outside, "victim")),
        "change rights": lambda: os.chmod(os.path.join(outside, "rights"), 0o777),
        "link inside": lambda: os.symlink(key, os.path.join(folder, "link")),
        "open a socket": lambda: socket.socket().close(),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "spawn": spawn,
        "fork": fork,
        "signal the parent": lambda: os.kill(parent, 0),
    }


def calls() -> dict[str, Callable[[], object]]:
    """Return the attempts that are only made in the sandbox, since they would change this process."""
    parent = os.getppid()
    made: dict[str, Callable[[], object]] = {name: lambda name=name: call(name, 0, 0, 0, 0, 0) for name in NUMBERS}
    made["ptrace"] = lambda: call("ptrace", SEIZE, parent, 0, 0)
    made["execute"] = lambda: os.execv("/bin/true", ["true"])
    made["abort another thread group"] = lambda: ctypes.CDLL(None).kill(parent, 0)
    return made


def outcome(attempt: Callable[[], object]) -> str:
    try:
        return "ok" if attempt() != -1 else "-1"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))


def main() -> None:
    is_free = sys.argv[1] == "free"
    _, folder, broker = sys.argv[-3:]
    connection = socket.socket(fileno=int(broker))
    layers = () if is_free else enter_sandbox(folder, readable_paths(), connection)
    task = json.loads(sys.stdin.readline())
    tries = {**attempts(task, folder), **({} if is_free else calls())}
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in ("CORE", "FSIZE", "NOFILE")}
    result = {
        "layers": layers,
        "outcomes": {name: outcome(attempt) for name, attempt in tries.items()},
        "environment": sorted(os.environ),
        "limits": limits,
        "status": Path("/proc/self/status").read_text(),
    }
    print(json.dumps(result), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
