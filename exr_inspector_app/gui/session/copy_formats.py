"""Texts of sequences for other programs: a Read node of Nuke, a command of RV, and a path with its range of frames.

The texts are pasted into programs that run commands, so a path that could be read as one is refused.
"""

from __future__ import annotations

import os
import shlex
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from exr_inspector_app.exr.sequences.grouping import FrameSequence, format_frame, frame_range
from exr_inspector_app.gui.session import strings
from exr_inspector_app.text.escape import escape_control

_LINE_BREAKS = frozenset({"Cc", "Zl", "Zp"})
_TCL = frozenset('[]{}"\\$;%')  # Nuke evaluates file names
_CMD = frozenset('"%!^&|<>')  # cmd.exe reads these even within quotes, or ends the quotes
_RV = frozenset("#@%")  # RV reads a name with these as a sequence
_COLUMN, _ROW = 110, 100  # of the grid of Nuke, between the nodes


class CopyFormat(Enum):
    """Format of a copied sequence."""

    NUKE = "copy_nuke"
    RV = "copy_rv"
    RANGE = "copy_range"


@dataclass(frozen=True, slots=True)
class CopiedText:
    """Text for the clipboard, and one sentence for each sequence that it leaves out."""

    text: str
    refused: Sequence[str]


def copy_text(
    sequences: Sequence[FrameSequence], kind: CopyFormat, *, is_windows: bool = os.name == "nt"
) -> CopiedText:
    """Return the text of sequences in a format."""
    kept, refused = list[FrameSequence](), list[str]()
    for sequence in sequences:
        path = _place(sequence, is_windows)
        if _is_unsafe(path, sequence, kind, is_windows):
            refused.append(strings.not_copied(escape_control(path)))
        else:
            kept.append(sequence)
    make = _MAKERS[kind]
    return CopiedText(make(kept, is_windows) if kept else "", refused)


def _is_unsafe(path: str, sequence: FrameSequence, kind: CopyFormat, is_windows: bool) -> bool:
    """Return True for a path that a program could read as a command or as another path."""
    if any(unicodedata.category(char) in _LINE_BREAKS or "\ud800" <= char <= "\udfff" for char in path):
        return True
    if kind is CopyFormat.RANGE:
        return False
    if not all(isinstance(frame, int) for frame in sequence.frames):
        return True  # neither program reads frames between whole ones
    without_frame = path.replace("#" * sequence.padding, "", 1) if len(sequence.paths) > 1 else path
    if kind is CopyFormat.NUKE:
        return bool((_TCL | {"#"}) & set(without_frame))
    return bool(_RV & set(without_frame)) or (is_windows and bool(_CMD & set(path)))


def _place(sequence: FrameSequence, is_windows: bool) -> str:
    """Return the path with its pattern; with forward slashes on Windows, which all programs read there."""
    path = os.path.join(sequence.folder, sequence.pattern)
    return path.replace("\\", "/") if is_windows else path


def _nuke_nodes(sequences: Sequence[FrameSequence], is_windows: bool) -> str:
    return "".join(_nuke_node(sequence, at, is_windows) for at, sequence in enumerate(sequences))


def _nuke_node(sequence: FrameSequence, at: int, is_windows: bool) -> str:
    """Return a Read node in the format of Nuke scripts, next to the previous one."""
    first, last = _whole_range(sequence)
    knobs = [
        "inputs 0",
        "file_type exr",
        f'file "{_place(sequence, is_windows)}"',
        *(f"{name} {frame}" for name, frame in (("first", first), ("last", last)) if sequence.frames),
        *(f"{name} {frame}" for name, frame in (("origfirst", first), ("origlast", last)) if sequence.frames),
        *(["origset true"] if sequence.frames else []),
        f"name Read{at + 1}",
        f"xpos {at * _COLUMN}",
        f"ypos -{_ROW}",
    ]
    return "Read {\n" + "".join(f" {knob}\n" for knob in knobs) + "}\n"


def _whole_range(sequence: FrameSequence) -> tuple[int, int]:
    frames = sequence.frames or (0,)
    return int(frames[0]), int(frames[-1])


def _rv_command(sequences: Sequence[FrameSequence], is_windows: bool) -> str:
    """Return the command that opens all sequences, quoted for the shell of the system."""
    paths = [_rv_path(sequence, is_windows) for sequence in sequences]
    return " ".join(["rv", *(f'"{path}"' if is_windows else shlex.quote(path) for path in paths)])


def _rv_path(sequence: FrameSequence, is_windows: bool) -> str:
    """Return a path in the notation of RV, `beauty.1001-1100#.exr`; an @ is one digit, a # four."""
    path = _place(sequence, is_windows)
    if len(sequence.paths) == 1:
        return path
    first, last = (format_frame(frame, sequence.padding) for frame in _whole_range(sequence))
    digits = "#" if sequence.padding == 4 else "@" * sequence.padding
    head, _, tail = path.rpartition("#" * sequence.padding)
    return f"{head}{first}-{last}{digits}{tail}"


def _path_ranges(sequences: Sequence[FrameSequence], is_windows: bool) -> str:
    """Return one path and range per line, as Nuke and fileseq read them."""
    lines = []
    for sequence in sequences:
        frames = frame_range(sequence.frames) if len(sequence.paths) > 1 else ""
        lines.append(" ".join(filter(None, (_place(sequence, is_windows), frames))))
    return "\n".join(lines)


_MAKERS: dict[CopyFormat, Callable[[Sequence[FrameSequence], bool], str]] = {
    CopyFormat.NUKE: _nuke_nodes,
    CopyFormat.RV: _rv_command,
    CopyFormat.RANGE: _path_ranges,
}
