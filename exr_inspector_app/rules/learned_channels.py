"""Rules on channels for a proposed profile: the channels and layers of all files, and their pixel types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from exr_inspector_app.model import ExrFile
from exr_inspector_app.rules.channel_rules import check_channels, check_layers
from exr_inspector_app.rules.name_pattern import is_pattern
from exr_inspector_app.rules.outcome import RuleResult
from exr_inspector_app.rules.toml_text import is_writable, toml_value

MAX_NAMES = 100
_LETTERS = "RGBA"


def common_channels(files: Sequence[ExrFile]) -> Iterator[tuple[str, str]]:
    """Yield the channels without a layer, and the layers, that every file has in each of its views."""
    first = [channel for part in files[0].parts for channel in part.channels]
    bare = [channel.component_name for channel in first if not channel.layer_name]
    bare.sort(key=lambda name: (_LETTERS.find(name) if name in _LETTERS else len(_LETTERS), name))
    layers = [channel.layer_name for channel in first if channel.layer_name]
    channels = [name for name in _plain(bare) if all(_has(check_channels, file, name) for file in files)]
    common = [name for name in _plain(layers) if all(_has(check_layers, file, name) for file in files)]
    if channels:
        yield f"channels = {toml_value(channels[:MAX_NAMES])}", ""
    if common:
        more = f"{len(common) - MAX_NAMES:,} more layers are in all files" if len(common) > MAX_NAMES else ""
        yield f"layers = {toml_value(common[:MAX_NAMES])}", more


def _plain(names: Sequence[str]) -> list[str]:
    """Return names that a profile takes literally, each once."""
    return [
        name
        for name in dict.fromkeys(names)
        if is_writable(name)
        and name.rpartition(".")[2] not in ("RGB", "RGBA")
        and name.strip() == name
        and not is_pattern(name)
    ]


def _has(check: Callable[[ExrFile, Sequence[str]], Iterable[RuleResult]], file: ExrFile, name: str) -> bool:
    return all(result.is_met for result in check(file, (name,)))


def common_types(files: Sequence[ExrFile]) -> Iterator[tuple[str, str]]:
    """Yield the pixel type that most channels have, and those of channels with another one."""
    types: dict[str, set[str]] = {}
    for file in files:
        for part in file.parts:
            for channel in part.channels:
                types.setdefault(channel.name, set()).add(channel.type)
    counts = Counter(kind for kinds in types.values() for kind in kinds)
    usual = counts.most_common(1)[0][0] if counts else ""
    others = {name: sorted(kinds) for name, kinds in types.items() if kinds != {usual}}
    if not others and usual:
        yield f"types = {toml_value(usual)}", ""
    elif len(others) <= MAX_NAMES and len(_plain(list(others))) == len(others):
        pairs = [("*", [usual]), *others.items()]
        rows = ", ".join(f"{toml_value(name)} = {toml_value(k[0] if len(k) == 1 else k)}" for name, k in pairs)
        yield f"types = {{{rows}}}", ""
