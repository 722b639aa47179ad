"""Settings writer: texts in the settings file, keys in the keyring."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordSetError

from exr_inspector_app import config
from exr_inspector_app.__main__ import main
from exr_inspector_app.config import Secret
from exr_inspector_app.config.writer import save_keys, save_settings
from exr_inspector_app.errors import ConfigError


class MemoryKeyring(KeyringBackend):
    """Keyring in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password


class RejectingKeyring(MemoryKeyring):
    """Keyring that rejects every key and repeats it in the error."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError(f"cannot keep {password}")


@pytest.fixture
def ring() -> object:
    """Install a keyring in memory for the test."""
    saved = MemoryKeyring()
    keyring.set_keyring(saved)
    return saved


def test_saved_settings_leave_the_rest_of_the_file_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('# ours\nlibrary = "/x/l.duckdb"  # on the fast disk\n\n[vast]\nregion = "eu"  # here\n')
    save_settings({"viewer": "rv {path}"}, {"endpoint": "https://vast", "region": "", "bucket": "renders"}, path)
    text = path.read_text()
    assert "# ours" in text
    assert "# on the fast disk" in text
    settings = config.load(environ={}, settings=path)
    assert (settings.viewer, settings.library) == ("rv {path}", Path("/x/l.duckdb"))
    assert settings.vast is not None
    assert (settings.vast.endpoint, settings.vast.bucket, settings.vast.region) == (
        "https://vast",
        "renders",
        "us-east-1",
    )


def test_first_save_creates_folder_and_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    save_settings({}, {"endpoint": "https://vast"}, path)
    assert config.load(environ={}, settings=path).vast is not None
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]


def test_invalid_toml_file_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("x = [")
    with pytest.raises(ConfigError, match="not valid TOML"):
        save_settings({}, {"endpoint": "https://vast"}, path)
    assert path.read_text() == "x = ["


def test_keys_go_to_the_keyring_and_come_back_from_it(ring: MemoryKeyring, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save_settings({}, {"endpoint": "https://vast", "bucket": "renders"}, path)
    save_keys("https://vast", "KEY", Secret("hunter2"))
    vast = config.load(environ={}, settings=path).vast
    assert vast is not None
    assert config.with_keys(vast).secret_key == Secret("hunter2")
    assert "hunter2" not in path.read_text()


def test_keyring_error_does_not_reveal_the_key(ring: MemoryKeyring) -> None:
    keyring.set_keyring(RejectingKeyring())
    with pytest.raises(ConfigError) as raised:
        save_keys("https://vast", "KEY", Secret("hunter2"))
    assert "hunter2" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_config_names_the_keyring_as_origin(
    ring: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAST_DB_ENDPOINT", "https://vast")
    save_keys("https://vast", "KEY", Secret("hunter2"))
    assert main(["config"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["vast.access_key", "***", "(keyring)"] in lines
    assert ["vast.secret_key", "***", "(keyring)"] in lines
