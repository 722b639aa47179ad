"""Bill of materials: every locked package, with the hashes of the lock."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_bill_lists_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    out = tmp_path / "sbom.json"
    command = [sys.executable, str(ROOT / "packaging" / "dev.py"), "sbom", str(out)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    bill = json.loads(out.read_text())
    lock = (ROOT / "packaging" / "requirements-run.lock").read_text()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    named = [f"{one['name']}=={one['version']}" for one in bill["components"]]
    assert named == re.findall(r"^\S+?==[^\s;]+", lock, re.MULTILINE)
    hashes = [each["value"] for one in bill["components"] for each in one["properties"] if each["name"].endswith("256")]
    assert hashes == re.findall(r"sha256:(\w+)", lock)
    assert len({one["bom-ref"] for one in bill["components"]}) >= len(bill["components"]) - 2
