"""Grouping of outcomes for readers: equal findings of the frames of a sequence are one row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from exr_inspector_app.exr.sequences.grouping import frame_range, group_sequences
from exr_inspector_app.model import ExrFile
from exr_inspector_app.rules.outcome import FileVerdict, Outcome, Verdict


@dataclass(slots=True)
class Location:
    """Sequence or single file of a report, with the files that each outcome is about."""

    name: str  # path of the file, or of the pattern of the sequence
    frames: str  # empty for a single file
    files: list[FileVerdict] = field(default_factory=list)
    outcomes: dict[Outcome, list[ExrFile]] = field(default_factory=dict)

    def frames_of(self, outcome: Outcome) -> str:
        """Return the frames that an outcome is about, empty where these are all, or the sequence as a whole."""
        files = self.outcomes[outcome]
        frames = sorted(file.frame_number for file in files if file.frame_number is not None)
        return frame_range(frames) if frames and len(files) < len(self.files) else ""


def group_locations(verdict: Verdict) -> Iterator[Location]:
    """Yield the sequences and single files of a verdict, in the order given."""
    by_path = {item.path: item for item in verdict.files}
    sequences = {item.paths: item for item in verdict.sequences}
    for sequence in group_sequences(by_path, {path: item.file.frame_number for path, item in by_path.items()}):
        several = len(sequence.paths) > 1
        location = Location(
            os.path.join(sequence.folder, sequence.pattern) if several else sequence.paths[0],
            frame_range(sequence.frames) if several else "",
            [by_path[path] for path in sequence.paths],
        )
        for item in location.files:
            for outcome in item.outcomes:
                location.outcomes.setdefault(outcome, []).append(item.file)
        if sequence.paths in sequences:
            for outcome in sequences[sequence.paths].outcomes:
                location.outcomes.setdefault(outcome, [])
        yield location


def part_label(outcome: Outcome, files: list[FileVerdict]) -> str:
    """Return the part of an outcome, empty for the whole file and for files of one part."""
    if outcome.part_index is None or all(len(item.file.parts) < 2 for item in files):
        return ""
    return f"part {outcome.part_index}"
