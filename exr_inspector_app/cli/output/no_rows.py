"""Reason why no published file is listed, with what may be wrong with the conditions."""

from __future__ import annotations

from exr_inspector_app.contracts import Filter
from exr_inspector_app.persistence.query.derived_columns import PATH_COLUMNS
from exr_inspector_app.services.backend import Backend
from exr_inspector_app.text.escape import escape_control


def reason_for_no_rows(backend: Backend, where: Filter, search: str | None, *, is_empty: bool) -> str:
    """Return the sentence.

    Args:
        backend: Store and settings.
        where: Conditions that no file meets, those of the search included.
        search: Text of the search.
        is_empty: Nothing is published at all.
    """
    if is_empty:
        return f"Nothing is published in {backend.location}. Publish some files first."
    from exr_inspector_app.persistence.query.search_words import unknown_columns  # pyarrow takes 40 ms: load on demand

    columns = dict.fromkeys(condition.column for condition in where)
    hints = [f"There is no search word {escape_control(name)}:." for name in unknown_columns(search or "")]
    if not backend.config.path_template:
        hints += [f"{name}: needs `path_template` in the settings." for name in columns if name in PATH_COLUMNS]
    if "renderer" in columns and "writer" not in columns:
        hints.append("The program that saved a file, such as Nuke, is its writer:.")
    return " ".join(["No published file matches.", *hints])
