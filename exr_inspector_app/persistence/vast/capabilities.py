"""Capabilities of a server: answers from `vast prove`, stored in `schema_info` and read with the schema version."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

CAPABILITIES_KEY = "capabilities"  # of the row in `schema_info`


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Answers about a server by the id of the fact. Without an answer, the program expects yes.

    Attributes:
        answers: `yes` or `no`.
        proved_at: Time of the answers, ISO 8601, UTC; empty if the server was never examined.
        server: Version of the server.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    proved_at: str = ""
    server: str = ""

    def lacks(self, fact_id: str) -> bool:
        """Return True if the answer is no, so that the program has to do something else."""
        return self.answers.get(fact_id) == "no"

    def has(self, fact_id: str) -> bool:
        """Return True if the answer is yes, and False for no or without an answer."""
        return self.answers.get(fact_id) == "yes"

    def to_json(self) -> str:
        """Return the value of the row in `schema_info`."""
        return json.dumps({"proved_at": self.proved_at, "server": self.server, "answers": dict(self.answers)})


def newest_capabilities(values: Iterable[str | None]) -> Capabilities:
    """Return the newest of the stored values, or no answers; values that cannot be read are ignored."""
    parsed = [_parse(value) for value in values]
    return max(parsed, key=lambda item: item.proved_at, default=Capabilities())


def _parse(value: str | None) -> Capabilities:
    try:
        document: Any = json.loads(value or "")
        answers = document["answers"].items()
        known = {str(name): str(answer) for name, answer in answers if answer in ("yes", "no")}
        return Capabilities(known, str(document["proved_at"]), str(document["server"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Capabilities()
