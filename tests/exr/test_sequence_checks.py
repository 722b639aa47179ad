"""Sequence checks: the findings about the frames of a sequence."""

from __future__ import annotations

import struct
from pathlib import Path

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.exr.diff.sequence_checks import FrameFinding, sequence_findings
from tests.exr_files import integer, real, string, studio_file, write_exr


def findings(*paths: Path) -> list[FrameFinding]:
    return sequence_findings(inspect_file(str(path)) for path in paths)


def frames(folder: Path, numbers: list[int]) -> list[Path]:
    return [studio_file(folder / f"beauty.{number:04}.exr", number) for number in numbers]


def test_regular_sequence_has_no_finding(tmp_path: Path) -> None:
    assert findings(*frames(tmp_path, [1001, 1002, 1003, 1004])) == []
    assert findings(*frames(tmp_path, [1001])) == []


def test_gaps_are_reported_with_their_frames(tmp_path: Path) -> None:
    (gap,) = findings(*frames(tmp_path, [1001, 1004, 1005, 1007]))
    assert (gap.severity, gap.code, gap.pattern) == ("warning", "sequence-gap", "beauty.####.exr")
    assert (gap.frames, gap.message) == ((1002, 1003, 1006), "Frames 1002–1003, 1006 are missing.")


def test_mixed_padding_is_reported(tmp_path: Path) -> None:
    def padded(*names: str) -> list[tuple[int, ...]]:
        results = findings(*(write_exr(tmp_path / f"{name}.exr") for name in names))
        return [finding.frames for finding in results if finding.code == "sequence-padding"]

    assert padded("a.0998", "a.0999", "a.1000") == []
    assert padded("a.8", "a.9", "a.10") == []
    assert padded("a.0998", "a.0999", "a.997") == [(997,)]
    assert padded("a.998", "a.999", "a.01000", "a.1001") == [(1000,)]


def test_differing_frame_is_reported_with_its_differences(tmp_path: Path) -> None:
    paths = frames(tmp_path, [1001, 1002, 1003, 1004])
    studio_file(paths[2], 1003, compression="zip", data_window=(0, 0, 1, 0))
    (finding,) = findings(*paths)
    assert (finding.code, finding.frames) == ("sequence-differs", (1003,))
    assert finding.message == (
        "Frame 1003 differs from the rest of the sequence in compression (zip instead of none), "
        "dataWindow (min 0, 0, max 1, 0 instead of min 0, 0, max 1, 1), "
        "displayWindow (min 0, 0, max 1, 0 instead of min 0, 0, max 1, 1)."
    )


def test_any_number_of_rerendered_frames_is_reported(tmp_path: Path) -> None:
    for number in range(1001, 1011):
        compression = "piz" if number > 1006 else "zip"
        studio_file(tmp_path / f"a.{number}.exr", number, compression=compression)
    (finding,) = findings(*tmp_path.iterdir())
    assert (
        finding.message == "Frames 1007–1010 differ from the rest of the sequence in compression (piz instead of zip)."
    )
    (pair,) = findings(tmp_path / "a.1006.exr", tmp_path / "a.1007.exr")
    assert pair.message == "Frame 1007 differs from the rest of the sequence in compression (piz instead of zip)."


def test_frame_with_a_missing_attribute_is_reported(tmp_path: Path) -> None:
    listed = {"owner": string("me"), "gain": real(1.0)}
    paths = [write_exr(tmp_path / f"a.{number}.exr", attributes=listed) for number in range(1, 6)]
    write_exr(paths[1], attributes={"owner": string("me")})
    (finding,) = findings(*paths)
    assert finding.message == "Frame 2 differs from the rest of the sequence in gain (missing)."


def test_changing_color_space_is_reported(tmp_path: Path) -> None:
    paths = [
        write_exr(
            tmp_path / f"a.{number}.exr", attributes={"colorSpace": string("ACEScg" if number < 4 else "lin_rec709")}
        )
        for number in range(1, 6)
    ]
    (finding,) = findings(*paths)
    assert (
        finding.message
        == "Frames 4–5 differ from the rest of the sequence in colorSpace (lin_rec709 instead of ACEScg)."
    )


def test_many_gaps_are_one_short_sentence(tmp_path: Path) -> None:
    file = inspect_file(str(studio_file(tmp_path / "a.1.exr")))
    (gaps,) = sequence_findings(
        file._replace(path=f"/shots/a.{number}.exr", frame_number=number) for number in range(1001, 2000, 2)
    )
    assert gaps.frames == tuple(range(1002, 1999, 2))
    assert gaps.message == ("Frames 1002, 1004, 1006, 1008, 1010, 1012, 1014, 1016 … 1998, 499 in all, are missing.")


def test_late_differences_and_types_are_visible(tmp_path: Path) -> None:
    paths = [
        write_exr(
            tmp_path / f"a.{number}.exr",
            attributes={
                "note": string(f"{'x' * 90}{'odd' if number == 2 else 'usual'}"),
                "take": string("7") if number == 2 else integer(7),
            },
        )
        for number in range(1, 6)
    ]
    (finding,) = findings(*paths)
    assert "xxodd instead of …xxxx" in finding.message
    assert "take (7 (string) instead of 7 (int))" in finding.message


def test_additional_part_is_reported(tmp_path: Path) -> None:
    paths = [write_exr(tmp_path / f"a.{number}.exr", parts=[{}, {}]) for number in range(1, 5)]
    write_exr(paths[3], parts=[{}, {}, {}])
    (finding,) = findings(*paths)
    assert finding.frames == (4,)
    assert finding.message.startswith(
        "Frame 4 differs from the rest of the sequence in parts (3 instead of 2), part type of Part 2"
    )


def test_unreadable_and_incomplete_frames_are_reported(tmp_path: Path) -> None:
    paths = [write_exr(tmp_path / f"a.{number}.exr") for number in range(1, 6)]
    paths[0].write_bytes(b"")
    write_exr(paths[4], present=3)
    results = {finding.code: (finding.severity, finding.frames) for finding in findings(*paths)}
    assert results == {"sequence-unreadable": ("error", (1,)), "sequence-incomplete": ("warning", (5,))}


def test_frames_are_compared_once_each(tmp_path: Path) -> None:
    file = inspect_file(str(studio_file(tmp_path / "a.1.exr")))
    many = [file._replace(path=f"/shots/a.{number}.exr", frame_number=number) for number in range(1, 1001)]
    assert sequence_findings(many) == []


def test_layers_that_end_are_reported_as_layers(tmp_path: Path) -> None:
    layers = [f"{layer}.{component}" for layer in ("LayerA", "LayerB") for component in "BGR"]
    paths = [
        write_exr(tmp_path / f"mix.{number:04}.exr", channels=["B", "G", *(layers if number < 5 else ()), "R"])
        for number in range(1, 9)
    ]
    (finding,) = findings(*paths)
    assert finding.message == (
        "Frames 5–8 differ from the rest of the sequence in layer LayerA (missing), layer LayerB (missing)."
    )


def test_part_of_a_layer_is_reported_by_its_channels(tmp_path: Path) -> None:
    whole = ["B", "G", "R", "spec.B", "spec.G", "spec.R", "spec.Z"]
    paths = [write_exr(tmp_path / f"a.{number}.exr", channels=whole) for number in range(1, 6)]
    write_exr(paths[1], channels=[*whole[:3], "spec.B", "spec.G"])
    write_exr(paths[3], channels=[(name, "float" if "." in name else "half") for name in whole])
    assert {finding.frames: finding.message.split("sequence in ")[1] for finding in findings(*paths)} == {
        (2,): "spec.R, spec.Z (missing).",
        (4,): "layer spec (float instead of half).",
    }


def test_alpha_that_is_lost_is_one_finding(tmp_path: Path) -> None:
    def alpha(lacking: set[int], layer: str = "") -> list[tuple[str, tuple[int | float, ...], str]]:
        for number in range(1, 7):
            names = [f"{layer}{component}" for component in ("BGR" if number in lacking else "ABGR")]
            write_exr(tmp_path / f"a.{number}.exr", channels=names)
        return [(finding.code, finding.frames, finding.message) for finding in findings(*tmp_path.iterdir())]

    assert alpha({4, 5}) == [("alpha-missing", (4, 5), "Frames 4–5 have no alpha; the other frames have.")]
    assert alpha({3}, "beauty.") == [("alpha-missing", (3,), "Frame 3 has no alpha; the other frames have.")]
    assert alpha({4, 5, 6}) == [("alpha-missing", (4, 5, 6), "Frames 4–6 have no alpha; the other frames have.")]
    assert alpha(set()) == alpha({1, 2, 3, 4, 5, 6}) == []
    assert [code for code, _, _ in alpha({1, 2, 3, 5, 6})] == ["sequence-differs"]


def test_frame_rates_are_compared_by_value(tmp_path: Path) -> None:
    def rates(*listed: tuple[int, int]) -> list[str]:
        for number, rate in enumerate(listed, 1):
            attributes = {"framesPerSecond": ("rational", struct.pack("<iI", *rate))}
            write_exr(tmp_path / f"f.{number:04}.exr", attributes=attributes)
        return [finding.message for finding in findings(*tmp_path.iterdir())]

    assert rates((24, 1), (24000, 1000), (24, 1), (48, 2)) == []
    assert rates((24000, 1001), (23976, 1000), (24000, 1001), (24000, 1001)) == []
    assert rates((24, 1), (24000, 1001), (24, 1), (24, 1)) == [
        "Frame 2 differs from the rest of the sequence in framesPerSecond (23.976 fps instead of 24 fps)."
    ]


def test_frame_of_another_machine_is_no_finding(tmp_path: Path) -> None:
    paths = []
    for frame in range(1, 7):
        farm = {
            "vrayInfo/computername": string("farm2" if frame == 4 else "farm1"),
            "capDate": string(f"2026:11:0{1 + frame // 6} 18:00:00"),
            "renderTime_s": string("90" if frame == 2 else "80"),
        }
        paths.append(write_exr(tmp_path / f"a.{frame}.exr", attributes=farm))
    assert findings(*paths) == []
