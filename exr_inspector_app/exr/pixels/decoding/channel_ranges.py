"""Channel ranges: groups requested channels of a part into few contiguous reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from exr_inspector_app.exr.pixels.request import PixelRequestError

_MAX_GAP = 4  # channels that are read needlessly rather than decoding a strip once more


class ChannelRange(NamedTuple):
    """Contiguous channels that are read together in one number format."""

    first: int
    end: int  # not included
    format: str  # half, float or uint
    targets: list[tuple[int, int]]  # index within the range, index among the requested channels


def channel_indices(spec: Any, names: Sequence[str]) -> list[int]:
    """Return the index of each channel in an image spec, the first one if a name occurs several times.

    Raises:
        PixelRequestError: There is no such channel.
    """
    indices: dict[str, int] = {}
    for index, name in enumerate(spec.channelnames):
        indices.setdefault(name, index)
    try:
        return [indices[name] for name in names]
    except KeyError as error:
        raise PixelRequestError(f"There is no channel {error.args[0]}.") from None


def channel_ranges(spec: Any, names: tuple[str, ...], *, keeps_half: bool = False) -> list[ChannelRange]:
    """Return the ranges to read for channels of these names.

    uint channels are read as such, because OpenImageIO maps them to 0-1 when it reads them as float.

    Args:
        spec: ImageSpec of the part.
        names: Names of the channels, in the order of the targets.
        keeps_half: Read half channels as half if all of the channels are.
    """
    formats = spec.channelformats or (spec.format,) * spec.nchannels
    requested = sorted((source, target) for target, source in enumerate(channel_indices(spec, names)))
    ranges: list[ChannelRange] = []
    is_half = keeps_half and all(str(formats[source]) == "half" for source, _ in requested)
    for source, target in requested:
        number_format = "uint" if str(formats[source]) == "uint" else "half" if is_half else "float"
        if ranges and ranges[-1].format == number_format and source - ranges[-1].end < _MAX_GAP:
            first, _, _, targets = ranges[-1]
            ranges[-1] = ChannelRange(first, source + 1, number_format, [*targets, (source - first, target)])
        else:
            ranges.append(ChannelRange(source, source + 1, number_format, [(0, target)]))
    return ranges
