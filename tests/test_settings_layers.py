"""Layers of settings: site, user, named file and environment; unknown keys; `config` with origins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.config.paths import site_settings_file
from exr_inspector_app.errors import ConfigError

ROOT = "[[roots]]\nname = 'prod'\nprefixes = ['/mnt/prod']\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def site() -> Path:
    text = "viewer = 'site'\npath_template = '/site/{show}'\nshared_library = true\n" + ROOT
    return write(site_settings_file(), text + "[vast]\nendpoint = 'https://site'\nbucket = 'site-bucket'\n")


@pytest.fixture
def user() -> Path:
    return write(config.settings_file(), "viewer = 'user'\n[vast]\nbucket = 'user-bucket'\nregion = 'user-1'\n")


def test_each_setting_comes_from_the_highest_layer(
    site: Path, user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = write(tmp_path / "named.toml", "shared_library = false\n[vast]\nregion = 'named-1'\n")
    monkeypatch.setenv("EXR_INSPECTOR_SETTINGS", str(named))
    monkeypatch.setenv("VAST_DB_SCHEMA", "env_schema")
    loaded = config.load()
    assert (loaded.viewer, loaded.path_template, loaded.shared_library) == ("user", "/site/{show}", False)
    assert [root.name for root in loaded.roots] == ["prod"]
    assert loaded.vast is not None
    vast = loaded.vast
    assert (vast.endpoint, vast.bucket, vast.region, vast.schema) == (
        "https://site", "user-bucket", "named-1", "env_schema",
    )  # fmt: skip
    assert config.load(settings=user).path_template == ""


def test_config_prints_values_with_origins(
    site: Path, user: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAST_DB_SECRET_KEY", "hunter2")
    assert main(["config", "--json"]) == 0
    out, messages = capsys.readouterr()
    rows = {row["name"]: (row["value"], row["origin"]) for row in json.loads(out)}
    assert messages == ""
    assert rows["viewer"] == ("user", str(user))
    assert rows["path_template"] == ("/site/{show}", str(site))
    assert rows["vast.bucket"] == ("user-bucket", str(user))
    assert rows["vast.secret_key"] == ("***", "$VAST_DB_SECRET_KEY")
    assert rows["vast.schema"] == ("exr_metadata", "default")
    assert main(["config"]) == 0
    assert f"user-bucket  ({user})" in capsys.readouterr().out


def test_config_prints_database_settings_without_an_endpoint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAST_DB_SCHEMA", "lighting")
    monkeypatch.setenv("VAST_DB_SECRET_KEY", "hunter2")
    assert main(["config", "--json"]) == 0
    rows = {row["name"]: (row["value"], row["origin"]) for row in json.loads(capsys.readouterr().out)}
    assert rows["vast.endpoint"] == ("", "default")
    assert rows["vast.schema"] == ("lighting", "$VAST_DB_SCHEMA")
    assert rows["vast.secret_key"] == ("***", "$VAST_DB_SECRET_KEY")
    assert rows["vast.bucket"] == ("exr-data", "default")
    assert rows["vast.region"] == ("us-east-1", "default")


def test_named_file_is_an_option_of_every_command(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXR_INSPECTOR_SETTINGS", "")  # restored at the end of the test
    named = write(tmp_path / "named.toml", "viewer = 'named'\n")
    for arguments in (["--config-file", str(named), "config"], ["config", f"--config-file={named}"]):
        assert main(arguments) == 0
        assert f"named  ({named})" in capsys.readouterr().out
    assert main(["config", "--config-file", str(tmp_path / "none.toml")]) == 1
    assert f"The settings file {tmp_path / 'none.toml'} does not exist." in capsys.readouterr().err
    assert main(["config", "--config-file"]) == 2


def test_unknown_keys_are_reported_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    text = "librarry = '/a'\n[[root]]\nname = 'a'\n[vast]\nendpont = 'https://a'\n"
    path = write(config.settings_file(), text)
    assert main(["library", "list"]) == 0
    assert capsys.readouterr().err.splitlines()[:3] == [
        f"{path}: unknown setting `librarry`. Did you mean `library`?",
        f"{path}: unknown setting `root`. Did you mean `roots`?",
        f"{path}: unknown setting `endpont` of [vast]. Did you mean `endpoint`?",
    ]


def test_fault_names_the_file_that_has_it(site: Path, user: Path) -> None:
    write(site, "path_template = 7\n")
    with pytest.raises(ConfigError, match=f"{site}: `path_template` must be a text"):
        config.load()
