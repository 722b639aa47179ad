"""Commands of packaging/dev.py, in a miniature checkout."""

from __future__ import annotations

import importlib
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from exr_inspector_app.cli.output.terminal import run_guarded
from tests.packaging import checkout
from tests.packaging.checkout import ROOT, Checkout

FOREIGN_VENV = "was not made by this command. Move it away, then repeat the command."
POLICY = """\
libglib2.0-0:
  Installed: (none)
  Candidate: (none)
  Version table:
libglib2.0-0t64:
  Installed: (none)
  Candidate: 2.84.4-3~deb13u2
  Version table:
"""


@pytest.fixture
def mini(tmp_path: Path) -> Checkout:
    """Return a checkout without anything set up."""
    return checkout.create(tmp_path / "a checkout é")


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Return a function that imports a module next to dev.py, as the script does."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    return importlib.import_module


def wait_until(is_true: Callable[[], bool]) -> None:
    """Poll a condition; fail when it stays false."""
    until = time.monotonic() + 100
    while not is_true():
        assert time.monotonic() < until, "the condition stayed false"
        time.sleep(0.02)


def test_bundle_replaces_no_folder_of_others(module: Callable[[str], ModuleType], tmp_path: Path) -> None:
    (tmp_path / "exr-inspector").mkdir()  # such as a checkout
    assert module("build_bundle").main([str(tmp_path)]) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["exr-inspector"]


def test_usage_lists_commands(mini: Checkout) -> None:
    shown, unknown = mini.call("--help"), mini.call("tset")
    assert (shown.returncode, unknown.returncode) == (0, 2)
    assert "dev.py function [OUT]" in shown.stdout
    assert "dev.py function [OUT]" in unknown.stderr
    assert unknown.stdout == ""


def test_function_replaces_its_own_result(mini: Checkout, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert mini.call("function", str(out)).returncode == 0
    assert (out / "exr_inspector_app" / "__init__.py").is_file()
    assert not (out / "exr_inspector_app" / "gui").exists()
    (out / "__pycache__").mkdir()
    (out / "__pycache__" / "main.pyc").touch()
    (out / "main.py").write_text("edited")
    (mini.root / "exr_inspector_app" / "core.py").touch()
    assert mini.call("function", str(out)).returncode == 0
    assert (out / "exr_inspector_app" / "core.py").is_file()
    assert (out / "main.py").read_text() != "edited"
    (mini.root / "exr_inspector_app" / "core.py").unlink()
    assert mini.call("function", str(out)).returncode == 0
    assert not (out / "exr_inspector_app" / "core.py").exists()


def test_function_takes_an_empty_folder(mini: Checkout, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert mini.call("function", str(tmp_path / "empty")).returncode == 0
    assert (tmp_path / "empty" / "main.py").is_file()


@pytest.mark.parametrize(
    "out", [".", "exr_inspector_app", "packaging/function", "packaging/new", "exr_inspector_app/new"]
)
def test_function_leaves_the_sources_alone(mini: Checkout, out: str) -> None:
    before = {path for path in mini.root.rglob("*") if "__pycache__" not in path.parts}
    refused = mini.call("function", out)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    after = {path for path in mini.root.rglob("*") if "__pycache__" not in path.parts}
    assert before == after


@pytest.mark.parametrize("added", ["notes.txt", "exr_inspector_app/mine.py", "folder/"])
def test_function_refuses_files_of_others(mini: Checkout, tmp_path: Path, added: str) -> None:
    out = tmp_path / "out"
    mini.call("function", str(out))
    if added.endswith("/"):
        (out / added).mkdir()
    else:
        (out / added).write_text("mine")
    refused = mini.call("function", str(out))
    assert refused.returncode == 1
    name = added.rstrip("/")
    assert refused.stderr == f"{out} holds {name}, which `function` did not write. Choose an empty folder.\n"
    assert (out / added).exists()


def test_function_refuses_options_and_files(mini: Checkout, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert mini.call("function", "--out").returncode == 2
    assert mini.call("function", "a", "b").returncode == 2
    assert mini.call("function", str(tmp_path / "file")).returncode == 1


def test_foreign_venv_is_refused(mini: Checkout) -> None:
    mini.venv.mkdir()
    (mini.venv / "mine").write_text("mine")
    refused = mini.call("run")
    assert refused.returncode == 1
    assert refused.stderr == f"{mini.venv} {FOREIGN_VENV}\n"
    assert [path.name for path in mini.venv.iterdir()] == ["mine"]


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 1), (b"\n", 1), (b"y\n", 0)])
def test_foreign_venv_is_erased_only_on_yes(mini: Checkout, answer: bytes, code: int) -> None:
    mini.venv.mkdir()
    (mini.venv / "mine").write_text("mine")
    ours, theirs = pty.openpty()
    with mini.start("run", terminal=theirs) as process:
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, answer)
        assert process.wait(timeout=60) == code
    assert (mini.venv / "mine").exists() == (code == 1)
    os.close(ours)
    os.close(theirs)


def test_environment_of_another_checkout_is_never_erased(mini: Checkout) -> None:
    shared = mini.root.parent / "shared"
    shared.mkdir()
    (shared / "installed").write_text("run of another checkout\n")
    mini.venv.symlink_to(shared)
    refused = mini.call("run")
    assert refused.returncode == 1
    assert "is a link to" in refused.stderr
    assert (shared / "installed").exists()


def test_set_up_goes_on_from_run_to_test(mini: Checkout, module: Callable[[str], ModuleType]) -> None:
    first = mini.call("run", "shot.exr")
    assert (first.returncode, first.stdout) == (0, "shot.exr\n")
    assert first.stderr.startswith("Setting up .venv")
    again = mini.call("run", "exit", "3")
    assert (again.returncode, again.stdout, again.stderr) == (3, "exit 3\n", "")
    created = (mini.venv / "pyvenv.cfg").stat().st_mtime_ns
    tools = mini.call("test")  # fails, since the empty lock holds no pytest
    assert "Adding the test tools" in tools.stderr
    assert "No module named pytest" in tools.stderr
    assert (mini.venv / "pyvenv.cfg").stat().st_mtime_ns == created
    environment = module("environment").Environment(mini.root)
    assert environment.has_installed("run")
    assert environment.has_installed("test")
    (mini.root / "packaging" / "requirements-run.lock").write_text("# changed\n")
    assert not environment.has_installed("run")
    assert environment.has_installed("test")


def test_failed_set_up_is_unfinished(mini: Checkout) -> None:
    lock = mini.root / "packaging" / "requirements-run.lock"
    lock.write_text("six==1.17.0\n")  # without a hash
    failed = mini.call("run")
    assert failed.returncode == 1
    assert "Installing failed (exit 1); all output is in" in failed.stderr
    assert (mini.venv / "installed").read_text() == "unfinished"


def test_interrupted_set_up_starts_over(mini: Checkout) -> None:
    process = mini.start("run")
    wait_until(lambda: (mini.venv / "pyvenv.cfg").exists())
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=100)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "Interrupted. The next command starts the set-up over."
    assert "Traceback" not in errors
    assert (mini.venv / "installed").read_text() == "unfinished"
    assert mini.call("run").returncode == 0


def test_interrupted_command_exits_130(mini: Checkout, module: Callable[[str], ModuleType]) -> None:
    processes = module("processes")
    sleeping = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
    code = f"import subprocess, processes; processes.wait(subprocess.Popen({sleeping!r}))"
    folder = str(Path(processes.__file__ or "").parent)
    waiting = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=checkout.allow_interrupt,
    )
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == b"ready\n"
    os.killpg(waiting.pid, signal.SIGINT)
    assert waiting.wait(timeout=100) == -signal.SIGINT
    waiting.stdout.close()


def test_second_command_waits_for_the_lock(mini: Checkout, tmp_path: Path, module: Callable[[str], ModuleType]) -> None:
    with module("processes").exclusive(tmp_path / f"exr-inspector-function-{os.getuid()}.lock"):
        process = mini.start("function", str(tmp_path / "out"))
        assert process.stderr is not None
        assert process.stderr.readline().endswith(".lock; waiting for it.\n")
        assert not (tmp_path / "out").exists()
    output, errors = process.communicate(timeout=100)
    assert (process.returncode, output, errors) == (0, f"The function is in {tmp_path / 'out'}.\n", "")


def test_libraries_are_loaded_not_looked_up(module: Callable[[str], ModuleType]) -> None:
    libraries = module("system_libraries")
    assert libraries.find_missing(["libc.so.6", "libnosuch.so.9"]) == ["libnosuch.so.9"]


def test_packages_have_the_names_of_the_release(module: Callable[[str], ModuleType]) -> None:
    libraries = module("system_libraries")
    names = ("libglib2.0-0t64", "libglib2.0-0")
    assert libraries.parse_candidates(POLICY) == {"libglib2.0-0t64"}
    assert libraries.choose_package(names, {"libglib2.0-0t64"}) == "libglib2.0-0t64"
    assert libraries.choose_package(names, {"libglib2.0-0"}) == "libglib2.0-0"
    assert set(libraries.package_names(["libglib-2.0.so.0", "libgthread-2.0.so.0"])) < {*names}


def test_libraries_of_qt_are_listed_for_users_and_needed_by_the_debian_package(
    module: Callable[[str], ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    packages = [*dict.fromkeys(module("system_libraries").QT_LIBRARIES.values())]
    help_page = (ROOT / "resources" / "help" / "troubleshooting.md").read_text(encoding="utf-8")
    assert f"apt-get install {' '.join(packages)}`" in help_page
    dependencies = module("build_deb").dependencies()
    assert [name for name in packages if not any(name in dependency for dependency in dependencies)] == []

    def fail() -> int:
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    assert run_guarded(fail) == 1
    assert "The system library libGL.so.1 is missing." in capsys.readouterr().err


def test_combination_without_wheels_is_one_sentence(module: Callable[[str], ModuleType], tmp_path: Path) -> None:
    resolver = tmp_path / "uv"
    resolver.write_text('#!/bin/sh\ncase "$*" in *windows*) echo "no wheels of x" >&2; exit 1;; esac\n')
    resolver.chmod(0o755)
    problems = list(module("platforms").resolution_problems(resolver, tmp_path, ("3.14",)))
    start = "Python 3.14, Windows x86-64,"
    assert problems == [f"{start} {kind}: no wheels of x" for kind in ("core", "all", "all, oldest")]


def test_progress_counts_packages(module: Callable[[str], ModuleType]) -> None:
    progress = module("progress")
    pins = progress.count_pins((ROOT / "packaging" / "requirements-run.lock").read_text())
    assert 50 < pins < progress.count_pins((ROOT / "packaging" / "requirements.lock").read_text())
    output = (
        "Ignoring colorama: markers\nCollecting numpy==2.4.6 (from -r x)\n  Downloading numpy-2.4.6.whl (16.1 MB)\n"
    )
    assert progress.describe(output, 3) == "Downloading 1 of 2: numpy (16.1 MB)"
    output += "Collecting duckdb==2.0.0 (from -r x)\n"
    assert progress.describe(output, 3) == "Downloading 2 of 2: duckdb"
    output += "Installing collected packages: numpy, duckdb\n"
    assert progress.installing(output) == ["numpy", "duckdb"]
    assert progress.duration(12.4) == "12 s"
    assert progress.duration(185) == "3 min 05 s"


def test_run_lock_is_part_of_the_whole_lock() -> None:
    runtime, whole = (
        {line.split(" ")[0] for line in (ROOT / "packaging" / name).read_text().splitlines() if line[:1].isalnum()}
        for name in ("requirements-run.lock", "requirements.lock")
    )
    assert runtime < whole
    assert not [pin for pin in runtime if pin.startswith(("pytest", "ruff", "mypy", "moto"))]
