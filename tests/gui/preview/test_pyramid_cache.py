"""Cache of pyramids, and the clock of playback: eviction by bytes, batches, due and dropped frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.pixels.decoded_picture import Picture
from exr_inspector_app.gui.preview import picture_loader
from exr_inspector_app.gui.preview.layers import list_layers
from exr_inspector_app.gui.preview.playback.playback_clock import FrameRange, PlaybackClock
from exr_inspector_app.gui.preview.rendering import pyramid_cache
from exr_inspector_app.gui.preview.rendering.mip_pyramid import MipPyramid, build_pyramid
from exr_inspector_app.gui.preview.rendering.pyramid_cache import PyramidCache, default_cache_bytes, pyramid_key
from exr_inspector_app.model import Box2i
from tests.exr.pictures import scene, write_picture


def pyramid(size: int) -> MipPyramid:
    """Return a pyramid of 4 bytes per pixel and their levels."""
    box = Box2i(0, 0, size - 1, 0)
    pixels = np.zeros((1, size, 1), np.float32)
    return build_pyramid(Picture(pixels, ("Y",), box, box, (1, 1), 1, (), ""))


def test_least_recently_used_pyramids_are_evicted_by_bytes(tmp_path: Path) -> None:
    file = inspect_file(str(write_picture(tmp_path / "a.exr", scene(4, 4, 4), ("R", "G", "B", "Z"))))
    colors, depth = list_layers(file)[:2]
    first, second = pyramid_key(file, colors), pyramid_key(file, depth)
    other = pyramid_key(file._replace(path="b.exr"), depth)
    size = pyramid(30).size_bytes
    cache = PyramidCache(2 * size)
    cache.add({first: pyramid(30)})
    cache.add({second: pyramid(30)})
    assert (len(cache), cache.size_bytes) == (2, 2 * size)
    assert cache.get(first) is not None
    cache.add({other: pyramid(30)})
    assert [key in cache for key in (first, second, other)] == [True, False, True]
    assert cache.paths_of(depth) == {"b.exr"}
    cache.add({first: pyramid(15), second: pyramid(15)})  # one block of memory
    assert [key in cache for key in (first, second, other)] == [True, True, True]
    cache.get(other)
    cache.limit(size)
    assert [key in cache for key in (first, second, other)] == [False, False, True]
    cache.add({first: pyramid(300)})
    assert (first in cache, cache.size_bytes) == (False, size)
    cache.remove_file("b.exr")
    assert (len(cache), cache.size_bytes) == (0, 0)
    assert 0 < default_cache_bytes() <= 2 * 2**30


def test_small_pictures_leave_descriptors_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = inspect_file(str(write_picture(tmp_path / "a.exr", scene(4, 4, 4), ("R", "G", "B", "Z"))))
    monkeypatch.setattr(pyramid_cache, "descriptor_limit", lambda: 6)
    cache, layer = PyramidCache(), list_layers(file)[0]
    keys = [pyramid_key(file._replace(path=f"{number}.exr"), layer) for number in range(5)]
    for key in keys:
        cache.add({key: pyramid(30)})
    assert [key in cache for key in keys] == [False, False, True, True, True]


def test_clock_drops_the_frames_that_are_late() -> None:
    seconds = [100.0]
    clock = PlaybackClock(FrameRange(2, 5), 4, 10.0, lambda: seconds[0])
    assert abs(clock.seconds_to_next - 0.1) < 1e-9
    seconds[0] += 0.1
    assert (clock.advance(), clock.dropped) == (5, 0)
    seconds[0] += 0.32
    assert clock.seconds_to_next == 0
    assert (clock.advance(), clock.dropped) == (4, 2)  # 2 and 3 were due before
    assert (clock.advance(), clock.dropped) == (5, 2)  # early: never the same frame twice
    outside = PlaybackClock(FrameRange(2, 5), 9, 10.0, lambda: seconds[0])
    assert outside.advance() == 2


def test_8k_is_decoded_at_full_size_and_more_than_a_gigabyte_is_reduced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_loader, "machine_memory_mb", lambda: 16_384)
    file = inspect_file(str(write_picture(tmp_path / "a.exr", scene(4, 4, 4))))
    for size, is_reduced in (((8192, 4320), False), ((16_384, 8192), False), ((16_384, 8640), True)):
        part = file.parts[0]._replace(data_window=Box2i(0, 0, size[0] - 1, size[1] - 1))
        sized = file._replace(parts=(part,))
        request = picture_loader.picture_request(sized, list_layers(sized)[0], (0, 0))
        assert (request.max_size is not None, request.keeps_type) == (is_reduced, True)
