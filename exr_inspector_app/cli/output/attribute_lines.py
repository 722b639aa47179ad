"""Attribute filter and formatter of `inspect`: names by patterns, and values as lines of text."""

from __future__ import annotations

from fnmatch import fnmatchcase

from exr_inspector_app.exr.diff.value_text import format_value
from exr_inspector_app.model import Attribute, ExrFile, Part
from exr_inspector_app.text.escape import escape_control

MAX_VALUE_CHARS = 1000  # of a value in text; JSON has all of it


def parse_selection(texts: list[str]) -> tuple[str, ...]:
    """Return the name patterns of --select, which are separated by commas."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def select_attributes(file: ExrFile, patterns: tuple[str, ...]) -> ExrFile:
    """Return the file with those attributes alone whose names match a pattern; without patterns, unchanged.

    Args:
        file: Inspected file.
        patterns: Names with `*`, `?` and `[...]`; case counts, as in OpenEXR.
    """
    if not patterns:
        return file
    parts = (
        part._replace(attributes=tuple(entry for entry in part.attributes if matches(entry.name, patterns)))
        for part in file.parts
    )
    return file._replace(parts=tuple(parts))


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Return True if a name matches one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def attribute_lines(part: Part) -> list[str]:
    """Return one line per attribute in file order: name, type and value, not escaped."""
    return [f"{entry.name} ({entry.type}): {value_text(entry, MAX_VALUE_CHARS)}" for entry in part.attributes]


def value_text(attribute: Attribute, max_chars: int | None = None) -> str:
    """Return the value of an attribute on one line, not escaped.

    Args:
        attribute: Attribute with its decoded value.
        max_chars: Length above which the text is cut; None for all of it.
    """
    text = format_value(attribute.type, attribute.value)
    if max_chars is None or len(text) <= max_chars:
        return text
    return f"{text[:max_chars]}… ({len(text):,} characters; --json has them all)"


def selected_text(file: ExrFile) -> str:
    """Return the path of a file and its selected attributes, below the parts of a file that has several."""
    lines = [file.path]
    for part in file.parts:
        if len(file.parts) > 1 and part.attributes:
            lines.append(f"  part {part.index}{f' {part.name}' if part.name else ''}")
        indent = "    " if len(file.parts) > 1 else "  "
        lines += [f"{indent}{line}" for line in attribute_lines(part)]
    return "\n".join(map(escape_control, lines))
