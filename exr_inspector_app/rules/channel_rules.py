"""Rules on channels and layers: required, forbidden, and their pixel types, over all parts and views of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from exr_inspector_app.exr.message_format import join_names, quote
from exr_inspector_app.model import Channel, ExrFile, Part
from exr_inspector_app.rules.name_pattern import is_pattern, matches_name, similar_case
from exr_inspector_app.rules.outcome import RuleResult
from exr_inspector_app.rules.value_forms import ValueFormError, join_options, parse_texts

PIXEL_TYPES = ("half", "float", "uint")
_TYPE_ALIASES = {"float16": "half", "16": "half", "float32": "float", "32": "float", "uint32": "uint", "int": "uint"}
_TYPE_FORM = 'half, float or uint, or a table such as {"Z" = "float"}'
_LETTERS = ("RGB", "RGBA")  # expand to their letters: no program writes a channel of this name

Types = Mapping[str, tuple[str, ...]]  # allowed types by pattern


def parse_channels(value: object) -> tuple[str, ...]:
    """Parse names or patterns of channels; `RGBA` and `diffuse.RGB` expand to a channel per letter."""
    names: list[str] = []
    for text in parse_texts(value, "a list of channel names"):
        layer, dot, letters = text.rpartition(".")
        names += [f"{layer}{dot}{letter}" for letter in letters] if letters in _LETTERS else [text]
    return tuple(dict.fromkeys(names))


def parse_layers(value: object) -> tuple[str, ...]:
    """Parse names or patterns of layers."""
    return parse_texts(value, "a list of layer names")


def parse_types(value: object) -> Types:
    """Parse types by pattern, or types of all channels."""
    table = value if isinstance(value, dict) else {"*": value}
    types = {pattern: tuple(map(_pixel_type, parse_texts(item, _TYPE_FORM))) for pattern, item in table.items()}
    return {name: allowed for key, allowed in types.items() for name in parse_channels([key])}


def _pixel_type(text: str) -> str:
    name = text.lower()
    name = _TYPE_ALIASES.get(name, name)
    if name not in PIXEL_TYPES:
        raise ValueFormError(_TYPE_FORM)
    return name


def _views(file: ExrFile) -> list[str]:
    """Return the views of a file, in file order; none for a file without views."""
    views = [channel.view_name or part.view for part in file.parts for channel in part.channels]
    return list(dict.fromkeys(view for view in views if view))


def _channels(file: ExrFile, view: str | None) -> Iterator[tuple[Part, Channel]]:
    """Yield the channels of a view, and those without a view; all channels for None."""
    for part in file.parts:
        for channel in part.channels:
            if view is None or (channel.view_name or part.view) in (None, view):
                yield part, channel


def channel_names(file: ExrFile, part: Part, channel: Channel) -> tuple[str, ...]:
    """Return the names of a channel: as in the file, without its view, and prefixed by its part or view."""
    layer, view = channel.layer_name, channel.view_name or part.view
    bare = f"{layer}.{channel.component_name}" if layer else channel.component_name
    names = [channel.name, bare]
    part_layer = _part_layer(file, part)
    if part_layer:
        names += [f"{part_layer}.{channel.name}", f"{part_layer}.{bare}"]
    if view:
        names += [f"{view}.{name}" for name in (bare, *names[2:])]
    return tuple(dict.fromkeys(names))


def _part_layer(file: ExrFile, part: Part) -> str:
    """Return the name of a part of several without its view: programs write one layer per part under its name."""
    if len(file.parts) < 2 or not part.name:
        return ""
    view = part.view
    return part.name.removesuffix(f".{view}").removeprefix(f"{view}.") if view else part.name


def layer_names(file: ExrFile, view: str | None = None) -> dict[str, None]:
    """Return the layers of a view with the layers that contain them, and the names of parts; in file order."""
    names: dict[str, None] = {}
    for part, channel in _channels(file, view):
        segments = channel.layer_name.split(".") if channel.layer_name else []
        nested = [".".join(segments[:count]) for count in range(len(segments), 0, -1)]
        channel_view = channel.view_name or part.view
        named = [name for name in (*nested, _part_layer(file, part)) if name]
        names.update(dict.fromkeys(named))
        if channel_view and view is None:
            names.update(dict.fromkeys(f"{channel_view}.{name}" for name in named))
    return names


def _alias_layers(file: ExrFile, view: str | None) -> set[str]:
    """Return the names under which the channels R, G and B without a layer are a layer, as in Nuke."""
    bare = {channel.component_name for _, channel in _channels(file, view) if not channel.layer_name}
    return {"rgb", "rgba"} if {"R", "G", "B", "A"} <= bare else {"rgb"} if {"R", "G", "B"} <= bare else set()


def check_channels(file: ExrFile, required: Sequence[str]) -> Iterator[RuleResult]:
    """Yield whether every required channel is there, in each view."""

    def names_of(view: str | None) -> list[str]:
        return [name for part, channel in _channels(file, view) for name in channel_names(file, part, channel)]

    yield from _check_present("Channel", required, {view: names_of(view) for view in (None, *_views(file))})


def check_layers(file: ExrFile, required: Sequence[str]) -> Iterator[RuleResult]:
    """Yield whether every required layer is there, in each view."""
    views = (None, *_views(file))
    yield from _check_present(
        "Layer", required, {view: [*layer_names(file, view), *_alias_layers(file, view)] for view in views}
    )


def _check_present(
    noun: str, required: Sequence[str], names: Mapping[str | None, Iterable[str]]
) -> Iterator[RuleResult]:
    views = [view for view in names if view]
    for pattern in required:
        is_of_view = any(pattern.startswith(f"{view}.") or f".{view}." in pattern for view in views)
        searched = [None] if is_of_view or not views else views
        absent = [view for view in searched if not any(matches_name(pattern, name) for name in names[view])]
        if not absent:
            yield RuleResult(None, True, f"{noun} {quote(pattern)} is present.")
            continue
        where = "" if len(absent) == len(searched) else f" in the view {quote(str(absent[0]))}"
        other = None if is_pattern(pattern) else similar_case(pattern, names[absent[0]])
        hint = f" There is {quote(other)}, whose case differs." if other else ""
        yield RuleResult(None, False, f"{noun} {quote(pattern)} is missing{where}.{hint}")


def check_forbidden_channels(file: ExrFile, patterns: Sequence[str]) -> Iterator[RuleResult]:
    """Yield whether no channel has a forbidden name."""
    for pattern in patterns:
        matches = [
            channel.name
            for part, channel in _channels(file, None)
            if any(matches_name(pattern, name) for name in channel_names(file, part, channel))
        ]
        yield _absence("channel", pattern, matches)


def check_forbidden_layers(file: ExrFile, patterns: Sequence[str]) -> Iterator[RuleResult]:
    """Yield whether no layer has a forbidden name."""
    for pattern in patterns:
        yield _absence("layer", pattern, [name for name in layer_names(file) if matches_name(pattern, name)])


def _absence(noun: str, pattern: str, matches: Sequence[str]) -> RuleResult:
    if not matches:
        return RuleResult(None, True, f"No {noun} {quote(pattern)}.")
    names = list(dict.fromkeys(matches))
    verb = f"{noun} is" if len(names) == 1 else f"{noun}s are"
    by = f" (by {quote(pattern)})" if names != [pattern] else ""
    return RuleResult(None, False, f"The {verb} not allowed{by}: {join_names(names)}.")


def check_allowed_channels(file: ExrFile, patterns: Sequence[str]) -> Iterator[RuleResult]:
    """Yield whether every channel has an allowed name."""
    others = [
        channel.name
        for part, channel in _channels(file, None)
        if not any(matches_name(p, name) for p in patterns for name in channel_names(file, part, channel))
    ]
    names = list(dict.fromkeys(others))
    if names:
        yield RuleResult(None, False, f"Channels that the profile does not allow: {join_names(names)}.")
    else:
        yield RuleResult(None, True, "All channels are allowed.")


def check_types(file: ExrFile, types: Types) -> Iterator[RuleResult]:
    """Yield per part whether its channels have the types of the most specific pattern."""
    for part in file.parts:
        wrong: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for channel in part.channels:
            allowed = _types_of(types, channel_names(file, part, channel))
            if allowed and channel.type not in allowed:
                wrong.setdefault((channel.type, allowed), []).append(channel.name)
        for (kind, allowed), names in wrong.items():
            verb = "is" if len(names) == 1 else "are"
            message = f"{join_names(names)} {verb} {kind}, the profile requires {join_options(allowed)}."
            yield RuleResult(part.index, False, message)
        if not wrong:
            yield RuleResult(part.index, True, "Channels have the right types.")


def _types_of(types: Types, names: Sequence[str]) -> tuple[str, ...]:
    """Return the types of the most specific pattern: a name, else the one with the most literal characters."""
    matching = [pattern for pattern in types if any(matches_name(pattern, name) for name in names)]
    ranks = {pattern: (not is_pattern(pattern), len(pattern.strip("*"))) for pattern in matching}
    return types[max(matching, key=lambda pattern: ranks[pattern])] if matching else ()


def check_views(file: ExrFile, required: Sequence[str]) -> Iterator[RuleResult]:
    """Yield whether every required view is there."""
    views = [*_views(file), *(view for part in file.parts for view in part.multi_view or ())]
    yield from _check_present("View", required, {None: views})
