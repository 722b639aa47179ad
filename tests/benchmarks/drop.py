"""10,000 files dropped on the window."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.driven import driven
from tests.benchmarks.measure import Figures, Options
from tests.exr_files import studio_frames

FILES, SEQUENCES = 10_000, 50
GOALS = {"first_row_ms": 200.0, "stall_ms": 50.0, "total_s": 30.0}


def drop(folder: Path, _options: Options) -> Figures:
    """First row, longest stall of the event loop and total time, the worst of them against its goal.

    `one` stands for as many files that are the frames of one sequence. The list is scrolled, opened and selected
    in while the files are read, and for three seconds afterwards.
    """
    studio_frames(folder / "shots", FILES, SEQUENCES)
    studio_frames(folder / "one", FILES, 1)
    driven(folder / "warm", "start")
    one = driven(folder / "alone", "drop", str(folder / "one"))
    found = driven(folder / "home", "drop", str(folder / "shots"))
    names = ("files", *GOALS, "stall_own_ms", "stall_p99_ms", "stall_over_50_ms", "bytes_per_file")
    ratios = {f"{name}_ratio": max(found[name], one[name]) / goal for name, goal in GOALS.items()}
    scroll = {name: found[name] for name in ("scroll_ms", "scroll_own_ms")}
    return {
        "ratio": max(ratios.values()),
        **ratios,
        **{name: found[name] for name in names},
        **scroll,
        **{f"one_{name}": one[name] for name in (*GOALS, "stall_own_ms")},
        "goal": 1.0,
    }
