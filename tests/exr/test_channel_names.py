"""Channel name rules: the split into layer and component, and names that other programs split differently."""

from __future__ import annotations

import pytest

from exr_inspector_app.exr import inspect_bytes
from exr_inspector_app.exr.validation.channel_names import check_channel_names
from exr_inspector_app.model import Channel
from tests.exr_files import exr_bytes


def channels(*names: str) -> tuple[Channel, ...]:
    return inspect_bytes(exr_bytes(({"channels": names},)), "a.exr", None).parts[0].channels


@pytest.mark.parametrize(
    ("name", "layer", "component"),
    [
        ("R", "", "R"),
        (".R", "", "R"),
        ("R.", "R", ""),
        ("a.b.c.R", "a.b.c", "R"),
        ("diffuse.R", "diffuse", "R"),
        ("VRayDiffuseFilter.R", "VRayDiffuseFilter", "R"),  # V-Ray
        ("RGB_color.R", "RGB_color", "R"),
        ("ViewLayer.Combined.R", "ViewLayer.Combined", "R"),  # Blender
        ("ViewLayer.CryptoObject00.r", "ViewLayer.CryptoObject00", "r"),
        ("Redshift.Z", "Redshift", "Z"),
        ("crypto_material01.B", "crypto_material01", "B"),
        ("left.R", "left", "R"),
        ("depth.left.Z", "depth.left", "Z"),
        (" spaced .R ", " spaced ", "R "),
        ("diffuse/R", "", "diffuse/R"),
        ("ä.ö.R", "ä.ö", "R"),
    ],
)
def test_name_is_split_at_its_last_dot(name: str, layer: str, component: str) -> None:
    (channel,) = channels(name)
    assert (channel.name, channel.layer_name, channel.component_name) == (name, layer, component)


@pytest.mark.parametrize(
    ("names", "views", "expected"),
    [
        (["R", "diffuse.R", "RGB_color.R", "crypto00.r"], [], []),
        ([".R"], [], ["layer-empty"]),
        (["R."], [], ["layer-empty"]),
        (["a..R"], [], ["layer-empty"]),
        ([" spaced .R"], [], ["layer-empty"]),
        (["a.b.c.R", "ViewLayer.Combined.R"], [], ["layer-nested"]),
        (["depth.left.Z"], [], ["layer-nested"]),
        (["depth.left.Z", "left.R"], ["right", "left"], []),
        (["diffuse/R", "spec_G", "N:X"], [], ["layer-separator"]),
        (["id_mask", "objectId", "uv_R.x"], [], []),
    ],
)
def test_ambiguous_names_are_reported(names: list[str], views: list[str], expected: list[str]) -> None:
    assert [finding.code for finding in check_channel_names(channels(*names), views)] == expected


def test_message_lists_the_first_names() -> None:
    (finding,) = check_channel_names(channels(*[f"a.b{n}.R" for n in range(5)]), ())
    assert finding.message.endswith("a.b0.R, a.b1.R, a.b2.R and 2 more.")
