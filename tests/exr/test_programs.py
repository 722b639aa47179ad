"""Which program made a picture and which saved the file, by the attributes that programs write."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.parser.programs import is_signature, programs_of
from exr_inspector_app.model import Program
from tests.conftest import CORPUS

ZOO = CORPUS.parent.parent / "zoo"


@pytest.mark.parametrize(
    ("values", "renderer", "writer"),
    [
        ({"arnold/version": "7.1.3.0 [a8020120] windows clang-10.0.1 oiio-2.4.1"}, ("Arnold", "7.1.3.0"), None),
        ({"rs/version": "3.6.01"}, ("Redshift", "3.6.01"), None),
        ({"generatedBy": "Mitsuba version 3.8.0"}, ("Mitsuba", "3.8.0"), None),
        ({"vrayInfo/vrayversion": "Version of V-Ray for Maya 3.60.05"}, ("V-Ray", "3.60.05"), None),
        ({"vrayInfo/vraycore": "V-Ray Core, version 6.10.06"}, ("V-Ray", "6.10.06"), None),
        ({"rman_version": "26.0"}, ("RenderMan", "26.0"), None),
        ({"Software": "Redshift 2025.1.0\0"}, ("Redshift", "2025.1.0"), None),
        ({"cycles.ViewLayer.samples": "64"}, ("Cycles", None), None),
        (
            {"cycles.A.samples": "64", "File": "a.blend", "Scene": "S", "Camera": "C"},
            ("Cycles", None),
            ("Blender", None),
        ),
        ({"renderMemory_s": "1", "renderTime_s": "2"}, ("Karma", None), None),
        ({"EXRIdNames": "x"}, ("Guerilla", None), None),
        ({"nuke/node_hash": "f00"}, None, ("Nuke", None)),
        ({"Software": "Blackmagic Fusion 19.0.1"}, None, ("Fusion", "19.0.1")),
        ({"writer": "Lavc60.31.102 exr"}, None, ("FFmpeg", "60.31.102")),
        ({"nuke/version": "13.1v3", "arnold/version": "7.2.4.1"}, ("Arnold", "7.2.4.1"), ("Nuke", "13.1v3")),
        ({"krita_layers_info": "<xml/>"}, None, ("Krita", None)),
        ({"order": "C { r g b } A", "comments": "none"}, None, ("Houdini", None)),
        ({"order": "1"}, None, None),
        ({"Software": "Cinema 4D 2024.4.0"}, None, ("Cinema 4D", "2024.4.0")),
        ({"Software": "Autodesk 3ds Max 2024"}, None, ("Autodesk 3ds Max", "2024")),
        ({"Software": "3ds Max 2024"}, None, ("3ds Max", "2024")),
        ({"Software": "C:\\tools\\render.exe"}, None, None),
        ({"Software": "https://example.com/tool"}, None, None),
        ({"comments": "The Nuke artists want this warmer"}, None, None),
        ({"comments": "Rendered with V-Ray for Maya"}, ("V-Ray", None), None),
        ({"comments": "warmer, done in Nuke 14.0"}, None, ("Nuke", "14.0")),
        ({"Software": "OpenImageIO 2.3.14 : oiiotool -i /home/me/cortex.exr"}, None, ("OpenImageIO", "2.3.14")),
        (
            {"Software": "OpenImageIO 3.0.6.1 : C69E50AA", "renderMemory_s": "1"},
            ("Karma", None),
            ("OpenImageIO", "3.0.6.1"),
        ),
        ({"Software": "Gaffer 1.5.0.0"}, None, ("Gaffer", "1.5.0.0")),
        ({"Software": "MyRenderer v1.2 (build abc)"}, None, ("MyRenderer", "1.2")),
        ({"renderer": "FooTracer 3.1"}, ("FooTracer", "3.1"), None),
        ({"Software": "mantra 19.0.561"}, ("Mantra", "19.0.561"), None),
        ({"Software": "pbrt version 4"}, ("pbrt", "4"), None),
        ({"Software": " ", "owner": "studio"}, None, None),
        ({"arnold/version": 7.2}, ("Arnold", "7.2"), None),
        ({"vrayInfo/vrayversion": "V-Ray 6 for Maya version 6.20.01, revision 33012"}, ("V-Ray", "6.20.01"), None),
        ({"renderer": "BRAY_HdKarmaXPU", "Software": "husk 20.5.332"}, ("Karma", None), ("husk", "20.5.332")),
        ({"renderer": "HdArnold"}, ("Arnold", None), None),
        ({"render_engine": "BLENDER_EEVEE_NEXT"}, ("Eevee", None), None),
        ({"Software": "NVIDIA Iray 2022.1"}, ("Iray", "2022.1"), None),
        ({"Software": "Cinema 4D R25"}, None, ("Cinema 4D", "25")),
        ({"writer": "com.apple.ImageIO"}, None, None),
        ({"Software": "N/A"}, None, None),
        ({"Software": "unknown"}, None, None),
        ({"creator": "John Smith"}, None, None),
        ({"creator": "Plater 2.1"}, None, ("Plater", "2.1")),
        ({"arnold/version": {"a": 1}}, ("Arnold", None), None),
    ],
)
def test_renderer_and_writer_are_named(
    values: dict[str, Any], renderer: tuple[str, str | None] | None, writer: tuple[str, str | None] | None
) -> None:
    found = programs_of(values)
    assert found.renderer == (Program(*renderer) if renderer else None)
    assert found.writer == (Program(*writer) if writer else None)


def test_label_is_the_renderer_and_otherwise_the_writer() -> None:
    assert programs_of({"nuke/version": "13.1v3", "rs/version": "3.6.01"}).label == "Redshift 3.6.01"
    assert programs_of({"nuke/version": "13.1v3"}).label == "Nuke 13.1v3"
    assert programs_of({}).label is None


def test_attributes_of_the_picture_are_no_signature() -> None:
    assert not any(map(is_signature, ("channels", "owner", "capDate", "dataWindow", "comment")))


def test_long_and_hostile_texts_are_read_quickly() -> None:
    assert programs_of({"Software": "V-Ray " * 100_000, "log": "\0" * 100_000}).renderer == Program("V-Ray", None)


def test_programs_of_real_files_are_recognised() -> None:
    if not ZOO.is_dir():
        pytest.skip("the headers of real files are not on this machine")
    with open(ZOO / "manifest.tsv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["said"]]
    missed = [row["file"] for row in rows if not _is_recognised(ZOO / row["file"], row["said"])]
    assert len(missed) <= 0.05 * len(rows)


def _is_recognised(path: Path, said: str) -> bool:
    found = programs_of({attribute.name: attribute.value for attribute in inspect_file(str(path)).parts[0].attributes})
    names = {program.name for program in found if program}
    return set(said.split("+")) <= names
