"""The SDK's own tests, from its wheel, against the loopback server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import vastdb

from tests.vast_server import VastServer

SDK = Path(vastdb.__file__).parent

SYSTEM_BUCKETS = ["test_catalog_select", "test_audit_log_select", "test_catalog_snapshots_select"]
WAITING = ["test_elysium_splits"]  # five minutes, for a cluster that sorts in the background
LARGE = ["test_select_splits_sanity", "test_list_columns_with_pagination"]  # a million rows, 64,000 columns
PERMUTATIONS = ["test_nested_select"]  # 326 queries, of which the other three tests of its module hold the gist


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("modules", "left_out", "passed"),
    [
        (["test_schemas", "test_fixed_list", "test_sanity", "test_nested"], PERMUTATIONS, 61),
        (["test_table_in_tx", "test_vector_index", "test_vector_search", "test_adbc_integration"], [], 39),
        (["test_tables"], SYSTEM_BUCKETS + WAITING + LARGE, 62),
    ],
    ids=["names and types", "transactions and vectors", "tables"],
)
def test_the_own_tests_of_the_sdk_pass(modules: list[str], left_out: list[str], passed: int, tmp_path: Path) -> None:
    pytest.importorskip("pandas", reason="the SDK's tests compare with pandas")
    pytest.importorskip("adbc_driver_vastdb", reason="there is no ADBC driver for this system")
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n")
    with VastServer(shuffled=False) as server:
        chosen = [
            *(SDK / "tests" / f"{module}.py" for module in modules),
            *("-k", " and ".join(f"not {name}" for name in left_out)),
            f"--tabular-endpoint-url={server.endpoint}",
            f"--tabular-access-key={server.access}",
            f"--tabular-secret-key={server.secret}",
            f"--tabular-bucket-name={server.buckets[0]}",
        ]
        plain = ["-c", settings, "--rootdir", SDK, "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--tb=short"]
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *plain, *chosen],
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    found = re.findall(r"(\d+) (passed|failed|error|skipped|deselected)", ran.stdout.splitlines()[-1])
    expected = {"passed": passed, "deselected": len(left_out)}
    assert {word: int(count) for count, word in found} == {word: count for word, count in expected.items() if count}, (
        ran.stdout
    )
