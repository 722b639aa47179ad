"""File identity: normalized paths, sequence keys, and file ids."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exr_inspector_app.config import Root
from exr_inspector_app.persistence.identity import header_hash_of, identify, normalize

PROD = Root("prod", ("P:/", "/mnt/prod", "//nas/prod", "s3://prod"), fold_case=True)
ARCHIVE = Root("archive", ("/mnt/prod/archive",))

CASES = [
    ("/mnt/prod/Show/a.exr", "prod:/show/a.exr"),
    ("P:\\Show\\a.exr", "prod:/show/a.exr"),
    ("p:/Show/./x/../a.exr", "prod:/show/a.exr"),
    ("\\\\NAS\\prod\\Show\\a.exr", "prod:/show/a.exr"),
    ("//nas/PROD/Show/a.exr", "prod:/show/a.exr"),
    ("s3://prod/Show/a.exr", "prod:/show/a.exr"),
    ("/mnt/prod/archive/Show/a.exr", "archive:/Show/a.exr"),
    ("/mnt/production/a.exr", "/mnt/production/a.exr"),
    ("/MNT/PROD/a.exr", "/MNT/PROD/a.exr"),
    ("/home/Mira//x/../a.exr", "/home/Mira/a.exr"),
    ("Q:\\Show\\A.exr", "q:/show/a.exr"),
    ("\\\\Other\\Share\\A.exr", "//other/share/a.exr"),
    ("s3://Bucket/Key.exr", "s3://Bucket/Key.exr"),
    ("/a/../../b.exr", "/b.exr"),
    ("/cafe\u0301/a.exr", "/caf\u00e9/a.exr"),
]


@pytest.mark.parametrize(("path", "expected"), CASES)
def test_path_has_the_same_form_on_every_machine(path: str, expected: str) -> None:
    assert normalize(path, (PROD, ARCHIVE)) == expected


def test_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert normalize("x/a.exr") == f"{tmp_path}/x/a.exr"


def test_file_id_is_the_hash_of_path_and_header() -> None:
    identity = identify("/a/b.exr", None, "ff")
    assert identity.file_id == hashlib.sha256(b"/a/b.exr\0ff").hexdigest()[:32]


def test_invalid_utf8_is_displayed_escaped_and_hashed_raw() -> None:
    identity = identify("/a/\udce9.exr", None, "ff")
    assert identity.file_path_normalized == "/a/%E9.exr"
    assert identity.file_id == hashlib.sha256(b"/a/\xe9.exr\0ff").hexdigest()[:32]


@pytest.mark.parametrize(
    ("path", "frame", "key"),
    [
        ("/s/beauty.1047.exr", 1047, "/s/beauty.####.exr"),
        ("/s/1047/beauty.1047.exr", 1047, "/s/1047/beauty.####.exr"),
        ("/s/b_v012.0007.exr", 7, "/s/b_v012.####.exr"),
        ("/s/plain.exr", None, "/s/plain.exr"),
    ],
)
def test_frames_of_a_sequence_share_a_key(path: str, frame: int | None, key: str) -> None:
    assert identify(path, frame, "ff").sequence_key == key


def test_payload_without_a_header_hash_is_hashed() -> None:
    payload = {"file": {"header_hash": None}, "parts": [], "channels": [], "attributes": {"parts": []}}
    other = {**payload, "channels": [{"name": "R"}]}
    assert header_hash_of(payload) == header_hash_of({**payload, "stats": {"channels": []}})
    assert header_hash_of(payload) != header_hash_of(other)
    assert header_hash_of({**payload, "file": {"header_hash": "ab"}}) == "ab"


@given(st.text(min_size=1))
def test_normalize_is_idempotent(path: str) -> None:
    once = normalize(f"/{path}")
    assert normalize(once) == once


@given(st.text(min_size=1), st.integers(0, 10**6))
def test_every_path_has_an_identity_of_plain_text(path: str, frame: int) -> None:
    identity = identify(path, frame, "ff")
    assert len(identity.file_id) == 32
    identity.file_path_normalized.encode()
    identity.file_path.encode()
