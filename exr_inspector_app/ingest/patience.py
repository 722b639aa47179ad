"""Patience of a publish: timeouts for a store that fails, by the kind of program that waits."""

from __future__ import annotations

from dataclasses import dataclass

# A fail-over or a rolling upgrade of a database takes minutes. A window reports sooner, since its user can publish
# again, and the event of a function is delivered again.
COMMAND_PATIENCE_S, FUNCTION_PATIENCE_S, WINDOW_PATIENCE_S = 300.0, 120.0, 30.0
FIRST_CONTACT_S = 10.0  # for an address at which no server has answered: it may be mistyped


@dataclass(frozen=True, slots=True)
class Patience:
    """How long batches wait for a store that fails, in seconds since it last wrote one.

    Attributes:
        seconds: Time for a store that has responded.
        first_contact: Time for a store that has not responded yet.
    """

    seconds: float
    first_contact: float


NO_PATIENCE = Patience(0.0, 0.0)


def patience_of(setting: float | None, default: float) -> Patience:
    """Return the patience of a setting in seconds, or the default of the program without a setting."""
    if setting is not None:
        return Patience(setting, setting)
    return Patience(default, min(default, FIRST_CONTACT_S))
