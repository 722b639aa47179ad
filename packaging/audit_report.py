"""Report of an audit: known vulnerabilities, and whether every locked version was looked up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path


def audit_problems(report: Path) -> Iterator[str]:
    """Yield one sentence per vulnerability, and one for all versions that were not looked up.

    Args:
        report: Output of pip-audit as JSON; it does not exist if pip-audit failed.
    """
    if not report.exists():
        yield f"No version was looked up. The reason, such as a missing network, is in {report.with_suffix('.log')}."
        return
    packages = json.loads(report.read_bytes())["dependencies"]
    for package in packages:
        for found in package.get("vulns", ()):
            mend = ", ".join(found["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']} has {found['id']}; fixed in {mend}."
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped or not packages:
        names = ", ".join(skipped[:3]) + (", ..." if len(skipped) > 3 else "")
        yield (
            f"{len(skipped)} of {len(packages)} versions were not looked up ({names}): the package index has no data "
            "on vulnerabilities. Run this where pypi.org can be reached."
        )
