"""How soon the window is on the screen."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.benchmarks.driven import driven
from tests.benchmarks.measure import ROUNDS, Figures, Options

GOAL = 1.0  # seconds, warm


def window(folder: Path, _options: Options) -> Figures:
    """From the start of the process to the first paint, against the goal; an empty window of Qt beside it."""
    driven(folder / "warm", "start")  # files are cached, bytecode is written
    runs, bare = [], []
    for turn in range(ROUNDS):
        runs.append(driven(folder / f"home{turn}", "start"))
        bare.append(driven(folder / f"home{turn}", "bare")["end"])
    found = min(runs, key=lambda one: one["paint"])
    steps = ("python", "entry", "qt", "modules", "paint")
    spans = {f"{name}_ms": 1000 * (found[name] - found[before]) for before, name in pairwise(steps)}
    return {
        "ratio": found["paint"] / GOAL,
        "first_paint_ms": 1000 * found["paint"],
        "processor_ms": 1000 * min(one["processor"] for one in runs),
        "bare_qt_ms": 1000 * min(bare),
        "python_ms": 1000 * found["python"],
        **{("make_and_paint_ms" if name == "paint_ms" else f"import_{name}"): span for name, span in spans.items()},
        "heavy_modules": len(found["heavy"]),
        "stall_after_ms": min(one["start_stall_ms"] for one in runs),
        "goal": 1.0,
    }
