"""Requests to the decoder about a place in the file: all values at one pixel, and statistics of a region."""

from __future__ import annotations

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.exr.pixels.decode_request import PictureRequest
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.operation_budget import PROBE_BUDGET
from exr_inspector_app.exr.pixels.probe_values import PartValues
from exr_inspector_app.exr.pixels.worker_protocol import ProbeReply, ProbeTask, RegionTask, StatisticsReply
from exr_inspector_app.model import Box2i, ChannelStats


def read_probe(
    decoder: Decoder, path: str, at: tuple[int, int], stop: StopCheck = never_stop
) -> tuple[PartValues, ...]:
    """Decode all channels of all parts at one pixel, without rounding uint values to float32.

    Args:
        decoder: Runs the request.
        path: The file.
        at: x and y in the coordinates of the data windows, at full size.
        stop: Polled while pixels are decoded.

    Returns:
        One item per part that has pixels; a part that cannot be decoded there names the problem.

    Raises:
        DecodeCancelledError: The request was cancelled.
        PixelsError: No part can be decoded, or the budget is used.
    """
    task = ProbeTask(budget=PROBE_BUDGET, path=path, position=at)
    return decoder.run(task, ProbeReply, stop, lambda reply, _: reply.parts)


def measure_region(
    decoder: Decoder, request: PictureRequest, region: Box2i, stop: StopCheck = never_stop
) -> tuple[ChannelStats, ...]:
    """Measure channels inside a region, exactly, from the chunks that it touches.

    Args:
        decoder: Runs the request.
        request: The channels and the level; `max_size` is ignored.
        region: Pixels of the data window at full size, both corners included; the part outside of it is ignored.
        stop: Polled while pixels are decoded.

    Returns:
        One row per channel in the order of the request; deep pixels are flattened.

    Raises:
        DecodeCancelledError: The request was cancelled.
        PixelsError: The pixels cannot be decoded, the region is outside of them, or the budget is used.
    """
    task = RegionTask(
        budget=PROBE_BUDGET,
        path=request.path,
        part_index=request.part_index,
        channels=request.channels,
        level=request.level,
        region=region,
    )
    return decoder.run(task, StatisticsReply, stop, lambda reply, _: _rows(reply, request.channels))


def _rows(reply: StatisticsReply, channels: tuple[str, ...]) -> tuple[ChannelStats, ...]:
    """Return the rows of a reply to a request for `channels`, () for those of the picture."""
    if channels and len(reply.channels) != len(channels):
        raise ProtocolError(f"statistics of {len(reply.channels)} channels in place of {len(channels)}")
    return reply.channels
