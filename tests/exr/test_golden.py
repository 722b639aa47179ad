"""Golden payloads of three files, byte for byte; GOLDEN=write in the environment regenerates them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import from_payload, payload
from tests.exr_files import integer, string, studio_file, vector, write_exr

GOLDEN = Path(__file__).resolve().parent.parent / "golden"


def beauty(path: Path) -> Path:
    return studio_file(path, frame=1047, compression="dwaa")


def stereo(path: Path) -> Path:
    left = {"attributes": {"view": string("left"), "multiView": ("stringvector", b"\4\0\0\0left")}}
    right = {"attributes": {"view": string("right")}, "compression": "zip", "data_window": (-2, -1, 9, 20)}
    return write_exr(path, parts=[left, right])


def odd(path: Path) -> Path:
    strange = {
        "owner": ("string", b"Andr\xe9"),
        "odd": vector("v3f", float("nan"), float("inf"), float("-inf")),
        "raw": ("studio:thing", b"\0\1\2"),
        "damaged": ("m44f", b"1234"),
        "last": integer(-1),
    }
    return write_exr(path, attributes=strange, height=12, present=7, channels=["a.b.C", ("id", "uint"), "é"])


@pytest.mark.parametrize("make", [beauty, stereo, odd], ids=lambda make: make.__name__)
def test_payload_equals_the_golden_file(tmp_path: Path, make: object) -> None:
    assert callable(make)
    result = payload(inspect_file(str(make(tmp_path / f"{make.__name__}.1047.exr"))))
    assert payload(from_payload(result)) == result
    result["file"] |= {"path": f"/show/{make.__name__}.1047.exr", "mtime": "2026-01-01T00:00:00.000000+00:00"}
    text = json.dumps(result, indent=1, ensure_ascii=True, allow_nan=False) + "\n"
    golden = GOLDEN / f"{make.__name__}.payload.json"
    if os.environ.get("GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="ascii")
    assert text == golden.read_text(encoding="ascii")
