"""Start-up: the modules that `--version` and `inspect` may import, and the help of the program and its commands."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exr_inspector_app import cli
from exr_inspector_app.__main__ import main
from exr_inspector_app.cli.parsers import SUMMARIES, command_parser
from tests.exr_files import write_exr

PROGRAM = "import sys; from exr_inspector_app.__main__ import main; main(sys.argv[1:]); print('|', *sys.modules)"
OF_VERSION = {"exr_inspector_app", "exr_inspector_app.__main__"}
# Packages of this program that print a header, and modules in them that do not.
OF_INSPECT = {"__main__", "cli", "color", "config", "contracts", "errors", "exr", "ingest", "model"}
OF_INSPECT |= {"named_tuple", "operating_system", "text", "typing_forms"}
NOT_OF_INSPECT = tuple(
    f"exr_inspector_app.{name}"
    for name in (
        *("color.processor", "contracts.queries", "contracts.results", "exr.pixels", "exr.chunk_map"),
        *("exr.diff.header_diff", "exr.diff.outliers", "ingest.records", "ingest.pipeline"),
    )
)
THIRD_PARTIES: set[str] = set()
NOT_OF_PYTHON = {
    "argparse",
    "asyncio",
    "dataclasses",
    "datetime",
    "hashlib",
    "inspect",
    "json",
    "logging",
    "multiprocessing",
    "pathlib",
    "tomllib",
    "typing",
    "subprocess",
    "email",
    "http",
    "unittest",
    "sqlite3",
    "xml",
}
if sys.version_info >= (3, 14):
    NOT_OF_PYTHON -= {"dataclasses", "inspect"}  # argparse imports them there, for its colors


SETTINGS = 'viewer = "rv"\n[[roots]]\nname = "prod"\nprefixes = ["P:/", "/mnt/prod"]\n[vast]\nbucket = "exr-data"\n'


def imported(*arguments: str, home: str = "/nonexistent") -> set[str]:
    done = subprocess.run(
        [sys.executable, "-S", "-c", PROGRAM, *arguments],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path), "HOME": home},
    )  # fmt: skip
    return set(done.stdout.rpartition("|")[2].split())


def test_version_imports_nothing() -> None:
    modules = imported("--version")
    assert {name for name in modules if name.startswith("exr_inspector_app")} == OF_VERSION
    assert not modules & {"argparse", "typing", "re", "json"}


def test_inspect_imports_what_reads_headers_alone(tmp_path: Path) -> None:
    settings = tmp_path / ".config" / "exr-inspector" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    modules = imported("inspect", str(write_exr(tmp_path / "a.exr")), home=str(tmp_path))
    own = {name.split(".")[1] for name in modules if name.startswith("exr_inspector_app.")}
    assert own - OF_INSPECT == set()
    assert [name for name in modules if name.startswith(NOT_OF_INSPECT)] == []
    own_or_python = {"exr_inspector_app", "__main__", *sys.stdlib_module_names, *THIRD_PARTIES}
    assert {name.partition(".")[0] for name in modules} - own_or_python == set()
    assert modules & NOT_OF_PYTHON == set()
    commands = {module for name, module in cli.COMMANDS.items() if name != "inspect"}
    assert [name for name in modules if name.removeprefix("exr_inspector_app.cli.") in commands] == []


def test_help_lists_every_command_and_the_options_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert [name for name in cli.COMMANDS if f"\n  {name} " not in text] == []
    descriptions = {name: " ".join(str(command_parser(name).description).split()) for name in cli.COMMANDS}
    assert [name for name, text in descriptions.items() if not text.startswith(SUMMARIES[name])] == []
    with pytest.raises(SystemExit):
        main(["inspect", "--help"])
    for shown in (text, capsys.readouterr().out):
        assert "--config-file FILE" in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_has_commands_and_their_options(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    option = "-l fail-on" if shell == "fish" else "--fail-on"
    assert [word for word in (*cli.COMMANDS, "reembed", option) if word not in text] == []


def test_bash_completes_commands_options_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    assert main(["completion", "bash"]) == 0
    (tmp_path / "a b.exr").touch()
    script = f"""{capsys.readouterr().out}
complete_words() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _exr_inspector; printf '%s\\n' "${{COMPREPLY[@]}}"; }}
complete_words exr-inspector insp
complete_words exr-inspector inspect --jsonl
complete_words exr-inspector inspect a"""
    done = subprocess.run([bash, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (done.stdout.splitlines(), done.stderr) == (["inspect", "--jsonl", "a b.exr"], "")
