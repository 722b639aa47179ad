"""Ranking quality of the embeddings for the files of a studio, in the naming of every program."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest

from exr_inspector_app.contracts import Band
from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence.similarity.explanations import BANDS
from tests.studio import renders
from tests.studio.production import shows
from tests.studio.programs import PROGRAMS
from tests.studio.ranking import ndcg, overlap, random_vector, relevance, token_hashing
from tests.studio.render import render

SHOW = shows(random.Random(3), 1)[0]


def payload(program: str, name: str, frame: int = 1001, seed: int = 1) -> Payload:
    """Return the payload of one render of a show."""
    return render(program, name, SHOW, "AB_0100", 4, frame, seed).payload()


def channel_row(name: str, kind: str = "half") -> dict[str, Any]:
    """Return a row of a payload's `channels`."""
    layer, _, component = name.rpartition(".")
    return {"name": name, "layer_name": layer, "component_name": component, "type": kind}


# Name of each layer in five programs (Arnold, RenderMan, Redshift, Cycles, Karma), and its components.
LAYERS = {
    "picture": ("", "", "", "ViewLayer.Combined", "C"),
    "diffuse direct": ("diffuse_direct", "directDiffuse", "DiffuseDirect", "ViewLayer.DiffDir", "directdiffuse"),
    "diffuse indirect": (
        "diffuse_indirect",
        "indirectDiffuse",
        "DiffuseIndirect",
        "ViewLayer.DiffInd",
        "indirectdiffuse",
    ),
    "specular direct": ("specular_direct", "directSpecular", "SpecularDirect", "ViewLayer.GlossDir", "directglossy"),
    "subsurface": ("sss", "subsurface", "SSS", "ViewLayer.Subsurface", "sss"),
    "emission": ("emission", "emission", "Emission", "ViewLayer.Emit", "emission"),
    "transmission": ("transmission", "transmission", "Transmission", "ViewLayer.Trans", "transmission"),
    "volume": ("volume", "volume", "Volume", "ViewLayer.Volume", "volume"),
    "albedo": ("albedo", "albedo", "Albedo", "ViewLayer.Albedo", "albedo"),
    "normal": ("N", "Nn", "Normals", "ViewLayer.Normal", "hitN"),
    "position": ("P", "P", "Position", "ViewLayer.Position", "hitP"),
    "depth": ("", "depth", "Depth", "ViewLayer.Depth", "depth"),
    "motion": ("motionvector", "motion", "MotionVectors", "ViewLayer.Motion", "motion"),
    "object": ("crypto_object00", "crypto_object00", "CryptoObject00", "ViewLayer.CryptoObject00", "cryptoObject00"),
    "environment": ("background", "env", "Background", "ViewLayer.Env", "background"),
}
COMPONENTS = {"normal": "XYZ", "position": "XYZ", "depth": "Z", "motion": "XY", "object": "RGBA"}

AovSet = frozenset[str]


def channel_rows(aovs: AovSet, program: int) -> list[dict[str, Any]]:
    """Return the channels of layers in the naming of one program."""
    return [
        channel_row(f"{LAYERS[aov][program]}.{part}".lstrip("."), "float" if aov in COMPONENTS else "half")
        for aov in sorted(aovs)
        for part in COMPONENTS.get(aov, "RGB")
    ]


def aov_sets() -> list[AovSet]:
    generator = random.Random(1)
    return [frozenset(generator.sample(sorted(LAYERS), generator.randint(3, 11))) for _ in range(30)]


def channels_of(aovs: AovSet) -> frozenset[tuple[str, str, str]]:
    return frozenset((aov, part, "") for aov in aovs for part in COMPONENTS.get(aov, "RGB"))


def test_metadata_embedding_ranks_a_studio() -> None:
    files = list(renders(21, count=3, most=4))
    payloads = [file.payload() for file in files]
    gains = relevance(files)
    quality = {}
    for name, embed in (("ours", metadata_embedding), ("tokens", token_hashing)):
        vectors = np.stack([embed(facts) for facts in payloads])
        quality[name] = ndcg(vectors @ vectors.T, gains)
    assert quality["ours"].mean() >= 0.97
    assert quality["ours"].mean() > quality["tokens"].mean() + 0.05
    # Every single program ranks well, even the one that was hidden while weights were set.
    for program in PROGRAMS:
        assert quality["ours"][[file.program == program for file in files]].mean() >= 0.9


def test_bands_separate_the_grades_of_relevance() -> None:
    files = list(renders(22, count=3, most=3))
    vectors = np.stack([metadata_embedding(file.payload()) for file in files])
    corner = np.triu_indices(len(files), 1)
    scores, grades = (vectors @ vectors.T)[corner], np.log2(relevance(files) + 1).round()[corner]
    min_scores = {band: score for score, band in BANDS["metadata"]}
    for grade, below, above in ((3, None, Band.SAME_SETUP), (2, Band.SAME_SETUP, Band.CLOSE), (1, Band.CLOSE, None)):
        selected = scores[grades == grade]
        assert above is None or (selected >= min_scores[above]).mean() > 0.8
        assert below is None or (selected < min_scores[below]).mean() > 0.9
    assert (scores[grades == 0] < min_scores[Band.RELATED]).mean() > 0.95


def test_random_vectors_rank_a_studio_badly() -> None:
    files = list(renders(21, count=3, most=2))
    vectors = np.stack([random_vector(file.path) for file in files])
    assert ndcg(vectors @ vectors.T, relevance(files)).mean() < 0.15


def test_channel_fingerprints_rank_by_overlap_in_any_naming() -> None:
    files = [(aovs, program) for aovs in aov_sets() for program in range(5)]
    vectors = np.stack([channel_fingerprint(channel_rows(*file)) for file in files])
    assert ndcg(vectors @ vectors.T, overlap([channels_of(aovs) for aovs, _ in files])).mean() >= 0.98


def test_channel_fingerprints_rank_a_studio_by_rendered_layers() -> None:
    from tests.studio.aovs import truth

    files = list(renders(23, count=3, most=3))
    vectors = np.stack([channel_fingerprint(file.payload()["channels"]) for file in files])
    assert ndcg(vectors @ vectors.T, overlap([truth(file.layers, file.alpha) for file in files])).mean() >= 0.97


def test_layers_in_another_naming_are_closer_than_other_layers() -> None:
    files = [(aovs, program) for aovs in aov_sets() for program in range(5)]
    vectors = np.stack([channel_fingerprint(channel_rows(*file)) for file in files])
    scores = vectors @ vectors.T
    same = np.array([[first == second for second, _ in files] for first, _ in files])
    assert (np.where(same, scores, 2).min(axis=1) > np.where(same, -2, scores).max(axis=1)).all()


@pytest.mark.parametrize(
    ("program", "name"), [("arnold", "beauty"), ("vray", "crypto"), ("arnold", "deep"), ("cycles", "utility")]
)
def test_files_of_the_studio_are_valid_for_openexr(tmp_path: Path, program: str, name: str) -> None:
    file = render(program, name, SHOW, "AB_0100", 4)
    path = tmp_path / "a.exr"
    path.write_bytes(file.data)
    header = OpenEXR.File(str(path), separate_channels=True, header_only=True).header()
    part = inspect_bytes(file.data, str(path), len(file.data)).parts[0]
    assert {channel.name for channel in header["channels"]} == {channel.name for channel in part.channels}
    assert {attribute.name for attribute in part.attributes} <= set(header)


def test_seed_reproduces_a_studio() -> None:
    first, second, different = ([file.data for file in renders(seed, ("karma",), 2, 2)] for seed in (1, 1, 2))
    assert first == second != different


def test_files_without_common_layers_are_not_similar() -> None:
    first = [channel_row(f"light{n}.{part}") for n in range(12) for part in "RGB"]
    second = [channel_row(f"matte_{name}.{part}") for name in "abcdefghijkl" for part in "RGB"]
    assert channel_fingerprint(first) @ channel_fingerprint(second) < 0.5


def test_layer_named_in_another_script_is_not_the_main_layer() -> None:
    picture, layer = ([channel_row(f"{name}R")] for name in ("", "反射."))
    assert channel_fingerprint(picture) @ channel_fingerprint(layer) < 0.5


@pytest.mark.parametrize("program", PROGRAMS)
def test_frames_of_every_program_have_equal_vectors(program: str) -> None:
    for name in PROGRAMS[program].passes:
        first, second = (payload(program, name, frame=n, seed=n) for n in (1001, 1187))
        assert np.array_equal(metadata_embedding(first), metadata_embedding(second))


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("timeCode", "timecode", {"time": 16777216, "user": 0}),
        ("capDate", "string", "2026:01:02 03:04:05"),
        ("owner", "string", "ana"),
        ("houdini:user", "string", "ben"),
        ("worldToCamera", "m44f", [[1.0] * 4] * 4),
        ("job_uuid", "string", "123e4567-e89b-12d3-a456-426614174000"),
    ],
)
def test_volatile_attribute_does_not_change_the_vector(name: str, kind: str, value: Any) -> None:
    without = payload("arnold", "beauty")
    rows = [row for row in without["attributes"]["parts"][0] if row["name"] != name]
    without["attributes"]["parts"][0] = rows
    added = copy.deepcopy(without)
    added["attributes"]["parts"][0].append({"name": name, "type": kind, "value": value})
    assert np.array_equal(metadata_embedding(without), metadata_embedding(added))


def test_setting_with_a_volatile_word_in_its_name_counts() -> None:
    first, second = (
        {"attributes": {"parts": [[{"name": "karma:pathtracedsamples", "type": "int", "value": samples}]]}}
        for samples in (16, 1024)
    )
    assert metadata_embedding(first) @ metadata_embedding(second) < 0.95


def test_renderer_with_a_year_as_version_matches_another_year() -> None:
    first, second, different = (
        metadata_embedding({"parts": [{"render_software": text}]})
        for text in ("Redshift 2025.1.0", "Redshift 2026.0.1", "Karma 2025.1.0")
    )
    assert first @ second > first @ different


def test_cropped_data_window_does_not_change_the_vector() -> None:
    full = payload("nuke", "comp")
    cropped = copy.deepcopy(full)
    cropped["parts"][0]["data_window"] = {"min": [100, 100], "max": [900, 700]}
    assert np.array_equal(metadata_embedding(full), metadata_embedding(cropped))


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_numbers_beyond_double_precision_are_accepted(number: int) -> None:
    facts = {
        "parts": [{"display_window": {"min": [0, 0], "max": [abs(number), abs(number)]}}],
        "attributes": {"parts": [[{"name": "n", "type": "int", "value": number}]]},
    }
    assert np.isfinite(metadata_embedding(facts)).all()
