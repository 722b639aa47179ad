"""Under which name a file is known."""

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


@pytest.mark.parametrize(("path", "wanted"), CASES)
def test_a_path_has_one_form_on_every_machine(path: str, wanted: str) -> None:
    assert normalize(path, (PROD, ARCHIVE)) == wanted


def test_a_relative_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert normalize("x/a.exr") == f"{tmp_path}/x/a.exr"


def test_the_file_id_is_the_hash_of_path_and_header() -> None:
    one = identify("/a/b.exr", None, "ff")
    assert one.file_id == hashlib.sha256(b"/a/b.exr\0ff").hexdigest()[:32]


def test_bytes_that_are_not_utf8_are_shown_escaped_and_hashed_raw() -> None:
    one = identify("/a/\udce9.exr", None, "ff")
    assert one.file_path_normalized == "/a/%E9.exr"
    assert one.file_id == hashlib.sha256(b"/a/\xe9.exr\0ff").hexdigest()[:32]


@pytest.mark.parametrize(
    ("path", "frame", "key"),
    [
        ("/s/beauty.1047.exr", 1047, "/s/beauty.####.exr"),
        ("/s/1047/beauty.1047.exr", 1047, "/s/1047/beauty.####.exr"),
        ("/s/b_v012.0007.exr", 7, "/s/b_v012.####.exr"),
        ("/s/plain.exr", None, "/s/plain.exr"),
    ],
)
def test_the_frames_of_a_sequence_share_a_key(path: str, frame: int | None, key: str) -> None:
    assert identify(path, frame, "ff").sequence_key == key


def test_a_payload_without_a_hash_is_hashed_itself() -> None:
    one = {"file": {"header_hash": None}, "parts": [], "channels": [], "attributes": {"parts": []}}
    other = {**one, "channels": [{"name": "R"}]}
    assert header_hash_of(one) == header_hash_of({**one, "stats": {"channels": []}})
    assert header_hash_of(one) != header_hash_of(other)
    assert header_hash_of({**one, "file": {"header_hash": "ab"}}) == "ab"


@given(st.text(min_size=1))
def test_normalising_twice_changes_nothing(path: str) -> None:
    once = normalize(f"/{path}")
    assert normalize(once) == once


@given(st.text(min_size=1), st.integers(0, 10**6))
def test_every_path_has_an_identity_of_plain_text(path: str, frame: int) -> None:
    one = identify(path, frame, "ff")
    assert len(one.file_id) == 32
    one.file_path_normalized.encode()
    one.file_path.encode()
