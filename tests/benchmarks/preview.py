"""Pictures in the window: processor time of window and decoder relative to OpenImageIO, and cached pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.benchmarks.driven import run_module
from tests.benchmarks.measure import Figures, Options
from tests.exr.pictures import scene, write_picture

LAYERS, FRAMES = 10, 8
CPU_GOAL, DRAFT_GOAL, CACHED_GOAL_MS = 1.15, 0.3, 16.0

CACHED_FIGURES = ("shown_ms", "longest_event_ms")


def preview(folder: Path, _options: Options) -> Figures:
    """Measure a 4096 x 2160 RGBA picture, RGBA of 40 channels, a 1080p frame step, and cached layers and frames.

    The ratio is that of the worst figure to its goal. Processor time counts from the selection to the exact picture on
    the canvas, in the window and its decoder together, against OpenImageIO's half read of the same channels.
    """
    wide = scene(2160, 4096, 4)  # tiles that repeat would decode four times as fast
    write_picture(folder / "wide.exr", wide)
    names = tuple(f"{layer}{letter}" for layer in ("", *(f"l{n}." for n in range(1, LAYERS))) for letter in "RGBA")
    write_picture(folder / "layers.exr", np.tile(wide[:1080, :2048], (1, 1, LAYERS)), names)
    (folder / "shot").mkdir()
    for frame in range(FRAMES):
        write_picture(folder / "shot" / f"a.{frame:04}.exr", scene(1080, 1920, 3, frame), "RGB")
    result = run_module(folder / "home", "tests.gui.picture_story", str(folder))
    figures = {f"{part}_{name}": value for part, values in result.items() for name, value in values.items()}
    goals = {
        **{f"{part}_ratio": CPU_GOAL for part in ("wide", "layers", "step")},
        "wide_draft_ratio": DRAFT_GOAL,
        **{
            f"cached_{kind}_{name}_ms": CACHED_GOAL_MS
            for kind in ("layer", "frame")
            for name in ("shown", "longest_event")
        },
    }
    worst = max(figures[name] / goal for name, goal in goals.items() if name in figures)
    return {"ratio": worst, **figures, "goal": 1.0}
