"""Hostile headers: growth of the time to inspect and embed them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from exr_inspector_app.embedding import channel_fingerprint, metadata_embedding
from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.exr.parser.header import clear_cache
from exr_inspector_app.model import from_payload, payload
from tests.benchmarks.measure import Figures, Options, race
from tests.exr import hostile_headers as makers

# Each maker with half of the count at which a limit ends its growth, or which fills a header.
HALVES: dict[str, tuple[Callable[[int], bytes], int]] = {
    "attributes": (makers.many_attributes, 24_997),
    "texts": (makers.many_texts, 49_950),
    "paths": (makers.many_paths, 990),
    "channels": (makers.many_channels, 25_000),
    "parts": (makers.many_parts, 4),
    "strings": (makers.many_strings, 300_000),
    "ids": (makers.many_ids, 120_000),
}
ROUNDS = 3


def hostile_headers(_folder: Path, _options: Options) -> Figures:
    """Time for twice the count against twice the time for the count: 1 is linear; the ratio is the worst header's.

    Measured are header, payload, JSON, both embeddings, and the way back. `NAME_half_ms` and `NAME_full_ms` are the
    two sides of the ratio `NAME`.
    """
    figures: Figures = {}
    for name, (make, count) in HALVES.items():
        half, full = race([partial(_process, make(count)), partial(_process, make(2 * count))], ROUNDS)
        figures |= {name: full / (2 * half), f"{name}_half_ms": 1000 * half, f"{name}_full_ms": 1000 * full}
    return {"ratio": max(figures[name] for name in HALVES), **figures, "goal": 1.5}


def _process(data: bytes) -> None:
    clear_cache()
    facts = payload(inspect_bytes(data, "hostile.exr", len(data)))
    json.dumps(facts)
    metadata_embedding(facts)
    channel_fingerprint(facts["channels"])
    from_payload(facts)
