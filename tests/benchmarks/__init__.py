"""Benchmarks and their goals, one module per topic: `python -m tests.benchmarks`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks.backfill import backfill
from tests.benchmarks.drop import drop
from tests.benchmarks.embeddings import embeddings
from tests.benchmarks.headers import headers, headers_unlike
from tests.benchmarks.hostile_headers import hostile_headers
from tests.benchmarks.library import library
from tests.benchmarks.look import look
from tests.benchmarks.measure import Figures, Options
from tests.benchmarks.picture import picture
from tests.benchmarks.preview import preview
from tests.benchmarks.publish import publish
from tests.benchmarks.retrieval import retrieval
from tests.benchmarks.similar import similar
from tests.benchmarks.slider import slider
from tests.benchmarks.startup import startup
from tests.benchmarks.vast import vast_publish, vast_similar
from tests.benchmarks.window import window

# A benchmark gets an empty folder and returns its ratio and its figures.
MEASURES: Mapping[str, Callable[[Path, Options], Figures]] = {
    "startup": startup,
    "headers": headers,
    "headers-unlike": headers_unlike,
    "hostile-headers": hostile_headers,
    "embeddings": embeddings,
    "publish": publish,
    "backfill": backfill,
    "similar": similar,
    "library": library,
    "picture": picture,
    "preview": preview,
    "look": look,
    "retrieval": retrieval,
    "vast-publish": vast_publish,
    "vast-similar": vast_similar,
    "slider": slider,
    "drop": drop,
    "window": window,
}
