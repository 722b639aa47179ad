"""Makes the README's picture: a small render session, half of it published, in the real window.

python3 packaging/dev.py run --screenshot OUT.png PATH...   does the same for your own files
.venv/bin/python packaging/screenshot.py OUT.png            writes the files of the picture first
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.exr_files import string, studio_attributes, studio_channels, write_exr  # noqa: E402


def main(out: str) -> int:
    """The exit code of the window that made the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shot = folder / "prod" / "orca" / "OR_0420"
        older = [_beauty(shot / "lighting/beauty/v016", n, "7.2.3.0") for n in range(1001, 1013)]
        _beauty_other(shot)
        environ = {
            **os.environ,
            "HOME": name,
            "XDG_CONFIG_HOME": f"{name}/config",
            "EXR_INSPECTOR_LIBRARY": str(folder / "library.duckdb"),
        }
        run = [sys.executable, "-m", "exr_inspector_app"]
        subprocess.run([*run, "publish", *older[:1], str(shot)], env=environ, cwd=ROOT, check=True)
        for frame in range(1001, 1013):
            _beauty(shot / "lighting/beauty/v017", frame, "7.2.4.1")
        for frame in (1001, 1002, 1003, 1006, 1007):
            _crypto(shot / "lighting/crypto/v017", frame)
        write_exr(shot / "vfx/embers/v005/embers.1043.exr", height=40, present=25)
        damaged = _beauty(shot / "lighting/matte/v002", 1001, "7.2.4.1")
        damaged.write_bytes(damaged.read_bytes()[:900])
        words = [*run, "--screenshot", out, str(shot)]
        return subprocess.run(words, env=environ, cwd=ROOT, check=False).returncode


def _beauty(folder: Path, frame: int, version: str) -> Path:
    """A frame of a beauty render."""
    listed = {**studio_attributes(frame), "software": string(f"Arnold {version}"), "arnold/version": string(version)}
    window = {"data_window": (-4, -2, 67, 37), "display_window": (0, 0, 63, 35)}
    return write_exr(folder / f"beauty.{frame}.exr", channels=studio_channels(), attributes=listed, **window)


def _beauty_other(shot: Path) -> None:
    """Renders of a neighbouring pass."""
    listed = studio_attributes(1001)
    for frame in (1001, 1002, 1003):
        names = [name for name in studio_channels() if "sss" not in str(name)]
        write_exr(shot / f"lighting/env/v003/env.{frame}.exr", channels=names, attributes=listed, width=64, height=36)


def _crypto(folder: Path, frame: int) -> Path:
    """A frame of a Cryptomatte pass."""
    names = [(f"crypto_object{n:02}.{one}", "float") for n in range(3) for one in "ABGR"]
    listed = {"software": string("Arnold 7.2.4.1")}
    return write_exr(folder / f"crypto.{frame}.exr", channels=names, attributes=listed, width=64, height=36)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "screenshot.png"))
