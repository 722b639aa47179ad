"""Decoder of the stored thumbnails of published files, which another user of the database may have written."""

from __future__ import annotations

from collections.abc import Mapping

from exr_inspector_app.contracts import Preview, StopCheck, never_stop
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.decoded_picture import RgbImage
from exr_inspector_app.exr.pixels.decoder import Decoder


def decode_stored(
    previews: Mapping[str, Preview], decoder: Decoder, stop: StopCheck = never_stop
) -> dict[str, RgbImage]:
    """Decode thumbnails in the process of a decoder.

    Args:
        previews: Previews by the id of the file that they are shown for; the frames of a sequence share one.
        decoder: Decodes them; may be shared by threads.
        stop: Polled while they are decoded.

    Returns:
        Images by the same ids, one object per preview. Those that are no JPEG, or too large, are left out.
    """
    images: dict[str, RgbImage | None] = {}
    for preview in previews.values():
        if stop():
            break
        if preview.file_id not in images:
            images[preview.file_id] = _decode(preview.thumbnail, decoder, stop)
    pairs = ((file_id, images.get(preview.file_id)) for file_id, preview in previews.items())
    return {file_id: image for file_id, image in pairs if image is not None}


def _decode(data: bytes, decoder: Decoder, stop: StopCheck) -> RgbImage | None:
    try:
        return decoder.decode_jpeg(data, stop=stop)
    except PixelsError:
        return None
