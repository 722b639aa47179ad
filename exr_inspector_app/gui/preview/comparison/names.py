"""Short names of two compared images, by their difference: version, frame, layer, or file."""

from __future__ import annotations

from exr_inspector_app.exr.sequences.frame_number import split_path
from exr_inspector_app.exr.sequences.grouping import sequence_member
from exr_inspector_app.gui.preview.layers import Layer
from exr_inspector_app.model import ExrFile
from exr_inspector_app.services.file_versions import version_of
from exr_inspector_app.text.escape import escape_control

MAX_CHARS = 40


def name_images(a: tuple[ExrFile, Layer], b: tuple[ExrFile, Layer]) -> tuple[str, str]:
    """Return the names of two images."""
    first, second = a[0], b[0]
    if first.path == second.path:
        return _shorten(a[1].title), _shorten(b[1].title)
    if _sequence(first) == _sequence(second):
        return f"frame {first.frame_number}", f"frame {second.frame_number}"
    versions = version_of(first.path), version_of(second.path)
    if versions[0] != versions[1] and all(versions):
        return versions
    names = file_title(first.path), file_title(second.path)
    if names[0] != names[1]:
        return names
    folders = (split_path(split_path(file.path)[0])[1] for file in (first, second))
    return next(folders), next(folders)


def file_title(path: str) -> str:
    """Return the name of a file, shortened."""
    return _shorten(escape_control(split_path(path)[1]))


def _sequence(file: ExrFile) -> object:
    return sequence_member(file.path, file.frame_number)[0]


def _shorten(name: str) -> str:
    return name if len(name) <= MAX_CHARS else f"{name[: MAX_CHARS // 2]}…{name[-MAX_CHARS // 2 :]}"
