"""Prose checker for docstrings, comments and sentences: translated idioms and words that users do not know.

python3 packaging/prose.py [PATH...]    print each place with a better word; exit 1 if there is one

The rules are those of `resources/help/contributing.md`. Run by `packaging/dev.py lint`.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKED = ("exr_inspector_app", "packaging")

# Pattern: what to write instead.
REPLACEMENTS = {
    r"(?:is|are|was|were|be) told(?: of)?": "report, list or name the actor: 'the check reports'",
    r"tells? (?:of|about|what|whether|how|which|where)": "report, show, return",
    r"whoever|nobody|somebody|everybody": "the actor: caller, user, store, another process",
    r"anew": "again",
    r"in vain": "without result",
    r"for want of": "without",
    r"at the most": "at most",
    r"now and then": "the interval: 'every 2 s'",
    r"what (?:it|they|one) (?:says?|holds?)": "the noun: content, value",
    r"stands? (?:for itself|there|in it)": "is",
    r"mend(?:s|ed|ing)?": "repair, fix",
    r"gives? up": "stop, time out, release",
    r"takes? back|took back": "undo, revert",
    r"as far as": "up to, while",
    r"by themselves|of (?:its|their) own": "separate, automatic",
    r"(?-i:none that|is none|are none)": "no",
    r"far away": "weak match",
}
PATTERNS = [
    (re.compile(rf"(?<![\w'`]){pattern}(?![\w'`])", re.IGNORECASE), hint) for pattern, hint in REPLACEMENTS.items()
]
SENTENCE = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")


def main(arguments: Sequence[str]) -> int:
    """Print every place that a rule finds and return the exit code."""
    roots = [Path(argument) for argument in arguments] or [ROOT / name for name in CHECKED]
    count = 0
    for path in python_files(roots):
        if path == Path(__file__).resolve():
            continue
        for line, text in texts(path.read_text(encoding="utf-8")):
            for hint, match in problems(text):
                print(f"{path}:{line}: '{match}': {hint}")
                count += 1
    if count:
        print(f"{count} places to rewrite.")
    return int(count > 0)


def python_files(roots: Sequence[Path]) -> list[Path]:
    """Return the Python files below the given files and folders, sorted."""
    return sorted(file for root in roots for file in ([root] if root.is_file() else root.rglob("*.py")))


def problems(text: str) -> Iterator[tuple[str, str]]:
    """Yield the hint and the matched words of every rule that `text` breaks."""
    for pattern, hint in PATTERNS:
        match = pattern.search(text)
        if match:
            yield hint, match[0]


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each docstring, comment and string that reads like a sentence."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SENTENCE.search(node.value):
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
