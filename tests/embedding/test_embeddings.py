"""The vectors: the same everywhere, close where the set-up is, and always sound."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exr_inspector_app import vast_db_persistence as face
from exr_inspector_app.embedding import channel_fingerprint, channel_vectors, metadata_embedding
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.model import payload
from exr_inspector_app.text.channel_names import canonical_channel
from tests.exr_files import exr_bytes, integer, string, studio_attributes, studio_channels, time_code, vector

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "embeddings.json"


def studio(frame: int = 1001, show: str = "orca", **facts: Any) -> dict[str, Any]:
    """The payload of a beauty render of the suite's studio."""
    attributes = {**studio_attributes(frame, show), **facts.pop("attributes", {})}
    whole = {"width": 2, "height": 2, "channels": studio_channels(), **facts, "attributes": attributes}
    data = exr_bytes((whole,))
    return payload(inspect_bytes(data, f"/show/{show}/beauty.{frame}.exr", len(data)))


def camera() -> dict[str, Any]:
    """The payload of a plate that shares nothing with a render."""
    listed = {"cameraMake": string("ARRI"), "cameraModel": string("Alexa 35"), "isoSpeed": integer(800)}
    plate = {"width": 46, "height": 31, "compression": "piz", "attributes": listed}
    data = exr_bytes((plate,))
    return payload(inspect_bytes(data, "/plates/A001.exr", len(data)))


def fixed() -> dict[str, np.ndarray[Any, Any]]:
    """The vectors that must never change without a new embedding version."""
    beauty, plate = studio(), camera()
    return {
        "studio metadata": metadata_embedding(beauty),
        "studio channels": channel_fingerprint(beauty["channels"]),
        "plate metadata": metadata_embedding(plate),
        "plate channels": channel_fingerprint(plate["channels"]),
        "empty metadata": metadata_embedding({}),
    }


def digests() -> dict[str, str]:
    return {name: hashlib.sha256(one.tobytes()).hexdigest() for name, one in fixed().items()}


def test_vectors_are_the_golden_ones_to_the_bit() -> None:
    assert digests() == json.loads(GOLDEN.read_text())


def test_vectors_do_not_depend_on_the_hash_seed() -> None:
    code = "import json; from tests.embedding.test_embeddings import digests; print(json.dumps(digests()))"
    for seed in ("1", "77"):
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == digests()


def test_the_frames_of_a_sequence_share_one_vector() -> None:
    one = metadata_embedding(studio(1001))
    for frame in (1002, 1047, 1999):
        assert np.array_equal(one, metadata_embedding(studio(frame)))


def test_the_same_set_up_with_other_frame_and_time_code_is_close() -> None:
    other = studio(
        1100,
        attributes={
            "timeCode": time_code(23, 59, 58, 12),
            "capDate": string("2031:01:02 03:04:05"),
            "hostName": string("node-0815.farm"),
            "jobUuid": string("123e4567-e89b-12d3-a456-426614174000"),
            "worldToCamera": vector("m44f", *[float(x) for x in range(50, 66)]),
        },
    )
    assert metadata_embedding(studio()) @ metadata_embedding(other) > 0.95


def test_unrelated_set_ups_are_far_apart() -> None:
    assert metadata_embedding(studio()) @ metadata_embedding(camera()) < 0.5


def test_another_pass_of_the_same_renderer_lies_between() -> None:
    beauty = metadata_embedding(studio())
    crypto = metadata_embedding(studio(channels=["crypto00.A", "crypto00.B", "crypto00.G", "crypto00.R"]))
    assert beauty @ metadata_embedding(camera()) < beauty @ crypto < 0.99


def channels(*names: str, kind: str = "half") -> list[dict[str, Any]]:
    split = [(name, *name.rpartition(".")[::2]) for name in names]
    return [{"name": n, "layer_name": layer, "component_name": c, "type": kind} for n, layer, c in split]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["diffuse.R", "diffuse.G"], ["Diffuse.R", "Diffuse.G"]),
        (["diffuse.R", "diffuse.G"], ["rgba_diffuse.R", "rgba_diffuse.G"]),
        (["R", "G", "B"], ["ViewLayer.Combined.R", "ViewLayer.Combined.G", "ViewLayer.Combined.B"]),
        (["Z"], ["depth.Z"]),
        (["Z"], ["Depth.Z"]),
    ],
)
def test_the_same_channels_named_by_another_program_are_near(one: list[str], other: list[str]) -> None:
    same = channel_fingerprint(channels(*one)) @ channel_fingerprint(channels(*other))
    strange = channel_fingerprint(channels(*one)) @ channel_fingerprint(channels("N.X", "N.Y", "P.X"))
    assert same > 0.95 > 0.5 > strange


def test_the_fingerprint_is_the_normalised_sum_of_the_channels() -> None:
    listed = channels("R", "G", "diffuse.R", "Z")
    total = channel_vectors(listed).sum(axis=0)
    assert np.allclose(channel_fingerprint(listed), total / np.linalg.norm(total), atol=1e-6)


def test_more_shared_channels_are_closer() -> None:
    whole = channels(*(f"aov{n}.R" for n in range(10)))
    scores = [float(channel_fingerprint(whole) @ channel_fingerprint(whole[:n])) for n in (2, 5, 8, 10)]
    assert scores == sorted(scores)
    assert scores[-1] == pytest.approx(1.0)


def test_no_channels_are_zeros() -> None:
    assert face.compute_channel_fingerprint([]) == [0.0] * 128


def test_the_plain_functions_give_lists_of_the_asked_length() -> None:
    found = face.compute_metadata_embedding(studio(), 64)
    assert (type(found), len(found), type(found[0])) == (list, 64, float)
    assert len(face.compute_channel_fingerprint(channels("R"), 16)) == 16


@pytest.mark.parametrize("dim", [0, -1, 10**9])
def test_a_dimension_that_no_vector_has_is_refused(dim: int) -> None:
    with pytest.raises(VectorEmbeddingError, match="dimensions"):
        face.compute_metadata_embedding({}, dim)


def test_something_that_is_no_payload_is_refused() -> None:
    with pytest.raises(VectorEmbeddingError):
        face.compute_metadata_embedding([])  # type: ignore[arg-type]
    with pytest.raises(VectorEmbeddingError):
        face.compute_channel_fingerprint([{"layer": "x"}])


def test_the_plain_functions_give_the_rows_of_the_tables() -> None:
    from exr_inspector_app.persistence import schema

    one = studio()
    file_id = "f" * 32
    files = face.payload_to_files_row(one, face.compute_metadata_embedding(one), file_id)
    fingerprint = face.compute_channel_fingerprint(one["channels"])
    assert files.schema == schema.FILES
    assert files["file_id"].to_pylist() == [file_id]
    assert face.payload_to_parts_rows(one, file_id).schema == schema.PARTS
    rows = face.payload_to_channels_rows(one, file_id, fingerprint)
    assert (rows.schema, rows.num_rows) == (schema.CHANNELS, 40)
    assert face.payload_to_attributes_rows(one, file_id).num_rows == 30
    with pytest.raises(VectorEmbeddingError):
        face.payload_to_files_row(one, [0.0])


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)
SECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "file": JSON,
        "parts": st.lists(st.dictionaries(st.sampled_from(["width", "display_window", "compression"]), JSON)),
        "channels": st.lists(st.fixed_dictionaries({"name": st.text(), "type": JSON}), max_size=5),
        "attributes": st.fixed_dictionaries(
            {"parts": st.lists(st.lists(st.fixed_dictionaries({"name": st.text(), "type": st.text(), "value": JSON})))}
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(SECTIONS)
def test_every_payload_has_a_finite_vector_of_length_one(odd: dict[str, Any]) -> None:
    found = metadata_embedding(odd)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-5)
    fingerprint = channel_fingerprint(odd.get("channels") or [])
    assert np.isfinite(fingerprint).all()


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(27)), st.permutations(range(40)))
def test_the_order_of_attributes_and_channels_does_not_show(attributes: list[int], channels: list[int]) -> None:
    given, mixed = studio(), studio()
    listed = given["attributes"]["parts"][0]
    order = [*attributes, *range(27, len(listed))]
    mixed["attributes"]["parts"][0] = [listed[place] for place in order]
    mixed["channels"] = [given["channels"][place] for place in channels]
    assert np.allclose(metadata_embedding(given), metadata_embedding(mixed), atol=1e-6)
    assert np.array_equal(channel_fingerprint(given["channels"]), channel_fingerprint(mixed["channels"]))


TEXTS = st.text(st.characters(), max_size=20)  # lone surrogates among them, as bytes that are not UTF-8 become


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), st.sampled_from(["half", "float", "uint"]))
def test_every_set_of_channels_has_a_fingerprint_of_length_one(names: list[tuple[str, str]], kind: str) -> None:
    rows = [{"name": f"{a}.{b}", "layer_name": a, "component_name": b, "type": kind} for a, b in names]
    vectors, whole = channel_vectors(rows), channel_fingerprint(rows)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(whole) == pytest.approx(1, abs=1e-5)


def test_a_payload_is_embedded_as_it_comes_back_from_json() -> None:
    latin = {"attributes": {"Software": ("string", b"gro\xdfe Szene 3"), "ratio": ("float", b"\0\0\xc0\x7f")}}
    whole = studio(**latin)
    assert np.array_equal(metadata_embedding(whole), metadata_embedding(json.loads(json.dumps(whole))))


@pytest.mark.parametrize(
    ("layer", "component", "wanted"),
    [
        ("", "R", ("", "r")),
        ("C", "r", ("", "r")),
        ("matte_c", "R", ("c matte", "r")),
        ("light1", "G", ("1 light", "g")),
        ("matte1", "G", ("1 matte", "g")),
        ("ViewLayer.DiffDir", "B", ("diffuse direct", "b")),
        ("directDiffuse", "B", ("diffuse direct", "b")),
        ("", "zDepth", ("depth", "z")),
        ("motionvector", "X", ("motion", "x")),
        ("RGBA_key", "R", ("key", "r")),
        ("反射", "R", ("反射", "r")),
    ],
)
def test_layers_of_all_programs_have_one_form(layer: str, component: str, wanted: tuple[str, str]) -> None:
    assert canonical_channel(layer, component) == wanted
