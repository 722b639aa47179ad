"""Drop of 10,000 files on the window."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.driven import run_story
from tests.benchmarks.measure import Figures, Options
from tests.exr_files import studio_frames

FILES, SEQUENCES = 10_000, 50
GOALS = {"first_row_ms": 200.0, "stall_ms": 50.0, "total_s": 30.0}


def drop(folder: Path, _options: Options) -> Figures:
    """Measure first row, longest stall of the event loop and total time; the ratio is the worst of them to its goal.

    Figures that begin with `one_` are those of a single sequence of as many frames. The list is scrolled, opened and
    selected while the files are read, and for three seconds afterwards. `stall_on_core_ms` leaves out the time in
    which the window was ready to run while others had all cores.
    """
    studio_frames(folder / "shots", FILES, SEQUENCES)
    studio_frames(folder / "one", FILES, 1)
    run_story(folder / "warm", "start")
    one = run_story(folder / "alone", "drop", str(folder / "one"))
    result = run_story(folder / "home", "drop", str(folder / "shots"))
    names = ("files", *GOALS, "stall_on_core_ms", "stall_own_ms", "stall_p99_ms", "stall_over_50_ms", "bytes_per_file")
    ratios = {f"{name}_ratio": max(result[name], one[name]) / goal for name, goal in GOALS.items()}
    scroll = {name: result[name] for name in ("scroll_ms", "scroll_own_ms")}
    return {
        "ratio": max(ratios.values()),
        **ratios,
        **{name: result[name] for name in names},
        **scroll,
        **{f"one_{name}": one[name] for name in (*GOALS, "stall_on_core_ms", "stall_own_ms")},
        "goal": 1.0,
    }
