"""Formats of a storage report: text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict

from exr_inspector_app.services.storage.report import ReportSection, StorageReport
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import format_bytes, pluralize

TEXT_ROWS = 20  # of a section
_COLUMNS = ("section", "name", "files", "size_bytes", "saved_bytes", "detail")
_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet reads text with these as a formula
_MAX_NAME_CHARS = 64


def text_report(report: StorageReport) -> str:
    """Return the report as text, with the largest rows of each section."""
    lines = [f"{report.target}: {pluralize(report.files, 'file')}, {format_bytes(report.size_bytes)}"]
    for section in report.sections:
        lines += ["", section_title(section)]
        lines += [section.note] if section.note else []
        lines += _text_rows(section, report.size_bytes)
    return "\n".join(lines) + "\n"


def section_title(section: ReportSection) -> str:
    """Return the title of a section, with the bytes that could be saved."""
    if section.code == "recompression":  # its rows are alternatives for the same files
        return section.title
    return f"{section.title}: {format_bytes(section.saved_bytes)}" if section.saved_bytes else section.title


def bytes_text(size_bytes: int, saved_bytes: int | None, total: int) -> str:
    """Return the bytes of a row with their share of all, or with the estimate of those that could be saved."""
    size = format_bytes(size_bytes)
    if saved_bytes is not None:
        return f"{format_bytes(saved_bytes)} of {size}"
    return f"{size}, {100 * size_bytes / total:.0f} %" if total else size


def json_report(report: StorageReport) -> str:
    """Return the report as a JSON object."""
    return json.dumps(asdict(report), indent=2) + "\n"


def csv_report(report: StorageReport) -> str:
    """Return the rows of all sections as one table; texts are no formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for section in report.sections:
        for row in section.rows:
            saved = "" if row.saved_bytes is None else row.saved_bytes
            writer.writerow([section.code, _cell(row.name), row.files, row.size_bytes, saved, _cell(row.detail)])
    return out.getvalue()


def _text_rows(section: ReportSection, total: int) -> Iterator[str]:
    """Yield a line per row, and how many are not listed."""
    for row in section.rows[:TEXT_ROWS]:
        name = escape_control(row.name)
        name = name if len(name) <= _MAX_NAME_CHARS else f"…{name[1 - _MAX_NAME_CHARS :]}"
        files = pluralize(row.files, "file")
        line = f"  {name:<24} {files:>14}  {bytes_text(row.size_bytes, row.saved_bytes, total)}"
        yield f"{line}  {escape_control(row.detail)}".rstrip()
    if len(section.rows) > TEXT_ROWS:
        yield f"  and {len(section.rows) - TEXT_ROWS:,} more; --json and --csv list all"


def _cell(text: str) -> str:
    escaped = escape_control(text)
    return f"'{escaped}" if escaped.lstrip(" ").startswith(_FORMULA_PREFIXES) else escaped
