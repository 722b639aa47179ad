"""Empty states of the Similar pane: the placeholder for a search without matches."""

from __future__ import annotations

from typing import NamedTuple

from exr_inspector_app.gui.filters.filter_set import condition_label
from exr_inspector_app.gui.similar import strings
from exr_inspector_app.gui.similar.search_state import SearchState


class EmptyMessage(NamedTuple):
    """Placeholder content: a glyph, a title, a sentence, and the label of at most one button."""

    glyph: str
    title: str
    sentence: str
    action: str = ""


CREATING_THUMBNAILS = EmptyMessage("image", strings.CREATING_THUMBNAILS, strings.CREATING_THUMBNAILS_HINT)
NO_REFERENCE = EmptyMessage("similar", strings.NO_REFERENCE, strings.NO_REFERENCE_HINT, strings.SEARCH)


def empty_message(search: SearchState) -> EmptyMessage:
    """Return the placeholder that explains why `search` has no matches."""
    if search.where and not search.files:
        conditions = ", ".join(condition_label(condition) for condition in search.where)
        return EmptyMessage("search", strings.NO_MATCH, conditions, strings.CLEAR_FILTER)
    if not search.files:
        return EmptyMessage("database", strings.EMPTY_LIBRARY, strings.EMPTY_LIBRARY_HINT, strings.PUBLISH)
    if search.is_flat:
        return EmptyMessage("image", strings.FLAT_IMAGE, strings.FLAT_IMAGE_HINT)
    if is_appearance_only(search):
        hint = strings.no_thumbnails_hint(search.files)
        return EmptyMessage("image", strings.NO_THUMBNAILS, hint, strings.CREATE_THUMBNAILS)
    return EmptyMessage("database", strings.NOTHING_COMPARABLE, strings.NOTHING_COMPARABLE_HINT)


def is_appearance_only(search: SearchState) -> bool:
    """Return whether `search` compares nothing but thumbnails."""
    weighted = {by for by, weight in search.weights.items() if weight > 0}
    return search.by == "look" or (search.by == "blend" and weighted == {"look"})
