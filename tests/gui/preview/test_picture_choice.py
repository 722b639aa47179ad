"""Picture of a file on the canvas: which layer is shown first, in which view, and as what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from exr_inspector_app.exr import inspect_file
from exr_inspector_app.gui.main_window.window import MainWindow
from exr_inspector_app.gui.preview.layers import Layer, list_layers, list_views
from exr_inspector_app.gui.widgets.dropdown import Dropdown
from tests.exr.pictures import write_picture
from tests.exr_files import string, strings, write_exr
from tests.gui.preview.canvas_tools import color, open_and_settle

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Settle = Callable[[], None]
WHITE, GREY = (255, 255, 255), (188, 188, 188)


def write_values(path: Path, **values: float) -> Path:
    """Write channels of one value each; `__` in a keyword is a dot."""
    names = tuple(name.replace("__", ".") for name in values)
    return write_picture(path, np.full((32, 32, len(names)), list(values.values()), np.float32), names)


def shown_layer(window: MainWindow) -> Layer:
    layer = window.controller.preview.shown.layer
    assert layer is not None
    return layer


def choose(dropdown: Dropdown, label: str, settle: Settle) -> None:
    """Select an option as a user does."""
    row = next(row for row in range(dropdown.count()) if dropdown.itemText(row).split("  ")[0] == label)
    dropdown.setCurrentIndex(row)
    dropdown.activated.emit(row)
    settle()


def select(window: MainWindow, path: Path, settle: Settle) -> None:
    window.controller.files.select(window.controller.session.get(str(path)))
    settle()


def layers_of(path: Path) -> list[tuple[str, str, str, str]]:
    return [(layer.view, layer.name, layer.note, layer.kind) for layer in list_layers(inspect_file(str(path)))]


def test_beauty_is_shown_though_another_layer_comes_first(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    values = {f"{layer}__{letter}": value for layer, value in (("AO", 1.0), ("RGBA", 0.5)) for letter in "RGB"}
    open_and_settle(window, settle, write_values(tmp_path / "a.exr", **values))
    assert window.preview.bar.layer.text == "RGBA"
    assert color(window, 10, 10) == GREY


@pytest.mark.parametrize("beauty", [0.5, 0.0])
def test_thumbnail_and_canvas_show_the_same_layer(
    window: MainWindow, tmp_path: Path, settle: Settle, qtbot: QtBot, beauty: float
) -> None:
    names = tuple(f"{layer}.{letter}" for layer in ("AO", "beauty", "spec") for letter in "RGB")
    pixels = np.zeros((32, 32, 9), np.float32)
    pixels[..., :3] = 0.4
    pixels[..., 3], pixels[..., 8] = beauty, 0.5  # red beauty, blue specular light
    path = str(write_picture(tmp_path / "a.exr", pixels, names))
    open_and_settle(window, settle, Path(path))
    thumbnails = window.controller.session_thumbnails
    qtbot.waitUntil(lambda: thumbnails.get(path) is not None, timeout=20_000)
    image = thumbnails.get(path)
    assert image is not None
    shown, small = color(window, 10, 10), image.pixelColor(70, 40).getRgb()[:3]
    channel = 0 if beauty else 2
    assert shown[channel] > 180 > 20 > sum(shown) - shown[channel]
    assert small[channel] > 100 > 40 > sum(small) - small[channel]


def test_luminance_is_shown_with_its_alpha(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    open_and_settle(window, settle, write_values(tmp_path / "a.exr", A=1.0, Y=0.5))
    assert window.preview.bar.layer.text == "YA"
    assert color(window, 10, 10) == GREY
    assert window.preview.bar.channels[3].isEnabled()


@pytest.mark.parametrize(
    ("names", "note", "kind"),
    [
        (["Nx", "Ny", "Nz"], "XYZ", "normal"),
        (["N.X", "N.Y", "N.Z"], "XYZ", "normal"),
        (["Px", "Py", "Pz"], "XYZ", "vector"),
        (["LeR", "LeG", "LeB"], "RGB", "color"),
        (["uv.U", "uv.V", "uv.W"], "UVW", "vector"),
        (["X", "Y", "Z"], "XYZ", "vector"),
    ],
)
def test_triple_is_one_image_of_three_colors(
    window: MainWindow, tmp_path: Path, settle: Settle, names: list[str], note: str, kind: str
) -> None:
    pixels = np.zeros((32, 32, 3), np.float32)
    pixels[..., 1] = 1.0
    path = write_picture(tmp_path / "a.exr", pixels, tuple(names))
    open_and_settle(window, settle, path)
    layer = shown_layer(window)
    assert (layer.channels, layer.note, layer.kind) == (tuple(names), note, kind)
    assert color(window, 10, 10) == (0, 255, 0)


@pytest.mark.parametrize("names", [("id",), ("crypto_object00.R", "crypto_object00.G")])
def test_ids_are_shown_in_a_color_each(
    window: MainWindow, tmp_path: Path, settle: Settle, names: tuple[str, ...]
) -> None:
    ids = np.full((32, 32), 0x12345678, np.uint32)
    ids[:, 16:] = 0x9D416418
    values = ids if len(names) == 1 else ids.view(np.float32)
    layers = {names[0]: values, **dict.fromkeys(names[1:], np.ones((32, 32), np.float32))}
    open_and_settle(window, settle, write_picture(tmp_path / "a.exr", layers))
    left, right = color(window, 4, 4), color(window, 24, 4)
    assert left != right
    assert all(len(set(shade)) > 1 and max(shade) < 255 for shade in (left, right))


def test_color_part_is_shown_though_depth_stands_before_it(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    parts = ({"channels": ["Z"]}, {"channels": ["R", "G", "B"]})
    parts = tuple({**part, "attributes": {"name": string(name)}} for part, name in zip(parts, "ab", strict=True))
    open_and_settle(window, settle, write_exr(tmp_path / "a.exr", parts=parts))
    assert shown_layer(window).part == 1
    assert window.preview.bar.layer.text == "b · RGB"


def test_view_word_is_never_part_of_a_layer_name(tmp_path: Path) -> None:
    names = [
        "R",
        "G",
        "B",
        "depth.Z",
        "right.depth.Z",
        "left.character.Z",
        "spec.right.R",
        "spec.right.G",
        "spec.right.B",
    ]
    path = write_exr(tmp_path / "a.exr", channels=names, attributes={"multiView": strings("left", "right")})
    assert sorted(layers_of(path)) == [
        ("left", "", "RGB", "color"),
        ("left", "character", "Z", "depth"),
        ("left", "depth", "Z", "depth"),
        ("right", "depth", "Z", "depth"),
        ("right", "spec", "RGB", "color"),
    ]


def test_view_change_keeps_the_layer_and_the_next_file_keeps_both(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    values = {"R": 0.1, "G": 0.1, "B": 0.1, "depth__Z": 0.5, "right__R": 0.1, "right__G": 0.1, "right__B": 0.1}
    views = {"multiView": ["left", "right"]}
    paths = []
    for frame in (1001, 1002):
        channels = {name.replace("__", "."): value for name, value in {**values, "right__depth__Z": 1.0}.items()}
        pixels = np.full((32, 32, len(channels)), list(channels.values()), np.float32)
        pixels[16:, :, list(channels).index("depth.Z")] = 0.25  # nearer, so that the rest is dark
        paths.append(write_picture(tmp_path / f"a.{frame}.exr", pixels, tuple(channels), **views))
    open_and_settle(window, settle, *paths)
    bar = window.preview.bar
    select(window, paths[0], settle)
    choose(bar.layer, "depth", settle)
    assert color(window, 10, 10) == (38, 38, 38)
    choose(bar.view, "right", settle)
    assert shown_layer(window).channels == ("right.depth.Z",)
    assert color(window, 10, 10) == WHITE
    select(window, paths[1], settle)
    assert shown_layer(window).channels == ("right.depth.Z",)


def test_selected_part_is_followed_by_its_name_and_view(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    def write(name: str, *parts: tuple[str, str]) -> Path:
        facts = [
            {"channels": ["R", "G", "B"], "attributes": {"name": string(part), "view": string(view)}}
            for part, view in parts
        ]
        return write_exr(tmp_path / name, parts=facts)

    left, right = "left", "right"
    first = write("a.exr", ("rgba_left", left), ("spec_left", left), ("rgba_right", right), ("spec_right", right))
    second = write("b.exr", ("spec_right", right), ("rgba_right", right), ("spec_left", left), ("rgba_left", left))
    third = write("c.exr", ("rgba_left", left), ("rgba_right", right))
    open_and_settle(window, settle, first, second, third)
    select(window, first, settle)
    bar = window.preview.bar
    assert bar.layer.text == "rgba_left · RGB"
    window.controller.preview.select_layer(window.controller.preview.shown.layers[1])
    settle()
    choose(bar.view, "right", settle)
    assert bar.layer.text == "spec_right · RGB"
    select(window, second, settle)
    assert bar.layer.text == "spec_right · RGB"
    select(window, third, settle)
    assert bar.layer.text == "rgba_left · RGB"


def test_black_picture_gives_way_until_the_user_selects_it(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    values = {"R": 0.0, "G": 0.0, "B": 0.0, "A": 1.0, "spec__R": 0.5, "spec__G": 0.5, "spec__B": 0.5, "matte__A": 0.0}
    open_and_settle(window, settle, write_values(tmp_path / "a.exr", **values))
    bar = window.preview.bar
    assert bar.layer.text == "spec"
    assert color(window, 10, 10) == GREY
    choose(bar.layer, "RGBA", settle)
    assert bar.layer.text == "RGBA"
    assert color(window, 10, 10) == (0, 0, 0)


def test_black_frames_do_not_switch_the_layer_of_their_sequence(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    light = {"spec__R": 0.5, "spec__G": 0.5, "spec__B": 0.5}
    black, lit = dict.fromkeys("RGB", 0.0), dict.fromkeys("RGB", 0.5)
    fade = [write_values(tmp_path / f"fade.{n}.exr", **(lit if n < 2 else black), **light) for n in (1, 2, 3)]
    matte = [write_values(tmp_path / f"matte.{n}.exr", **(black if n < 2 else lit), **light) for n in (1, 2)]
    open_and_settle(window, settle, *fade, *matte)
    for paths, layer in ((fade, "RGB"), (matte, "spec"), (fade[:0:-1], "RGB")):
        for path in paths:
            select(window, path, settle)
            assert window.preview.bar.layer.text == layer


def test_file_that_is_black_in_every_layer_shows_its_picture(
    window: MainWindow, tmp_path: Path, settle: Settle
) -> None:
    open_and_settle(window, settle, write_values(tmp_path / "a.exr", R=0, G=0, B=0, Z=0))
    assert window.preview.bar.layer.text == "RGB"
    assert color(window, 10, 10) == (0, 0, 0)


def test_subsampled_channel_is_a_layer_of_its_own(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.exr", channels=["B", "G", "R", "Z"], sampling={"Z": 4})
    assert layers_of(path) == [("", "", "RGB", "color"), ("", "", "Z", "depth")]


def test_luminance_and_chroma_of_a_layer_are_one_layer(tmp_path: Path) -> None:
    names = ["A", "hero.BY", "hero.RY", "hero.Y"]
    path = write_exr(tmp_path / "a.exr", channels=names, sampling={"hero.BY": 2, "hero.RY": 2})
    assert layers_of(path) == [("", "", "A", "mask"), ("", "hero", "RGB from luminance and chroma", "color")]
    assert list_views(list_layers(inspect_file(str(path)))) == []
