"""A loopback server that speaks the VAST Database's wire, in memory, for tests."""

from .server import VastServer
from .wire import Request

__all__ = ["Request", "VastServer"]
