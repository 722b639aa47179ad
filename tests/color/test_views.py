"""Views of configurations against OpenImageIO, and configurations that cannot be used."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from exr_inspector_app.color import configuration_check
from exr_inspector_app.color.configuration import COLORIMETRIC, load_configuration
from exr_inspector_app.color.file_space import choose_space
from exr_inspector_app.color.processor import DisplayChoice, display_processor, drag_processor
from exr_inspector_app.errors import ConfigError

CONFIG = """ocio_profile_version: {version}
roles: {{default: raw, scene_linear: lin}}
displays:
  screen: [!<View> {{name: film, colorspace: film}}, !<View> {{name: raw, colorspace: raw}}]
colorspaces:
  - !<ColorSpace> {{name: raw, isdata: true}}
  - !<ColorSpace> {{name: lin, encoding: scene-linear}}
  - !<ColorSpace>
    name: film
    from_reference: !<FileTransform> {{src: "{lut}"}}
"""


def scene() -> np.ndarray:
    """Return colors of many stops, saturations and a few negatives, (24, 40, 3)."""
    random = np.random.default_rng(5)
    light = 2.0 ** random.uniform(-9, 5, (24, 40, 1)) * random.uniform(-0.02, 1, (24, 40, 3))
    return light.astype(np.float32)


@pytest.fixture(scope="module", params=["cg", pytest.param("studio", marks=pytest.mark.slow)])
def built_in(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_views_equal_those_of_openimageio(built_in: str) -> None:
    configuration, sentence = load_configuration(built_in)
    assert not sentence
    source = scene()
    reference = oiio.ColorConfig(configuration.source)  # of another version of OpenColorIO, with other display names
    displays: dict[str, str] = {}
    for name in reference.getDisplayNames():
        with suppress(ConfigError):  # a display that only the other version has
            displays[configuration.complete(name, "")[0]] = name
    compared = 0
    for display in displays:
        known = reference.getViewNames(displays[display])
        views = [view for view in configuration.displays[display] if view in known]
        for view in views if built_in == "cg" else views[:1]:
            buffer = oiio.ImageBufAlgo.ociodisplay(
                oiio.ImageBuf(source), displays[display], view, "ACEScg", colorconfig=configuration.source
            )
            expected = np.rint(255 * np.clip(buffer.get_pixels(oiio.FLOAT), 0, 1)).astype(int)
            choice = DisplayChoice(displays[display], view)
            actual = display_processor(choose_space("ACEScg"), choice, configuration)
            assert np.abs(actual.apply(source) - expected).max() <= 1, (display, view)
            compared += 1
    assert compared >= (30 if built_in == "cg" else 7)


def test_exposure_is_of_light_before_the_view() -> None:
    configuration = load_configuration("cg").configuration
    view = display_processor(choose_space("ACEScct"), DisplayChoice(), configuration)
    linear = display_processor(choose_space("ACEScg"), DisplayChoice(), configuration)
    codes = np.array([[[0.4135884] * 3]], np.float32)  # middle gray in ACEScct
    brighter = linear.apply(np.full((1, 1, 3), 0.36, np.float32))
    assert np.abs(view.apply(codes, exposure=1.0).astype(int) - brighter).max() <= 1
    assert (linear.apply(codes, gamma=2.0) > linear.apply(codes)).all()


def test_raw_views_and_spaces_show_stored_values() -> None:
    configuration = load_configuration("cg").configuration
    values = np.array([[[0.25, 0.5, 0.75]]], np.float32)
    for space in ("ACEScct", "CIE XYZ", "ACEScg"):
        raw = display_processor(choose_space(space), DisplayChoice("", "Raw"), configuration)
        assert raw.apply(values).tolist() == [[[64, 128, 191]]], space
    assert display_processor(choose_space("Raw"), DisplayChoice(), configuration).apply(values)[0, 0, 1] == 128


def test_baked_cube_is_near_the_exact_view() -> None:
    configuration = load_configuration("cg").configuration
    exact = display_processor(choose_space("lin_rec709"), DisplayChoice(), configuration)
    quick = drag_processor(choose_space("lin_rec709"), DisplayChoice(), configuration)
    assert exact.is_slow
    assert exact.is_exact
    assert not quick.is_exact
    source = np.clip(scene(), 0.001, 8)
    error = np.abs(exact.apply(source, 0.5).astype(int) - quick.apply(source, 0.5))
    assert error.mean() < 1
    assert np.percentile(error, 99) <= 6


def test_spaces_that_a_configuration_lacks_arrive_by_colorimetry() -> None:
    configuration = load_configuration("cg").configuration
    rec709 = np.array([[[0.4, 0.3, 0.2]]], np.float32)
    expected = display_processor(choose_space("lin_rec709"), DisplayChoice(), configuration).apply(rec709)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32)
    actual = display_processor(choose_space("CIE XYZ"), DisplayChoice(), configuration).apply(rec709 @ to_xyz.T)
    assert np.abs(actual.astype(int) - expected).max() <= 1


def write_config(folder: Path, lut: str = "", version: str = "2.1") -> str:
    path = folder / "config.ocio"
    path.write_text(CONFIG.format(version=version, lut=lut))
    return str(path)


def test_configuration_file_is_checked_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half.spi1d").write_text("Version 1\nFrom 0 1\nLength 2\nComponents 1\n{\n0\n0.5\n}\n")
    monkeypatch.setenv("SHOW", "half")
    monkeypatch.setenv("OCIO", write_config(tmp_path, "${SHOW}.spi1d"))
    configuration, sentence = load_configuration()
    assert (sentence, configuration.displays) == ("", {"screen": ("film", "raw")})
    white = np.ones((1, 1, 3), np.float32)
    assert display_processor(choose_space("lin"), DisplayChoice(), configuration).apply(white)[0, 0, 0] == 128
    assert display_processor(choose_space("lin"), DisplayChoice("", "raw"), configuration).apply(white)[0, 0, 0] == 255
    with pytest.raises(ConfigError, match="Choose one of: film, raw"):
        configuration.complete("", "Standard")


def test_unusable_configurations_fall_back_with_one_sentence(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.ocio"
    garbage.write_bytes(b"\x00[[[" * 1000)
    pipe = tmp_path / "pipe.ocio"
    if sys.platform != "win32":
        os.mkfifo(pipe)
    (tmp_path / "new").mkdir()
    for choice, reason in {
        str(tmp_path / "none.ocio"): "No such file",
        str(tmp_path): "it is not a file",
        str(pipe): "it is not a file",
        str(garbage): "it is not a valid configuration",
        write_config(tmp_path, "missing.spi1d"): "a file that it names is missing",
        write_config(tmp_path / "new", version="2.99"): "it needs a newer version",
        "ocio://no-such-config": "Could not find",
    }.items():
        configuration, sentence = load_configuration(choice)
        assert configuration is COLORIMETRIC
        assert reason in sentence, choice
        assert sentence.count("\n") == 0
        assert sentence.endswith("Colors are shown without it.")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
def test_hostile_lut_ends_the_check_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration_check, "CHECK_TIMEOUT_S", 1.5)
    configuration, sentence = load_configuration(write_config(tmp_path, "/dev/zero"))
    assert configuration is COLORIMETRIC
    assert "Cannot use the OpenColorIO configuration" in sentence


def test_check_has_no_secrets(tmp_path: Path) -> None:
    path = write_config(tmp_path, "$SHOT/$VAST_DB_SECRET_KEY/$API_TOKEN.spi1d")
    parent = {"PATH": "/bin", "SHOT": "s1", "VAST_DB_SECRET_KEY": "x", "API_TOKEN": "y", "OTHER": "z"}
    assert configuration_check.check_environment(path, parent) == {"PATH": "/bin", "SHOT": "s1"}
