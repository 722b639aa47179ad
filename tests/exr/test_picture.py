"""Which channels of a file are its picture, over all parts and views, and what kind of data they hold."""

from __future__ import annotations

import random

import pytest

from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.exr.layer_groups import layer_groups
from exr_inspector_app.exr.picture import choose_picture, ranked_pictures
from exr_inspector_app.model import ExrFile, Part, Picture
from tests.exr_files.values import string, strings
from tests.exr_files.writing import exr_bytes

RGB = ["R", "G", "B"]


def layer(name: str, components: str = "RGB") -> list[str]:
    return [f"{name}.{component}" for component in components]


def file_of(*facts: dict[str, object]) -> ExrFile:
    data = exr_bytes(facts)
    return inspect_bytes(data, "a.exr", len(data))


def parts_of(*parts: list[str], views: list[str] | None = None, names: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """Return the parts of a file with these channels."""
    facts: list[dict[str, object]] = []
    for number, channels in enumerate(parts):
        attributes = {"multiView": strings(*views)} if views else {}
        if names:
            attributes["name"] = string(names[number])
        facts.append({"channels": sorted(channels), "attributes": attributes})
    return file_of(*facts).parts


def picture(*parts: list[str], **more: object) -> Picture:
    choice = choose_picture(parts_of(*parts, **more))  # type: ignore[arg-type]
    assert choice is not None
    return choice


@pytest.mark.parametrize(
    ("channels", "expected", "kind"),
    [
        (layer("RGBA", "RGBA") + layer("AO") + layer("direct"), layer("RGBA", "RGBA"), "colour"),
        (layer("ViewLayer.AO") + layer("ViewLayer.Combined", "RGBA"), layer("ViewLayer.Combined", "RGBA"), "colour"),
        (layer("AO") + layer("Emit") + layer("beauty"), layer("beauty"), "colour"),
        (layer("diffuse_albedo") + layer("Ci", "rgba"), layer("Ci", "rgba"), "colour"),
        (RGB + layer("AO") + layer("albedo"), RGB, "colour"),
        (layer("denoise_albedo") + layer("hero"), layer("hero"), "colour"),
        (layer("specular_direct") + layer("final"), layer("final"), "colour"),
        (layer("C", "rgba") + layer("albedo", "rgb"), layer("C", "rgba"), "colour"),
        (["A", "Y"], ["Y", "A"], "luminance"),
        (["A", *layer("N", "XYZ")], ["N.X", "N.Y", "N.Z"], "normal"),
        (layer("N", "XYZ") + RGB, RGB, "colour"),
        (layer("P", "XYZ"), layer("P", "XYZ"), "vector"),
        (["Nx", "Ny", "Nz"], ["Nx", "Ny", "Nz"], "normal"),
        (["Px", "Py", "Pz", "dzdx", "dzdy"], ["Px", "Py", "Pz"], "vector"),
        (["dzdx", "dzdy", "Z"], ["Z"], "depth"),
        (layer("Af") + layer("Cf"), layer("Cf"), "colour"),
        (["LeR", "LeG", "LeB"], ["LeR", "LeG", "LeB"], "colour"),
        (layer("uv", "UVW"), layer("uv", "UVW"), "vector"),
        (layer("normal", "RGB"), layer("normal", "RGB"), "normal"),
        (layer("VL.DiffCol") + layer("VL.GlossDir"), layer("VL.GlossDir"), "colour"),
        (layer("alpha") + layer("render") + layer("Labels"), layer("render"), "colour"),
        (layer("AO") + layer("Denoised beauty") + layer("diffuse"), layer("Denoised beauty"), "colour"),
        (layer("RGBA_denoise") + layer("RGBA", "RGBA"), layer("RGBA", "RGBA"), "colour"),
        (["A", "L"], ["L", "A"], "luminance"),
        (["VRayRenderID.R"], ["VRayRenderID.R"], "id"),
        (["hitPz", "density"], ["hitPz"], "depth"),
        (["Z"], ["Z"], "depth"),
        (["depth.V"], ["depth.V"], "depth"),
        (["A"], ["A"], "mask"),
        (["X", "Y", "Z"], ["X", "Y", "Z"], "vector"),
        (["temperature"], ["temperature"], "data"),
        (["Z", *layer("mask", "A")], ["Z"], "depth"),
        (["R", "A"], ["R", "A"], "luminance"),
        (["G", "R"], ["R"], "luminance"),
        (["A", "beauty.V"], ["beauty.V"], "luminance"),
        (["LeR", "LeG", "LeB", "LeA"], ["LeR", "LeG", "LeB", "LeA"], "colour"),
        (["spec_red", "spec_green", "spec_blue"], ["spec_red", "spec_green", "spec_blue"], "colour"),
        (
            ["key:Red", "key:Green", "key:Blue", "key:Alpha"],
            ["key:Red", "key:Green", "key:Blue", "key:Alpha"],
            "colour",
        ),
        (layer("Ncam", "XYZ"), layer("Ncam", "XYZ"), "normal"),
        (layer("bumpnormals"), layer("bumpnormals"), "normal"),
        (layer("worldpos"), layer("worldpos"), "vector"),
        (layer("composition"), layer("composition"), "colour"),
        (["U", "V"], ["U", "V"], "vector"),
        (layer("uv", "RG"), layer("uv", "RG"), "vector"),
        (["camera_depth"], ["camera_depth"], "depth"),
        (["roto_mask"], ["roto_mask"], "mask"),
        (["ViewLayer.IndexOB.X"], ["ViewLayer.IndexOB.X"], "id"),
        (layer("clown") + layer("diffuse"), layer("diffuse"), "colour"),
        (layer("VL.TransCol") + layer("VL.VolumeDir"), layer("VL.VolumeDir"), "colour"),
        (["XPos", "YPos", "ZPos"], ["XPos", "YPos", "ZPos"], "vector"),
        (["XVel", "YVel"], ["XVel", "YVel"], "vector"),
        (["zfiltered"], ["zfiltered"], "depth"),
        (layer("depth", "xyz"), layer("depth", "xyz"), "depth"),
        (["deep.front"], ["deep.front"], "depth"),
        (layer("dPdtime"), layer("dPdtime"), "vector"),
        (layer("ObjectSpacePositions"), layer("ObjectSpacePositions"), "vector"),
        (["segmentation"], ["segmentation"], "id"),
        (["x."], ["x."], "data"),
    ],
)
def test_picture_is_chosen_by_names_and_roles(channels: list[str], expected: list[str], kind: str) -> None:
    choice = picture(channels)
    assert (list(choice.channels), choice.kind) == (expected, kind)


def test_picture_does_not_depend_on_the_order_of_channels() -> None:
    channels = layer("RGBA", "RGBA") + layer("AO") + layer("N", "XYZ") + ["Z"]
    expected = picture(channels)
    shuffled = channels.copy()
    random.Random(7).shuffle(shuffled)
    assert picture(shuffled).channels == expected.channels


def test_colour_part_is_the_picture_whatever_part_comes_first() -> None:
    choice = picture(["Z"], RGB, names=("depth", "rgba"))
    assert (choice.part_index, choice.channels) == (1, tuple(RGB))


def test_part_names_count_as_layer_names() -> None:
    assert picture(RGB, RGB, RGB, names=("AO", "albedo", "beauty")).part_index == 2
    assert picture(RGB, RGB, names=("diffuse_right", "rgba_right")).part_index == 1


def test_part_of_motion_has_two_components() -> None:
    choice = picture(["R", "G"], ["Z"], names=("motionvector", "depth"))
    assert (choice.channels, choice.kind) == (("R", "G"), "vector")


def test_cryptomatte_alone_shows_its_first_rank() -> None:
    channels = [name for rank in ("", "00", "01") for name in layer(f"crypto_object{rank}", "RGBA")]
    choice = picture(channels)
    assert (choice.layer, choice.kind) == ("crypto_object00", "cryptomatte")


@pytest.mark.parametrize(
    ("channels", "view", "layer_name"),
    [
        (["depth.Z", *RGB, *layer("right"), "right.depth.Z"], "left", ""),
        (["depth.Z", *layer("right.beauty")], "right", "beauty"),
        (["depth.Z", *layer("beauty.right")], "right", "beauty"),
    ],
)
def test_view_is_recognised_before_and_behind_the_layer(channels: list[str], view: str, layer_name: str) -> None:
    choice = picture(channels, views=["left", "right"])
    assert (choice.view, choice.layer) == (view, layer_name)


def test_view_never_is_part_of_the_layer_name() -> None:
    (part,) = parts_of([*RGB, "right.depth.Z", *layer("left.character")], views=["left", "right"])
    groups = {(group.view, group.layer) for group in layer_groups(part)}
    assert groups == {("left", ""), ("right", "depth"), ("left", "character")}


def test_subsampled_channel_stands_alone_and_hides_nothing() -> None:
    file = file_of({"channels": ["B", "G", "R", "Z"], "sampling": {"Z": 4}})
    groups = layer_groups(file.parts[0])
    assert [(group.channels, group.is_subsampled) for group in groups] == [(("R", "G", "B"), False), (("Z",), True)]


def test_subsampled_channels_of_one_size_are_one_picture() -> None:
    names = ["B", "G", "N.X", "N.Y", "N.Z", "R", "Z"]
    file = file_of({"channels": names, "sampling": {"R": 2, "G": 2, "B": 2, "Z": 4}})
    channels = {group.channels: group.is_subsampled for group in layer_groups(file.parts[0])}
    assert channels == {("R", "G", "B"): True, ("Z",): True, ("N.X", "N.Y", "N.Z"): False}
    assert choose_picture(file.parts).channels == ("R", "G", "B")  # type: ignore[union-attr]


def test_luminance_and_chroma_of_a_layer_are_one_picture() -> None:
    names = ["left.BY", "left.RY", "left.Y"]
    file = file_of({"channels": names, "sampling": {"left.BY": 2, "left.RY": 2}})
    choice = choose_picture(file.parts)
    assert choice is not None
    assert (choice.channels, choice.kind) == (("left.Y", "left.RY", "left.BY"), "colour")


def test_every_channel_is_in_one_group() -> None:
    (part,) = parts_of(RGB + layer("N", "XYZ") + ["Z", "dzdx", "dzdy", "id", "A", "foo.bar.baz"])
    grouped = [name for group in layer_groups(part) for name in group.channels]
    assert sorted(grouped) == sorted(channel.name for channel in part.channels)


def test_ranking_holds_every_group() -> None:
    parts = parts_of(RGB + layer("AO") + ["Z"])
    assert [choice.kind for choice in ranked_pictures(parts)] == ["colour", "colour", "depth"]


def test_file_without_channels_has_no_picture() -> None:
    assert choose_picture(()) is None
