"""Data contracts between layers: records, filters, queries, hits, plans, results, and events.

Each name is imported from its module when it is first used: a program that reads headers does not load NumPy or the
classes of stores.
"""

from __future__ import annotations

from importlib import import_module

from exr_inspector_app.typing_forms import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exr_inspector_app.contracts.cancellation import StopCheck, never_stop
    from exr_inspector_app.contracts.events import (
        Event,
        FilePublished,
        FileReread,
        PartialHits,
        PlanReady,
        PreviewStored,
        ProgressCallback,
        RunFinished,
        StoreWaiting,
        ignore_progress,
    )
    from exr_inspector_app.contracts.queries import (
        WEAK_BANDS,
        Band,
        By,
        Condition,
        Facet,
        Filter,
        Hit,
        ListedSequence,
        Listing,
        Op,
        Page,
        Query,
        Weights,
    )
    from exr_inspector_app.contracts.records import (
        CHANNEL_DIM,
        EMBEDDING_VERSION,
        LOOK_DIM,
        MAX_THUMBNAIL_BYTES,
        METADATA_DIM,
        Batch,
        Identity,
        Matrix,
        Preview,
        Record,
        StoredFile,
        Vector,
        Vectors,
    )
    from exr_inspector_app.contracts.results import (
        SKIPPED,
        Answer,
        CheckReport,
        MigratedRange,
        Plan,
        PlanFailure,
        PlanItem,
        PlanStatus,
        ProvenFact,
        PublishResult,
        PublishSummary,
        RekeyedRange,
        RepairedRange,
        Step,
        not_embedded,
        not_persisted,
        persisted,
    )
    from exr_inspector_app.contracts.scan_events import (
        FileInspected,
        FilesFound,
        PathUnreadable,
        Progress,
        measure_progress,
    )
    from exr_inspector_app.contracts.shards import LEDGER_PREFIX, LoadedShard, Shard

__all__ = [
    "CHANNEL_DIM",
    "EMBEDDING_VERSION",
    "LEDGER_PREFIX",
    "LOOK_DIM",
    "MAX_THUMBNAIL_BYTES",
    "METADATA_DIM",
    "SKIPPED",
    "WEAK_BANDS",
    "Answer",
    "Band",
    "Batch",
    "By",
    "CheckReport",
    "Condition",
    "Event",
    "Facet",
    "FileInspected",
    "FilePublished",
    "FileReread",
    "FilesFound",
    "Filter",
    "Hit",
    "Identity",
    "ListedSequence",
    "Listing",
    "LoadedShard",
    "Matrix",
    "MigratedRange",
    "Op",
    "Page",
    "PartialHits",
    "PathUnreadable",
    "Plan",
    "PlanFailure",
    "PlanItem",
    "PlanReady",
    "PlanStatus",
    "Preview",
    "PreviewStored",
    "Progress",
    "ProgressCallback",
    "ProvenFact",
    "PublishResult",
    "PublishSummary",
    "Query",
    "Record",
    "RekeyedRange",
    "RepairedRange",
    "RunFinished",
    "Shard",
    "Step",
    "StopCheck",
    "StoreWaiting",
    "StoredFile",
    "Vector",
    "Vectors",
    "Weights",
    "ignore_progress",
    "measure_progress",
    "never_stop",
    "not_embedded",
    "not_persisted",
    "persisted",
]

_MODULES = {
    "cancellation": ("StopCheck", "never_stop"),
    "events": (
        "Event",
        "FilePublished",
        "FileReread",
        "PartialHits",
        "PlanReady",
        "PreviewStored",
        "ProgressCallback",
        "RunFinished",
        "StoreWaiting",
        "ignore_progress",
    ),
    "queries": (
        "WEAK_BANDS",
        "Band",
        "By",
        "Condition",
        "Facet",
        "Filter",
        "Hit",
        "ListedSequence",
        "Listing",
        "Op",
        "Page",
        "Query",
        "Weights",
    ),
    "records": (
        "CHANNEL_DIM",
        "EMBEDDING_VERSION",
        "LOOK_DIM",
        "MAX_THUMBNAIL_BYTES",
        "METADATA_DIM",
        "Batch",
        "Identity",
        "Matrix",
        "Preview",
        "Record",
        "StoredFile",
        "Vector",
        "Vectors",
    ),
    "results": (
        "SKIPPED",
        "Answer",
        "CheckReport",
        "MigratedRange",
        "Plan",
        "PlanFailure",
        "PlanItem",
        "PlanStatus",
        "ProvenFact",
        "PublishResult",
        "PublishSummary",
        "RekeyedRange",
        "RepairedRange",
        "Step",
        "not_embedded",
        "not_persisted",
        "persisted",
    ),
    "scan_events": ("FileInspected", "FilesFound", "PathUnreadable", "Progress", "measure_progress"),
    "shards": (
        "LEDGER_PREFIX",
        "LoadedShard",
        "Shard",
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Return a name of this package, and keep it: PEP 562, https://peps.python.org/pep-0562/."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
