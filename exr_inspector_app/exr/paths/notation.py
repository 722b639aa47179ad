"""Parser of sequence notations: `####`, `%04d`, `$F4`, `<UDIM>`, `%V`, `*` and frame ranges, as programs write them.

Supports the notations of fileseq, clique, Nuke, Houdini, RV, xSTUDIO, Katana and USD, matched against the names in a
folder.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from exr_inspector_app.exr.sequences.frame_number import Frame, Siblings, find_frame_span

MAX_FOLDERS = 1000  # that one pattern may list
FrameTest: TypeAlias = Callable[[Frame], bool]

_SIGN = r"(?:(?<![A-Za-z0-9)\]])-)?"  # no sign after a letter or a digit
_NUMBER = rf"{_SIGN}[0-9]+(?:\.[0-9]+)?"
_RANGE = rf"{_NUMBER}(?:\s*(?:[-–]|\.\.|:|(?<=\s)to(?=\s))\s*{_NUMBER})?(?:[xy:][0-9]+)?"
_RANGES = rf"{_RANGE}(?:\s*,\s*{_RANGE}){{0,100}}"
_INTEGER_RANGE = rf"{_SIGN}[0-9]+(?:-{_SIGN}[0-9]+)?(?:[xy:][0-9]+)?"
# Before a `#`, where the dot of `v2.1001-1003#` is no decimal point.
_INTEGER_RANGES = rf"{_INTEGER_RANGE}(?:,{_INTEGER_RANGE}){{0,100}}"
_TOKEN = re.compile(
    rf"(?P<before>(?:\((?:{_RANGES})\)|\[(?:{_RANGES})\]|(?<![0-9])(?:{_INTEGER_RANGES}))(?=[#@%$<]))?"
    r"(?P<token>\[#+\]|<#+>|\{#+\}|#+|@+|%0?[0-9]*[diu]|\{:0?[0-9]*d\}|`padzero\([0-9]+, ?\$F\)`"
    r"|\$\{?FRAME\}?|\$\{frame\}|\$[0-9]F(?![A-Za-z0-9])|\$\{?FF?[0-9]*\}?"
    r"|<(?i:f(?:rame)?)[0-9]*>|\{(?i:frame(?:_number)?)(?::0?[0-9]*d?)?\}|%\((?i:frame)\)0?[0-9]*d"
    r"|<(?i:UDIM|UVTILE|tile|u|v)>|%\(UDIM\)d|\$\{?UDIM\}?|\[UDIM\]|\{UDIM\}|_MAPID_|%V|%v|\*|\?+"
    rf"|\[(?:{_RANGES})\]|\((?:{_RANGES})\)|\{{{_NUMBER}\.\.{_NUMBER}\}}|\{{[^{{}},/\\]+(?:,[^{{}},/\\]+)+\}}"
    r"|(?<=[._])[0-9]+[-–][0-9]+(?=\.[A-Za-z]{3}$))"
    rf"(?P<after>(?<=[#@du])\[(?:{_RANGES})\](?=\.[A-Za-z]{{3}}$))?"
)
_UDIMS = frozenset(["<udim>", "<tile>", "%(udim)d", "$udim", "${udim}", "_mapid_", "[udim]", "{udim}"])
_SUFFIX = re.compile(
    rf"(?<!\s)(?:\s+(?:frames?\s+)?(?P<spaced>{_RANGES})|\s*[\[(](?P<bracketed>{_RANGES})[\])]"
    rf"|\s*[=@:,]\s*(?P<equal>{_RANGES}))\s*$"
)
_SEPARATOR = re.compile(r"[/\\]+" if os.name == "nt" else "/+")
_FRAME_RANGE = re.compile(
    rf"\s*(?P<first>{_NUMBER})(?:\s*(?:[-–]|\.\.|:|to)\s*(?P<last>{_NUMBER}))?(?:[xy:](?P<step>[0-9]+))?\s*$"
)


class Notation(NamedTuple):
    """Sequence as it was written: the pattern of a path, and which frames of it are meant."""

    path: str  # with the tokens, without a trailing range
    frames: FrameTest | None  # None for all


def has_token(path: str) -> bool:
    """Return whether a path holds a token of a sequence notation."""
    return _TOKEN.search(path) is not None


def parse_notation(text: str) -> Notation | None:
    """Return the sequence that `text` names, or None where it holds no notation."""
    suffix = _SUFFIX.search(text)
    if suffix and has_token(text[: suffix.start()]):
        ranges = suffix["spaced"] or suffix["bracketed"] or suffix["equal"]
        return Notation(text[: suffix.start()], frame_test(ranges))
    return Notation(text, None) if has_token(text) else None


def frame_test(ranges: str) -> FrameTest | None:
    """Return a test for the frames of ranges such as `1001-1003,1010-1020x2`; None where they cannot be read."""
    runs: list[tuple[float, float, int]] = []
    for text in ranges.strip("[](){}").split(","):
        match = _FRAME_RANGE.match(text)
        if match is None:
            return None
        first, last = float(match["first"]), float(match["last"] or match["first"])
        runs.append((min(first, last), max(first, last), int(match["step"] or 1) or 1))
    return lambda frame: any(low <= frame <= high and (frame - low) % step == 0 for low, high, step in runs)


def matching_paths(notation: Notation) -> list[str]:
    """Return the files on disk that a notation names, by frame; reads the folders.

    A folder or a name is taken as it is written before its tokens are read: `a[1].####.exr` is a sequence of `a[1]`.

    Raises:
        OSError: The folder cannot be listed.
    """
    token = _TOKEN.search(notation.path)
    before = notation.path[: token.start() if token else 0]
    cut = max((match.end() for match in _SEPARATOR.finditer(before)), default=0)
    steps = _SEPARATOR.split(notation.path[cut:])
    folders = [notation.path[:cut]]
    for step in steps[:-1]:
        folders = [below for folder in folders[:MAX_FOLDERS] for below in _folders_matching(folder, step)]
    matches: list[tuple[Frame, str]] = []
    for folder in folders[:MAX_FOLDERS]:
        matches += _files_matching(folder, steps[-1], notation.frames)
    return [path for _, path in sorted(matches)]


def _folders_matching(folder: str, step: str) -> Iterator[str]:
    """Yield the folders in `folder` that a component of a path names."""
    literal = os.path.join(folder, step, "")
    if not has_token(step) or os.path.isdir(literal):
        yield literal
        return
    form = name_form(list(_TOKEN.finditer(step)), step, True)[0]
    names = sorted(name for name in os.listdir(folder or ".") if form.fullmatch(name))
    yield from (path for name in names if os.path.isdir(path := os.path.join(folder, name, "")))


def _files_matching(folder: str, pattern: str, frames: FrameTest | None) -> list[tuple[Frame, str]]:
    """Return the files in a folder that a pattern names, with their frames."""
    names = os.listdir(folder or ".")
    tokens = list(_TOKEN.finditer(pattern))
    # The last token alone, the rest as written; then all of them; then digits before a `#` as part of the name.
    readings = [(read, has_range) for has_range in (True, False) for read in (tokens[-1:], tokens)]
    forms = [name_form(read, pattern, has_range) for read, has_range in readings]
    if re.search(r"[*?\[]", pattern):
        forms.append((re.compile(fnmatch.translate(pattern)), []))
    for form, tests in forms:
        matches = list(_matches(names, folder, form, [*tests, frames] if frames else tests))
        if matches:
            return [(frame, os.path.join(folder, name)) for frame, name in matches]
    return []


def _matches(
    names: list[str], folder: str, form: re.Pattern[str], tests: list[FrameTest]
) -> Iterator[tuple[Frame, str]]:
    """Yield the names of a form whose frame passes the tests."""
    siblings: Siblings | None = None
    for name in names:
        match = form.fullmatch(name)
        if match is None:
            continue
        text = match.groupdict().get("frame")
        if text is not None and "." in text:
            siblings = siblings or Siblings(names)
            span = find_frame_span(name, folder, siblings)
            if span is None or span.frame != float(text):
                continue
        frame: Frame = 0 if text is None else float(text) if "." in text else int(text)
        if text is None or all(test(frame) for test in tests):
            yield frame, name


def name_form(
    tokens: Sequence[re.Match[str]], pattern: str, has_range: bool
) -> tuple[re.Pattern[str], list[FrameTest]]:
    """Return the expression that matches the names of a pattern, and the tests of ranges within it.

    The group `frame` is the first frame token; later ones must repeat it.

    Args:
        tokens: The tokens that are read; the rest of the pattern is matched as it is written.
        pattern: A component of a path.
        has_range: Digits before a token are a range of frames, not a part of the name.
    """
    form, tests, at = "", [], 0
    for match in tokens:
        form += re.escape(pattern[at : match.start() if has_range else match.start("token")])
        at = match.end()
        ranges = [match["before"], match["after"]] if has_range else [match["after"]]
        tests += [test for text in ranges if text and (test := frame_test(text))]
        token = match["token"]
        piece = _piece(token)
        if test := _token_test(token):
            tests.append(test)
        if piece.startswith("(?P<frame>") and "(?P<frame>" in form:
            piece = "(?P=frame)"
        form += piece if form or token != "*" else rf"(?!\.){piece}"  # as in a shell
    return re.compile(form + re.escape(pattern[at:]), re.DOTALL), tests


def _token_test(token: str) -> FrameTest | None:
    """Return the test of a token that is a range itself: `[1001-1003]`, `{1001..1003}`, `1001-1003`."""
    is_range = token[0] in "[({0123456789" and not token.startswith(("[#", "{#", "{:")) and token.lower() not in _UDIMS
    return frame_test(token.replace("..", "-")) if is_range else None


def _piece(token: str) -> str:
    """Return the expression of one token."""
    if token in ("%V", "%v"):
        return "[A-Za-z0-9]+?" if token == "%V" else "[A-Za-z]"
    if token == "*":
        return ".*"
    if token[0] == "?":
        return "." * len(token)
    if token.lower() in _UDIMS:
        return "(?P<frame>1[0-9]{3})"
    if token[0] == "{" and "," in token and _token_test(token) is None:
        return f"(?:{'|'.join(map(re.escape, token[1:-1].split(',')))})"
    if token.startswith("<") and token[1] in "uUvV" and len(token) in (3, 8):
        return "u?[0-9]+(?:_v[0-9]+)?"
    return f"(?P<frame>{_digits(token)}(?:\\.[0-9]+)?)"


MAX_PADDING = 255  # digits of a frame: the longest name of a file
_MAX_WIDTH_DIGITS = 9


def _digits(token: str) -> str:
    """Return the digits of a frame token.

    `####` and `%04d` mean four digits or more, `%d` digits without padding, `#` and `$F` any padding.
    """
    bare = token.strip("[]{}<>") if "#" in token else token
    if bare[0] in "#@":
        width = len(bare)
    else:
        is_width = token[0] in "%$<`" or token.lower().startswith(("{:", "{frame"))
        numbers = re.findall(r"[0-9]+", token) if is_width else []
        width = int(numbers[0][:_MAX_WIDTH_DIGITS]) if numbers else 1
    if width > MAX_PADDING:
        return "(?!)"  # matches nothing: no file name is as long
    if width > 1:
        return f"{_SIGN}(?:[0-9]{{{width}}}|[1-9][0-9]{{{width},20}})"
    return f"{_SIGN}(?:0|[1-9][0-9]{{0,19}})" if token[0] == "%" else f"{_SIGN}[0-9]{{1,20}}"
