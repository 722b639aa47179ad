"""Time codes of a sequence: jumps by the frame rate and the drop-frame flag."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.diff.sequence_checks import FrameFinding, sequence_findings
from tests.exr_files import time_code, write_exr

Clock = tuple[int, int, int, int]
DROP_FRAME = 1 << 6
NTSC = (30000, 1001)


def plate(
    folder: Path,
    clocks: Sequence[Clock],
    rate: tuple[int, int] | None,
    *,
    first: int = 1001,
    step: int = 1,
    flags: int = 0,
) -> list[Path]:
    """Write a frame per time code."""
    paths = []
    for at, clock in enumerate(clocks):
        kind, data = time_code(*clock)
        packed, user = struct.unpack("<II", data)
        attributes = {"timeCode": (kind, struct.pack("<II", packed | flags, user))}
        if rate:
            attributes["framesPerSecond"] = ("rational", struct.pack("<iI", *rate))
        paths.append(write_exr(folder / f"plate.{first + step * at}.exr", attributes=attributes))
    return paths


def jumps(paths: Sequence[Path]) -> list[FrameFinding]:
    findings = sequence_findings(inspect_file(path) for path in paths)
    return [finding for finding in findings if finding.code == "timecode-jump"]


def run(second: int, frame: int, base: int, count: int) -> list[Clock]:
    """Return successive time codes."""
    numbers = range(second * base + frame, second * base + frame + count)
    return [(1, 0, number // base, number % base) for number in numbers]


def test_jump_is_reported_with_both_time_codes(tmp_path: Path) -> None:
    clocks = [*run(0, 1, 24, 3), *run(0, 9, 24, 2)]
    (finding,) = jumps(plate(tmp_path, clocks, (24, 1)))
    assert (finding.severity, finding.pattern, finding.frames) == ("warning", "plate.####.exr", (1004,))
    assert finding.message == "Frame 1004 does not continue the time code: 01:00:00:03 to 01:00:00:09."


def test_frames_are_compared_in_their_order(tmp_path: Path) -> None:
    paths = plate(tmp_path, run(0, 20, 24, 12), (24, 1), first=95)
    assert jumps(sorted(paths)) == []
    assert jumps(paths[::-1]) == []


@pytest.mark.parametrize(
    ("base", "rate"),
    [(24, (24, 1)), (24, (24000, 1001)), (25, (25, 1)), (30, NTSC), (30, (30, 1)), (25, None), (30, None)],
)
def test_time_code_goes_on_over_a_second(tmp_path: Path, base: int, rate: tuple[int, int] | None) -> None:
    clocks = run(58, base - 2, base, 5)
    assert jumps(plate(tmp_path, clocks, rate)) == []
    late = [*clocks[:3], *run(59, 7, base, 3)]
    assert [finding.frames for finding in jumps(plate(tmp_path, late, rate))] == [(1004,)]


def test_second_ends_by_the_frame_rate(tmp_path: Path) -> None:
    clocks = [(1, 0, 0, 22), (1, 0, 0, 23), (1, 0, 1, 0), (1, 0, 1, 1)]
    assert jumps(plate(tmp_path, clocks, (24, 1))) == []
    assert [finding.frames for finding in jumps(plate(tmp_path, clocks, (25, 1)))] == [(1003,)]


def test_drop_frame_skips_two_numbers_a_minute(tmp_path: Path) -> None:
    clocks = [(1, 0, 59, 28), (1, 0, 59, 29), (1, 1, 0, 2), (1, 1, 0, 3)]
    assert jumps(plate(tmp_path, clocks, NTSC, flags=DROP_FRAME)) == []
    (finding,) = jumps(plate(tmp_path, clocks, NTSC))
    assert finding.message.endswith("01:00:59:29 to 01:01:00:02.")
    tenth = [(1, 9, 59, 28), (1, 9, 59, 29), (1, 10, 0, 0), (1, 10, 0, 1)]
    assert jumps(plate(tmp_path, tenth, NTSC, flags=DROP_FRAME)) == []
    wrong = [(1, 0, 59, 28), (1, 0, 59, 29), (1, 1, 0, 0), (1, 1, 0, 1)]
    (finding,) = jumps(plate(tmp_path, wrong, NTSC, flags=DROP_FRAME))
    assert finding.message.endswith("01:00:59;29 to 01:01:00;00.")


def test_time_code_goes_on_over_midnight(tmp_path: Path) -> None:
    assert jumps(plate(tmp_path, [(23, 59, 59, 22), (23, 59, 59, 23), (0, 0, 0, 0), (0, 0, 0, 1)], (24, 1))) == []


def test_missing_frames_are_counted(tmp_path: Path) -> None:
    paths = plate(tmp_path, run(0, 0, 24, 30), (24, 1))
    assert jumps([*paths[:5], *paths[9:]]) == []
    assert jumps(plate(tmp_path / "twos", run(0, 0, 24, 60)[::2], (24, 1), step=2)) == []


def test_fast_material_has_several_frames_per_time_code(tmp_path: Path) -> None:
    clocks = [clock for clock in run(0, 0, 24, 30) for _ in range(2)]
    assert jumps(plate(tmp_path, clocks, (48, 1))) == []
    for start, count in ((0, 5), (1, 4), (1, 5)):  # of few frames, as of many
        assert jumps(plate(tmp_path / f"{start}-{count}", clocks[start : start + count], (50, 1))) == []
    late = [*clocks[:20], *clocks[30:]]
    assert [finding.frames for finding in jumps(plate(tmp_path, late[:50], (48, 1)))] == [(1021,)]


@pytest.mark.parametrize(
    "clocks",
    [
        [(1, 0, 0, 0)] * 9,
        [(1, 0, second, 0) for second in range(9)],
        [(1, 0, 0, frame) for frame in (0, 5, 6, 9, 17, 19, 23, 8, 1)],
    ],
)
def test_time_code_without_a_step_does_not_jump(tmp_path: Path, clocks: list[Clock]) -> None:
    assert jumps(plate(tmp_path, clocks, (24, 1))) == []


def test_two_frames_can_jump(tmp_path: Path) -> None:
    assert jumps(plate(tmp_path, [(1, 0, 0, 1), (1, 0, 0, 2)], (24, 1))) == []
    assert len(jumps(plate(tmp_path, [(1, 0, 0, 1), (2, 0, 0, 2)], (24, 1)))) == 1
    assert jumps(plate(tmp_path, [(1, 0, 0, 1), (1, 0, 0, 1)], (24, 1))) == []


def test_frames_that_are_far_apart_are_not_compared(tmp_path: Path) -> None:
    assert jumps(plate(tmp_path, [(1, 0, 0, 1), (2, 0, 0, 2), (5, 0, 0, 2)], (24, 1), step=200)) == []


def test_several_jumps_are_one_finding(tmp_path: Path) -> None:
    clocks = [*run(0, 1, 24, 4), *run(5, 1, 24, 4), *run(3, 1, 24, 4)]
    (finding,) = jumps(plate(tmp_path, clocks, (24, 1)))
    assert finding.message == (
        "Frames 1005, 1009 do not continue the time code: the first is 01:00:00:04 to 01:00:05:01."
    )
