"""Request to the decoder for the objects of an ID layer or a Cryptomatte."""

from __future__ import annotations

from exr_inspector_app.contracts import StopCheck, never_stop
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.id_areas import MAX_IDS, IdAreas
from exr_inspector_app.exr.pixels.message_fields import ProtocolError
from exr_inspector_app.exr.pixels.operation_budget import STATISTICS_BUDGET
from exr_inspector_app.exr.pixels.worker_protocol import IdAreasReply, IdAreasTask


def measure_areas(
    decoder: Decoder, path: str, part_index: int, channels: tuple[str, ...], stop: StopCheck = never_stop
) -> IdAreas:
    """Measure the area of each object of a layer, at full size.

    Args:
        decoder: Runs the request.
        path: The file.
        part_index: The part of the layer.
        channels: The ID channel, or all pairs of ID and coverage of a Cryptomatte: `cryptomatte.rank_channels`.
        stop: Polled while pixels are decoded.

    Raises:
        DecodeCancelledError: The request was cancelled.
        PixelsError: The pixels cannot be decoded, or the budget is used.
    """
    task = IdAreasTask(budget=STATISTICS_BUDGET, path=path, part_index=part_index, channels=channels)
    return decoder.run(task, IdAreasReply, stop, lambda reply, _: _checked(reply.objects))


def find_partners(
    decoder: Decoder,
    path: str,
    layer: tuple[int, tuple[str, ...]],
    partner: tuple[int, tuple[str, ...]],
    stop: StopCheck = never_stop,
) -> dict[int, int]:
    """Return the ID of another Cryptomatte that covers most of each ID, such as the material of each object.

    Args:
        decoder: Runs the request.
        path: The file.
        layer: Part, and channels of ID and coverage.
        partner: The same of the other Cryptomatte.
        stop: Polled while pixels are decoded.

    Raises:
        DecodeCancelledError: The request was cancelled.
        PixelsError: The pixels cannot be decoded, or the layers have different chunks.
    """
    task = IdAreasTask(
        budget=STATISTICS_BUDGET,
        path=path,
        part_index=layer[0],
        channels=layer[1],
        partner_part=partner[0],
        partners=partner[1],
    )
    return decoder.run(task, IdAreasReply, stop, lambda reply, _: _checked_pairs(reply.pairs))


def _checked_pairs(pairs: tuple[tuple[int, int], ...]) -> dict[int, int]:
    """Return the pairs of a reply.

    Raises:
        ProtocolError: They are more than MAX_IDS, or no IDs.
    """
    if len(pairs) > MAX_IDS or any(not 0 <= number < 2**32 for pair in pairs for number in pair):
        raise ProtocolError(f"{len(pairs)} pairs of IDs")
    return dict(pairs)


def _checked(objects: IdAreas) -> IdAreas:
    """Return the areas of a reply.

    Raises:
        ProtocolError: They are more than MAX_IDS, or no areas.
    """
    numbers = [number for number, _ in objects.areas]
    areas_are_valid = all(area >= 0 for _, area in objects.areas)
    if len(numbers) > MAX_IDS or objects.pixel_count < 1 or objects.dropped < 0 or not areas_are_valid:
        raise ProtocolError(f"areas of {len(numbers)} objects")
    if numbers and not (min(numbers) >= 0 and max(numbers) < 2**32):
        raise ProtocolError("an ID of more than 32 bits")
    return objects
