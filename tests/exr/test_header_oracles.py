"""Headers compared with the OpenEXR library, and those of the corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import OpenEXR
import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import from_payload, payload
from tests.exr_files import (
    Tiles,
    exr_bytes,
    real,
    string,
    write_exr,
)


@pytest.mark.parametrize(
    ("facts", "claim", "expected"),
    [
        ({"kind": "tiledimage", "tiles": Tiles(4, 4)}, "scanlineimage", ("tiledimage", 4)),
        ({}, "tiledimage", ("scanlineimage", 8)),
    ],
)
def test_flags_override_the_type_of_a_single_flat_part(
    tmp_path: Path, facts: dict[str, Any], claim: str, expected: tuple[str, int]
) -> None:
    path = write_exr(tmp_path / "a.exr", **facts, attributes={"type": string(claim)})
    file = inspect_file(str(path))
    assert (file.errors, file.is_complete) == ((), True)
    assert (file.parts[0].type, file.parts[0].chunk_count) == expected
    assert [attribute.value for attribute in file.parts[0].attributes if attribute.name == "type"] == [claim]
    with OpenEXR.File(str(path), header_only=True) as oracle:
        assert oracle.parts[0].type().name == expected[0]


def test_files_of_openexr_are_parsed_as_by_openexr(tmp_path: Path) -> None:
    import numpy as np

    pixels = np.zeros((20, 30), dtype=np.float16)
    for compression in (OpenEXR.ZIP_COMPRESSION, OpenEXR.PIZ_COMPRESSION, OpenEXR.DWAA_COMPRESSION):
        header = {"compression": compression, "type": OpenEXR.scanlineimage, "owner": "me", "n": 3, "f": 0.5}
        path = tmp_path / "a.exr"
        with OpenEXR.File(header, {"R": pixels, "G": pixels, "B": pixels}) as written:
            written.write(str(path))
        file = inspect_file(str(path))
        with OpenEXR.File(str(path)) as oracle:
            names = set(oracle.parts[0].header)
        assert {a.name for a in file.parts[0].attributes} == names
        assert (file.errors, file.is_complete) == ((), True)
        values = {a.name: a.value for a in file.parts[0].attributes}
        assert (values["owner"], values["n"], values["f"]) == ("me", 3, 0.5)


def test_corpus_has_no_problem(corpus: Path) -> None:
    for path in corpus.rglob("*.exr"):
        file = inspect_file(str(path))
        assert not file.errors, path
        assert file.is_complete, path
        facts = payload(file)
        assert payload(from_payload(facts)) == facts


def test_corpus_has_the_attributes_of_openexr(corpus: Path) -> None:
    compared = 0
    for path in sorted(corpus.rglob("*.exr")):
        try:
            with OpenEXR.File(str(path), separate_channels=True, header_only=True) as oracle:
                names = [set(part.header) for part in oracle.parts]
        except RuntimeError:
            continue  # the binding cannot read this file; our parser can
        results = [{a.name for a in part.attributes} for part in inspect_file(str(path)).parts]
        for ours, theirs in zip(results, names, strict=True):
            # The binding adds the type that the file leaves to its flags.
            assert theirs - ours <= {"type", "name", "chunkCount", "version"}, path
            assert ours <= theirs, path
        compared += 1
    assert compared > 40


def test_last_of_duplicate_required_attributes_is_used(tmp_path: Path) -> None:
    name, stand_in = "pixelAspectRatio", "pixelAspectRati#"
    data = exr_bytes(({"attributes": {name: real(2.0), stand_in: real(3.0)}},))
    path = tmp_path / "a.exr"
    path.write_bytes(data.replace(stand_in.encode() + b"\0", name.encode() + b"\0"))
    with OpenEXR.File(str(path), header_only=True) as oracle:
        assert oracle.parts[0].header[name] == 3.0
    assert inspect_file(str(path)).parts[0].pixel_aspect_ratio == 3.0
