"""Profile proposals: values common to all files of a good folder become rules, written as TOML with comments."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from exr_inspector_app.embedding.volatile_attributes import is_volatile
from exr_inspector_app.exr.sequences.grouping import FrameSequence, frame_range, group_sequences
from exr_inspector_app.model import Attribute, ExrFile, Part
from exr_inspector_app.rules.attribute_rules import FPS_ATTRIBUTES, number_of
from exr_inspector_app.rules.learned_channels import common_channels, common_types
from exr_inspector_app.rules.toml_text import toml_key, toml_value
from exr_inspector_app.text.format import pluralize

MAX_TEXT_CHARS = 80  # of a value that becomes a rule
MAX_ATTRIBUTES = 100
_RULED = frozenset(  # attributes that other rules cover, and those that OpenEXR itself requires
    "channels compression dataWindow displayWindow lineOrder pixelAspectRatio screenWindowCenter screenWindowWidth"
    " chunkCount name type version tiles view multiView chromaticities colorInteropID preview".split()
) | {*FPS_ATTRIBUTES}

Line = tuple[str, str]  # TOML without its comment, and the comment; a line to remove its mark from has no TOML


def learn_profile(files: Sequence[ExrFile], name: str = "") -> str:
    """Return a profile that the files meet, as TOML with a comment per rule.

    Args:
        files: Inspected files; those with errors are left out. With statistics, values become rules too.
        name: Name of the profile.
    """
    good = [file for file in files if file.parts and not file.errors]
    by_path = {file.path: file for file in good}
    sequences = group_sequences(by_path, {path: file.frame_number for path, file in by_path.items()})
    several = [sequence for sequence in sequences if len(sequence.paths) > 1]
    left_out = f" {pluralize(len(files) - len(good), 'file')} with errors left out." if len(good) < len(files) else ""
    head = [
        f"# Proposed from {pluralize(len(good), 'file')} in {pluralize(len(several), 'sequence')}.{left_out}",
        "# Each rule is a value that all of them share. Review each line; see Profiles in the help.",
        f"name = {toml_value(name or 'learned')}",
    ]
    if not good:
        return "\n".join([*head, "# No file could be read: no rules.", ""])
    sections = {"require": list(_header_lines(good, several)), "require.attributes": list(_attribute_lines(good))}
    sections["require.values"] = list(_value_lines(good))
    sections["ignore"] = list(_finding_lines(good))
    body = [line for title, lines in sections.items() if lines for line in ("", f"[{title}]", *_formatted(lines))]
    return "\n".join([*head, *body, ""])


def _formatted(lines: Sequence[Line]) -> Iterator[str]:
    for toml, comment in lines:
        yield f"{toml}  # {comment}" if toml and comment else toml or f"# {comment}"


def _header_lines(files: Sequence[ExrFile], sequences: Sequence[FrameSequence]) -> Iterator[Line]:
    yield from common_channels(files)
    yield from common_types(files)
    parts = [part for file in files for part in file.parts]
    yield from _counted(parts, "compression", lambda part: part.compression)
    yield from _counted(
        parts, "kind", lambda part: "deep" if part.is_deep else "tiled" if part.is_tiled else "scanline"
    )
    yield from _constant([len(file.parts) for file in files], "parts")
    yield from _window_lines(parts)
    yield from _constant([_rounded(part.pixel_aspect_ratio) for part in parts], "pixel_aspect")
    yield from _constant([_picture_part(file).color_space for file in files], "color_space", _spaces(parts))
    yield from _constant([_frame_rate(file) for file in files], "fps")
    yield from _program_lines(files)
    yield from _sequence_lines(files, sequences)


def _counted(parts: Sequence[Part], key: str, value_of: Callable[[Part], str | None]) -> Iterator[Line]:
    """Yield a list of the values that occur, most frequent first; none for more than two."""
    counts = Counter(map(value_of, parts))
    values = [str(value or "unknown") for value, _ in counts.most_common()]
    if any(value.startswith("unknown") for value in values):
        return
    if len(values) > 2:
        yield "", f"{key} differs: {', '.join(values)}"
    elif len(values) == 2:
        (first, many), (second, few) = counts.most_common()
        yield f"{key} = {toml_value(values)}", f"{first} in {many:,} parts, {second} in {few:,}"
    else:
        yield f"{key} = {toml_value(values[0])}", ""


def _constant(values: Sequence[Any], key: str, is_usable: bool = True) -> Iterator[Line]:
    """Yield the value that all have; a comment where it differs; nothing where it is missing."""
    distinct = list(dict.fromkeys(values))
    if distinct == [None] or not is_usable:
        return
    if len(distinct) == 1:
        yield f"{key} = {toml_value(distinct[0])}", ""
    else:
        shown = ", ".join("none" if value is None else toml_value(value) for value in distinct[:4])
        yield "", f"{key} differs: {shown}{' ...' if len(distinct) > 4 else ''}"


def _picture_part(file: ExrFile) -> Part:
    return file.parts[file.picture.part_index if file.picture else 0]


def _spaces(parts: Sequence[Part]) -> bool:
    """Return whether all parts that name a color space name the same."""
    return len({part.color_space for part in parts if part.color_space}) <= 1


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.6g}")


def _frame_rate(file: ExrFile) -> float | None:
    values = {attribute.name: attribute.value for part in file.parts for attribute in part.attributes}
    number = next((number_of(values[name]) for name in FPS_ATTRIBUTES if name in values), None)
    return None if number is None or not math.isfinite(number) else float(f"{number:.6g}")


def _window_lines(parts: Sequence[Part]) -> Iterator[Line]:
    sizes = [f"{box.width}x{box.height}" if (box := part.display_window) else None for part in parts]
    yield from _constant(sizes, "resolution")
    if all(part.data_window and part.data_window == part.display_window for part in parts):
        yield 'data_window = "display"', ""
        return
    overscans = [_overscan(part) for part in parts]
    if all(overscan is not None for overscan in overscans):
        yield f"overscan = {max(overscan or 0 for overscan in overscans)}", "the largest"


def _overscan(part: Part) -> int | None:
    data, display = part.data_window, part.display_window
    if data is None or display is None:
        return None
    sides = (display.min_x - data.min_x, display.min_y - data.min_y)
    return max(0, *sides, data.max_x - display.max_x, data.max_y - display.max_y)


def _program_lines(files: Sequence[ExrFile]) -> Iterator[Line]:
    programs = [file.renderer for file in files]
    names = {program.name if program else None for program in programs}
    versions = {program.version for program in programs if program and program.version}
    if len(names) > 1:
        yield "", f"renderer differs: {', '.join(sorted(name or 'none' for name in names))}"
    elif (name := names.pop()) is not None and not re.search(r"[<>=!~,]", name):
        oldest = min(versions, key=_version_key, default=None) if all(p and p.version for p in programs) else None
        yield (
            f"renderer = {toml_value(f'{name} >= {oldest}' if oldest else name)}",
            "the oldest version" if oldest else "",
        )


def _version_key(version: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", version)]


def _sequence_lines(files: Sequence[ExrFile], sequences: Sequence[FrameSequence]) -> Iterator[Line]:
    if all(file.is_complete for file in files) and not any(sequence.missing for sequence in sequences):
        yield "complete = true", ""
    ranges = list(dict.fromkeys(frame_range(sequence.frames) for sequence in sequences))
    if len(ranges) == 1 and sum(len(sequence.paths) for sequence in sequences) == len(files):
        if len(sequences) > 1:
            yield f"frames = {toml_value(ranges[0])}", f"of all {len(sequences):,} sequences"
        else:
            yield "", f"frames = {toml_value(ranges[0])}  (of the only sequence)"


def _attribute_lines(files: Sequence[ExrFile]) -> Iterator[Line]:
    """Yield the attributes of all files: with their value where it is the same in all of two files or more."""
    tables = [_attributes(file) for file in files]
    names = [name for name in tables[0] if name not in _RULED and all(name in table for table in tables)]
    for name in names[:MAX_ATTRIBUTES]:
        values = [value for table in tables for value in table[name]]
        key = toml_key(name)
        if key is None:
            continue
        rule = _value_rule(values) if len(files) > 1 else None
        yield f"{key} = {rule or 'true'}", "" if rule else "any value"
    if len(names) > MAX_ATTRIBUTES:
        yield "", f"{len(names) - MAX_ATTRIBUTES:,} more attributes are in all files"


def _attributes(file: ExrFile) -> dict[str, list[Attribute]]:
    table: dict[str, list[Attribute]] = {}
    for part in file.parts:
        for attribute in part.attributes:
            table.setdefault(attribute.name, []).append(attribute)
    return table


def _value_rule(attributes: Sequence[Attribute]) -> str | None:
    """Return the TOML of the value that all attributes share; None for values that vary or are too long for a rule."""
    first = attributes[0].value
    if any(item.value != first or is_volatile(item.name, item.type) for item in attributes):
        return None
    if isinstance(first, str):
        text = first.rstrip("\0")
        is_short = 0 < len(text) <= MAX_TEXT_CHARS and text.isprintable()
        return toml_value(f"^{re.escape(text)}$".replace("\\ ", " ").replace("\\-", "-")) if is_short else None
    is_number = isinstance(first, (int, float)) and not isinstance(first, bool) and math.isfinite(first)
    return toml_value(first) if is_number else None


def _value_lines(files: Sequence[ExrFile]) -> Iterator[Line]:
    stats = [row for file in files for row in file.stats]
    if not stats:
        return
    clean = [kind for kind in ("nan", "inf") if not any(getattr(row, f"{kind}_count") for row in stats)]
    if clean:
        yield f'"*" = {{{", ".join(f"{kind} = false" for kind in clean)}}}', ""
    alphas = [row for row in stats if row.name == "A" and row.has_range]
    if alphas and min(row.min for row in alphas) >= 0 and max(row.max for row in alphas) <= 1:
        extra = "".join(f", {kind} = false" for kind in clean)
        yield f"A = {{min = 0, max = 1{extra}}}", ""


def _finding_lines(files: Sequence[ExrFile]) -> Iterator[Line]:
    """Yield the findings that these files have, so that errors among them do not fail the next."""
    counts = Counter((finding.code, finding.severity) for file in files for finding in file.findings)
    for (code, severity), count in sorted(counts.items()):
        if severity == "error":
            yield f'{code} = "in the files that this profile was made from"', f"{count:,} findings"
        elif severity == "warning":
            yield "", f'{code} = "reason"  (a warning, {count:,} findings)'
