"""Report of a check as one HTML page with thumbnails, for the command line and the window."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, suppress

from exr_inspector_app.config import thumbnails_folder
from exr_inspector_app.errors import PixelsError
from exr_inspector_app.exr.pixels.decoder import Decoder
from exr_inspector_app.exr.pixels.thumbnail_cache import ThumbnailCache
from exr_inspector_app.rules.outcome import Verdict
from exr_inspector_app.rules.reports import html


def html_page(verdict: Verdict) -> str:
    """Return the page; thumbnails that are not in the cache are decoded."""
    return html.html_report(verdict, _thumbnails(html.thumbnail_paths(verdict)))


def _thumbnails(paths: Iterable[str]) -> dict[str, bytes]:
    """Return the JPEGs of files; those whose pixels cannot be decoded are left out."""
    cache = ThumbnailCache(thumbnails_folder())
    jpegs: dict[str, bytes] = {}
    with closing(Decoder()) as decoder:
        for path in paths:
            with suppress(PixelsError):
                jpegs[path] = cache.get(path, decoder)
    return jpegs
