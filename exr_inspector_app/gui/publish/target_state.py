"""Target state: whether a publish target answers and takes rows, and the cause if it does not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exr_inspector_app.errors import ConfigError, KnownError, StoreDamagedError, StoreError, StoreLockedError
from exr_inspector_app.services.backend import Where


class TargetCause(StrEnum):
    """Cause for which a target fails; the value is shown next to its name."""

    NONE = ""
    UNAVAILABLE = "unavailable"
    OFFLINE = "offline"
    LOCKED = "in use"
    DAMAGED = "damaged"
    SETTINGS = "check settings"
    NOT_WRITABLE = "not writable"


@dataclass(frozen=True, slots=True)
class Target:
    """Publish target and its state.

    Attributes:
        where: Which of the targets.
        name: Display name.
        location: Path or address.
        files: Number of files; None until it has answered, or while it fails.
        failure: Sentence of the error why it cannot be read; empty if it can.
        is_set_up: False for a VAST Database without settings.
        note: Sentence about roots of the settings file that disagree with those of the target.
        write_failure: Sentence of the error why nothing can be published; empty if that is possible.
        cause: Of the failure.
    """

    where: Where
    name: str
    location: str
    files: int | None = None
    failure: str = ""
    is_set_up: bool = True
    note: str = ""
    write_failure: str = ""
    cause: TargetCause = TargetCause.NONE

    @property
    def fault(self) -> str:
        """Sentence of the failure to read or to write; empty for a healthy target."""
        return self.failure or self.write_failure

    @property
    def health(self) -> TargetCause:
        """Cause of the fault; NONE for a healthy target."""
        if self.failure:
            return self.cause or TargetCause.UNAVAILABLE
        return TargetCause.NOT_WRITABLE if self.write_failure else TargetCause.NONE


def cause_of(error: KnownError) -> TargetCause:
    """Return the cause of an error of a target."""
    if isinstance(error, StoreLockedError):
        return TargetCause.LOCKED
    if isinstance(error, StoreDamagedError):
        return TargetCause.DAMAGED
    if isinstance(error, ConfigError):
        return TargetCause.SETTINGS
    is_offline = isinstance(error, StoreError) and error.is_unreachable
    return TargetCause.OFFLINE if is_offline else TargetCause.UNAVAILABLE
