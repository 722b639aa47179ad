"""Folder of the function: its files, and its runner with the sample events in a pruned environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import strictyaml

from exr_inspector_app.config import load
from tests.exr_files import write_exr
from tests.function import built
from tests.function.contexts import KEYS, context, put
from tests.vast_server import VastServer

SOURCE = built.ROOT / "packaging" / "function"
STORED = (
    "shot/beauty.1001.exr",
    "shot/beauty.1002.exr",
    "shot/beauty.1003.exr",
    "shot a/beauty.1002.exr",
    "shot/a+b.1001.exr",
)
RUNTIME = "def event_batching_handler(handler):\n    return handler\n"


@dataclass(frozen=True)
class Deployed:
    """Built folder, and the Python of its pruned environment."""

    folder: Path
    python: Path
    pruned: str

    def run(self, *arguments: str, config: Path, path: str = "") -> subprocess.CompletedProcess[str]:
        """Run the folder's runner as its own program."""
        environ = {name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "VAST_", "PYTHON"))}
        command = [self.python, "run_local.py", *arguments, "--config", config]
        environ |= {"PYTHONPATH": path} if path else {}
        return subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    folder = built.build(tmp_path_factory.mktemp("built") / "function")
    python = built.environment(tmp_path_factory.mktemp("venv"), folder / "requirements.txt")
    [site] = python.parent.parent.glob("lib/python*/site-packages")
    done = subprocess.run([sys.executable, folder / "prune.py", site], capture_output=True, text=True, check=True)
    return Deployed(folder, python, done.stdout)


@pytest.fixture
def database() -> Iterator[VastServer]:
    with VastServer(buckets=("exr-data",), access="KEY", secret="SECRET") as server:
        yield server


@pytest.fixture
def config(deployed: Deployed, objects: str, database: VastServer, tmp_path: Path) -> Path:
    """Return a copy of the template with the addresses and keys of both servers."""
    s3 = {"endpoint": objects, "access_key": "a", "secret_key": "b"}
    document = strictyaml.load((deployed.folder / "config.yaml").read_text())
    document["secrets"] = {"s3": s3, "vast-db": {"endpoint": database.endpoint, **KEYS}}
    path = tmp_path / "filled.yaml"
    path.write_text(document.as_yaml())
    return path


def _results(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["event"]: line.get("result") for line in lines}


@pytest.mark.slow
@pytest.mark.vast
def test_sample_events_publish_each_object_once(
    deployed: Deployed, config: Path, database: VastServer, bucket: Any, tmp_path: Path
) -> None:
    for key in STORED:
        put(bucket, write_exr(tmp_path / "a.exr"), f"show/{key}")
    samples = [f"sample-events/{path.name}" for path in sorted((deployed.folder / "sample-events").iterdir())]
    done = deployed.run(*samples, config=config)
    assert done.returncode == 0, done.stderr
    results = _results(done)
    assert results["batch.json"]["skipped"] == ["s3://renders/show/shot/notes.txt"]
    assert results["element-removed.json"]["files"] == []
    assert not [file for result in results.values() for file in result["files"] if file["persistence"]["error"]]
    paths = database.rows("exr_metadata", "files")["file_path"].to_pylist()
    assert sorted(paths) == sorted(f"s3://renders/show/{key}" for key in STORED)
    assert re.search(r"^Cold start: import \d+\.\d\d s, init \d+\.\d\d s, processor", done.stderr, re.MULTILINE)
    assert "Ready for " in done.stderr
    assert "SECRET" not in done.stdout + done.stderr


_DEPLOYED = """
import json, sys
from types import SimpleNamespace
import main
given = json.load(sys.stdin)
ctx = SimpleNamespace(secrets=given["secrets"])
main.init(ctx)
first, again = main.handler(ctx, given["event"]), main.handler(ctx, given["event"])
modules = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"first": first, "again": again, "modules": modules}))
"""


@pytest.mark.slow
@pytest.mark.vast
def test_built_function_publishes_each_object_once_without_gui(
    deployed: Deployed, bucket: Any, objects: str, tmp_path: Path
) -> None:
    records = []
    for frame in (1001, 1002):
        key = f"shot a/beauty.{frame}.exr"
        put(bucket, write_exr(tmp_path / f"beauty.{frame}.exr", width=frame - 900), key)
        records.append({"s3": {"bucket": {"name": "renders"}, "object": {"key": key.replace(" ", "+")}}})
    with VastServer(buckets=("vastdb",), access="KEY", secret="SECRET") as server:
        secrets = context(objects, **{"vast-db": {"endpoint": server.endpoint, **KEYS}}).secrets
        environ = {**os.environ, "VAST_DB_BUCKET": "vastdb", "PYTHONPATH": ""}
        given = json.dumps({"secrets": secrets, "event": {"Records": records}})
        command = [str(deployed.python), "-c", _DEPLOYED]
        done = subprocess.run(
            command, input=given, cwd=deployed.folder, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        output = json.loads(done.stdout)
        rows = server.rows("exr_metadata", "files")
    assert [file["persistence"]["inserted"] for file in output["first"]["files"]] == [True, True]
    assert [file["persistence"]["inserted"] for file in output["again"]["files"]] == [False, False]
    assert sorted(rows["file_path"].to_pylist()) == [
        "s3://renders/shot a/beauty.1001.exr",
        "s3://renders/shot a/beauty.1002.exr",
    ]
    assert not {"PySide6", "OpenImageIO", "duckdb"} & set(output["modules"])


@pytest.mark.slow
@pytest.mark.vast
def test_batch_handler_returns_a_result_per_event(
    deployed: Deployed, config: Path, database: VastServer, bucket: Any, tmp_path: Path
) -> None:
    for key in STORED[:2]:
        put(bucket, write_exr(tmp_path / "a.exr"), f"show/{key}")
    runtime = tmp_path / "runtime" / "vast" / "dataengine"
    runtime.mkdir(parents=True)
    (runtime / "sdk.py").write_text(RUNTIME)
    arguments = ("sample-events/batch.json", "--handlers", "batch.py")
    done = deployed.run(*arguments, config=config, path=str(tmp_path / "runtime"))
    assert done.returncode == 1, done.stderr  # the third object is missing
    results = _results(done)["batch.json"]
    assert [result["status"] for result in results] == ["success", "success", "error", "success"]
    assert [len(result["files"]) for result in results] == [1, 1, 1, 0]
    assert results[0]["persistence"]["inserted"]


def test_runner_refuses_files_that_are_no_events(deployed: Deployed, tmp_path: Path) -> None:
    config = SOURCE / "config.yaml"
    (tmp_path / "bad.json").write_text('{"bucket": "renders"')
    done = deployed.run(str(tmp_path / "absent.json"), config=config)
    assert (done.returncode, done.stdout) == (2, "")
    assert "absent.json" in done.stderr.splitlines()[-1]
    done = deployed.run(str(tmp_path / "bad.json"), config=config)
    assert done.returncode == 2
    assert "is not JSON" in done.stderr


def test_prune_halves_the_packages(deployed: Deployed) -> None:
    match = re.fullmatch(r".*: (\d+) MB before, (\d+) MB after\n", deployed.pruned)
    assert match, deployed.pruned
    [site] = deployed.python.parent.parent.glob("lib/python*/site-packages")
    assert {path.name for path in (site / "botocore" / "data").iterdir() if path.is_dir()} == {"s3", "sts"}
    assert not list(site.glob("pyarrow/*flight*"))
    left = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert left < 230 * 2**20


@pytest.mark.parametrize("arguments", [[], ["--help"], ["."], ["a", "b"]])
def test_prune_refuses_other_folders(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    done = subprocess.run(
        [sys.executable, SOURCE / "prune.py", *arguments], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert (tmp_path / "tests").exists()


def test_lock_has_hashes_and_the_versions_of_the_whole_lock() -> None:
    lock = (SOURCE / "requirements.txt").read_text()
    locked, whole = built.pins(lock), built.pins((built.ROOT / "packaging" / "requirements.lock").read_text())
    assert locked.items() <= whole.items()
    direct = {re.split("[<>=]", line)[0].lower() for line in (SOURCE / "requirements.in").read_text().splitlines()}
    assert direct <= set(locked)
    assert not {"pyside6-essentials", "openimageio", "duckdb", "keyring"} & set(locked)
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_descriptions_fit_together() -> None:
    pipeline = strictyaml.load((SOURCE / "pipeline.yaml").read_text()).data["manifest"]
    names = {entry["name"] for kind in ("function_deployments", "triggers") for entry in pipeline[kind]}
    for link in pipeline["links"]:
        assert {*link["source"], *link["destination"]} <= names
    secrets = {path.stem: strictyaml.load(path.read_text()).data for path in (SOURCE / "secrets").iterdir()}
    assert sorted(pipeline["config"]["secrets"]) == sorted(secrets) == sorted(data["name"] for data in secrets.values())
    config = strictyaml.load((SOURCE / "config.yaml").read_text()).data
    for name, data in secrets.items():
        keys = [entry["key"] for entry in data["entries"]]
        assert keys == list(config["secrets"][name])
        assert not any(entry["value"] for entry in data["entries"])
        assert not any(config["secrets"][name].values())


def test_names_of_the_descriptions_are_those_of_the_configuration() -> None:
    variables = strictyaml.load((SOURCE / "pipeline.yaml").read_text()).data["manifest"]["config"]
    environ = {entry["name"]: entry["value"] for entry in variables["environment_variables"]}
    assert environ == strictyaml.load((SOURCE / "config.yaml").read_text()).data["envs"]
    settings = load(environ={**environ, "VAST_DB_ENDPOINT": "https://vast.example.com"})
    assert settings.vast is not None
    assert (settings.vast.bucket, settings.vast.schema) == ("exr-data", "exr_metadata")
    assert settings.publisher == "dataengine"
