"""Export of a layer or of a region of it: exact values as an EXR, colors as a PNG. The source is never replaced."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from exr_inspector_app.contracts import StopCheck
from exr_inspector_app.errors import OutputError
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.id_colors import matte_of
from exr_inspector_app.model import Box2i, ExrFile, Part
from exr_inspector_app.services.exr_writer import ImageHeader, Plane, write_exr
from exr_inspector_app.services.kept_attributes import kept_attributes

_IS_SOURCE = "{} is the file that is exported. Choose another name."
_CANNOT_WRITE = "Cannot write {}: {}. Choose another folder."


def export_exr(
    out: Path,
    file: ExrFile,
    part_index: int,
    channels: Sequence[str],
    region: Box2i | None,
    decoder: Decoder,
    stop: StopCheck,
) -> Box2i:
    """Write channels of a part as stored: half stays half, uint stays uint. Deep samples are flattened.

    Attributes that are true of the new file are kept.

    Args:
        out: The EXR to write.
        file: The inspected file.
        part_index: The part.
        channels: Full names as decoded.
        region: Box inside the data window; None for all of it.
        decoder: Decoder of the pixels.
        stop: Polled while pixels are decoded and written.

    Returns:
        The data window of the new file.

    Raises:
        PixelsError: The pixels cannot be decoded, or `stop` returned True.
        OutputError: The file cannot be written, or is the source.
    """
    require_other_file(out, file.path)
    part = file.parts[part_index]
    window, planes = _read_planes(file, part, channels, decoder, stop)
    box = region or window
    rows = slice(box.min_y - window.min_y, box.max_y - window.min_y + 1)
    columns = slice(box.min_x - window.min_x, box.max_x - window.min_x + 1)
    cropped = {name: plane[rows, columns] for name, plane in planes.items()}
    _write_part(out, file, part, cropped, box, stop, is_whole=box == window)
    return box


def export_matte(
    out: Path,
    file: ExrFile,
    part_index: int,
    channels: Sequence[str],
    ids: AbstractSet[int],
    decoder: Decoder,
    stop: StopCheck,
) -> Box2i:
    """Write the share of each pixel that objects cover together as the float channel A.

    Args:
        out: The EXR to write.
        file: The inspected file.
        part_index: The part.
        channels: The ID channel, or all pairs of ID and coverage of a Cryptomatte.
        ids: The objects.
        decoder: Decoder of the pixels.
        stop: Polled while pixels are decoded and written.

    Returns:
        The data window of the new file.

    Raises:
        PixelsError: The pixels cannot be decoded, or `stop` returned True.
        OutputError: The file cannot be written, or is the source.
    """
    require_other_file(out, file.path)
    part = file.parts[part_index]
    picture = decoder.picture(PictureRequest(file.path, part_index, tuple(channels), keeps_type=True), stop)
    is_hash = picture.selection is not None and picture.selection.kind == "cryptomatte"
    matte = matte_of(picture.pixels, ids, is_hash=is_hash)
    _write_part(out, file, part, {"A": matte}, picture.data_window, stop, is_whole=True)
    return picture.data_window


def require_other_file(out: Path, source: str) -> None:
    """Raise an error if the output is the source itself.

    Raises:
        OutputError: Both are one file.
    """
    try:
        is_source = os.path.samefile(out, source)
    except OSError:  # usually the output is new
        is_source = False
    if is_source:
        raise OutputError(_IS_SOURCE.format(out.name))


def write_output(out: Path, write: Callable[[], None]) -> None:
    """Write a file.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        write()
    except OSError as error:
        raise OutputError(_CANNOT_WRITE.format(out.name, error.strerror or error)) from error


def _write_part(
    out: Path, file: ExrFile, part: Part, planes: Mapping[str, Plane], box: Box2i, stop: StopCheck, *, is_whole: bool
) -> None:
    """Write channels of a box with the attributes of the source that are true of them."""
    attributes = kept_attributes(file.path, part, planes, out, is_whole=is_whole)
    header = ImageHeader(box, part.display_window or part.data_window or box, attributes)
    write_output(out, lambda: write_exr(out, planes, header, stop))


def _read_planes(
    file: ExrFile, part: Part, channels: Sequence[str], decoder: Decoder, stop: StopCheck
) -> tuple[Box2i, dict[str, Plane]]:
    """Return the data window and the pixels of each channel, decoded once for each pixel type."""
    types = {channel.name: channel.type for channel in part.channels}
    by_type: dict[str, list[str]] = {}
    for name in channels:
        by_type.setdefault(types.get(name, "float"), []).append(name)
    planes: dict[str, Plane] = {}
    window = part.data_window
    for names in by_type.values():
        request = PictureRequest(file.path, part.index, tuple(names), keeps_type=True)
        picture = decoder.picture(request, stop)
        window = picture.data_window
        planes.update({name: picture.pixels[..., at] for at, name in enumerate(picture.channels)})
    assert window is not None
    return window, planes
