"""Which VAST Database is meant: the order of the places that tell, and what cannot be used."""

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
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def found(settings: Path, environ: dict[str, str] | None = None, event: object = None, ctx: object = None) -> Vast:
    vast = config.load(environ=environ or {}, settings=settings, event=event, ctx=ctx).vast
    assert vast is not None
    return vast


def test_each_word_comes_from_the_first_place_that_has_it(settings: Path) -> None:
    event = {"vastdb_endpoint": "https://event", "vastdb_schema": "event_schema"}
    ctx = SimpleNamespace(secrets={"vast-db": {"endpoint": "https://ctx", "access_key": "a", "secret_key": "s"}})
    assert found(settings).location == "https://file/file-bucket/file_schema"
    assert found(settings, ENVIRON).location == "https://env:1/env-bucket/file_schema"
    assert found(settings, ENVIRON, ctx=ctx).location == "https://ctx/env-bucket/file_schema"
    whole = found(settings, ENVIRON, event, ctx)
    assert whole.location == "https://event/env-bucket/event_schema"
    assert (whole.access_key, whole.secret_key, whole.region) == ("a", Secret("s"), "us-east-1")


def test_the_name_of_the_secret_can_be_chosen(settings: Path) -> None:
    ctx = SimpleNamespace(secrets={"mine": {"access_key": "a"}, "vast-db": {"access_key": "b"}})
    assert found(settings, {"VAST_DB_SECRET_NAME": "mine"}, ctx=ctx).access_key == "a"
    assert found(settings, ctx=ctx).access_key == "b"


def test_without_an_endpoint_nothing_is_configured(tmp_path: Path) -> None:
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
def test_an_endpoint_without_a_scheme_is_taken_as_https(settings: Path, text: str, endpoint: str) -> None:
    assert found(settings, {"VAST_DB_ENDPOINT": text}).endpoint == endpoint


@pytest.mark.parametrize(
    "text", ["ftp://x", "https://", "x:port", "https://me:hunter2@x", "https://x/path", "https://[x"]
)
def test_an_endpoint_that_is_no_address_is_refused_without_being_shown(settings: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="VAST_DB_ENDPOINT") as caught:
        found(settings, {"VAST_DB_ENDPOINT": text})
    assert "hunter2" not in str(caught.value)


def test_an_endpoint_without_keys_says_which_one_lacks(settings: Path) -> None:
    with pytest.raises(ConfigError, match="without its access and secret key; set VAST_DB_ACCESS_KEY and"):
        with_keys(found(settings))
    with pytest.raises(ConfigError, match="without its secret key; set VAST_DB_SECRET_KEY"):
        with_keys(found(settings, {"VAST_DB_ACCESS_KEY": "a"}))


def test_keys_that_nobody_told_come_from_the_keyring_of_that_endpoint(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    monkeypatch.setattr(keyring, "get_password", ring.get_password)
    ring.set_password("exr-inspector https://file", "access_key", "kept-access")
    ring.set_password("exr-inspector https://file", "secret_key", "kept-secret")
    assert with_keys(found(settings)).secret_key == Secret("kept-secret")
    told = with_keys(found(settings, {"VAST_DB_SECRET_KEY": "told"}))
    assert (told.access_key, told.secret_key) == ("kept-access", Secret("told"))
    with pytest.raises(ConfigError):
        with_keys(found(settings, {"VAST_DB_ENDPOINT": "https://elsewhere"}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"VAST_DB_BUCKET": "No/Bucket"}, "VAST_DB_BUCKET"),
        ({"VAST_DB_SCHEMA": 'a"; DROP TABLE files'}, "VAST_DB_SCHEMA"),
        ({"VAST_DB_CA_FILE": "/nowhere/ca.pem"}, "VAST_DB_CA_FILE"),
    ],
)
def test_words_that_cannot_be_used_are_told_with_their_place(
    settings: Path, changes: dict[str, str], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        with_keys(found(settings, {**ENVIRON, **changes}))


def test_a_secret_in_the_settings_file_is_refused_and_not_shown(settings: Path) -> None:
    settings.write_text('[vast]\nsecret_key = "hunter2"\n')
    with pytest.raises(ConfigError, match="keyring") as caught:
        config.load(environ={}, settings=settings)
    assert "hunter2" not in str(caught.value)


def test_a_word_of_another_type_is_told_without_the_word(settings: Path) -> None:
    with pytest.raises(ConfigError, match=r"vastdb_secret_key must be a text") as caught:
        found(settings, event={"vastdb_secret_key": ["hunter2"]})
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigError, match=r"of the secret vast-db"):
        found(settings, ctx=SimpleNamespace(secrets={"vast-db": {"access_key": 3}}))


def test_a_configuration_shows_no_secret(settings: Path) -> None:
    whole = config.load(environ={**ENVIRON, "VAST_DB_SECRET_KEY": "hunter2"}, settings=settings)
    assert "hunter2" not in repr(whole)
    assert "***" in repr(whole)
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(whole.vast)
