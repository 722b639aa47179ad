"""Publishing to the local library."""

from __future__ import annotations

import os
from pathlib import Path

from exr_inspector_app.persistence.local import LocalStore
from tests.benchmarks.measure import Figures, Options, best
from tests.records import batch, studio


def publish(folder: Path, _options: Options) -> Figures:
    """Publish 1,000 files of 40 channels and 30 attributes to a new library; the goal is 3,000 per second."""
    records = studio(folder / "files", 1000)
    made: list[Path] = []

    def ours() -> None:
        path = folder / f"library{len(made)}.duckdb"
        made.append(path)
        LocalStore(path).publish(batch(*records))

    rate = len(records) / best(ours, 3)
    size = os.path.getsize(made[-1]) / len(records)
    return {"ratio": rate / 3000, "files_per_second": rate, "bytes_per_file": size, "goal": 1.0}
