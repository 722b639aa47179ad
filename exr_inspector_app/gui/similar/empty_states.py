"""What the similar pane says where it has nothing to list, and of what is left out."""

from __future__ import annotations

from typing import NamedTuple

from exr_inspector_app.gui.filters.filter_set import condition_label
from exr_inspector_app.gui.similar.search_state import SearchState
from exr_inspector_app.text.format import pluralize

CLEAR, PUBLISH, PICTURE, SEARCH = "Clear filter", "Publish…", "Make pictures", "Find similar"


class EmptyMessage(NamedTuple):
    """A glyph, a title, a sentence, and the one thing to do about it."""

    glyph: str
    title: str
    sentence: str
    action: str = ""


COMPUTING = "Embeddings are being computed anew; all files are compared when that is done."
PICTURING = EmptyMessage("image", "Pictures are being made", "They are compared when that is done.")
NO_REFERENCE = EmptyMessage("similar", "No reference yet", "Select a file; what is like it is listed here.", SEARCH)


def empty_message(found: SearchState) -> EmptyMessage:
    """Why a question has no hits."""
    if found.where and not found.files:
        return EmptyMessage(
            "search", "Nothing similar matches", ", ".join(condition_label(one) for one in found.where), CLEAR
        )
    if not found.files:
        return EmptyMessage(
            "database", "The library is empty", "Publish some files; then they can be found here.", PUBLISH
        )
    if is_appearance_only(found):
        alone = "The published file has no picture yet"
        sentence = alone if found.files == 1 else f"None of these {found.files:,} published files has a picture yet"
        return EmptyMessage("image", "No pictures to compare", f"{sentence}; one of each sequence is enough.", PICTURE)
    return EmptyMessage("database", "Nothing can be compared", "All of these files are left out; see above.")


def is_appearance_only(found: SearchState) -> bool:
    """True where pictures alone decide."""
    shares = {by for by, weight in found.weights.items() if weight > 0}
    return found.by == "look" or (found.by == "blend" and shares == {"look"})


def outdated_notice(outdated: int, newer: int) -> str:
    """How many files are not compared, and why; empty where all are."""
    told = []
    if outdated:
        told.append(f"{pluralize(outdated, 'file')} left out: an older version computed {_its(outdated)} embedding.")
    if newer:
        told.append(
            f"{pluralize(newer, 'file')} left out: a newer version computed {_its(newer)} embedding; update this one."
        )
    return " ".join(told)


def _its(count: int) -> str:
    return "its" if count == 1 else "their"
