"""Table of `inspect --csv` and `--tsv`: one row per file, with its fields and the selected attributes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from exr_inspector_app.cli.output.file_fields import FIELDS, Field, read_attribute
from exr_inspector_app.model import ExrFile
from exr_inspector_app.text.escape import escape_control

_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet reads text with these as a formula


def table_lines(files: Sequence[ExrFile], *, has_attributes: bool, delimiter: str) -> Iterator[str]:
    """Yield the header and one row per file.

    Args:
        files: Inspected files, with the selected attributes alone.
        has_attributes: Append a column for each attribute of any file, in the order in which they occur.
        delimiter: Text between columns.
    """
    names = dict.fromkeys(entry.name for file in files for part in file.parts for entry in part.attributes)
    attributes = list(names) if has_attributes else []
    yield _line([*FIELDS, *(_text(f"attr[{name}]") for name in attributes)], delimiter)
    for file in files:
        values = [read(file) for read in FIELDS.values()]
        yield _line(
            [_text(value) for value in [*values, *(read_attribute(file, name) for name in attributes)]], delimiter
        )


def _line(cells: list[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(cells)
    return out.getvalue()


def _text(value: Field) -> str:
    """Return a cell; text that a spreadsheet would compute begins with an apostrophe, numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = escape_control(value)
    return f"'{text}" if value.startswith(_FORMULA_PREFIXES) else text
