"""What is similar to a reference, as far as it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from exr_inspector_app.contracts import Band, By, Filter, Hit, Weights
from exr_inspector_app.gui.session.session import SessionFile
from exr_inspector_app.gui.style.formatting import format_duration
from exr_inspector_app.text.format import pluralize

Way: TypeAlias = By | Literal["blend"]


@dataclass(frozen=True, slots=True)
class SearchState:
    """What is similar to the reference: on its way (None), found, or why not."""

    reference: SessionFile
    by: Way
    hits: tuple[Hit, ...] | None = None
    failure: str = ""
    is_stopped: bool = False  # by a person; `failure` says how far it was, where there are no first hits
    so_far: tuple[int, int] | None = None  # these are first hits: of so many files that were read, of all there are
    more: int = 0  # files that the reference stands for beside itself
    members: frozenset[str] = frozenset()  # their sequences, and its own
    published: tuple[str, ...] = ()  # its file_ids, where it comes from the library and not from the session
    where: Filter = ()
    has_looks: bool = False  # the store knows how the reference or some of the hits look
    weights: Weights = field(default_factory=dict)  # of a blend
    left_out: tuple[int, int] = (0, 0)  # files with embeddings of an older version, and of a newer one
    files: int = 0  # that are published and meet the filter, where there are no hits


def placed(hits: Sequence[Hit], asked: SearchState) -> tuple[Hit, ...]:
    """The hits; files that were asked for together are told from what is only like them."""

    def is_member(hit: Hit) -> bool:
        return hit.sequence_key in asked.members or (asked.more > 0 and hit.file_id in asked.published)

    told = [(hit, hit.band is not Band.IDENTICAL and is_member(hit)) for hit in hits]
    return tuple(replace(hit, band=Band.SAME_SEQUENCE) if is_own else hit for hit, is_own in told)


def counted(hits: Sequence[Hit], seconds: float, is_exact: bool) -> str:
    """`13 hits in 0.4 s, 37 far away`: those that are listed for want of nearer ones are no hits to a person."""
    near = sum(hit.band is not Band.UNRELATED for hit in hits)
    far = f", {len(hits) - near:,} far away" if near < len(hits) else ""
    return f"{pluralize(near, 'hit')} in {format_duration(seconds)}{far}{', every file in full' if is_exact else ''}"
