"""Bill of materials of the locked packages, as CycloneDX 1.5 JSON (https://cyclonedx.org/docs/1.5/json/)."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def write_bill(lock: Path, out: Path) -> int:
    """Write the bill of a hashed lock; equal locks give equal bytes.

    Returns:
        The number of packages.
    """
    text = lock.read_text(encoding="utf-8")
    components = read_components(text)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "exr-inspector", "bom-ref": "exr-inspector"}},
        "components": components,
        "dependencies": [{"ref": "exr-inspector", "dependsOn": [one["bom-ref"] for one in components]}],
    }
    out.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    return len(components)


def read_components(text: str) -> list[dict[str, Any]]:
    """Return the packages of a lock with the hashes of their files, and the systems that they are for."""
    matches = list(_REQUIREMENT.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    components = []
    for match, end in zip(matches, ends, strict=True):
        name, version, marker = match.groups()
        purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
        properties = [{"name": "python:sha256", "value": one} for one in _HASH.findall(text[match.end() : end])]
        properties += [{"name": "python:marker", "value": marker}] if marker else []
        component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        components.append({**component, "properties": properties})
    return components
