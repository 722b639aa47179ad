"""Commands `library roots|rekey`, `vast init --roots`, and the step Roots of `vast check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exr_inspector_app import cli, config
from exr_inspector_app.config import Vast
from tests.exr_files import write_exr
from tests.vast.crowd import SECRET

Out = pytest.CaptureFixture[str]


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    """Return a TOML file with one root, the folder `prod`."""
    return write_roots(tmp_path / "roots.toml", "prod", tmp_path / "prod")


def write_roots(path: Path, name: str, prefix: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'viewer = "rv"\n[[roots]]\nname = "{name}"\nprefixes = ["{prefix}", "s3://prod"]\n')
    return path


def test_roots_of_the_library_are_set_and_printed(tmp_path: Path, roots: Path, capsys: Out) -> None:
    assert cli.main(["library", "roots"]) == 0
    assert "Local library has no roots" in capsys.readouterr().err
    assert cli.main(["library", "roots", "--set", str(roots)]) == 0
    assert f"+ prod: {tmp_path}/prod, s3://prod" in capsys.readouterr().err
    assert cli.main(["library", "roots"]) == 0
    printed = tmp_path / "printed.toml"
    printed.write_text(capsys.readouterr().out)
    assert config.read_roots(printed) == config.read_roots(roots)
    assert cli.main(["library", "roots", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["fold_case"] is False
    write_exr(tmp_path / "prod" / "a.exr")
    assert cli.main(["publish", str(tmp_path / "prod")]) == 0
    capsys.readouterr()
    assert cli.main(["library", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["file_path_normalized"] == "prod:/a.exr"
    assert cli.main(["library", "show", str(tmp_path / "prod" / "a.exr")]) == 0


def test_roots_that_change_keys_need_a_rekey(tmp_path: Path, roots: Path, capsys: Out) -> None:
    write_exr(tmp_path / "prod" / "a.exr")
    cli.main(["publish", str(tmp_path / "prod")])
    capsys.readouterr()
    assert cli.main(["library", "roots", "--set", str(roots)]) == 2
    assert f"{tmp_path}/prod/a.exr -> prod:/a.exr. Add --rekey" in capsys.readouterr().err
    cli.main(["library", "roots"])
    assert "has no roots" in capsys.readouterr().err
    assert cli.main(["library", "roots", "--set", str(roots), "--rekey"]) == 0
    assert "1 file, 1 moved to other keys, 0 joined" in capsys.readouterr().out
    write_roots(roots, "film", tmp_path / "prod")
    assert cli.main(["library", "roots", "--set", str(roots), "--rekey"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line[:7] for line in lines[:2]] == ["- prod:", "+ film:"]
    assert cli.main(["library", "rekey"]) == 0
    assert "1 file, 0 would get another key" in capsys.readouterr().out


@pytest.mark.vast
def test_settings_that_disagree_are_reported(
    tmp_path: Path, roots: Path, vast: Vast, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    values = {"ENDPOINT": vast.endpoint, "ACCESS_KEY": vast.access_key, "SECRET_KEY": SECRET, "BUCKET": vast.bucket}
    for name, value in {**values, "SCHEMA": vast.schema}.items():
        monkeypatch.setenv(f"VAST_DB_{name}", value)
    settings = write_roots(config.settings_file(), "film", tmp_path / "prod")
    assert cli.main(["vast", "init"]) == 0
    assert cli.main(["vast", "check"]) == 1
    assert "✗ Roots        The database has none" in capsys.readouterr().out
    assert cli.main(["vast", "init", "--roots", str(roots)]) == 0
    write_exr(tmp_path / "prod" / "a.exr")
    capsys.readouterr()
    assert cli.main(["publish", "--target", "vast", "--jsonl", str(tmp_path / "prod")]) == 0
    out, err = capsys.readouterr()
    sentence = f"count, not those of the settings: {tmp_path}/prod is prod:/ there, but film:/ here."
    assert sentence in err
    assert cli.main(["library", "show", "--target", "vast", json.loads(out)["file_id"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["library"]["file_path_normalized"] == "prod:/a.exr"
    assert cli.main(["vast", "check"]) == 1
    assert sentence in capsys.readouterr().out.splitlines()[-1]
    cli.main(["vast", "roots"])
    settings.write_text(capsys.readouterr().out)
    assert cli.main(["vast", "check"]) == 0
    assert "1 root for all publishers: prod" in capsys.readouterr().out
