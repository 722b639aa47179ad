"""State file of a publish that has not finished, per target, so that `publish --resume` can continue it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from exr_inspector_app.config.atomic_file import PRIVATE_FILE, write_file
from exr_inspector_app.config.paths import state_folder

log = logging.getLogger(__name__)

MAX_PATHS = 10_000  # of a command line; a longer list must be given again


@dataclass(frozen=True, slots=True)
class UnfinishedPublish:
    """Publish that was stopped, killed, or ended by a failure of its target."""

    publish_id: str
    paths: tuple[str, ...]  # as given, made absolute; empty if they were too many
    note: str | None = None  # of the files that it adds


def save(location: str, publish: UnfinishedPublish) -> None:
    """Write the state of a publish that begins; a failure is logged, since only `--resume` needs it."""
    paths = [_absolute(path) for path in publish.paths] if len(publish.paths) <= MAX_PATHS else []
    content = json.dumps({"location": location, **asdict(publish), "paths": paths})
    try:
        state_folder().mkdir(parents=True, exist_ok=True)
        write_file(_state_file(location), content.encode(), PRIVATE_FILE, is_durable=False)
    except OSError as error:
        log.info("The state of the publish was not written: %s", error)


def load(location: str) -> UnfinishedPublish | None:
    """Return the last publish to a target if it has not finished."""
    try:
        content = json.loads(_state_file(location).read_bytes())
        if content["location"] == location:
            note = content.get("note")
            paths = tuple(map(str, content["paths"]))
            return UnfinishedPublish(str(content["publish_id"]), paths, None if note is None else str(note))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.info("The state of the last publish cannot be read: %s", error)
    return None


def remove(location: str) -> None:
    """Delete the state of a publish that has finished."""
    try:
        _state_file(location).unlink(missing_ok=True)
    except OSError as error:
        log.info("The state of the publish was not deleted: %s", error)


def _state_file(location: str) -> Path:
    name = hashlib.sha256(location.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return state_folder() / f"publish-{name}.json"


def _absolute(path: str) -> str:
    """Return an argument for another working directory; addresses such as file:// stay."""
    return path if "://" in path else os.path.join(os.getcwd(), path)
