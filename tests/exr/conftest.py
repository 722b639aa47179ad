"""What tests of pixels share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exr_inspector_app.exr.pixels.decoder import Decoder


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    """One child process that decodes for all tests of a file."""
    one = Decoder()
    yield one
    one.close()
