"""Selection of the layer that `picture` renders: by part, layer and view, or the picture of the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from exr_inspector_app.errors import UsageError
from exr_inspector_app.exr.cryptomatte import matte_name
from exr_inspector_app.exr.layers import decoded_names
from exr_inspector_app.exr.picture import ranked_pictures
from exr_inspector_app.exr.pixels.request import has_pixels
from exr_inspector_app.model import ExrFile, Part, Picture
from exr_inspector_app.text.escape import escape_control

MAX_NAMES = 20  # that a sentence lists
_NO_PIXELS = "{}: no part has pixels."


def select_layers(file: ExrFile, part: int | None, layer: str | None, view: str | None) -> list[Picture]:
    """Return the layers that match, the most likely picture first; channels have the names that are decoded.

    Args:
        file: The inspected file.
        part: Index of the part; None for all.
        layer: Name of a layer or of a channel, in any case; None for all.
        view: Name of a view (eye); None for all.

    Raises:
        UsageError: Nothing matches; the sentence lists the choices.
    """
    parts = [candidate for candidate in file.parts if has_pixels(candidate)]
    if not parts:
        raise UsageError(_NO_PIXELS.format(escape_control(file.path)))
    if part is not None and not any(candidate.index == part for candidate in parts):
        raise UsageError(f"There is no part {part} with pixels; parts: {_listed(str(p.index) for p in parts)}.")
    by_index = {candidate.index: candidate for candidate in parts}
    pictures = [p for p in ranked_pictures(parts) if part is None or p.part_index == part]
    if view is not None:
        views = dict.fromkeys(name for p in pictures if (name := _view(p, by_index[p.part_index])))
        pictures = [p for p in pictures if _view(p, by_index[p.part_index]) == view]
        _require(pictures, f"There is no view {escape_control(view)}", views)
    if layer is not None:
        names = dict.fromkeys(name for p in pictures if (name := layer_name(p, by_index[p.part_index])))
        pictures = _named(pictures, by_index, layer)
        _require(pictures, f"There is no layer {escape_control(layer)}", names)
    return [p._replace(channels=decoded_names(by_index[p.part_index].channels, p.channels)) for p in pictures]


def layer_name(picture: Picture, part: Part) -> str:
    """Return the name under which a layer is chosen: its own, that of its only channel, or that of its part."""
    if picture.layer:
        return picture.layer
    return picture.channels[0] if len(picture.channels) == 1 else (part.name or "")


def _named(pictures: Sequence[Picture], parts: dict[int, Part], name: str) -> list[Picture]:
    """Return the layers of a name: exact, then in any case; those with the channel of this name come last."""

    def matching(fold: Callable[[str], str]) -> list[Picture]:
        wanted = fold(name)
        by_layer = [p for p in pictures if fold(layer_name(p, parts[p.part_index])) == wanted]
        by_matte = [p for p in pictures if p.kind == "cryptomatte" and fold(matte_name(p.layer)) == wanted]
        by_part = [p for p in pictures if fold(parts[p.part_index].name or "") == wanted]
        by_channel = [p._replace(channels=(c,)) for p in pictures for c in p.channels if fold(c) == wanted]
        return by_layer or by_matte or by_part or by_channel

    return matching(str) or matching(str.lower)


def _view(picture: Picture, part: Part) -> str:
    """Return the view of a layer; channels without a view are those of the first one."""
    return picture.view or part.view or (part.multi_view[0] if part.multi_view else "")


def _require(pictures: Sequence[Picture], problem: str, choices: Collection[str]) -> None:
    if not pictures:
        raise UsageError(f"{problem}; choose one of: {_listed(choices)}." if choices else f"{problem}.")


def _listed(names: Iterable[str]) -> str:
    listed = [escape_control(name) for name in names]
    more = f" and {len(listed) - MAX_NAMES} more" if len(listed) > MAX_NAMES else ""
    return ", ".join(listed[:MAX_NAMES]) + more
