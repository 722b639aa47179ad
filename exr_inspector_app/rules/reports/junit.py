"""JUnit XML report for continuous integration: one test case per file and rule.

Format: https://github.com/testmoapp/junitxml, but the schema of Jenkins, `junit-10.xsd`, refuses a report with
`skipped` on `testsuites`. Findings below the severity that fails are `system-out` of a case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from exr_inspector_app.model import Problem
from exr_inspector_app.rules.outcome import Outcome, Verdict, fails

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Case(NamedTuple):
    classname: str
    name: str
    body: str
    kind: str  # failure, error, skipped, or empty


def junit_report(verdict: Verdict) -> str:
    """Return the report; characters that XML forbids are replaced by U+FFFD."""
    suites = [
        (item.path, [*_cases(item.path, item.outcomes, verdict.fail_on), *_errors(item.path, item.file.errors)])
        for item in verdict.files
    ]
    suites += [
        (f"{item.sequence} {item.frames}".strip(), list(_cases(item.sequence, item.outcomes, verdict.fail_on)))
        for item in verdict.sequences
    ]
    every = [case for _, cases in suites for case in cases]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={_quoted(verdict.profile or 'exr-inspector')} {_counts(every)}>",
        *(line for name, cases in suites for line in _suite_lines(name, cases)),
        "</testsuites>",
    ]
    return _as_ascii("\n".join(lines) + "\n")


def _as_ascii(text: str) -> str:
    """Return the text with character references, which any encoding of stdout can write."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _suite_lines(name: str, cases: Sequence[_Case]) -> Iterator[str]:
    skipped = sum(case.kind == "skipped" for case in cases)
    yield f'  <testsuite name={_quoted(name)} {_counts(cases)} skipped="{skipped}">'
    for case in cases:
        head = f"    <testcase classname={_quoted(case.classname)} name={_quoted(case.name)}"
        yield f"{head}>{case.body}</testcase>" if case.body else f"{head}/>"
    yield "  </testsuite>"


def _counts(cases: Sequence[_Case]) -> str:
    kinds = [case.kind for case in cases]
    return f'tests="{len(cases)}" failures="{kinds.count("failure")}" errors="{kinds.count("error")}"'


def _cases(path: str, outcomes: Sequence[Outcome], fail_on: str) -> Iterator[_Case]:
    if not outcomes:
        yield _Case(path, "checks", "", "")
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        part = "" if outcome.part_index is None else f" (part {outcome.part_index})"
        name, message = f"{outcome.code}{part}", outcome.message
        counts[name] += 1
        name += f" {counts[name]}" if counts[name] > 1 else ""  # a rule has a case per channel or attribute
        if outcome.status == "passed":
            yield _Case(path, name, "", "")
        elif outcome.status == "ignored":
            text = f"{message} Ignored: {outcome.reason}"
            yield _Case(path, name, f"<skipped message={_quoted(text)}/>", "skipped")
        elif any(fails([outcome], fail_on)):
            body = f"<failure type={_quoted(outcome.severity)} message={_quoted(message)}>{_text(message)}</failure>"
            yield _Case(path, name, body, "failure")
        else:
            yield _Case(path, name, f"<system-out>{_text(f'{outcome.severity}: {message}')}</system-out>", "")


def _errors(path: str, problems: Sequence[Problem]) -> Iterator[_Case]:
    for problem in problems:
        body = f"<error type={_quoted(problem.code)} message={_quoted(problem.message)}/>"
        yield _Case(path, problem.code, body, "error")


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
