"""Architecture page: its diagram has the layers of the import contracts, and files that it names exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "resources" / "help" / "architecture.md"

Layers = dict[str, list[str]]  # by container, highest first


def diagram_layers(markdown: str) -> Layers:
    """Parse the diagram: a container per line, and its layers indented below it."""
    diagram = re.search(r"^```text\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)
    assert diagram is not None
    layers: Layers = {}
    for line in diagram[1].splitlines():
        if line.startswith(" "):
            layers[list(layers)[-1]].append(line.strip())
        else:
            layers[line] = []
    return layers


def contract_layers(pyproject: str) -> Layers:
    """Parse the layers of the import contracts; optional layers without a package are left out."""
    contracts = tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]
    layers: Layers = {}
    for contract in contracts:
        if contract["type"] == "layers":
            (container,) = contract["containers"]
            layers[container] = [layer.strip("()") for layer in contract["layers"] if _exists(container, layer)]
    return layers


def _exists(container: str, layer: str) -> bool:
    is_optional = layer.startswith("(")
    return not is_optional or (ROOT / container.replace(".", "/") / layer.strip("()")).exists()


def test_diagram_matches_the_import_contracts() -> None:
    diagram = diagram_layers(PAGE.read_text(encoding="utf-8"))
    assert diagram == contract_layers((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_page_names_every_module_that_starts_threads() -> None:
    package = ROOT / "exr_inspector_app"
    starts = re.compile(r"\b(Thread|ThreadPoolExecutor|QThread|QThreadPool|Timer)\(")
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if starts.search(path.read_text(encoding="utf-8"))
    }
    section = PAGE.read_text(encoding="utf-8").partition("## Threads and processes")[2]
    starts_threads = re.compile(r"starts (all |the )?threads")
    lines = [line for line in section.partition("\n## ")[0].splitlines() if starts_threads.search(line)]
    assert {name for line in lines for name in re.findall(r"`([\w/]+\.py)`", line)} == found


def test_diagram_has_every_package() -> None:
    for container, layers in diagram_layers(PAGE.read_text(encoding="utf-8")).items():
        folder = ROOT / container.replace(".", "/")
        modules = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
        named = {name for layer in layers for name in re.split(r" [|:] ", layer)}
        assert named == modules - {"__init__"}, container


@pytest.mark.parametrize("name", ["architecture", "contributing"])
def test_files_of_the_page_exist(name: str) -> None:
    text = PAGE.with_stem(name).read_text(encoding="utf-8")
    files = [path for path in re.findall(r"`([\w/.]+/[\w.]+\.(?:py|md|json|yml))`", text) if "NAME" not in path]
    assert len(files) > 20
    folders = (ROOT, ROOT / "exr_inspector_app")
    missing = [path for path in files if not any((folder / path).exists() for folder in folders)]
    assert [path for path in missing if path != "resources/help/PAGE.md"] == []
