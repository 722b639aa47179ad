"""Sandbox of the worker: a program in its place, with the same rights, cannot do what decoding does not need."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.exr.pixels import worker_process
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.memory_budget import MemoryBudget
from exr_inspector_app.exr.pixels.shared_memory import SharedBuffer
from exr_inspector_app.exr.pixels.worker_check import check_worker
from exr_inspector_app.exr.pixels.worker_folder import WorkerFolder, remove_stale_folders
from exr_inspector_app.exr.pixels.worker_process import WorkerProcess
from tests.exr.pictures import scene, write_picture
from tests.exr.workers import worker_pids

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="the layers of Linux"
)

CALLS = ("open a socket", "open a local socket", "spawn", "fork", "execute", "signal the parent", "change rights")
KERNEL_CALLS = ("mount", "keyctl", "io_uring_setup", "bpf", "ptrace", "perf_event_open", "unshare", "process_vm_readv")
READING = (
    "read /etc/passwd", "read a key", "read a key by a link", "reopen a key", "reopen a key of /proc", "list a home",
    "read the parent's environment",
)  # fmt: skip
WRITING = ("write outside", "create a folder outside", "remove outside", "write the file")
ALLOWED = ("read the file", "read the file again", "reopen the file", "write inside", "start a thread")
SECRETS = (
    "VAST_DB_SECRET_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "EXR_INSPECTOR_LIBRARY",
)


def probe(folder: Path, mode: str) -> dict[str, Any]:
    """Run the probe in place of the worker and return its output."""
    home, outside = folder / mode / "home", folder / mode / "outside"
    for path in (home / "id_key", outside / "victim", outside / "rights"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secret")
    file = folder / f"{mode}\udce9.exr"
    file.write_bytes(b"pixels")
    with pytest.MonkeyPatch.context() as patch:
        for name in SECRETS:
            patch.setenv(name, "secret")
        command = [sys.executable, "-P", "-m", "tests.exr.sandbox_probe", mode]
        patch.setattr(worker_process, "decoder_command", lambda: command)
        worker = WorkerProcess(1024)
    try:
        worker.allow_file(str(file))
        task = {"file": str(file), "key": str(home / "id_key"), "outside": str(outside)}
        worker._pipes[1].write(json.dumps(task).encode() + b"\n")
        return dict(json.loads(worker._pipes[0].readline() or worker.exit_error().sentence))
    finally:
        worker.terminate()


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return probe(tmp_path_factory.mktemp("sandbox"), "restricted")


@pytest.fixture(scope="module")
def layers(result: dict[str, Any]) -> dict[str, bool]:
    return {name: is_active for name, is_active, _ in result["layers"]}


def outcomes(result: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: result["outcomes"][name] for name in names}


def test_system_calls_are_refused(result: dict[str, Any], layers: dict[str, bool]) -> None:
    assert layers["system calls"]
    assert outcomes(result, CALLS + KERNEL_CALLS) == dict.fromkeys(CALLS + KERNEL_CALLS, "EPERM")
    assert outcomes(result, ("clone3", "unknown")) == {"clone3": "ENOSYS", "unknown": "ENOSYS"}
    assert "Seccomp:\t2" in result["status"]


def test_files_outside_are_out_of_reach(result: dict[str, Any], layers: dict[str, bool]) -> None:
    if not layers["files"]:
        pytest.skip("no Landlock")
    assert set(outcomes(result, READING + WRITING).values()) == {"EACCES"}


def test_file_of_the_request_and_own_folder_can_be_used(result: dict[str, Any]) -> None:
    assert outcomes(result, ALLOWED) == dict.fromkeys(ALLOWED, "ok")


def test_environment_has_no_secret(result: dict[str, Any], layers: dict[str, bool]) -> None:
    assert not set(result["environment"]) & set(SECRETS)
    assert "PATH" in result["environment"]
    assert layers["environment"]


def test_privileges_and_limits_are_dropped(result: dict[str, Any]) -> None:
    assert "NoNewPrivs:\t1" in result["status"]
    rights = next(line for line in result["status"].splitlines() if line.startswith("CapEff"))
    assert int(rights.split()[1], 16) in (0, 1 << 2)
    assert result["limits"]["CORE"] == [0, 0]
    assert result["limits"]["NOFILE"][1] <= 64
    assert 0 < result["limits"]["FSIZE"][1] <= 2**30


def test_attempts_succeed_without_the_sandbox(tmp_path: Path) -> None:
    free = probe(tmp_path, "free")["outcomes"]
    assert {name for name, outcome in free.items() if outcome != "ok"} <= {"read the parent's environment"}


def test_worker_reports_its_layers() -> None:
    ready = check_worker()
    names = [layer.name for layer in ready.sandbox]
    assert names == ["environment", "limits", "end with parent", "privileges", "system calls", "files"]
    assert {"environment", "limits", "end with parent"} <= {layer.name for layer in ready.sandbox if layer.is_active}


def test_all_threads_that_decode_are_filtered(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", scene(200, 300))
    with closing(Decoder()) as decoder:
        decoder.picture(PictureRequest(str(path)))
        (pid,) = worker_pids()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        filters = [(task / "status").read_text() for task in tasks]
    assert len(filters) > 1
    assert all("NoNewPrivs:\t1" in text and "Seccomp:\t2" in text for text in filters)


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["landlock", "notify", "seccomp,landlock"])
def test_worker_decodes_without_a_layer(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-P", "-m", "tests.exr.old_kernel", missing]
    monkeypatch.setattr(worker_process, "decoder_command", lambda: command)
    layers = {layer.name: layer for layer in check_worker().sandbox}
    assert layers["system calls"].is_active == ("seccomp" not in missing)
    assert layers["files"].is_active == ("landlock" not in missing)
    assert ("no file broker" in layers["files"].detail) == (missing == "notify")
    path = write_picture(tmp_path / "a.exr", scene(20, 30))
    with closing(Decoder()) as decoder:
        assert decoder.picture(PictureRequest(str(path))).pixels.any()
        assert decoder.thumbnail(str(path)).data


def test_stopped_worker_ends_with_its_killed_parent(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.exr", scene(20, 30))
    program = (
        "import os, signal, sys; from exr_inspector_app.exr.pixels.decoder import Decoder, PictureRequest;"
        "from tests.exr.workers import worker_pids;"
        "decoder = Decoder(); decoder.picture(PictureRequest(sys.argv[1])); (pid,) = worker_pids();"
        "os.kill(pid, signal.SIGSTOP); print(pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", program, str(path)], env=environment, stdout=subprocess.PIPE)
    assert run.returncode == -signal.SIGKILL
    until = time.monotonic() + 60
    while list(tmp_path.glob("exr-inspector-*")) or is_running(int(run.stdout)):
        assert time.monotonic() < until, "the worker or its folder is still there"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_folders_of_dead_workers_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    used = WorkerFolder()
    names = ("worker-stale_01", "worker-young_01", "stale_01", "worker-of-my-show")  # the last two are of others
    stale, young, other, mine = folders = [tmp_path / f"exr-inspector-{name}" for name in names]
    for folder in folders:
        folder.mkdir()
        (folder / "level.exr").write_bytes(b"x")
    linked = tmp_path / "exr-inspector-worker-linked_1"
    linked.symlink_to(other)
    for path in (used.path, stale, other, mine):
        os.utime(path, (1, 1))
    remove_stale_folders(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir() if path != tmp_path / "home") == sorted(
        [Path(used.path).name, linked.name, young.name, other.name, mine.name]
    )
    assert (other / "level.exr").exists()
    assert (mine / "level.exr").exists()
    used.remove()


def test_end_of_a_worker_removes_the_folders_of_dead_ones(tmp_path: Path) -> None:
    stale = tmp_path / "exr-inspector-worker-stale_01"
    stale.mkdir()
    os.utime(stale, (1, 1))
    code = "from exr_inspector_app.exr.pixels.worker_folder import WorkerFolder; WorkerFolder().remove()"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=True)
    assert [*tmp_path.glob("exr-inspector-worker-*")] == []


def test_workers_share_the_memory_of_the_machine() -> None:
    budget = MemoryBudget(16_384)
    granted = [budget.reserve(4096) for _ in range(6)]
    assert granted[:3] == [4096] * 3
    assert sum(granted) <= 16_384
    assert min(granted) >= 1024
    budget.release(granted[0])
    assert budget.reserve(4096) >= 1024
    assert MemoryBudget(4096).reserve(4096) == 2048


def test_worker_cannot_shrink_the_memory_of_its_parent() -> None:
    buffer = SharedBuffer(8192)
    assert buffer.descriptor is not None
    with pytest.raises(PermissionError):
        os.ftruncate(buffer.descriptor, 0)
    buffer.unlink()
