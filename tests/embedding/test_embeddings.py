"""Metadata embedding and channel fingerprint: reproducibility, similarity and robustness."""

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

from exr_inspector_app import vast_db_persistence
from exr_inspector_app.embedding import channel_fingerprint, channel_vectors, metadata_embedding
from exr_inspector_app.embedding.channel_fingerprint import MAX_DISTINCT_CHANNELS
from exr_inspector_app.errors import VectorEmbeddingError
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.model import Payload, payload
from exr_inspector_app.text.channel_names import canonical_channel
from tests.exr_files import exr_bytes, integer, string, studio_attributes, studio_channels, time_code, vector

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "embeddings.json"


def studio(frame: int = 1001, show: str = "orca", **facts: Any) -> Payload:
    """Return the payload of a beauty render of the test studio."""
    attributes = {**studio_attributes(frame, show), **facts.pop("attributes", {})}
    part = {"width": 2, "height": 2, "channels": studio_channels(), **facts, "attributes": attributes}
    data = exr_bytes((part,))
    return payload(inspect_bytes(data, f"/show/{show}/beauty.{frame}.exr", len(data)))


def camera() -> Payload:
    """Return the payload of a plate that shares nothing with a render."""
    attributes = {"cameraMake": string("ARRI"), "cameraModel": string("Alexa 35"), "isoSpeed": integer(800)}
    plate = {"width": 46, "height": 31, "compression": "piz", "attributes": attributes}
    data = exr_bytes((plate,))
    return payload(inspect_bytes(data, "/plates/A001.exr", len(data)))


def golden_vectors() -> dict[str, np.ndarray[Any, Any]]:
    """Return the vectors that must never change without a new embedding version."""
    beauty, plate = studio(), camera()
    return {
        "studio metadata": metadata_embedding(beauty),
        "studio channels": channel_fingerprint(beauty["channels"]),
        "plate metadata": metadata_embedding(plate),
        "plate channels": channel_fingerprint(plate["channels"]),
        "empty metadata": metadata_embedding({}),
    }


def digests() -> dict[str, str]:
    return {name: hashlib.sha256(vector.tobytes()).hexdigest() for name, vector in golden_vectors().items()}


def test_vectors_are_bit_identical_to_the_golden_ones() -> None:
    assert digests() == json.loads(GOLDEN.read_text())


def test_vectors_do_not_depend_on_the_hash_seed() -> None:
    code = "import json; from tests.embedding.test_embeddings import digests; print(json.dumps(digests()))"
    for seed in ("1", "77"):
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == digests()


def test_frames_of_a_sequence_have_equal_vectors() -> None:
    first = metadata_embedding(studio(1001))
    for frame in (1002, 1047, 1999):
        assert np.array_equal(first, metadata_embedding(studio(frame)))


def test_set_up_at_another_frame_and_time_code_is_close() -> None:
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


def test_unrelated_set_ups_are_not_similar() -> None:
    assert metadata_embedding(studio()) @ metadata_embedding(camera()) < 0.5


def test_another_pass_of_the_renderer_is_closer_than_a_plate() -> None:
    beauty = metadata_embedding(studio())
    crypto = metadata_embedding(studio(channels=["crypto00.A", "crypto00.B", "crypto00.G", "crypto00.R"]))
    assert beauty @ metadata_embedding(camera()) < beauty @ crypto < 0.99


def channels(*names: str, kind: str = "half") -> list[dict[str, Any]]:
    split = [(name, *name.rpartition(".")[::2]) for name in names]
    return [{"name": n, "layer_name": layer, "component_name": c, "type": kind} for n, layer, c in split]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["diffuse.R", "diffuse.G"], ["Diffuse.R", "Diffuse.G"]),
        (["diffuse.R", "diffuse.G"], ["rgba_diffuse.R", "rgba_diffuse.G"]),
        (["R", "G", "B"], ["ViewLayer.Combined.R", "ViewLayer.Combined.G", "ViewLayer.Combined.B"]),
        (["Z"], ["depth.Z"]),
        (["Z"], ["Depth.Z"]),
    ],
)
def test_channels_named_by_another_program_are_similar(first: list[str], second: list[str]) -> None:
    same = channel_fingerprint(channels(*first)) @ channel_fingerprint(channels(*second))
    different = channel_fingerprint(channels(*first)) @ channel_fingerprint(channels("N.X", "N.Y", "P.X"))
    assert same > 0.95 > 0.5 > different


def test_fingerprint_is_the_normalized_sum_of_the_channels() -> None:
    rows = channels("R", "G", "diffuse.R", "Z")
    total = channel_vectors(rows).sum(axis=0)
    assert np.allclose(channel_fingerprint(rows), total / np.linalg.norm(total), atol=1e-6)


def test_more_shared_channels_are_closer() -> None:
    rows = channels(*(f"aov{n}.R" for n in range(10)))
    scores = [float(channel_fingerprint(rows) @ channel_fingerprint(rows[:n])) for n in (2, 5, 8, 10)]
    assert scores == sorted(scores)
    assert scores[-1] == pytest.approx(1.0)


def test_fingerprint_of_no_channels_is_zero() -> None:
    assert vast_db_persistence.compute_channel_fingerprint([]) == [0.0] * 128


def test_functional_api_returns_lists_of_the_requested_length() -> None:
    vector_list = vast_db_persistence.compute_metadata_embedding(studio(), 64)
    assert (type(vector_list), len(vector_list), type(vector_list[0])) == (list, 64, float)
    assert len(vast_db_persistence.compute_channel_fingerprint(channels("R"), 16)) == 16


@pytest.mark.parametrize("dim", [0, -1, 10**9])
def test_invalid_dimension_is_refused(dim: int) -> None:
    with pytest.raises(VectorEmbeddingError, match="dimensions"):
        vast_db_persistence.compute_metadata_embedding({}, dim)


def test_invalid_payload_is_refused() -> None:
    with pytest.raises(VectorEmbeddingError):
        vast_db_persistence.compute_metadata_embedding([])  # type: ignore[arg-type]
    with pytest.raises(VectorEmbeddingError):
        vast_db_persistence.compute_channel_fingerprint([{"layer": "x"}])


def test_functional_api_returns_rows_of_the_tables() -> None:
    from exr_inspector_app.persistence import schema

    facts = studio()
    file_id = "f" * 32
    files = vast_db_persistence.payload_to_files_row(
        facts, vast_db_persistence.compute_metadata_embedding(facts), file_id
    )
    fingerprint = vast_db_persistence.compute_channel_fingerprint(facts["channels"])
    assert files.schema == schema.FILES
    assert files["file_id"].to_pylist() == [file_id]
    assert vast_db_persistence.payload_to_parts_rows(facts, file_id).schema == schema.PARTS
    rows = vast_db_persistence.payload_to_channels_rows(facts, file_id, fingerprint)
    assert (rows.schema, rows.num_rows) == (schema.CHANNELS, 40)
    assert vast_db_persistence.payload_to_attributes_rows(facts, file_id).num_rows == 30
    with pytest.raises(VectorEmbeddingError):
        vast_db_persistence.payload_to_files_row(facts, [0.0])


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
def test_any_payload_has_a_finite_unit_vector(facts: dict[str, Any]) -> None:
    vector = metadata_embedding(facts)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    fingerprint = channel_fingerprint(facts.get("channels") or [])
    assert np.isfinite(fingerprint).all()


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(27)), st.permutations(range(40)))
def test_order_of_attributes_and_channels_does_not_matter(attributes: list[int], channels: list[int]) -> None:
    original, mixed = studio(), studio()
    rows = original["attributes"]["parts"][0]
    order = [*attributes, *range(27, len(rows))]
    mixed["attributes"]["parts"][0] = [rows[index] for index in order]
    mixed["channels"] = [original["channels"][index] for index in channels]
    assert np.allclose(metadata_embedding(original), metadata_embedding(mixed), atol=1e-6)
    assert np.array_equal(channel_fingerprint(original["channels"]), channel_fingerprint(mixed["channels"]))


TEXTS = st.text(st.characters(), max_size=20)  # including lone surrogates, the form of invalid UTF-8


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), st.sampled_from(["half", "float", "uint"]))
def test_any_set_of_channels_has_a_unit_fingerprint(names: list[tuple[str, str]], kind: str) -> None:
    rows = [{"name": f"{a}.{b}", "layer_name": a, "component_name": b, "type": kind} for a, b in names]
    vectors, fingerprint = channel_vectors(rows), channel_fingerprint(rows)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(fingerprint) == pytest.approx(1, abs=1e-5)


def test_payload_from_json_has_the_same_vector() -> None:
    latin = {"attributes": {"Software": ("string", b"gro\xdfe Szene 3"), "ratio": ("float", b"\0\0\xc0\x7f")}}
    facts = studio(**latin)
    assert np.array_equal(metadata_embedding(facts), metadata_embedding(json.loads(json.dumps(facts))))


@pytest.mark.parametrize(
    ("layer", "component", "expected"),
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
def test_layers_of_all_programs_have_a_canonical_form(layer: str, component: str, expected: tuple[str, str]) -> None:
    assert canonical_channel(layer, component) == expected


def test_channels_beyond_the_limit_share_a_vector() -> None:
    rows = [{"name": f"layer{number:05}.R", "type": "half"} for number in range(MAX_DISTINCT_CHANNELS)]
    within, beyond = channel_vectors(rows), channel_vectors([*rows, *rows[:1], {"name": "a.X"}, {"name": "b.Y"}])
    assert np.array_equal(beyond[: len(rows)], within)
    assert np.array_equal(beyond[-3], within[0])
    assert np.array_equal(beyond[-2], beyond[-1])
    assert np.allclose(np.linalg.norm(beyond, axis=1), 1.0, atol=1e-6)
    assert np.array_equal(channel_fingerprint([*rows, {"name": "a.X"}]), channel_fingerprint(rows))
