"""Set up and run exr-inspector from a checkout, with nothing but Python's standard library.

python3 packaging/dev.py run [PATH...]    open the window (or run a command) on the given files
python3 packaging/dev.py test [ARG...]    run the tests; arguments go to pytest
python3 packaging/dev.py lint             check style, types, import contracts and prose
python3 packaging/dev.py bench [NAME...]  print the benchmarks
python3 packaging/dev.py function [OUT]   build the folder of the serverless function (build/function)
python3 packaging/dev.py lock [--keep]    update the locked versions and hashes; --keep keeps the versions
python3 packaging/dev.py resolve          resolve the requirements for every supported Python and system
python3 packaging/dev.py audit            look the locked versions up in a database of vulnerabilities
python3 packaging/dev.py reference        generate the command reference and the man page from the parsers
python3 packaging/dev.py sbom [OUT]       write a bill of materials (CycloneDX) of the program (build/sbom.json)

`run` installs the dependencies of the program in .venv; the other commands add the test tools.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from audit_report import audit_problems
from bill_of_materials import write_bill
from environment import LOCK_FILES, Environment, SetUpError, base_python, packaging_tables
from function_folder import FolderRefusedError, build_function
from platforms import PYTHONS, SYSTEMS, resolution_problems
from processes import check_call, exclusive, report, wait
from system_libraries import QT_LIBRARIES, ensure_installed, find_missing

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment(ROOT)
INTERRUPTED = 130

RUN_NEEDS = ["venv", *QT_LIBRARIES, "fonts"]
TEST_NEEDS = [*RUN_NEEDS, "Xvfb"]
LINT_NEEDS = ["venv"]
FUNCTION_REQUIREMENTS, FUNCTION_LOCK = (f"packaging/function/requirements.{kind}" for kind in ("in", "txt"))
RUN_OPTIONS = ("--extra", "gui", "--extra", "vast")  # of pyproject.toml, for the locks
# Optional parts of the program, and the build backend with its helper, from the extra `test`.
RUN_EXTRAS = ("adbc-driver-manager", "adbc-driver-vastdb", "editables", "hatchling")


class UsageError(Exception):
    """Arguments that a command does not take."""


def main(arguments: Sequence[str]) -> int:
    """Run the command that the first argument names, and return its exit code."""
    commands = {"run": run, "test": test, "lint": lint, "bench": bench, "function": function, "lock": lock}
    commands |= {"resolve": resolve, "audit": audit, "sbom": sbom, "reference": reference}
    if not (3, 11) <= sys.version_info[:2] <= (3, 14):
        report(f"Python 3.11, 3.12, 3.13 or 3.14 is needed; this is {sys.version.split()[0]}.")
        return 1
    if arguments and arguments[0] in ("-h", "--help", "help"):
        return print_help()
    if not arguments or arguments[0] not in commands:
        report(__doc__ or "")
        return 2
    try:
        return commands[arguments[0]](list(arguments[1:]))
    except KeyboardInterrupt as interrupt:
        after_echo = "\n" if sys.stderr.isatty() else ""  # the terminal shows ^C
        report(f"{after_echo}{interrupt if interrupt.args else 'Interrupted.'}")
        return INTERRUPTED
    except subprocess.CalledProcessError as error:
        report(f"This step failed (exit {error.returncode}): {shlex.join(map(str, error.cmd))}")
    except UsageError as error:
        report(str(error))
        return 2
    except (SetUpError, FolderRefusedError, OSError) as error:
        report(str(error))
    return 1


def print_help() -> int:
    """Print the commands; a reader that closes the pipe early is no error."""
    try:
        print(__doc__, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
    return 0


def run(arguments: list[str]) -> int:
    """Open the window, or run any command of exr-inspector, on the given paths."""
    if not set_up(RUN_NEEDS, "run"):
        return 1
    # -P: the current folder may hold modules of others.
    return call([ENVIRONMENT.python, "-P", "-m", "exr_inspector_app", *arguments], folder=Path.cwd())


def test(arguments: list[str]) -> int:
    """Run the tests; `arguments` go to pytest."""
    if not set_up(TEST_NEEDS, "test"):
        return 1
    workers = str((os.cpu_count() or 1) + 1)  # one more, since tests wait for processes and servers
    # Otherwise each of hundreds of processes would compile every module again.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return call([ENVIRONMENT.python, "-m", "pytest", "-n", workers, "--dist", "worksteal", *arguments], ROOT, variables)


def lint(arguments: list[str]) -> int:
    """Check style, types, import contracts and prose."""
    refuse_arguments("lint", arguments)
    if not set_up(LINT_NEEDS, "test"):
        return 1
    others = [  # systems on which the tests do not run; each with a cache, as the types of `os` and `socket` differ
        subprocess.Popen([ENVIRONMENT.scripts / "mypy", "--platform", system, "--cache-dir", f".mypy_cache/{system}"])
        for system in ("win32", "darwin")
    ]
    checks = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"]]
    commands: list[list[str | Path]] = [[ENVIRONMENT.scripts / check[0], *check[1:]] for check in checks]
    commands.append([ENVIRONMENT.python, ROOT / "packaging" / "prose.py"])
    return max(*[call(command) for command in commands], *[wait(process) for process in others])


def bench(arguments: list[str]) -> int:
    """Print the benchmarks; both sides of a ratio are measured in the same run."""
    if not set_up(RUN_NEEDS, "test"):
        return 1
    return call([ENVIRONMENT.python, "-m", "tests.benchmarks", *arguments])


def function(arguments: list[str]) -> int:
    """Build the folder that VAST DataEngine takes: entry points, requirements and the core, without the window."""
    refuse_arguments("function", [*arguments[1:], *(word for word in arguments[:1] if word.startswith("-"))])
    out = Path(arguments[0]) if arguments else ROOT / "build" / "function"
    user = getattr(os, "getuid", int)()  # the checkout may be read-only for this user
    with exclusive(Path(tempfile.gettempdir(), f"exr-inspector-function-{user}.lock")):
        build_function(ROOT, out)
    print(f"The function is in {out}.")
    return 0


@contextmanager
def new_tools(command: str, requirement: str) -> Iterator[Environment]:
    """Create an environment with one tool for a command, under its lock."""
    tools = Environment(ROOT / "build" / f"{command}-tools")
    with exclusive(ROOT / "build" / f"{command}.lock"):
        check_call([base_python(), "-m", "venv", "--clear", tools.folder])
        check_call([tools.python, "-m", "pip", "install", "--quiet", requirement])
        yield tools


def lock(arguments: list[str]) -> int:
    """Compile all locks, with hashes, for every supported Python and system."""
    refuse_arguments("lock", [word for word in arguments if word != "--keep"])
    if not ensure_installed(["venv"]):
        return 1
    with new_tools("lock", "uv") as tools:
        compile_locks(tools.scripts / "uv", is_upgrade="--keep" not in arguments)
    return 0


def resolve(arguments: list[str]) -> int:
    """Resolve the requirements for every supported Python and system; exit 1 if a combination has no solution."""
    refuse_arguments("resolve", arguments)
    if not ensure_installed(["venv"]):
        return 1
    with new_tools("resolve", "uv") as tools:
        problems = list(resolution_problems(tools.scripts / "uv", ROOT))
    report("\n".join(problems) or f"Python {', '.join(PYTHONS)} on {'; '.join(SYSTEMS)}: all have wheels.")
    return 1 if problems else 0


def audit(arguments: list[str]) -> int:
    """Look every locked version up with pip-audit, which checks the hashes of the lock as well."""
    refuse_arguments("audit", arguments)
    if not ensure_installed(["venv"]):
        return 1
    with new_tools("audit", "pip-audit>=2.7,<3") as tools:
        lock_file = ROOT / "packaging" / LOCK_FILES["test"]  # it holds that of `run`
        found = tools.folder / "report.json"
        options: list[str | Path] = ["--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        options += ["-f", "json", "-o", found]
        with (tools.folder / "report.log").open("wb") as log:
            subprocess.run(
                [tools.python, "-m", "pip_audit", *options, "-r", lock_file], stdout=log, stderr=log, check=False
            )
        problems = list(audit_problems(found))
    report("\n".join(problems) or "No locked version has a known vulnerability.")
    return 1 if problems else 0


def reference(arguments: list[str]) -> int:
    """Generate the command reference and the man page; the parsers need the packages of the program."""
    refuse_arguments("reference", arguments)
    if not ENVIRONMENT.python.exists() and not set_up(LINT_NEEDS, "test"):  # the parsers need no newest packages
        return 1
    return call([ENVIRONMENT.python, ROOT / "packaging" / "cli_reference.py"])


def sbom(arguments: list[str]) -> int:
    """Write the bill of materials of the program from its lock."""
    refuse_arguments("sbom", [*arguments[1:], *(word for word in arguments[:1] if word.startswith("-"))])
    out = Path(arguments[0]) if arguments else ROOT / "build" / "sbom.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    count = write_bill(ROOT / "packaging" / LOCK_FILES["run"], out)
    print(f"{out} lists {count} packages.")
    return 0


def compile_locks(uv: Path, is_upgrade: bool) -> None:
    """Write all locks; those of `run` and of the function hold the versions of the whole one."""
    whole, runtime = (f"packaging/{LOCK_FILES[kind]}" for kind in ("test", "run"))
    command: list[str | Path] = [uv, "pip", "compile", "--quiet", "--no-header"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    # Every mirror has a release within a week, and the worst ones are withdrawn by then.
    newest = ["--upgrade", "--exclude-newer", "1 week"] if is_upgrade else []
    check_call([*command, "pyproject.toml", *RUN_OPTIONS, "--extra", "test", *newest, "-o", whole], cwd=ROOT)
    extras = "build/runtime-extras.txt"
    (ROOT / extras).write_text("\n".join(runtime_extras()), encoding="utf-8")
    same = ["--constraints", whole, "--upgrade"]
    check_call([*command, "pyproject.toml", *RUN_OPTIONS, extras, *same, "-o", runtime], cwd=ROOT)
    check_call([*command, FUNCTION_REQUIREMENTS, *same, "-o", FUNCTION_LOCK], cwd=ROOT)


def runtime_extras() -> list[str]:
    """Return the requirements of `run` from the extra `test`, in addition to the dependencies of the program."""
    requirements = packaging_tables(ROOT)["project"]["optional-dependencies"]["test"]
    return [line for line in requirements if re.split(r"[^A-Za-z0-9_-]", line)[0] in RUN_EXTRAS]


def refuse_arguments(command: str, arguments: Sequence[str]) -> None:
    """Raise UsageError if there are any arguments."""
    if arguments:
        raise UsageError(f"`{command}` does not take {arguments[0]}; see python3 packaging/dev.py --help.")


def set_up(needs: Sequence[str], kind: str) -> bool:
    """Install the system packages and the virtual environment where they are missing; return whether all is there."""
    if find_missing(needs):
        with exclusive(ROOT / "build" / "set-up.lock"):
            if not ensure_installed(needs):
                return False
    ENVIRONMENT.set_up(kind)
    return True


def call(command: Sequence[str | Path], folder: Path = ROOT, variables: Mapping[str, str] | None = None) -> int:
    """Run a command on this terminal, and return its exit code; 128 + n after signal n.

    Args:
        command: Program and arguments.
        folder: Its working folder.
        variables: Its environment; None for that of this process.
    """
    process = subprocess.Popen(list(map(str, command)), cwd=folder, env=variables)
    try:
        code = wait(process)
    except KeyboardInterrupt:
        if process.returncode == INTERRUPTED:  # the command has reported it
            return INTERRUPTED
        raise
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
