"""Conformance of the loopback server: the SDK's own tests, from its wheel, pass against it."""

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
PERMUTATIONS = ["test_nested_select", "test_nested_filter"]  # 390 queries, all of the kinds that other tests send once
CLIENT_ONLY = ["test_bad_endpoint"]  # waits for the retries of a connection that is not to the server

# The SDK refuses queries over 4.7 MB, of 100,000 integers, whose literals take 35 s to build; here over 1.2 MB.
PLUGIN = """
import builtins
import pytest
from vastdb import util

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if item.name == "test_filters":
        util.MAX_QUERY_DATA_REQUEST_SIZE = 1_200_000
        item.module.range = lambda stop: builtins.range(min(stop, 12_000))
    return (yield)
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("modules", "excluded", "passed"),
    [
        (["test_schemas", "test_fixed_list", "test_sanity", "test_nested"], PERMUTATIONS + CLIENT_ONLY, 59),
        (["test_table_in_tx", "test_vector_index", "test_vector_search", "test_adbc_integration"], [], 39),
        (["test_tables"], SYSTEM_BUCKETS + WAITING + LARGE, 62),
    ],
    ids=["names and types", "transactions and vectors", "tables"],
)
def test_sdk_tests_pass(modules: list[str], excluded: list[str], passed: int, tmp_path: Path) -> None:
    pytest.importorskip("pandas", reason="the SDK's tests compare with pandas")
    pytest.importorskip("adbc_driver_vastdb", reason="there is no ADBC driver for this system")
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n")
    (tmp_path / "fewer_literals.py").write_text(PLUGIN)
    with VastServer(shuffled=False) as server:
        selection = [
            *(SDK / "tests" / f"{module}.py" for module in modules),
            *("-k", " and ".join(f"not {name}" for name in excluded)),
            f"--tabular-endpoint-url={server.endpoint}",
            f"--tabular-access-key={server.access}",
            f"--tabular-secret-key={server.secret}",
            f"--tabular-bucket-name={server.buckets[0]}",
        ]
        options = ["-c", settings, "--rootdir", SDK, "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--tb=short"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "fewer_literals", *options, *selection],
            env={**environment, "PYTHONPATH": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    counts = re.findall(r"(\d+) (passed|failed|error|skipped|deselected)", ran.stdout.splitlines()[-1])
    expected = {"passed": passed, "deselected": len(excluded)}
    assert {word: int(count) for count, word in counts} == {word: count for word, count in expected.items() if count}, (
        ran.stdout
    )
