"""Configuration of the VAST Database: precedence of sources, invalid values, and secrets."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from types import SimpleNamespace

import keyring
import pytest
from keyring.backend import KeyringBackend

from exr_inspector_app import config
from exr_inspector_app.config import Secret, Vast, with_keys
from exr_inspector_app.errors import ConfigError

ENVIRON = {
    "VAST_DB_ENDPOINT": "https://env:1",
    "VAST_DB_ACCESS_KEY": "env-access",
    "VAST_DB_SECRET_KEY": "env-secret",
    "VAST_DB_BUCKET": "env-bucket",
}


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text('[vast]\nendpoint = "https://file"\nbucket = "file-bucket"\nschema = "file_schema"\n')
    return path


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.passwords[service, username]


def load_vast(settings: Path, environ: dict[str, str] | None = None, event: object = None, ctx: object = None) -> Vast:
    vast = config.load(environ=environ or {}, settings=settings, event=event, ctx=ctx).vast
    assert vast is not None
    return vast


def test_each_value_comes_from_the_first_source_with_it(settings: Path) -> None:
    event = {"vastdb_endpoint": "https://event", "vastdb_schema": "event_schema"}
    ctx = SimpleNamespace(secrets={"vast-db": {"endpoint": "https://ctx", "access_key": "a", "secret_key": "s"}})
    assert load_vast(settings).location == "https://file/file-bucket/file_schema"
    assert load_vast(settings, ENVIRON).location == "https://env:1/env-bucket/file_schema"
    assert load_vast(settings, ENVIRON, ctx=ctx).location == "https://ctx/env-bucket/file_schema"
    vast = load_vast(settings, ENVIRON, event, ctx)
    assert vast.location == "https://event/env-bucket/event_schema"
    assert (vast.access_key, vast.secret_key, vast.region) == ("", None, "us-east-1")


def test_endpoint_of_an_event_gets_only_keys_of_the_event(settings: Path) -> None:
    event = {"vastdb_endpoint": "https://event", "vastdb_access_key": "e", "vastdb_secret_key": "t"}
    vast = load_vast(settings, ENVIRON, event)
    assert (vast.access_key, vast.secret_key) == ("e", Secret("t"))
    without_keys = load_vast(settings, ENVIRON, {"vastdb_endpoint": "https://event"})
    assert (without_keys.access_key, without_keys.secret_key) == ("", None)
    other = load_vast(settings, ENVIRON, {"vastdb_schema": "other"})
    assert other.access_key == load_vast(settings, ENVIRON).access_key != ""


def test_bucket_has_a_default(tmp_path: Path) -> None:
    environ = {"VAST_DB_ENDPOINT": "https://env", "VAST_DB_ACCESS_KEY": "a", "VAST_DB_SECRET_KEY": "s"}
    vast = config.with_keys(load_vast(tmp_path / "none.toml", environ))
    assert vast.location == "https://env/exr-data/exr_metadata"


def test_secret_name_comes_from_the_environment(settings: Path) -> None:
    ctx = SimpleNamespace(secrets={"mine": {"access_key": "a"}, "vast-db": {"access_key": "b"}})
    assert load_vast(settings, {"VAST_DB_SECRET_NAME": "mine"}, ctx=ctx).access_key == "a"
    assert load_vast(settings, ctx=ctx).access_key == "b"


def test_blank_endpoint_configures_nothing(tmp_path: Path) -> None:
    environ = {**ENVIRON, "VAST_DB_ENDPOINT": " "}
    assert config.load(environ=environ, settings=tmp_path / "none.toml").vast is None


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("vast.example.com", "https://vast.example.com"),
        ("10.1.2.3:8443/", "https://10.1.2.3:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ("https://[::1]:9", "https://[::1]:9"),
    ],
)
def test_endpoint_without_scheme_uses_https(settings: Path, text: str, endpoint: str) -> None:
    assert load_vast(settings, {"VAST_DB_ENDPOINT": text}).endpoint == endpoint


@pytest.mark.parametrize(
    "text", ["ftp://x", "https://", "x:port", "https://me:hunter2@x", "https://x/path", "https://[x"]
)
def test_invalid_endpoint_is_refused_and_not_shown(settings: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="VAST_DB_ENDPOINT") as caught:
        load_vast(settings, {"VAST_DB_ENDPOINT": text})
    assert "hunter2" not in str(caught.value)


def test_missing_keys_are_named(settings: Path) -> None:
    with pytest.raises(ConfigError, match="without its access and secret key; set VAST_DB_ACCESS_KEY and"):
        with_keys(load_vast(settings))
    with pytest.raises(ConfigError, match="without its secret key; set VAST_DB_SECRET_KEY"):
        with_keys(load_vast(settings, {"VAST_DB_ACCESS_KEY": "a"}))


def test_missing_keys_come_from_the_keyring_of_the_endpoint(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    monkeypatch.setattr(keyring, "get_password", ring.get_password)
    ring.set_password("exr-inspector https://file", "access_key", "kept-access")
    ring.set_password("exr-inspector https://file", "secret_key", "kept-secret")
    assert with_keys(load_vast(settings)).secret_key == Secret("kept-secret")
    mixed = with_keys(load_vast(settings, {"VAST_DB_SECRET_KEY": "set"}))
    assert (mixed.access_key, mixed.secret_key) == ("kept-access", Secret("set"))
    with pytest.raises(ConfigError):
        with_keys(load_vast(settings, {"VAST_DB_ENDPOINT": "https://elsewhere"}))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"VAST_DB_BUCKET": "No/Bucket"}, "VAST_DB_BUCKET"),
        ({"VAST_DB_SCHEMA": 'a"; DROP TABLE files'}, "VAST_DB_SCHEMA"),
        ({"VAST_DB_CA_FILE": "/nowhere/ca.pem"}, "VAST_DB_CA_FILE"),
    ],
)
def test_invalid_values_are_reported_with_their_variable(settings: Path, changes: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        with_keys(load_vast(settings, {**ENVIRON, **changes}))


def test_secret_in_the_settings_file_is_refused_and_not_shown(settings: Path) -> None:
    settings.write_text('[vast]\nsecret_key = "hunter2"\n')
    with pytest.raises(ConfigError, match="keyring") as caught:
        config.load(environ={}, settings=settings)
    assert "hunter2" not in str(caught.value)


def test_value_of_wrong_type_is_reported_without_the_value(settings: Path) -> None:
    with pytest.raises(ConfigError, match=r"vastdb_secret_key must be a text") as caught:
        load_vast(settings, event={"vastdb_secret_key": ["hunter2"]})
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigError, match=r"of the secret vast-db"):
        load_vast(settings, ctx=SimpleNamespace(secrets={"vast-db": {"access_key": 3}}))


def test_configuration_shows_no_secret(settings: Path) -> None:
    loaded = config.load(environ={**ENVIRON, "VAST_DB_SECRET_KEY": "hunter2"}, settings=settings)
    assert "hunter2" not in repr(loaded)
    assert "***" in repr(loaded)
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(loaded.vast)
