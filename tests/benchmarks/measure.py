"""How a benchmark is asked and what it answers; seconds are those of the quickest round."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]
ROUNDS = 5


@dataclass(frozen=True)
class Options:
    """What the command line asks of the benchmarks."""

    rows: int = 100_000  # files in the library of `similar`


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The seconds of the quickest of some rounds: the least disturbed one."""
    taken = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)
