"""Check of files against a profile: rules on headers, pixels and sequences, with severities and exceptions."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from exr_inspector_app.config import Root
from exr_inspector_app.exr.diff.sequence_checks import sequence_findings
from exr_inspector_app.exr.sequences.grouping import FrameSequence, frame_range, group_sequences
from exr_inspector_app.model import ExrFile
from exr_inspector_app.persistence.query.derived_columns import PathTemplate
from exr_inspector_app.rules.outcome import FileVerdict, Outcome, RuleResult, SequenceVerdict, Verdict
from exr_inspector_app.rules.profile import Ignore, Profile, Rules, RuleSelector
from exr_inspector_app.rules.rule_table import RULES, rule_code

DEFAULT_SEVERITY = "error"  # of a rule of a profile
_OPTION_REASON = "--ignore"

NO_TEMPLATE = (
    "The profile depends on show, shot, task or version, and no `path_template` is set: these tables are skipped."
)
NO_PIXELS = "The profile has rules on pixel values, which were not checked. Add --stats to read the pixels."


def check(
    files: Iterable[ExrFile],
    profile: Profile | None = None,
    *,
    fail_on: str = "error",
    ignore: Collection[str] = (),
    template: PathTemplate | None = None,
    roots: Sequence[Root] = (),
    has_pixels: bool = False,
) -> Verdict:
    """Check files and their sequences.

    Args:
        files: Inspected files, with statistics for rules on pixel values (`services.backend.Backend.measure`).
        profile: Rules; None for the built-in checks alone.
        fail_on: Lowest severity that fails: note, warning, error.
        ignore: Codes whose findings are ignored.
        template: Path template of the settings, for [[when]] tables by show, shot, task and version.
        roots: Path map of the settings.
        has_pixels: The files have statistics.

    Returns:
        The verdict; files that cannot be read have no outcomes, but errors.
    """
    profile = profile or Profile()
    template = template or PathTemplate()
    checker = Checker(profile, template, roots, ignore)
    listed = list(files)
    notices = []
    if profile.needs_template and not (profile.template or template).names:
        notices.append(NO_TEMPLATE)
    if profile.needs_pixels and not has_pixels:
        notices.append(NO_PIXELS)
    return Verdict(
        profile.name,
        fail_on,
        tuple(FileVerdict(file, checker.check_file(file)) for file in listed),
        tuple(checker.check_sequences(listed)),
        tuple(notices),
    )


class Checker:
    """Evaluator of a profile for files and sequences."""

    def __init__(
        self,
        profile: Profile,
        template: PathTemplate | None = None,
        roots: Sequence[Root] = (),
        ignore: Collection[str] = (),
        today: date | None = None,
    ) -> None:
        self._selector = RuleSelector(profile, template or PathTemplate(), roots)
        self._ignored = frozenset(ignore)
        self._today = today or datetime.now(UTC).date()

    def check_file(self, file: ExrFile) -> tuple[Outcome, ...]:
        """Return the outcomes of the built-in checks and of the rules for a file."""
        rules = self._selector.rules_for(file)
        outcomes = [
            self._outcome(
                rules, file.path, finding.code, RuleResult(finding.part_index, False, finding.message), finding.severity
            )
            for finding in file.findings
        ]
        if not file.parts:
            return tuple(outcomes)
        for key, value in rules.require.items():
            check_rule = RULES[key].check
            if check_rule is not None:
                results = check_rule(file, value) if _is_set(value) else ()
                outcomes += [self._outcome(rules, file.path, rule_code(key), result) for result in results]
        return tuple(outcomes)

    def check_sequences(self, files: Sequence[ExrFile]) -> Iterator[SequenceVerdict]:
        """Yield every sequence of several files, and single files that a rule on frames applies to."""
        by_path = {file.path: file for file in files}
        for sequence in group_sequences(by_path, {path: file.frame_number for path, file in by_path.items()}):
            members = [by_path[path] for path in sequence.paths]
            outcomes = tuple(self._sequence_outcomes(sequence, members))
            if len(members) > 1 or outcomes:
                name = os.path.join(sequence.folder, sequence.pattern)
                yield SequenceVerdict(name, frame_range(sequence.frames), sequence.paths, outcomes)

    def _sequence_outcomes(self, sequence: FrameSequence, files: Sequence[ExrFile]) -> Iterator[Outcome]:
        readable = [file for file in files if file.parts]
        first = next(iter(readable), files[0])
        rules = self._selector.rules_for(first)
        for finding in sequence_findings(files):
            result = RuleResult(None, False, finding.message)
            yield self._outcome(rules, first.path, finding.code, result, finding.severity)
        for key, value in rules.require.items() if readable else ():
            check_rule = RULES[key].check_sequence
            if check_rule is None or not _is_set(value) or (key == "complete" and rules.require.get("frames")):
                continue  # gaps of a sequence whose frames are given are reported as `frames`
            for result in check_rule(sequence, value):
                yield self._outcome(rules, first.path, rule_code(key), result)

    def _outcome(
        self, rules: Rules, path: str, code: str, result: RuleResult, usual: str = DEFAULT_SEVERITY
    ) -> Outcome:
        """Return the outcome of a result, with the severity and the exceptions of the rules in force."""
        change = rules.severity.get(code)
        severity, reason = (change.severity, change.reason) if change else (usual, None)
        if result.is_met:
            return Outcome("passed", severity, code, result.part_index, result.message)
        if code in self._ignored:
            return Outcome("ignored", severity, code, result.part_index, result.message, _OPTION_REASON)
        ignore = rules.ignore.get(code)
        if ignore and self._is_in_force(ignore, path):
            return Outcome("ignored", severity, code, result.part_index, result.message, _reason(ignore))
        return Outcome("failed", severity, code, result.part_index, result.message, reason)

    def _is_in_force(self, ignore: Ignore, path: str) -> bool:
        """Return whether an exception has not ended: its last day is over, or its version is reached."""
        if ignore.until is None:
            return True
        if isinstance(ignore.until, date):
            return self._today <= ignore.until
        version = self._selector.version_of(path)
        return version is None or version < ignore.until


def _is_set(value: object) -> bool:
    """Return whether a requirement has content; empty lists and tables remove one."""
    return value not in ((), {}, None)


def _reason(ignore: Ignore) -> str:
    if ignore.until is None:
        return ignore.reason
    until = ignore.until.isoformat() if isinstance(ignore.until, date) else f"v{ignore.until:03}"
    return f"{ignore.reason} (until {until})"
