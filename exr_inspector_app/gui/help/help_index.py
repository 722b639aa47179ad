"""Index of the help: pages in groups, their sections, and a search over them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exr_inspector_app.config import resource

# Title of the group, and the names of its pages.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Window", ("window", "shortcuts", "similar", "search", "color", "storage", "troubleshooting")),
    ("Checks", ("checks", "profiles", "measures")),
    ("Command line", ("cli", "commands", "queries", "scripts", "backfill")),
    ("Databases", ("firststeps", "vast", "database", "trust", "dataengine", "function", "payload")),
    ("Development", ("architecture", "contributing", "performance")),
)
_MARKUP = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*`|#]")


@dataclass(frozen=True, slots=True)
class Section:
    """Heading of a page with the text below it; the heading of the first section is the title of the page."""

    page: str
    title: str
    heading: str
    text: str


def help_pages() -> list[tuple[str, str]]:
    """Return the name and the title of every page that is shipped."""
    return [(path.stem, read_page(path.stem).partition("\n")[0].lstrip("# ").strip()) for path in _files()]


def read_page(name: str) -> str:
    """Return the Markdown of a page."""
    return (resource("help") / f"{name}.md").read_text(encoding="utf-8")


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of all pages, in the order of the groups."""
    titles = dict(help_pages())
    return tuple(
        section for _, names in GROUPS for name in names if name in titles for section in _split(name, titles[name])
    )


def search(typed: str) -> list[Section]:
    """Return the sections with all typed terms; those with a matching heading come first, then by page."""
    terms = typed.casefold().split()
    hits = []
    for section in sections() if terms else ():
        heading = f"{section.title} {section.heading}".casefold()
        if all(term in heading for term in terms):
            hits.append((0, section))
        elif all(term in heading or term in section.text.casefold() for term in terms):
            hits.append((1, section))
    return [section for _, section in sorted(hits, key=lambda pair: pair[0])]


def _files() -> list[Path]:
    return sorted(resource("help").glob("*.md"))


def _split(name: str, title: str) -> list[Section]:
    """Return the sections of a page: one per heading of the first two levels, outside code."""
    made, heading, lines, is_code = list[Section](), title, list[str](), False
    for line in read_page(name).splitlines()[1:]:
        is_code ^= line.startswith("```")
        if line.startswith("## ") and not is_code:
            made.append(Section(name, title, heading, _plain(lines)))
            heading, lines = _plain([line.removeprefix("## ")]), []
        else:
            lines.append(line)
    return [*made, Section(name, title, heading, _plain(lines))]


def _plain(lines: list[str]) -> str:
    """Return Markdown without its marks."""
    return _MARKUP.sub(lambda match: match[1] or "", "\n".join(lines))
