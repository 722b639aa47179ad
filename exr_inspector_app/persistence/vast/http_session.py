"""HTTP session of the SDK: requests stay on their host, and responses are bounded in size and time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from exr_inspector_app.bounded_http import BoundedResponse, bounded_pools

MAX_BODY_BYTES = 64 * 2**20  # of a response that is read as a whole: lists of names, columns and row ids
MAX_ERROR_BYTES = 2**20  # of an error
MAX_PAGE_BYTES = 2 * 2**30  # of a streamed page of rows
MAX_READS = 10_000_000  # of a page, which consists of short marks and long columns
HEAD_S = 120.0  # from a request to the end of the headers of its response
BODY_S = 120.0  # spent waiting for a response that is read as a whole
PAGE_S = 3600.0  # spent waiting for a streamed page; long scans send signs of life, and each read has a time-out
_PIECE_BYTES = 2**18
_MAX_DIGITS = 18  # of a length
_REDIRECTS = range(300, 400)


class RedirectRefusedError(requests.RequestException):
    """Redirect: requests carry a signature, and rows, that another host must not get."""

    def __init__(self, target: str) -> None:
        super().__init__(f"redirect to {target}")
        self.target = target


class OversizedResponseError(requests.RequestException):
    """Response that is larger than any of a VAST Database; it was not read."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class ForeignContentError(requests.RequestException):
    """Response of another kind: a web page, or an encoding that was not requested."""


class VastResponse(BoundedResponse):
    """Response whose status and headers have a time; `HttpSession` limits the body."""

    head_s = HEAD_S


class _Adapter(HTTPAdapter):
    """Adapter of requests whose servers, and proxies, cannot keep a request waiting by single bytes of headers."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Create the connection pools."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = bounded_pools(self.poolmanager.pool_classes_by_scheme, VastResponse)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Return the connection pools of a proxy."""
        manager: Any = super().proxy_manager_for(*args, **options)
        if not issubclass(manager.pool_classes_by_scheme["http"].ConnectionCls.response_class, BoundedResponse):
            manager.pool_classes_by_scheme = bounded_pools(manager.pool_classes_by_scheme, VastResponse)
        return manager


def _limit_heads(session: requests.Session) -> None:
    """Limit the time for the headers of all responses of a session."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())


class HttpSession(requests.Session):
    """HTTP session for servers that are not trusted.

    Its CA file takes precedence over REQUESTS_CA_BUNDLE, which requests prefers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headers["Accept-Encoding"] = "identity"
        _limit_heads(self)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Return the settings of a request; proxies still come from the environment."""
        if verify is None and isinstance(self.verify, str):
            verify = self.verify
        return super().merge_environment_settings(url, proxies, stream, verify, cert)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None, so that no redirect is followed, or read: `send` refuses it."""
        return None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request.

        Raises:
            RedirectRefusedError: The server redirects.
            OversizedResponseError: The response is too large.
            ForeignContentError: A VAST Database sends no such response.
            requests.ReadTimeout: The response comes too slowly.
        """
        is_streamed = kwargs.pop("stream", False)
        response = super().send(request, stream=True, **kwargs)
        try:
            if is_streamed and response.status_code == HTTPStatus.OK:
                _check_head(response, MAX_PAGE_BYTES)
                response.raw = _BoundedBody(response.raw, MAX_PAGE_BYTES, PAGE_S)
            else:
                _load(response, MAX_BODY_BYTES if response.status_code == HTTPStatus.OK else MAX_ERROR_BYTES)
        except BaseException:
            response.close()
            raise
        return response


def fetch_headers(url: str, timeout: tuple[float, float], verify: str | bool) -> Mapping[str, str]:
    """Return the headers of a response of any status, without reading the body or following a redirect."""
    with requests.Session() as session:
        _limit_heads(session)
        with session.get(url, timeout=timeout, verify=verify, stream=True, allow_redirects=False) as response:
            return response.headers


class _BoundedBody:
    """Body of a response, as a file: a read that exceeds the limits raises before it takes memory."""

    def __init__(self, raw: urllib3.BaseHTTPResponse, max_bytes: int, max_s: float) -> None:
        self._raw = raw
        self._limit = self._left = max_bytes
        self._max_s = max_s
        self._waited_s = 0.0
        self._reads = 0
        self._ahead = b""  # read from the connection, and not returned from `_start` on
        self._start = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def read(self, amt: int | None = None, **_: object) -> bytes:
        """Read `amt` bytes, fewer at the end of the body; all of it if None."""
        self._reads += 1
        if (amt or 0) > self._left + len(self._ahead) - self._start or self._reads > MAX_READS:
            raise self._refusal()
        end = self._start + (amt if amt is not None and amt >= 0 else self._limit + 1)
        if end > len(self._ahead):
            pieces, wanted = [self._ahead[self._start :]], end - len(self._ahead)
            while wanted > 0 and (piece := self._take(partial(self._raw.read1, _PIECE_BYTES, False))):
                pieces.append(piece)
                wanted -= len(piece)
            self._ahead, self._start, end = b"".join(pieces), 0, end - self._start
        data = self._ahead[self._start : end]
        self._start = min(end, len(self._ahead))
        return data

    def stream(self, amt: int = _PIECE_BYTES, **_: object) -> Iterator[bytes]:
        """Yield the body in the pieces in which it arrives, of at most `amt` bytes."""
        pieces = self._raw.stream(amt, decode_content=False)
        while piece := self._take(lambda: next(pieces, b"")):
            yield piece

    def _take(self, read: Callable[[], bytes]) -> bytes:
        """Return the next piece of the body; raise if it exceeds a limit."""
        start = time.monotonic()
        piece = read()
        self._waited_s += time.monotonic() - start
        self._left -= len(piece)
        if self._left < 0:
            raise self._refusal()
        if piece and self._waited_s > self._max_s:
            self._raw.close()
            raise requests.ReadTimeout(f"a response that takes more than {self._max_s:g} s")
        return piece

    def _refusal(self) -> OversizedResponseError:
        self._raw.close()
        return OversizedResponseError(self._limit)


def _check_head(response: requests.Response, max_bytes: int) -> None:
    """Refuse a response by its status and headers."""
    if response.status_code in _REDIRECTS:
        raise RedirectRefusedError(response.headers.get("Location", ""))
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and (len(length) > _MAX_DIGITS or int(length) > max_bytes):
        raise OversizedResponseError(max_bytes)
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if encoding != "identity" or (response.ok and kind == "text/html"):
        raise ForeignContentError(f"{kind}, {encoding}")


def _load(response: requests.Response, max_bytes: int) -> None:
    """Read the body into the response, as requests does, but within the limits."""
    _check_head(response, max_bytes)
    body = _BoundedBody(response.raw, max_bytes, BODY_S)
    try:
        response._content = body.read()
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    except ReadTimeoutError as error:
        raise requests.exceptions.ConnectionError(error) from error
    response._content_consumed = True
    response.encoding = response.encoding or "utf-8"  # requests guesses others in a time without limit
