"""Outcomes of rules: failed, ignored or passed, of a file or of a sequence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from exr_inspector_app.model import ExrFile

Status: TypeAlias = Literal["failed", "ignored", "passed"]

SEVERITY_RANKS = {"note": 0, "warning": 1, "error": 2}


class RuleResult(NamedTuple):
    """Result of one rule for a part, None for the whole file: whether it is fulfilled, and a sentence either way."""

    part_index: int | None
    is_met: bool
    message: str


class Outcome(NamedTuple):
    """Result of a rule or a check with the severity and the exceptions of the profile."""

    status: Status
    severity: str  # error, warning, note; of a rule that passed: the one that it would have
    code: str
    part_index: int | None
    message: str
    reason: str | None = None  # why it is ignored, or why its severity is another one


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """Outcomes of one file."""

    file: ExrFile
    outcomes: tuple[Outcome, ...]

    @property
    def path(self) -> str:
        """Path of the file."""
        return self.file.path


@dataclass(frozen=True, slots=True)
class SequenceVerdict:
    """Outcomes of a frame sequence as a whole."""

    sequence: str  # path of its pattern, such as shot/beauty.####.exr; of a single file its path
    frames: str  # in the notation of fileseq: 1001-1003,1005
    paths: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a check of files against a profile.

    Attributes:
        profile: Name of the profile; empty for the built-in checks alone.
        fail_on: Lowest severity that fails: note, warning, error.
        files: Verdicts of the files, in the order given.
        sequences: Verdicts of the sequences, in the order of their first files.
        notices: Sentences about rules that could not be applied.
    """

    profile: str
    fail_on: str
    files: tuple[FileVerdict, ...]
    sequences: tuple[SequenceVerdict, ...]
    notices: tuple[str, ...] = ()

    @property
    def outcomes(self) -> list[Outcome]:
        """Outcomes of all files, then of all sequences."""
        items: list[FileVerdict | SequenceVerdict] = [*self.files, *self.sequences]
        return [outcome for item in items for outcome in item.outcomes]

    @property
    def unreadable_count(self) -> int:
        """Number of files with errors."""
        return sum(bool(item.file.errors) for item in self.files)

    @property
    def has_failed(self) -> bool:
        """True if a file has errors, or a finding has the severity `fail_on` or a higher one."""
        return self.unreadable_count > 0 or any(fails(self.outcomes, self.fail_on))


def fails(outcomes: Iterable[Outcome], fail_on: str) -> Iterable[bool]:
    """Yield for each failed outcome whether its severity is at least `fail_on`."""
    rank = SEVERITY_RANKS[fail_on]
    return (SEVERITY_RANKS[item.severity] >= rank for item in outcomes if item.status == "failed")
