"""Command `vast prove`: answer questions about the server of a VAST Database, in a scratch schema."""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Any

from exr_inspector_app import __version__, config
from exr_inspector_app.cli.options.number_arguments import parse_seconds
from exr_inspector_app.cli.output.terminal import print_message, print_result
from exr_inspector_app.contracts import ProvenFact
from exr_inspector_app.services.proof import prove
from exr_inspector_app.text.escape import escape_control
from exr_inspector_app.text.format import pluralize

_MARKS = {"yes": "✓", "no": "✗", "unknown": "?"}


def add_prove(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    text = "test the program's assumptions about the server in a scratch schema, which is removed again"
    parser = subcommands.add_parser("prove", help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object, to attach to a report")
    parser.add_argument(
        "--plain-bucket", default="", metavar="BUCKET", help="also ask how a bucket without database answers"
    )
    parser.add_argument(
        "--idle",
        type=parse_seconds,
        default=0.0,
        metavar="SECONDS",
        help="also leave a transaction idle, to see if it expires",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="ID", help="ask only questions whose id begins so; repeatable"
    )
    stopped = "Stopped. The scratch schema is removed; the answers are not kept."
    parser.set_defaults(run=_prove, stopped=stopped)


def _prove(parsed: argparse.Namespace) -> int:
    settings = config.load()
    facts: list[ProvenFact] = []
    options = {"plain_bucket": parsed.plain_bucket, "idle_s": parsed.idle, "only": parsed.only}
    with _termination_as_interrupt(), closing(prove(settings, **options)) as answers:
        for fact in answers:
            facts.append(fact)
            if not parsed.json:
                print_result(_line(fact), flush=True)
    missing = [fact for fact in facts if fact.result == "no" and not fact.fallback]
    if parsed.json:
        location = settings.vast.location if settings.vast else None
        report = {"location": location, "program": __version__, "ok": not missing}
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        rows = [asdict(fact) for fact in facts]
        print_result(json.dumps({**report, "proved_at": stamp, "facts": rows}, indent=2, ensure_ascii=False))
        return int(bool(missing))
    counts = ", ".join(f"{sum(fact.result == answer for fact in facts)} {answer}" for answer in _MARKS)
    print_message(f"{pluralize(len(facts), 'question')}: {counts}.")
    if missing:
        print_message(f"This server cannot be used: {', '.join(fact.id for fact in missing)}.")
    return int(bool(missing))


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Treat SIGTERM, which time limits send, like Ctrl-C, so that the scratch schema is removed."""
    earlier = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _line(fact: ProvenFact) -> str:
    """Return one line of the report, with the fallback where the answer is no."""
    text = f"{_MARKS[fact.result]} {fact.question}  {fact.sentence} ({fact.ms:.0f} ms)"
    if fact.result == "no" and fact.fallback:
        text += f" So {fact.fallback}."
    return escape_control(text)
