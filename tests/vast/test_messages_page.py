"""Help page of the VAST Database: it lists every error sentence about a database."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from exr_inspector_app import config

PACKAGE = Path(config.__file__).parent.parent
SOURCES = [
    *(
        path
        for folder in (".", "migration", "search")
        for path in sorted((PACKAGE / "persistence/vast" / folder).glob("*.py"))
    ),
    *(PACKAGE / name for name in ("config/vast.py", "persistence/factory.py", "persistence/roots.py", "function.py")),
]
INTERNAL = (
    "ApiResponseError",
    "CacheUnavailableError",
    "ForeignContentError",
    "DriverUnavailableError",
    "TypeError",
    "OSError",
)  # that no user reads as a sentence
MIN_LITERAL = 12  # characters that a message must have around its gaps
GAP = "\0"


def sentences(path: Path) -> Iterator[str]:
    """Yield each sentence that a module raises or returns as an error; values are gaps."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name != "_fixed" and (not name.endswith("Error") or name in INTERNAL):
            continue
        texts = [text for argument in node.args for text in _texts(argument)]
        yield from texts[:1]


def _texts(node: ast.expr) -> Iterator[str]:
    body = node.body if isinstance(node, ast.Lambda) else node
    if isinstance(body, ast.Constant) and isinstance(body.value, str):
        yield body.value
    elif isinstance(body, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else GAP for part in body.values)


def messages() -> list[str]:
    """Return the messages in the tables of the page."""
    page = config.resource("help/vast.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| .+ \|$", page[page.index("## Messages") :], re.MULTILINE)
    return [message.strip() for row in rows[1:] for message in row.split(" / ")]


def _pattern(message: str) -> re.Pattern[str]:
    return re.compile(".*?".join(map(re.escape, message.split("..."))), re.DOTALL)


def test_page_has_every_sentence_and_no_other() -> None:
    found = [text for path in SOURCES for text in sentences(path)]
    patterns = {message: _pattern(message) for message in messages()}
    assert len(found) > 40
    assert not [message for message in patterns if len(message.replace("...", "").strip()) < MIN_LITERAL]
    lacking = [text for text in found if not any(pattern.search(text) for pattern in patterns.values())]
    assert [text.replace(GAP, "...") for text in lacking] == []
    assert [message for message, pattern in patterns.items() if not any(map(pattern.search, found))] == []
