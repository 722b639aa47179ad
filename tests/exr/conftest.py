"""Fixtures of the pixel tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exr_inspector_app.exr.pixels.decoder import Decoder


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    """Yield a decoder with one worker process for all tests of a module."""
    decoder = Decoder()
    yield decoder
    decoder.close()
