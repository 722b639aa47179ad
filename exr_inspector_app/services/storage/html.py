"""HTML format of a storage report: one file that loads nothing and runs nothing; all text is escaped."""

from __future__ import annotations

from html import escape

from exr_inspector_app.services.storage.formats import bytes_text, section_title
from exr_inspector_app.services.storage.report import ReportRow, ReportSection, StorageReport
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import format_bytes, pluralize

HTML_ROWS = 200  # of a section
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # https://www.w3.org/TR/CSP3/
_STYLE = """
:root { color-scheme: light dark; }
body { font: 14px/1.45 Inter, system-ui, sans-serif; margin: 24px auto; max-width: 1100px; padding: 0 16px; }
h1 { font-size: 20px; margin-bottom: 0; } h2 { font-size: 15px; margin: 28px 0 2px; } p { margin: 2px 0; opacity: .7; }
table { border-collapse: collapse; width: 100%; margin-top: 6px; font-variant-numeric: tabular-nums; }
td { padding: 4px 16px 4px 0; border-top: 1px solid #8883; vertical-align: top; }
td:first-child { overflow-wrap: anywhere; min-width: 180px; } .number { text-align: right; white-space: nowrap; }
.bar { width: 120px; } .bar div { background: #4a8fe7; height: 8px; border-radius: 4px; margin-top: 6px; }
.saved .bar div { background: #d98a2b; } small { opacity: .7; }
"""


def html_report(report: StorageReport) -> str:
    """Return the report as a page."""
    title = f"Storage: {report.target}"
    summary = f"{pluralize(report.files, 'file')}, {format_bytes(report.size_bytes)}"
    sections = "\n".join(_section(section, report.size_bytes) for section in report.sections)
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{_escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_escape(title)}</h1>\n<p>{_escape(summary)}</p>\n{sections}\n</body>\n</html>\n"
    )
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")  # any encoding of stdout can write it


def _section(section: ReportSection, total: int) -> str:
    rows = "\n".join(_row(row, total) for row in section.rows[:HTML_ROWS])
    note = f"<p>{_escape(section.note)}</p>" if section.note else ""
    rest = len(section.rows) - HTML_ROWS
    more = f"<p>and {rest:,} more</p>" if rest > 0 else ""
    saved = ' class="saved"' if any(row.saved_bytes is not None for row in section.rows) else ""
    return f"<h2>{_escape(section_title(section))}</h2>\n{note}<table{saved}>\n{rows}\n</table>{more}"


def _row(row: ReportRow, total: int) -> str:
    size = row.size_bytes if row.saved_bytes is None else row.saved_bytes
    share = 100 * size / total if total else 0
    return (
        f"<tr><td>{_escape(row.name)}<br><small>{_escape(row.detail)}</small></td>"
        f'<td class="number">{_escape(pluralize(row.files, "file"))}</td>'
        f'<td class="number">{_escape(bytes_text(row.size_bytes, row.saved_bytes, total))}</td>'
        f'<td class="bar"><div style="width: {min(share, 100):.1f}%"></div></td></tr>'
    )


def _escape(text: str) -> str:
    return escape(escape_control(text))
