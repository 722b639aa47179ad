"""What is entered on the settings page is kept where it belongs."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError

from exr_inspector_app import config
from exr_inspector_app.config import Secret
from exr_inspector_app.config.writer import save_keys, save_settings
from exr_inspector_app.errors import ConfigError


class Kept(KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.words.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.words[service, username] = password


class Refusing(Kept):
    """A keyring that takes nothing and repeats what it was given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError(f"cannot keep {password}")


@pytest.fixture
def ring() -> object:
    """The keyring of this test."""
    before, kept = keyring.get_keyring(), Kept()
    keyring.set_keyring(kept)
    yield kept
    keyring.set_keyring(before)


def test_words_join_the_settings_file_and_the_rest_of_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('# ours\nlibrary = "/x/l.duckdb"  # on the fast disk\n\n[vast]\nregion = "eu"  # here\n')
    save_settings({"viewer": "rv {path}"}, {"endpoint": "https://vast", "region": "", "bucket": "renders"}, path)
    text = path.read_text()
    assert "# ours" in text
    assert "# on the fast disk" in text
    found = config.load(environ={}, settings=path)
    assert (found.viewer, found.library) == ("rv {path}", Path("/x/l.duckdb"))
    assert found.vast is not None
    assert (found.vast.endpoint, found.vast.bucket, found.vast.region) == ("https://vast", "renders", "us-east-1")


def test_a_first_save_makes_folder_and_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    save_settings({}, {"endpoint": "https://vast"}, path)
    assert config.load(environ={}, settings=path).vast is not None
    assert [one.name for one in path.parent.iterdir()] == ["settings.toml"]


def test_a_file_that_is_no_toml_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("x = [")
    with pytest.raises(ConfigError, match="not valid TOML"):
        save_settings({}, {"endpoint": "https://vast"}, path)
    assert path.read_text() == "x = ["


def test_keys_go_to_the_keyring_and_come_back_from_it(ring: Kept, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save_settings({}, {"endpoint": "https://vast", "bucket": "renders"}, path)
    save_keys("https://vast", "KEY", Secret("hunter2"))
    vast = config.load(environ={}, settings=path).vast
    assert vast is not None
    assert config.with_keys(vast).secret_key == Secret("hunter2")
    assert "hunter2" not in path.read_text()


def test_a_keyring_that_refuses_is_told_without_the_key(ring: Kept) -> None:
    keyring.set_keyring(Refusing())
    with pytest.raises(ConfigError) as raised:
        save_keys("https://vast", "KEY", Secret("hunter2"))
    assert "hunter2" not in str(raised.value)
    assert raised.value.__suppress_context__
