"""Where channels stand in a part, and which of them are read at one time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from exr_inspector_app.exr.pixels.request import PixelRequestError

_NEAR = 4  # channels that are read in vain rather than decoding a strip once more


class ChannelRange(NamedTuple):
    """Channels that are read together, in one number format; each with its place read and its place wanted."""

    first: int
    end: int
    form: str
    places: list[tuple[int, int]]


def places_of(spec: Any, names: Sequence[str]) -> list[int]:
    """Where channels stand, each the first of its name; raises Refused where one does not."""
    there: dict[str, int] = {}
    for place, name in enumerate(spec.channelnames):
        there.setdefault(name, place)
    try:
        return [there[name] for name in names]
    except KeyError as error:
        raise PixelRequestError(f"There is no channel {error.args[0]}.") from None


def runs(spec: Any, names: tuple[str, ...]) -> list[ChannelRange]:
    """The channels of these names in as few runs as make sense.

    Whole numbers are read as such, since OpenImageIO would make fractions of them.
    """
    kinds = spec.channelformats or (spec.format,) * spec.nchannels
    wanted = sorted((here, there) for there, here in enumerate(places_of(spec, names)))
    found: list[ChannelRange] = []
    for here, there in wanted:
        form = "uint" if str(kinds[here]) == "uint" else "float"
        if found and found[-1].form == form and here - found[-1].end < _NEAR:
            first, _, _, places = found[-1]
            found[-1] = ChannelRange(first, here + 1, form, [*places, (here - first, there)])
        else:
            found.append(ChannelRange(here, here + 1, form, [(0, there)]))
    return found
