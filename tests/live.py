"""Behaviour tests of the store over a cluster: `python -m tests.live [PYTEST OPTIONS]`.

VAST_DB_ENDPOINT, VAST_DB_ACCESS_KEY, VAST_DB_SECRET_KEY and the other VAST_DB_* variables name the cluster. Each test
has a scratch schema next to VAST_DB_SCHEMA, which is dropped after it; the tables of the program are not used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # conftest.py imports this module
    from exr_inspector_app.config import Vast

FLAG = "EXR_INSPECTOR_LIVE_TESTS"  # environment variable that conftest.py reads
FOLDER = Path(__file__).parent
MODULES = (
    *("test_store_publish", "test_store_search", "test_store_listing"),
    *("test_derived", "test_reembed", "test_exact", "test_blend", "test_header_bands"),
)
TIMEOUT_S = 600  # of one test; tables take seconds to create on a cluster


def settings() -> Vast | None:
    """Return the settings of the cluster, or None if the tests run over the loopback server."""
    if not os.environ.get(FLAG):
        return None
    from exr_inspector_app import config

    vast = config.load().vast
    return config.with_keys(vast) if vast is not None else None


def is_live(item: pytest.Item) -> bool:
    """Return whether a test runs over any store, and this time over a VAST Database."""
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("new_store") == "vast"


def main(arguments: Sequence[str]) -> int:
    """Run the tests, and return the exit code of pytest."""
    os.environ[FLAG] = "1"
    if settings() is None:
        print("Set VAST_DB_ENDPOINT, VAST_DB_ACCESS_KEY and VAST_DB_SECRET_KEY.", file=sys.stderr)
        return 2
    modules = [str(FOLDER / "persistence" / f"{name}.py") for name in MODULES]
    options = ["-p", "no:cacheprovider", f"--timeout={TIMEOUT_S}", f"--rootdir={FOLDER.parent}"]
    return int(pytest.main([*options, *arguments, *modules]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
