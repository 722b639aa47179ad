"""Installation without the extras: what works with NumPy and platformdirs, and the sentence about the rest."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from exr_inspector_app.config.extras import EXTRAS
from tests.exr_files import write_exr

ROOT = Path(__file__).resolve().parents[1]
DISTRIBUTIONS = {
    "PyOpenColorIO": "opencolorio", "PySide6": "PySide6-Essentials", "faiss": "faiss-cpu", "botocore": "boto3",
    "ibis": "vastdb",
}  # fmt: skip
# One process for all commands: packages cannot be blocked in one that has imported them.
PROGRAM = """
import contextlib, io, json, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

blocked, commands = json.loads(sys.argv[1]), json.loads(sys.argv[2])
sys.meta_path.insert(0, Blocker())
from exr_inspector_app.__main__ import main
results = []
for command in commands:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            code = main(command)
        except SystemExit as error:
            code = error.code
    results.append([code, bool(out.getvalue()), err.getvalue()])
print(json.dumps(results))
"""


def test_core_installation_runs_and_names_the_extra_of_the_rest(tmp_path: Path) -> None:
    path = str(write_exr(tmp_path / "a.exr"))
    working = [
        ["--help"], ["inspect", path], ["embed", "--jsonl", path], ["check", path], ["diff", path, path], ["config"],
        ["doctor"], ["schema", "payload"],
    ]  # fmt: skip
    missing = {
        "gui": ["--new-window", path],
        "library": ["publish", path],
        "vast": ["publish", "--target", "vast", path],
        "s3": ["inspect", "s3://bucket/a.exr"],
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([*EXTRAS]), json.dumps([*working, *missing.values()])],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    results = json.loads(done.stdout)
    assert [(code, has_output) for code, has_output, _ in results[: len(working)]] == [(0, True)] * len(working)
    for extra, (code, _, text) in zip(missing, results[len(working) :], strict=True):
        assert code in (1, 2)
        assert text.endswith(f"is not installed. Run: pip install 'exr-inspector[{extra}]'.\n")
        assert text.count("\n") == 1


def test_extras_install_the_packages_that_the_sentences_name() -> None:
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = tables["optional-dependencies"]
    for package, extra in EXTRAS.items():
        name = DISTRIBUTIONS.get(package, package)
        assert any(line.startswith((f"{name}>", f"{name}[")) for line in extras[extra]), package
    assert {line.partition(">")[0] for line in tables["dependencies"]} == {"numpy", "platformdirs"}
