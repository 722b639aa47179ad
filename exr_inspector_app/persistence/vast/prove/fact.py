"""Fact model: a yes-or-no question about a server, with the probe that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exr_inspector_app.persistence.vast.prove.scratch import Scratch

Probe = Callable[[Scratch], str]  # returns a sentence for yes; raises RefutedError for no, UnprovenError for unknown


class RefutedError(Exception):
    """Answer "no" of a probe, with a sentence."""


class UnprovenError(Exception):
    """Answer "unknown" of a probe, with a sentence."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Question about a server; the program expects "yes".

    Attributes:
        id: Stable name, such as `update.indexed`.
        question: Question for users.
        probe: Function that tries it out.
        fallback: Behavior of the program if the answer is no; empty if it relies on "yes".
    """

    id: str
    question: str
    probe: Probe
    fallback: str = ""
