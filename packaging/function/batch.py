"""Entry points for VAST DataEngine with batches: `handler(ctx, events)` runs per batch, and publishes it at once.

Build with `--handlers batch.py` and set a batch size in the deployment of the function. Needs the runtime of VAST 5.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vast.dataengine.sdk import event_batching_handler  # of the runtime

from exr_inspector_app import function
from exr_inspector_app.function import init

__all__ = ["handler", "init"]


@event_batching_handler
def handler(ctx: Any, events: Sequence[Any]) -> list[dict[str, Any]]:
    """Inspect and publish the objects of all events; return one result per event, as the runtime requires."""
    return function.results_by_event(function.handler(ctx, events), events)
