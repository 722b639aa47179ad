"""Report of an audit: one sentence for each vulnerability, and for versions that were not looked up."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

MODULE = Path(__file__).resolve().parents[2] / "packaging" / "audit_report.py"
SOUND = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        ([SOUND], []),
        ([SOUND, BAD], ["b 2 has CVE-1; fixed in 2.1."]),
        ([SOUND, SKIPPED], ["1 of 2 versions were not looked up (c)"]),
        ([], ["0 of 0 versions were not looked up"]),
        (None, ["No version was looked up. The reason, such as a missing network, is in "]),
    ],
)
def test_report_tells_what_was_not_audited(tmp_path: Path, packages: list[object] | None, expected: list[str]) -> None:
    spec = importlib.util.spec_from_file_location("audit_report", MODULE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    report = tmp_path / "report.json"
    if packages is not None:
        report.write_text(json.dumps({"dependencies": packages}))
    sentences = list(module.audit_problems(report))
    assert len(sentences) == len(expected)
    assert all(found.startswith(start) for found, start in zip(sentences, expected, strict=True))
