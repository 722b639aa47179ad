"""Template parser of `inspect --format`: text with fields in braces, without access to anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from string import Formatter
from typing import NamedTuple

from exr_inspector_app.cli.output.file_fields import FIELDS, Field, read_attribute
from exr_inspector_app.errors import UsageError
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control

_ATTRIBUTE = re.compile(r"attr\[(?P<name>.+)\]", re.DOTALL)
_SPEC = re.compile(r"(?:[ -~]?[<>^])?\d{0,3}")  # alignment and width, so that columns line up
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\\\": "\\"}
_ESCAPE = re.compile(r"\\[tn\\]")
_EXAMPLE = "such as '{path} {width}x{height} {attr[owner]}'"


class _Piece(NamedTuple):
    """Literal text, and the field after it with its alignment and width; None for no field."""

    literal: str
    read: Callable[[ExrFile], Field] | None
    spec: str


class LineTemplate:
    """Compiled template: one line of text per file."""

    def __init__(self, text: str) -> None:
        r"""Compile a template.

        Args:
            text: Text with fields such as `{path}`, `{attr[owner]}` and `{width:>6}`; `\t` and `\n` are a tab and
                a line break, `{{` is a brace.

        Raises:
            UsageError: The template is malformed, or has an unknown field.
        """
        self._pieces: list[_Piece] = []
        try:
            parsed = list(Formatter().parse(text))
        except ValueError as error:
            raise UsageError(f"Malformed --format ({error}). Use fields in braces, {_EXAMPLE}.") from error
        for literal, name, spec, conversion in parsed:
            literal = _ESCAPE.sub(lambda match: _ESCAPES[match[0]], literal)
            if name is None:
                self._pieces.append(_Piece(literal, None, ""))
                continue
            if conversion or not _SPEC.fullmatch(spec or ""):
                raise UsageError(f"--format: {{{name}}} takes an alignment and a width only, such as {{{name}:>12}}.")
            self._pieces.append(_Piece(literal, _reader(name), spec or ""))

    def render(self, file: ExrFile) -> str:
        """Return the line of a file; a field without a value is empty, and values are escaped."""
        return "".join(f"{piece.literal}{_value(piece, file)}" for piece in self._pieces)


def _reader(name: str) -> Callable[[ExrFile], Field]:
    """Return the function that reads a field; names are looked up, never evaluated."""
    match = _ATTRIBUTE.fullmatch(name)
    if match:
        return lambda file: read_attribute(file, match["name"])
    if name not in FIELDS:
        raise UsageError(f"--format: unknown field {{{name}}}. Fields: {', '.join(FIELDS)}, attr[NAME].")
    return FIELDS[name]


def _value(piece: _Piece, file: ExrFile) -> str:
    value = piece.read(file) if piece.read else ""
    if isinstance(value, int):
        return format(value, piece.spec)
    return format(escape_control("" if value is None else str(value)), piece.spec)
