"""Entry points for VAST DataEngine: `init(ctx)` runs once, `handler(ctx, event)` runs per event."""

from exr_inspector_app.function import handler, init

__all__ = ["handler", "init"]
