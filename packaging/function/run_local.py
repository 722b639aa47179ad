"""Local runner of the function: sends events to it as the runtime does, without a container.

python run_local.py EVENT.json... [--config config.yaml] [--handlers main.py]

EVENT.json is an event, or a list of events for a batch. The configuration is that of `vastde functions localrun`: the
variables under `envs` and the secrets under `secrets`. Results go to stdout, one line per event; the log and the times
of the cold start go to stderr. The exit code is 1 if an event failed or would be delivered again, 2 for a wrong file.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def main() -> int:
    """Run the command and return its exit code."""
    summary, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="run_local.py", description=summary, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("events", nargs="+", type=Path, metavar="EVENT.json")
    parser.add_argument("--config", type=Path, help="variables and secrets")
    parser.add_argument("--handlers", default="main.py", help="file with init and handler")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    events = {path.name: load_event(parser, path) for path in chosen.events}
    secrets = load_config(chosen.config) if chosen.config else {}
    ctx = SimpleNamespace(secrets=secrets, logger=logging.getLogger("function"), function_name="exr-inspector")
    entry = start(chosen.handlers, ctx)
    # Every event is run, also after one that fails.
    return max([deliver(entry, ctx, name, event) for name, event in events.items()])


def load_event(parser: argparse.ArgumentParser, path: Path) -> Any:
    """Return the event of a file; exit with a sentence for any other file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        parser.error(f"Cannot read {path}: {error.strerror}")
    except ValueError:
        parser.error(f"{path} is not JSON.")


def load_config(path: Path) -> dict[str, dict[str, str]]:
    """Set the variables of a configuration file and return its secrets; empty values are left out."""
    import strictyaml  # the SDK of the database brings it

    document = strictyaml.load(path.read_text(encoding="utf-8")).data
    os.environ.update({name: value for name, value in document.get("envs", {}).items() if value})
    secrets = document.get("secrets", {})
    return {name: {key: value for key, value in entries.items() if value} for name, entries in secrets.items()}


def start(handlers: str, ctx: Any) -> Any:
    """Import the entry points and call `init`, with the times of both on stderr."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    started, used = time.perf_counter(), time.process_time()
    entry = importlib.import_module(Path(handlers).stem)
    imported = time.perf_counter()
    entry.init(ctx)
    ready = time.perf_counter()
    print(
        f"Cold start: import {imported - started:.2f} s, init {ready - imported:.2f} s, "
        f"processor {time.process_time() - used:.2f} s",
        file=sys.stderr,
    )
    return entry


def deliver(entry: Any, ctx: Any, name: str, event: Any) -> int:
    """Send an event, print its result and return 1 if it failed."""
    try:
        result = entry.handler(ctx, event)
    except Exception as error:  # the runtime delivers the event again after any exception
        print(json.dumps({"event": name, "redelivery": str(error)}))
        return 1
    print(json.dumps({"event": name, "result": result}))
    results = result if isinstance(result, list) else [result]
    return int(any(item["status"] == "error" for item in results))


if __name__ == "__main__":
    sys.exit(main())
