"""Start-up time of the window."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.benchmarks.driven import run_story
from tests.benchmarks.measure import ROUNDS, Figures, Options

GOAL = 1.0  # seconds, warm


def window(folder: Path, _options: Options) -> Figures:
    """Measure the time from process start to first paint, relative to the goal, and that of an empty Qt window."""
    run_story(folder / "warm", "start")  # fills the file cache and writes bytecode
    runs, bare = [], []
    for turn in range(ROUNDS):
        runs.append(run_story(folder / f"home{turn}", "start"))
        bare.append(run_story(folder / f"home{turn}", "bare")["end"])
    result = min(runs, key=lambda run: run["paint"])
    steps = ("python", "entry", "qt", "modules", "paint")
    spans = {f"{name}_ms": 1000 * (result[name] - result[before]) for before, name in pairwise(steps)}
    return {
        "ratio": result["paint"] / GOAL,
        "first_paint_ms": 1000 * result["paint"],
        "processor_ms": 1000 * min(run["processor"] for run in runs),
        "bare_qt_ms": 1000 * min(bare),
        "python_ms": 1000 * result["python"],
        **{("make_and_paint_ms" if name == "paint_ms" else f"import_{name}"): span for name, span in spans.items()},
        "heavy_modules": len(result["heavy"]),
        "stall_after_ms": min(run["start_stall_ms"] for run in runs),
        "goal": 1.0,
    }
