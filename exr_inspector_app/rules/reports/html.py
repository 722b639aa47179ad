"""HTML report in one file: findings by sequence with thumbnails as data URLs; all text is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape

from exr_inspector_app.rules.outcome import Outcome, Verdict
from exr_inspector_app.rules.reports.locations import Location, group_locations, part_label
from exr_inspector_app.rules.reports.text import summary_line
from exr_inspector_app.text.escape import escape_control

MAX_THUMBNAILS = 200  # of at most 48 KB each
_STYLE = """
:root { color-scheme: light dark; }
body { font: 14px/1.45 Inter, system-ui, sans-serif; margin: 24px auto; max-width: 1100px; padding: 0 16px; }
h1 { font-size: 20px; } h2 { font-size: 14px; margin: 0 0 4px; overflow-wrap: anywhere; }
section { display: flex; gap: 16px; padding: 12px 0; border-top: 1px solid #8884; }
section > div { flex: 1; min-width: 0; } img, .blank { width: 160px; align-self: flex-start; }
table { border-collapse: collapse; width: 100%; } td { padding: 2px 12px 2px 0; vertical-align: top; }
td:last-child { width: 100%; overflow-wrap: anywhere; } .error { color: #d33; } .warning { color: #b70; }
.note, .ignored, .passed, small { opacity: .7; } .state { font-weight: 600; }
"""
# The page loads nothing and runs nothing; Content Security Policy Level 3, https://www.w3.org/TR/CSP3/.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def thumbnail_paths(verdict: Verdict) -> list[str]:
    """Return the files that the report shows: one per sequence, those with findings first."""
    locations = sorted(group_locations(verdict), key=lambda location: not _has_findings(location))
    readable = [next((item.path for item in location.files if item.file.parts), None) for location in locations]
    return [path for path in readable if path][:MAX_THUMBNAILS]


def html_report(verdict: Verdict, thumbnails: Mapping[str, bytes]) -> str:
    """Return the report.

    Args:
        verdict: Verdict.
        thumbnails: JPEG by path, for some of `thumbnail_paths`.
    """
    title = f"Check: {verdict.profile}" if verdict.profile else "Check"
    state = "Failed" if verdict.has_failed else "Passed"
    sections = "\n".join(_section(location, thumbnails) for location in group_locations(verdict))
    notices = "".join(f"<p>{_escape(notice)}</p>\n" for notice in verdict.notices)
    level = "error" if verdict.has_failed else "passed"
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{_escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{_escape(title)}</h1>\n<p><span class="state {level}">{state}</span>, '
        f"{_escape(summary_line(verdict))} Fails on {verdict.fail_on}.</p>\n"
        f"{notices}{sections}\n</body>\n</html>\n"
    )
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")  # any encoding of stdout can write it


def _has_findings(location: Location) -> bool:
    has_errors = any(item.file.errors for item in location.files)
    return has_errors or any(outcome.status == "failed" for outcome in location.outcomes)


def _section(location: Location, thumbnails: Mapping[str, bytes]) -> str:
    jpeg = next((thumbnails[item.path] for item in location.files if item.path in thumbnails), None)
    image = '<div class="blank"></div>'
    if jpeg:
        image = f'<img alt="" src="data:image/jpeg;base64,{b64encode(jpeg).decode("ascii")}">'
    frames = f" <small>{_escape(location.frames)}</small>" if location.frames else ""
    rows = "".join(_rows(location))
    table = f"<table>{rows}</table>" if rows else "<p>No issues.</p>"
    passed = [outcome for outcome in location.outcomes if outcome.status == "passed"]
    details = "".join(f"<tr>{_cells(location, outcome)}</tr>" for outcome in passed)
    folded = f"<details><summary>{len(passed)} passed</summary><table>{details}</table></details>" if passed else ""
    return f"<section>{image}<div><h2>{_escape(location.name)}{frames}</h2>{table}{folded}</div></section>"


def _rows(location: Location) -> Iterator[str]:
    for item in location.files:
        for problem in item.file.errors:
            place = f"{item.path}: " if location.frames else ""
            cells = f'<td class="error">error</td><td>{_escape(problem.code)}</td>'
            yield f"<tr>{cells}<td>{_escape(place + problem.message)}</td></tr>"
    for status in ("failed", "ignored"):
        for outcome in location.outcomes:
            if outcome.status == status:
                yield f"<tr>{_cells(location, outcome)}</tr>"


def _cells(location: Location, outcome: Outcome) -> str:
    label = outcome.severity if outcome.status == "failed" else outcome.status
    frames = location.frames_of(outcome)
    place = ", ".join(filter(None, [part_label(outcome, location.files), f"frames {frames}" if frames else ""]))
    small = f" <small>{_escape(place)}</small>" if place else ""
    reason = f"<br><small>{_escape(outcome.reason)}</small>" if outcome.reason else ""
    return (
        f'<td class="{label}">{label}</td><td>{_escape(outcome.code)}</td>'
        f"<td>{_escape(outcome.message)}{small}{reason}</td>"
    )


def _escape(text: str) -> str:
    return escape(escape_control(text))
