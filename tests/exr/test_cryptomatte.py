"""Checks of Cryptomatte: metadata, manifests in the header and beside the file, ranks, and how ids are stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exr_inspector_app.exr import inspect_bytes, inspect_file
from exr_inspector_app.exr.cryptomatte import ManifestError, parse_manifest, read_sidecar
from exr_inspector_app.exr.validation.cryptomatte_checks import cryptomatte_findings, sidecar_findings
from exr_inspector_app.model import Attribute, Channel, ExrFile
from tests.exr_files import exr_bytes, string, write_exr

MANIFEST = json.dumps({"box": "9d416418", "/set/tree": "248bfa47"})


def channels(name: str = "crypto_object", kind: str = "float", ranks: int = 2) -> list[Channel]:
    layers = [name, *(f"{name}{rank:02}" for rank in range(ranks))]
    return [Channel(f"{layer}.{part}", None, layer, part, kind, 1, 1, False) for layer in layers for part in "ABGR"]


def metadata(name: str = "crypto_object", **fields: str) -> list[Attribute]:
    values = {"name": name, "hash": "MurmurHash3_32", "conversion": "uint32_to_float32", **fields}
    return [Attribute(f"cryptomatte/f00ba12/{field}", "string", value) for field, value in values.items()]


def codes(channels_: list[Channel], attributes: list[Attribute]) -> list[str]:
    return [finding.code for finding in cryptomatte_findings(channels_, attributes)]


def test_sound_cryptomatte_has_no_finding() -> None:
    assert codes(channels(), metadata(manifest=MANIFEST)) == []
    assert codes(channels("ViewLayer.CryptoObject"), metadata("ViewLayer.CryptoObject", manifest=MANIFEST)) == []
    assert codes(channels("right.crypto_object"), metadata(manifest=MANIFEST)) == []


def test_files_without_cryptomatte_have_no_finding() -> None:
    assert codes([Channel("light00.R", None, "light00", "R", "half", 1, 1, False)], []) == []


@pytest.mark.parametrize(
    ("channels_", "attributes", "code"),
    [
        (channels(), [], "cryptomatte-metadata-missing"),
        (channels() + channels("crypto_asset"), metadata(manifest=MANIFEST), "cryptomatte-metadata-missing"),
        (channels(), metadata("uCryptoAsset", manifest=MANIFEST), "cryptomatte-name-mismatch"),
        ([], metadata(manifest=MANIFEST), "cryptomatte-name-mismatch"),
        (channels(kind="half"), metadata(manifest=MANIFEST), "cryptomatte-half"),
        (channels(), metadata(manifest=MANIFEST[:-9]), "cryptomatte-manifest-invalid"),
        (channels(), metadata(manifest="[1, 2]"), "cryptomatte-manifest-invalid"),
        (channels(), metadata(manifest='{"box": 12}'), "cryptomatte-manifest-invalid"),
        (channels(), metadata(manifest="[" * 100_000), "cryptomatte-manifest-invalid"),
    ],
)
def test_each_way_to_break_it_is_one_finding(channels_: list[Channel], attributes: list[Attribute], code: str) -> None:
    assert codes(channels_, attributes) == [code]


def test_manifest_beside_the_file_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / "a.exr")
    attributes = metadata(manif_file="names/crypto.json")
    assert [finding.code for finding in sidecar_findings(path, attributes)] == ["cryptomatte-manifest-missing"]
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "crypto.json").write_text(MANIFEST)
    assert list(sidecar_findings(path, attributes)) == []
    (tmp_path / "names" / "crypto.json").write_text("no")
    assert [finding.code for finding in sidecar_findings(path, attributes)] == ["cryptomatte-manifest-invalid"]


def test_coverage_may_be_half() -> None:
    mixed = [channel._replace(type="half" if channel.component_name in "GA" else "float") for channel in channels()]
    assert codes(mixed, metadata(manifest=MANIFEST)) == []


def written(path: Path, kind: str = "float", **fields: str) -> Path:
    attributes = {attribute.name: string(attribute.value) for attribute in metadata(**fields)}
    listed = ["A", "B", "G", "R", *((channel.name, kind) for channel in channels())]
    return write_exr(path, compression="zip", channels=listed, attributes=attributes)


def found(file: ExrFile) -> list[tuple[str, str, int | None]]:
    return [(finding.severity, finding.code, finding.part_index) for finding in file.findings]


def test_findings_are_those_of_inspected_files(tmp_path: Path) -> None:
    assert found(inspect_file(written(tmp_path / "sound.exr", manifest=MANIFEST))) == []
    half = inspect_file(written(tmp_path / "half.exr", "half", manifest=MANIFEST))
    assert found(half) == [("error", "cryptomatte-half", 0)]
    cut = inspect_file(written(tmp_path / "cut.exr", manifest=MANIFEST[:-1]))
    assert found(cut) == [("warning", "cryptomatte-manifest-invalid", 0)]


def test_findings_follow_the_manifest_of_each_frame(tmp_path: Path) -> None:
    manifests = [MANIFEST, MANIFEST[:-1], MANIFEST]
    files = [inspect_file(written(tmp_path / f"a.{at}.exr", manifest=text)) for at, text in enumerate(manifests, 1)]
    assert [len(file.findings) for file in files] == [0, 1, 0]


def test_manifest_beside_a_file_is_checked_on_disk_only(tmp_path: Path) -> None:
    path = written(tmp_path / "a.exr", manif_file="crypto.json")
    assert found(inspect_file(path)) == [("warning", "cryptomatte-manifest-missing", 0)]
    assert found(inspect_bytes(path.read_bytes(), str(path), None)) == []
    (tmp_path / "crypto.json").write_text(MANIFEST[:-1])
    assert found(inspect_file(path)) == [("warning", "cryptomatte-manifest-invalid", 0)]
    (tmp_path / "crypto.json").write_text(MANIFEST)
    assert found(inspect_file(path)) == []
    (tmp_path / "crypto.json").unlink()
    (tmp_path / "crypto.json").mkdir()
    assert found(inspect_file(path)) == [("warning", "cryptomatte-manifest-invalid", 0)]


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret.json", "a/../../b.json", "C:\\x.json", "a\0b"])
def test_manifest_names_never_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ManifestError):
        read_sidecar(str(tmp_path / "a.exr"), name)
    found = sidecar_findings(str(tmp_path / "a.exr"), metadata(manif_file=name))
    assert [finding.code for finding in found] == ["cryptomatte-manifest-invalid"]


def test_manifest_gives_ids_by_name() -> None:
    assert parse_manifest(MANIFEST) == {"box": 0x9D416418, "/set/tree": 0x248BFA47}


RANK = [(name, "float") for name in "ABGR"]


@pytest.mark.parametrize(
    ("name", "parts", "expected"),
    [
        ("crypto_object", {"crypto": [(f"crypto_object00.{component}", "float") for component in "ABGR"]}, []),
        ("crypto_object", {"crypto_object00": RANK, "crypto_object01": RANK}, []),
        ("crypto_x", {"crypto_object00": RANK}, [("warning", "cryptomatte-name-mismatch", 0)]),
    ],
)
def test_metadata_of_the_first_part_is_that_of_ranks_in_others(
    name: str, parts: dict[str, list[tuple[str, str]]], expected: list[tuple[str, str, int | None]]
) -> None:
    attributes = {"name": string("rgba"), "cryptomatte/abc/name": string(name)}
    others = [
        {"channels": listed, "compression": "zip", "attributes": {"name": string(part)}}
        for part, listed in parts.items()
    ]
    data = exr_bytes(({"channels": [*"ABGR"], "compression": "zip", "attributes": attributes}, *others))
    assert found(inspect_bytes(data, "a.exr", None)) == expected
