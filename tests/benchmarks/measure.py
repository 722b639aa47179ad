"""Options, figures and timers of the benchmarks; seconds are those of the fastest round."""

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
    """Options of the command line."""

    rows: int = 100_000  # files in the library of `similar`
    ablation: bool = False  # `retrieval` also measures the gain of each feature kind
    real: bool = True  # `retrieval` ranks real files, if this machine has them
    studio: bool = True  # `retrieval` ranks a generated studio
    fit: bool = False  # `retrieval` also fits the weights on a part of the real files


def best(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Return the seconds of the fastest round, which is the least disturbed one."""
    return race([work], rounds)[0]


def race(
    works: Sequence[Callable[[], Any]],
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.perf_counter,
    rest_s: float = 0.0,
) -> list[float]:
    """Return the seconds of the fastest round of each; they alternate, so that a disturbance affects all.

    Args:
        works: Works to compare.
        rounds: Number of rounds.
        clock: Clock that measures them.
        rest_s: Pause before each work.
    """
    rounds_of_work: list[list[float]] = [[] for _ in works]
    gc.collect()
    gc.freeze()  # modules and fixtures, which each collection would visit
    for _ in range(rounds):
        for work, times in zip(works, rounds_of_work, strict=True):
            gc.collect()
            time.sleep(rest_s)
            start = clock()
            work()
            times.append(clock() - start)
    gc.unfreeze()
    return list(map(min, rounds_of_work))
