"""Frame numbers of file names as programs and people write them, judged with the names of their folder."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exr_inspector_app.exr.sequences.frame_number import (
    Frame,
    Siblings,
    find_frame_span,
    frame_number,
    span_of_frame,
)

# Folder, and names with their frame; None for a name without one. Names of one row lie in one folder.
FOLDERS: dict[str, tuple[str, dict[str, Frame | None]]] = {
    "dot": ("", {"beauty.1001.exr": 1001}),
    "underscore": ("", {"beauty_1001.exr": 1001, "IMG_0123.exr": 123}),
    "bare number": ("", {"0001.exr": 1}),
    "long number": ("", {"A001C002_230407_R1AB.0086400.exr": 86400, "x.100000.exr": 100000, "x.7.exr": 7}),
    "eight digits with zeros": ("", {"cache.00000101.exr": 101}),
    "stereo extension": ("", {"st.1001.sxr": 1001}),
    "negative": ("", {"foo.-0002.exr": -2, "foo.-0001.exr": -1, "foo.0000.exr": 0, "foo.0001.exr": 1}),
    "negative after underscore": ("", {"x_-0010.exr": -10, "f.-5.exr": -5}),
    "dash is no sign": ("", {"shot-1001.exr": 1001, "shot-1002.exr": 1002}),
    "dashes everywhere": ("", {"SC01-SH02-0001.exr": 1, "SC01-SH02-0002.exr": 2}),
    "four-digit fractions": ("", {"b.0001.0000.exr": 1, "b.0001.2500.exr": 1.25, "b.0002.0000.exr": 2}),
    "three-digit fractions": ("", {"a.1.250.exr": 1.25, "a.1.500.exr": 1.5, "a.2.000.exr": 2}),
    "fractions as Houdini": ("", {"sim.0101.exr": 101, "sim.0101.25.exr": 101.25, "sim.0101.5.exr": 101.5}),
    "negative fractions": ("", {"a.-1.5.exr": -1.5, "a.-1.exr": -1, "a.-2.exr": -2}),
    "shot and frame": ("", {"shot.010.0001.exr": 1, "shot.010.0002.exr": 2, "sh010.0020.exr": 20}),
    "shots and frames": ("", {"shot.010.1001.exr": 1001, "shot.020.1001.exr": 1001}),
    "last number": ("", {"1001_010_comp.1001.exr": 1001, "1001_010_comp.1002.exr": 1002}),
    "resolution after frame": ("", {"2k_beauty.0010.exr": 10, "beauty_4k.0011.exr": 11}),
    "resolutions": ("", {"hdri_1k.exr": None, "hdri_2k.exr": None, "sky_01_16k.exr": None, "plate_1080p.exr": None}),
    "width by height": ("", {"slate_1280x720.exr": None, "slate_1920x1080.exr": None, "p_2048x858.exr": None}),
    "resolution ends the search": ("", {"beauty.0010_4k.exr": None}),
    "dates": ("", {"img_2024-01-31.exr": None, "img.20240131.exr": None, "plate_20230407.exr": None}),
    "date and time": ("", {"f01_2025-05-13_1809-00.exr": None, "f01_2025-05-13_1809-30.exr": None}),
    "clock": ("", {"snap_2024-01-31_10-15-00.exr": None, "img_20240131_101500.exr": None}),
    "stamps": ("", {"a_20251130104512.exr": None, "render_1700000000.exr": None, "a.10000001.exr": None}),
    "shot before a stamp": ("", {"sh010_b_20251130104512.exr": None, "sh020_b_20251130104512.exr": None}),
    "frame after a date": ("", {"shot_20240131_0101.exr": 101, "shot_20240131_0102.exr": 102}),
    "bit depths": ("", {"R16F.exr": None, "R32F.exr": None, "noise_16bit.exr": None, "fp16.exr": None}),
    "more bit depths": ("", {"fp32.exr": None, "half16.exr": None, "half32.exr": None, "uint8.exr": None}),
    "encodings": ("", {"c_ADX10.exr": None, "c_ADX16.exr": None, "lut_log10.exr": None, "ACES2065-1.exr": None}),
    "standards": ("", {"rec709.exr": None, "rec2020.exr": None, "D55.exr": None, "D65.exr": None}),
    "units": ("", {"lens_35mm.exr": None, "lens_50mm.exr": None, "pano_90deg.exr": None, "bg_24fps.exr": None}),
    "samples": ("", {"test_64spp.exr": None, "test_128spp.exr": None}),
    "levels": ("", {"mip0.exr": None, "mip1.exr": None, "mip2.exr": None}),
    "cameras and lights": ("", {"r_cam01.exr": None, "r_cam02.exr": None, "r_lgt01.exr": None}),
    "frames of a camera": ("", {"r_cam01.0101.exr": 101, "r_cam02.0101.exr": 101}),
    "decimals": ("", {"bokeh_T1.5.exr": None, "bokeh_f2.8.exr": None, "scale0.5.exr": None, "v2.1001.exr": 1001}),
    "degrees": ("", {"turn_045deg.exr": None, "turn_090deg.exr": None}),
    "moments": ("", {"c_2024-05-13T10-30-15.123.exr": None, "c_2024-05-13T10-30-15.0123.exr": 123}),
    "cells of a grid": ("", {"map_x00_y01.exr": None, "map_x00_y02.exr": None, "lod01.exr": None, "lod02.exr": None}),
    "matte ranks": ("", {"crypto_object00.exr": None, "crypto_object01.exr": None, "crypto_object00.0001.exr": 1}),
    "maps of Substance": ("/pub", {"M_Body_Emissive.1001.exr": None, "VDM_1001.exr": None}),
    "versions": ("", {"a_v1.exr": None, "a_v2.exr": None, "a_V012.exr": None, "m.v001.exr": None, "m.v002.exr": None}),
    "versions in words": ("", {"a_ver03.exr": None, "a_ver04.exr": None, "a_version_3.exr": None, "a_rev04.exr": None}),
    "versions without a mark": ("", {"compv12.exr": None, "compv13.exr": None}),
    "frame after a version": ("", {"foo_v004.1001.exr": 1001, "lay_v003_1001.exr": 1001}),
    "tiles by folder": ("/p/tex", {"skin.1001.exr": None, "skin.1002.exr": None}),
    "tiles by a folder above": ("/p/hero/maps", {"hero.1011.exr": None}),
    "tiles by name": ("", {"skin_udim.1001.exr": None, "wood_texture_1002.exr": None}),
    "tiles by map": ("/pub", {"h_BaseColor.1001.exr": None, "h_Roughness.1011.exr": None, "h_Disp.1001.exr": None}),
    "tiles below a map": ("/hero/Normal", {"h_1001.exr": None, "h_1002.exr": None, "h_1011.exr": None}),
    "passes below a map": ("/normal", {"h.1001.exr": 1001, "h.1002.exr": 1002, "h.1003.exr": 1003}),
    "short days": ("", {"plate_261130.exr": None, "plate_261201.exr": None}),
    "six digits": ("", {"plate_261199.exr": 261199, "plate_261200.exr": 261200}),
    "revisions": ("", {"a_r01.exr": None, "a_r02.exr": None, "b_r0101.exr": 101, "b_r0102.exr": 102}),
    "two and three digits": ("", {"s_99.exr": 99, "s_100.exr": 100}),
    "tiles of other maps": ("/pub", {"h_Displacement.1001.exr": None, "h_Normal_1001.exr": None}),
    "animated tiles": ("", {"lava_tex.1001.0001.exr": 1, "lava_tex.1002.0002.exr": 2, "fire_udim.1001.1051.exr": 1051}),
    "animated tiles by folder": ("/p/tex", {"w.1001.0101.exr": 101, "w.1001.0102.exr": 102}),
    "words that hold tex": ("/p", {"vertex.1001.exr": 1001, "context.1002.exr": 1002}),
    "a pass of normals": ("/p", {f"sh_normal.{frame}.exr": frame for frame in range(1001, 1031)}),
    "unpadded after a letter": ("", {"texture7.exr": None, "texture8.exr": None, "light1.exr": None}),
    "many unpadded after a letter": ("", {f"out{number}.exr": None for number in range(2, 9)}),
    "padded after a letter": ("", {"img0001.exr": 1, "img0002.exr": 2}),
    "four digits after a letter": ("", {"img1001.exr": 1001, "img1002.exr": 1002}),
    "one file after a letter": ("", {"perez1.exr": None, "img0003.exr": None}),
    "two variants": ("", {"spot_0.exr": None, "spot_2.exr": None, "take_1.exr": None}),
    "counted": ("", {"frame_9.exr": 9, "frame_10.exr": 10, "frame_11.exr": 11}),
    "suffix": ("", {"img0001_suffix.exr": 1, "img0002_suffix.exr": 2}),
    "eye after the frame": ("", {"b.1001.left.exr": 1001, "b.1002.left.exr": 1002}),
    "eye as a letter": ("", {"b_1001_L.exr": 1001, "b_1002_L.exr": 1002}),
    "suffix alone": ("", {"beauty.1001.left.exr": None}),
    "denoised": ("", {"r.0001.denoised.exr": 1, "r.0002.denoised.exr": 2}),
    "shots with a suffix": ("", {"sh0100_plate.exr": None, "sh0110_plate.exr": None}),
    "cameras": ("", {"cam1_beauty.exr": None, "cam2_beauty.exr": None}),
    "negative before a suffix": ("", {"p.-0002.left.exr": -2, "p.-0001.left.exr": -1, "p.0001.left.exr": 1}),
    "thirds": ("", {"e.0010.000.exr": 10, "e.0010.333.exr": 10.333, "e.0010.667.exr": 10.667, "e.0011.000.exr": 11}),
    "tenths": ("", {f"m.0024.{tenth}.exr": 24 + tenth / 10 for tenth in range(10)}),
    "fifths": ("", {f"m.0100.{fifth:02}.exr": 100 + fifth / 100 for fifth in (0, 20, 40, 60, 80)}),
    "six-digit fractions": ("", {"g.0001.000000.exr": 1, "g.0001.500000.exr": 1.5, "g.0002.000000.exr": 2}),
    "shots are not fractions": ("", {"sc.0250.0001.exr": 1, "sc.0250.0002.exr": 2}),
    "sizes": ("", {"noise_512.exr": None, "noise_1024.exr": None, "n.256.exr": None, "n.512.exr": None}),
    "frames that are sizes": ("", {"a.1023.exr": 1023, "a.1024.exr": 1024, "a.1025.exr": 1025, "lone.1024.exr": 1024}),
    "picture ratios": ("", {"mask_1.85.exr": None, "mask_2.39.exr": None}),
    "day first": ("", {"slate_28.02.2024.exr": None, "slate_29-02-2024.exr": None}),
    "clock with dots": ("", {"Screen 2024-02-28 at 09.15.00.exr": None, "Screen 2024-02-28 at 10.42.33.exr": None}),
    "unique ids": ("", {f"3f2504e0-4f89-11d3-9a0c-0305e82c330{n}.exr": None for n in (1, 2)}),
    "standards with a dot": ("", {"bars_Rec.709.exr": None, "bars_Rec.2020.exr": None}),
    "gammas": ("", {"ramp_gamma2.2.exr": None, "ramp_gamma2.4.exr": None, "r_gamma22.exr": None}),
    "minor versions": ("", {"key_v1.2.exr": None, "key_v1.3.exr": None}),
    "takes": ("", {"key_wip01.exr": None, "key_wip02.exr": None, "mo_take01.exr": None, "mo_take02.exr": None}),
    "frames of takes": ("", {"lgt_wip.0101.exr": 101, "lgt_wip.0102.exr": 102, "take.0001.exr": 1}),
    "frames like years": ("", {f"sq_01_02_{frame}.exr": frame for frame in (2001, 2002, 2003)}),
    "frames like ratios": ("", {f"a.1.{frame}.exr": frame for frame in (76, 77, 78, 79)}),
    "frames on tens": ("", {"shot.0010.exr": 10, "shot.0020.exr": 20}),
    "frame behind f": ("", {"shot_f1001.exr": 1001, "shot_f1002.exr": 1002}),
    "copies": ("", {"b (1).exr": None, "b (2).exr": None, "b (3).exr": None}),
    "in parentheses": ("", {"b(0001).exr": 1, "b(0002).exr": 2}),
    "shots": ("", {"sh010.exr": None, "sh020.exr": None, "ep1_sq020_sh0010.exr": None, "ep1_sq020_sh0020.exr": None}),
    "tiles below a version": ("/char/textures/v003", {"skin.1001.exr": None, "skin.1002.exr": None}),
    "tiles below a resolution": ("C:\\char\\tex\\4k", {"skin.1001.exr": None}),
    "tiles of passes": ("/pub", {"c_AO.1001.exr": None, "c_AO.1011.exr": None, "c_Emission.1021.exr": None}),
    "frames of passes": ("/pub", {"sh_diffuse.1001.exr": 1001, "sh_diffuse.1002.exr": 1002}),
    "copies of macOS": ("", {"beauty copy 2.exr": None, "beauty copy 3.exr": None, "beauty copy 4.exr": None}),
    "maps of Unity": ("", {f"Lightmap-{number}_comp_light.exr": None for number in range(4)}),
    "frame rates": ("", {"plate_23.976.exr": None, "plate_29.97.exr": None}),
    "episodes": ("", {"s01e02_plate.exr": None, "s01e03_plate.exr": None}),
    "frames of a scene": ("", {"scene_0000_depth.exr": 0, "scene_0001_depth.exr": 1}),
    "shots of a scene": ("", {"scene_0010_depth.exr": None, "scene_0020_depth.exr": None}),
    "tiles before a map": ("/pub", {"h_1001_BaseColor.exr": None, "h_1002_BaseColor.exr": None}),
    "frames before a pass": ("/pub", {"b.1001.normal.exr": 1001, "b.1002.normal.exr": 1002}),
    "tiles of an asset": ("/p/textures/hero/v002", {"skin_1001.exr": None, "skin_1002.exr": None}),
    "renders of textures": ("/p/textures/renders", {"skin.1001.exr": 1001, "skin.1002.exr": 1002}),
    "tiles of sculpts": ("/pub", {"h_zdisp.1001.exr": None, "b_DM_1001.exr": None, "b_DM_1011.exr": None}),
    "no digits": ("", {"foo.exr": None}),
}  # fmt: skip


def frames_of_names(names: Iterable[str], folder: str) -> dict[str, Frame | None]:
    listed = list(names)
    siblings = Siblings(listed)
    return {name: frame_number(f"{folder}/{name}" if folder else name, siblings) for name in listed}


@pytest.mark.parametrize("case", FOLDERS)
def test_frames_of_real_names(case: str) -> None:
    folder, names = FOLDERS[case]
    assert frames_of_names(names, folder) == names


def test_the_table_holds_many_names() -> None:
    assert sum(len(names) for _, names in FOLDERS.values()) >= 80


@pytest.mark.parametrize("case", FOLDERS)
def test_span_of_a_known_frame_needs_no_folder(case: str) -> None:
    folder, names = FOLDERS[case]
    siblings = Siblings(names)
    for name, frame in names.items():
        assert span_of_frame(name, frame) == find_frame_span(name, folder, siblings)


@given(st.text(max_size=60))
def test_any_name_is_read(name: str) -> None:
    frame = frame_number(name)
    assert frame is None or span_of_frame(name.rpartition("/")[2].rpartition("\\")[2], frame) is not None


@given(
    st.integers(-99999, 99999),
    st.integers(1, 7),
    st.sampled_from(
        ".",
    ),
)
def test_written_frames_are_read_back(frame: int, padding: int, separator: str) -> None:
    digits = f"{'-' if frame < 0 else ''}{abs(frame):0{padding}}"
    assert frame_number(f"beauty{separator}{digits}.exr") == frame


def test_thousands_of_digits_are_no_frame() -> None:
    assert frame_number("a." + "9" * 5000 + ".exr") is None
