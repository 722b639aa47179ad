"""How a benchmark is asked and what it answers; seconds are those of the quickest round."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]
ROUNDS = 5


@dataclass(frozen=True)
class Options:
    """What the command line asks of the benchmarks."""

    rows: int = 100_000  # files in the library of `similar`
    ablation: bool = False  # `retrieval` also tells what each kind of feature gains


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The seconds of the quickest of some rounds: the least disturbed one."""
    return race([work], rounds)[0]


def race(works: Sequence[Callable[[], Any]], rounds: int = ROUNDS) -> list[float]:
    """The seconds of the quickest round of each; they take turns, so that what disturbs one disturbs all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            gc.collect()
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    return list(map(min, taken))
