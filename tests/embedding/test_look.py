"""Look embedding: retrieval of versions of an image, and robustness."""

from __future__ import annotations

import numpy as np
import pytest

from exr_inspector_app.contracts import LOOK_DIM
from exr_inspector_app.embedding import look_embedding
from exr_inspector_app.errors import VectorEmbeddingError
from tests.embedding.looks import VARIANTS, average_precision, scene

COUNT = 30


def test_versions_of_an_image_are_retrieved() -> None:
    pictures = [scene(seed) for seed in range(COUNT)]
    looks = np.stack([look_embedding(picture) for picture in pictures])
    versions = np.stack([look_embedding(change(picture)) for change in VARIANTS.values() for picture in pictures])
    owner = np.tile(np.arange(COUNT), len(VARIANTS))
    precisions = [average_precision(versions @ look, owner == index) for index, look in enumerate(looks)]
    assert np.mean(precisions) >= 0.97
    similarities = looks @ looks.T - 2 * np.eye(COUNT)
    assert similarities.max() < 0.9


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_look_is_a_unit_vector_for_any_channel_count(depth: int) -> None:
    pixels = scene(1)[..., [0, 1, 2, 0]][..., :depth]
    look = look_embedding(pixels)
    assert (look.shape, look.dtype) == ((LOOK_DIM,), np.float32)
    assert np.linalg.norm(look) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(look, look_embedding(pixels.copy()))


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, np.nan, np.inf])
def test_uniform_image_has_a_unit_vector(value: float) -> None:
    look = look_embedding(np.full((9, 7, 3), value, np.float32))
    assert np.isfinite(look).all()
    assert np.linalg.norm(look) == pytest.approx(1, abs=1e-5)


def test_non_finite_pixels_change_little() -> None:
    pixels = scene(3)
    changed = pixels.copy()
    changed[10, 10], changed[20, 20, 1], changed[30, 30] = np.nan, np.inf, -5
    assert look_embedding(pixels) @ look_embedding(changed) > 0.8


def test_gray_images_differ_by_content_not_by_rounding() -> None:
    first, second = (np.repeat(scene(seed)[..., :1], 3, axis=2) for seed in (4, 5))
    assert look_embedding(first) @ look_embedding(first * np.float32(1.0001)) > 0.999
    assert look_embedding(first) @ look_embedding(second) < 0.85


def test_look_of_a_golden_image_is_unchanged() -> None:
    y, x = np.mgrid[0:40, 0:60].astype(np.float32)
    look = look_embedding(np.stack([x / 60, y / 40, (x + y) / 100 + 0.1], axis=2))
    assert np.allclose(look[[0, 63, 64, 191, 192, 239, 240, 255]], GOLDEN, atol=2e-5)


GOLDEN = [-0.23851, 0.0957, -0.02806, -0.02806, 0.02554, 0.02855, -0.02494, -0.02494]


def test_array_without_pixels_is_refused() -> None:
    with pytest.raises(VectorEmbeddingError, match="height, width and channels"):
        look_embedding(np.zeros((0, 5, 3), np.float32))
