"""What VAST DataEngine calls: `init(ctx)` once, `handler(ctx, event)` for each event."""

from exr_inspector_app.function import handler, init

__all__ = ["handler", "init"]
