"""Request for several layers of one part, which share chunks: one pass decodes them all."""

from __future__ import annotations

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.exr.pixels.decoded_picture import Picture, to_layers
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.operation_budget import PICTURE_BUDGET
from exr_inspector_app.exr.pixels.worker_protocol import LayersReply, LayersTask


def read_layers(
    decoder: Decoder, path: str, part_index: int, layers: tuple[tuple[str, ...], ...], stop: StopCheck = never_stop
) -> tuple[Picture, ...]:
    """Decode layers of a part at full size, in one pass over its chunks for each pixel type.

    Args:
        decoder: Runs the request.
        path: The file.
        part_index: The part.
        layers: Channels of each layer, by full names.
        stop: Polled while pixels are decoded.

    Returns:
        One picture per layer; all of them share one block of memory.

    Raises:
        DecodeCancelledError: The request was cancelled.
        PixelsError: The pixels cannot be decoded.
    """
    task = LayersTask(budget=PICTURE_BUDGET, path=path, part_index=part_index, layers=layers)
    return decoder.run(task, LayersReply, stop, to_layers)
