"""Parser of `file:` URIs as programs really write them, with raw `#`, `?` and `%` and bytes that are not UTF-8."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote_to_bytes

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(?=//|/)")
_DRIVE = re.compile(r"/?([A-Za-z])[:|](?=[/\\]|$)")  # `P|/` of old links


def scheme_of(text: str) -> str:
    """Return the scheme of a URI in lower case, or an empty text; `C:/` is a drive and no scheme."""
    match = _SCHEME.match(text)
    return match[1].lower() if match else ""


def paths_of_file_uri(uri: str) -> Iterator[str]:
    """Yield the paths that a `file:` URI may mean, the most likely first.

    A host other than this machine gives a UNC path, so that a link to another machine never opens a file of this one.
    """
    rest = uri.partition(":")[2]
    host, path = "", rest
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        path = slash + path
        if _DRIVE.match(host):  # file://C:/x
            host, path = "", f"/{host}{path}"
    if not host and path.startswith("///"):  # file://///host/share
        path = "//" + path.lstrip("/")
    prefix = "" if _is_this_machine(host) else f"//{host}"
    for raw in (path, re.split(r"[?#]", path, maxsplit=1)[0]):
        yield prefix + _without_slash_before_drive(decode(raw))
        yield prefix + _without_slash_before_drive(raw)


def decode(text: str) -> str:
    """Decode %XX; other text is kept, bytes that are not UTF-8 become surrogates as in `os.fsdecode`."""
    return os.fsdecode(unquote_to_bytes(text.encode("utf-8", "surrogateescape")))


def _is_this_machine(host: str) -> bool:
    return host.lower() in ("", "localhost", "127.0.0.1", "localhost.localdomain") or host.lower() == _host_name()


@cache
def _host_name() -> str:
    return socket.gethostname().lower()


def _without_slash_before_drive(path: str) -> str:
    match = _DRIVE.match(path)
    return f"{match[1]}:{path[match.end() :]}" if match else path
