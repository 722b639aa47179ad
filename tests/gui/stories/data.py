"""Files and libraries that the stories find on disk; their home is that of the environment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

from exr_inspector_app import config
from exr_inspector_app.contracts import Batch, Record
from exr_inspector_app.exr import inspect_file
from exr_inspector_app.ingest.records import make_record
from exr_inspector_app.model import Payload
from exr_inspector_app.persistence.identity import identify
from exr_inspector_app.persistence.local import LocalStore
from tests.exr_files import studio_file, write_exr

LIBRARY_FILES, MANY_FILES = 2000, 5000


def write_shot(folder: Path) -> None:
    """Write three frames of a render."""
    for frame in (1001, 1002, 1003):
        studio_file(folder / "shot" / f"beauty.{frame}.exr", frame)


def publish_thousands(folder: Path) -> None:
    """Publish thousands of sequences like the render to the local library."""
    write_shot(folder)
    record = make_record(inspect_file(str(folder / "shot" / "beauty.1001.exr")))
    assert record is not None
    records = [_moved(record, f"/prod/orca/sh{at:04d}/beauty/v001/beauty.1001.exr") for at in range(LIBRARY_FILES)]
    LocalStore(config.load().library).publish(Batch(tuple(records), "earlier", "mira"))


def _moved(record: Record, path: str) -> Record:
    file = {**record.payload["file"], "path": path}
    header_hash = record.payload["file"]["header_hash"]
    payload = cast(Payload, {**record.payload, "file": file})
    return replace(record, payload=payload, identity=identify(path, 1001, header_hash))


def write_many(folder: Path) -> None:
    """Write thousands of small files: links to one, where the file system has them."""
    first = write_exr(folder / "many" / "layer_0000.exr")
    for at in range(1, MANY_FILES):
        path = folder / "many" / f"layer_{at:04d}{'ab'[at % 2]}.exr"
        try:
            os.link(first, path)
        except OSError:
            shutil.copy(first, path)


def damage_settings(folder: Path) -> None:
    """Write settings that cannot be read, a render, and a file that is no image."""
    write_shot(folder)
    (folder / "broken.exr").write_bytes(b"no image")
    path = config.settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("this is = not [toml")


PREPARED: dict[str, Callable[[Path], None]] = {
    "first_start": lambda folder: folder.mkdir(parents=True, exist_ok=True),
    "library": publish_thousands,
    "vast": write_shot,
    "thousands": write_many,
    "faults": damage_settings,
}
