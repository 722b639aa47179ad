"""Hit explanations: shared properties and differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.contracts import Query
from exr_inspector_app.persistence.local import LocalStore
from exr_inspector_app.persistence.similarity.camera import parse_camera
from exr_inspector_app.persistence.similarity.explanations import compare, reference_row
from exr_inspector_app.persistence.similarity.hits import best_per_sequence
from tests.exr_files import real, string
from tests.records import batch, small

BEAUTY = ("R", "G", "B", "diffuse.R", "specular.R", "sss.R")


def reasons_of(folder: Path, theirs: dict[str, Any], ours: dict[str, Any] | None = None) -> tuple[list[str], list[str]]:
    """Return the shared properties and the differences of a published file and a reference."""
    store = LocalStore(folder / "library.duckdb")
    store.publish(batch(small(folder, "their.exr", **theirs)))
    own = {"attributes": {"comments": string("mine")}, **(ours or {})}
    (hit,) = store.similar(Query(small(folder, "own.exr", **own)))
    return list(hit.same), list(hit.differs)


@pytest.mark.parametrize(
    ("theirs", "same", "different"),
    [
        ("Arnold 7.2.4.1", ["Arnold 7.2.4.1"], []),
        ("Arnold 7.3.0.0", ["Arnold"], ["Arnold 7.3.0.0"]),
        ("Karma 20.5", [], ["Karma"]),
        ("", [], ["no renderer named"]),
    ],
)
def test_other_version_is_distinguished_from_other_renderer(
    tmp_path: Path, theirs: str, same: list[str], different: list[str]
) -> None:
    reference = small(tmp_path, attributes={"Software": string("Arnold 7.2.4.1")})
    other = small(tmp_path, "b.exr", attributes={"Software": string(theirs), "shot": string("b")})
    identity = other.identity
    names = {"file_id": identity.file_id, "header_hash": identity.header_hash}
    shared, differs = compare({**reference_row(other), **names}, reference, reference_row(reference))
    assert [word for word in shared if word[0] == "A"] == same
    assert [word for word in differs if word[0].isupper() or "renderer" in word] == different


def test_few_layers_are_named_and_many_are_counted(tmp_path: Path) -> None:
    assert reasons_of(tmp_path / "a", {"channels": BEAUTY[:-1]}, {"channels": BEAUTY}) == (
        ["3 of 4 layers", "8 × 8", "uncompressed"],
        ["no sss"],
    )
    same, differs = reasons_of(tmp_path / "b", {"channels": ("R", "key.R", "rim.R", "fill.R")}, {"channels": BEAUTY})
    assert (same[0], differs) == ("1 of 4 layers", ["3 other layers"])
    same, differs = reasons_of(tmp_path / "c", {"channels": ("R",)}, {"channels": BEAUTY})
    assert (same[0], differs) == ("1 of 4 layers", ["lacks 3 layers"])


def test_layers_are_the_same_in_the_spelling_of_another_program(tmp_path: Path) -> None:
    blender = ("ViewLayer.Combined.R", "ViewLayer.DiffDir.R", "ViewLayer.Depth.Z")
    arnold = ("R", "diffuse_direct.R", "Z")
    same, differs = reasons_of(tmp_path, {"channels": blender}, {"channels": arnold})
    assert (same[0], differs) == ("same layers", ["channel names"])


def test_missing_channel_is_counted(tmp_path: Path) -> None:
    same, differs = reasons_of(tmp_path, {"channels": ("R", "G", "B")}, {"channels": ("R", "G", "B", "A")})
    assert (same[0], differs) == ("same layer names", ["1 channel"])


def test_camera_is_compared_in_the_spelling_of_any_program(tmp_path: Path) -> None:
    arnold = {"attributes": {"arnold/camera": string("/world/shotCam"), "cameraFocalLength": real(35.0)}}
    karma = {"attributes": {"karma:camera:focalLength": real(35.0), "cameraName": string("shotCam")}}
    assert "camera" in reasons_of(tmp_path / "a", arnold, karma)[0]
    other = {"attributes": {"focalLength": real(50.0), "cameraName": string("shotCam")}}
    same, differs = reasons_of(tmp_path / "b", arnold, other)
    assert ("camera" in same, differs) == (False, ["focal length 35"])
    same, differs = reasons_of(tmp_path / "c", arnold, {})
    assert "camera" not in [*same, *differs]


@pytest.mark.parametrize("value", [None, True, [1.0], {"truncated": "x"}, "", float("nan")])
def test_invalid_camera_value_is_ignored(value: Any) -> None:
    assert set(parse_camera([("camera", value), ("cameraName", "shot")])) == {"camera"}


def test_resolution_is_the_size_of_the_display_window(tmp_path: Path) -> None:
    window = {"display_window": (0, 0, 7, 7)}
    overscan = {"data_window": (-1, -1, 8, 8), **window}
    same, differs = reasons_of(tmp_path / "a", overscan, window)
    assert ("8 × 8" in same, differs) == (True, ["data window"])
    same, differs = reasons_of(tmp_path / "b", {"display_window": (0, 0, 15, 7), "data_window": (0, 0, 7, 7)}, window)
    assert ("8 × 8" in same, differs) == (False, ["16 × 8"])


def test_most_significant_reason_comes_first_with_its_value(tmp_path: Path) -> None:
    theirs = {
        "channels": ("key.R", "key.G"), "compression": "zip", "width": 16,
        "attributes": {"Software": string("Karma 20.5"), "cameraName": string("b"), "focalLength": real(50.0)},
    }  # fmt: skip
    ours = {
        "channels": BEAUTY,
        "attributes": {"Software": string("Arnold 7.2"), "cameraName": string("a"), "focalLength": real(35.0)},
    }
    assert reasons_of(tmp_path, theirs, ours) == (
        [],
        ["other layers", "Karma", "16 × 8", "focal length 50", "camera", "ZIP"],
    )


def test_sequence_is_one_row_with_its_best_score_and_count() -> None:
    rows = [({"sequence_key": key, "frame": frame}, score) for key, frame, score in
            [("a", 1, 0.5), ("b", 1, 0.8), ("a", 2, 0.9), ("a", 3, 0.9), ("c", 1, 0.1)]]  # fmt: skip
    rows = best_per_sequence(rows, 2)
    assert [(row.row, row.score, row.count) for row in rows] == [
        ({"sequence_key": "a", "frame": 2}, 0.9, 3),
        ({"sequence_key": "b", "frame": 1}, 0.8, 1),
    ]


@pytest.mark.parametrize(
    ("theirs", "ours", "same", "different"),
    [
        ("Arnold 7.1.3.0 [a8020120] windows clang-10.0.1 oiio-2.4.1", "Arnold 7.1.3.0", "Arnold 7.1.3.0", None),
        ("Arnold 5.1.0.0 [ae71da65] windows icc-17.0.2", "Arnold 7.1.3.0 [a8020120] linux", "Arnold", "Arnold 5.1.0.0"),
        ("OpenImageIO 2.3.14 : hoiiotool -i /home/a/x.exr", "OpenImageIO 2.3.14 : hoiiotool -o y", "OpenImageIO 2.3.14",
         None),
        ("OpenImageIO : C69E502DAB38", "Karma 20.5", None, "OpenImageIO"),
        ("V-Ray", "V-Ray 5", "V-Ray", None),
        ("3ds Max 2026", "3ds Max 2025", "3ds Max", "3ds Max 2026"),
        ("Nuke 13.2v4", "", None, "Nuke 13.2v4"),
    ],
)  # fmt: skip
def test_build_information_of_a_program_is_not_quoted(
    tmp_path: Path, theirs: str, ours: str, same: str | None, different: str | None
) -> None:
    reference = small(tmp_path)
    row, own = ({**reference_row(reference), "render_software": text or None} for text in (theirs, ours))
    shared, differs = compare({**row, "file_id": "", "header_hash": ""}, reference, own)
    assert [text for text in shared if text[0] in "AOKV3N"] == ([same] if same else [])
    assert [text for text in differs if text[0] in "AOKV3N"] == ([different] if different else [])


@pytest.mark.parametrize("unknown", ["-", "--", " ", "Unknown", "none", "N/A", "n.a.", "0", "?"])
def test_camera_value_that_means_unknown_is_no_difference(tmp_path: Path, unknown: str) -> None:
    arri = {"attributes": {"lens": string(unknown), "interim.clip.focal length": string(unknown)}}
    own = {"attributes": {"lensModel": string("S4/i 50"), "focalLength": real(50.0)}}
    same, differs = reasons_of(tmp_path, arri, own)
    assert [text for text in (*same, *differs) if "focal" in text or "camera" in text] == []
    if unknown != "0":
        assert "lens" not in differs
