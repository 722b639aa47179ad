"""Cost of the embeddings."""

from __future__ import annotations

import json
from pathlib import Path

from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.model import payload
from tests.benchmarks.measure import Figures, Options, best
from tests.exr_files import studio_file


def embeddings(folder: Path, _options: Options) -> Figures:
    """Measure both embeddings of 40 channels and 30 attributes, relative to json.dumps of the payload."""
    payloads = [payload(inspect_file(str(studio_file(folder / f"a.{n}.exr", n)))) for n in range(1001, 1201)]

    def ours() -> None:
        for one in payloads:
            metadata_embedding(one)
            channel_fingerprint(one["channels"])

    def theirs() -> None:
        for one in payloads:
            json.dumps(one, sort_keys=True)

    mine, other = best(ours), best(theirs)
    count = len(payloads)
    return {"ratio": mine / other, "ours_us": mine / count * 1e6, "json_us": other / count * 1e6, "goal": 3.0}
