"""Admin interface for tests in other processes: /__log, /__clear, /__cpu, /__fault, /__rows and /__set."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pyarrow as pa

from .wire import Call, Reply

if TYPE_CHECKING:
    from .server import VastServer


def answer(server: VastServer, call: Call) -> Reply:
    """Read or change the server itself, without signature and log entry."""
    command, query = call.path.removeprefix("/__"), call.query
    if command == "clear":
        server.clear()
    elif command == "fault":
        server.fault(query["kind"], query["action"], int(query.get("times", 1)), int(query.get("skip", 0)))
    elif command == "set":
        server.conflicts = query.get("conflicts", str(int(server.conflicts))) == "1"
        server.expiry_seconds = float(query["expiry"]) if query.get("expiry") else None
    elif command == "cpu":
        return Reply((str(time.process_time()).encode(),))
    elif command == "rows":
        rows = server.rows(query["schema"], query["table"])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)
        return Reply((sink.getvalue(),))
    return Reply((json.dumps([request._asdict() for request in server.log]).encode(),))
