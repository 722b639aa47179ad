"""Command line of the loopback server: `python -m tests.vast_server --port 0 --bucket vastdb --access KEY`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from .personality import Personality
from .server import VastServer


def main() -> None:
    """Serve until killed; print the endpoint once the server listens."""
    parser = argparse.ArgumentParser(prog="python -m tests.vast_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose")
    parser.add_argument("--bucket", action="append", help="may be given several times")
    parser.add_argument("--access", default="KEY")
    parser.add_argument("--secret", default="SECRET")
    parser.add_argument("--no-conflicts", action="store_true", help="the last to write a row wins")
    parser.add_argument("--expiry", type=float, help="seconds until an idle transaction expires")
    parser.add_argument("--ordered", action="store_true", help="send rows in the order of their ids")
    parser.add_argument("--version", default="5.5.0.0", help="version that the server reports")
    parser.add_argument("--no-engine", action="store_true", help="reject the ADBC driver, as clusters before 5.4 do")
    parser.add_argument(
        "--switch", action="append", default=[], help="NAME=VALUE of a switch of personality.py, such as has_vectors=0"
    )
    chosen = parser.parse_args()
    server = VastServer(
        chosen.bucket or ("vastdb",),
        chosen.access,
        chosen.secret,
        not chosen.no_conflicts,
        chosen.expiry,
        chosen.port,
        not chosen.ordered,
        chosen.version,
        not chosen.no_engine,
    )
    server.personality = replace(Personality(), **dict(map(switch, chosen.switch)))
    with server:
        print(server.endpoint, flush=True)
        server.thread.join()


def switch(text: str) -> tuple[str, Any]:
    """Parse a switch: a flag as 0 or 1, a number, or a text."""
    name, _, value = text.partition("=")
    kind = type(getattr(Personality(), name))
    return name, kind(int(value)) if kind in (bool, int) else value


if __name__ == "__main__":
    main()
