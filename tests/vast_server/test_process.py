"""Server in a separate process, with several clients at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
import requests
import vastdb

pytestmark = pytest.mark.filterwarnings("ignore:Cannot disable autocommit")
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Return the endpoint of a server process."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "tests.vast_server", "--port", "0", "--bucket", "one", "--bucket", "two"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


def test_concurrent_clients_lose_no_rows(endpoint: str) -> None:
    session = vastdb.connect(endpoint=endpoint, access="KEY", secret="SECRET")
    with session.transaction() as tx:
        tx.bucket("one").create_schema("s").create_table("t", pa.schema([("n", pa.int64())]))

    def write(client: int) -> None:
        own = vastdb.connect(endpoint=endpoint, access="KEY", secret="SECRET")
        for row in range(10):
            with own.transaction() as tx:
                tx.bucket("one").schema("s").table("t").insert(pa.table({"n": [client * 10 + row]}))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    answer = requests.get(f"{endpoint}/__rows?schema=s&table=t", timeout=10)
    assert sorted(pa.ipc.open_stream(answer.content).read_all()["n"].to_pylist()) == list(range(40))


def test_admin_interface_sets_faults_and_returns_the_log(endpoint: str) -> None:
    requests.get(f"{endpoint}/__fault?kind=version&action=status:403:AccessDenied", timeout=10)
    with pytest.raises(vastdb.errors.Forbidden):
        vastdb.connect(endpoint=endpoint, access="KEY", secret="SECRET")
    (line,) = requests.get(f"{endpoint}/__log", timeout=10).json()
    assert line == {"kind": "version", "method": "GET", "path": "/?transaction", "status": 403}
    assert requests.get(f"{endpoint}/__clear", timeout=10).json() == []
