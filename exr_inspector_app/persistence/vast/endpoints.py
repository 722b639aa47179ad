"""Endpoint pool: round robin over the addresses of a database, without those that do not respond."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Sequence

from urllib3.util import Url, parse_url

log = logging.getLogger(__name__)

DEAD_S = 30.0  # for which an endpoint that has failed gets no requests, unless all have failed


class EndpointPool:
    """Endpoints of one database: the first for control requests, the rest in turn for rows."""

    def __init__(self, endpoint: str, data_endpoints: Sequence[str] = ()) -> None:
        """Create a pool.

        Args:
            endpoint: URL for requests on transactions and tables.
            data_endpoints: URLs for requests on rows; none for `endpoint`.
        """
        self._control = parse_url(endpoint)
        self._data = [parse_url(url) for url in data_endpoints] or [self._control]
        self._all = list(dict.fromkeys([self._control, *self._data]))
        self._turns = itertools.count()
        self._dead_until: dict[str, float] = {}

    def next_data_endpoint(self) -> str:
        """Return the next endpoint for a request on rows."""
        return self.data_endpoints()[0]

    def data_endpoints(self) -> list[str]:
        """Return the endpoints for requests on rows that respond, each time beginning with the next one."""
        alive = [url for url in self._data if not self._is_dead(url)] or [
            url for url in self._all if not self._is_dead(url)
        ]
        candidates = alive or self._data
        first = next(self._turns) % len(candidates)
        return [str(url) for url in (*candidates[first:], *candidates[:first])]

    def route(self, url: Url) -> Url:
        """Return the URL of a request at an endpoint that responds; requests on rows take turns."""
        if url.query is not None and url.query.split("&")[0] == "rows":
            return _at(url, parse_url(self.next_data_endpoint()))
        if not self._is_dead(url):
            return url
        return next((_at(url, other) for other in self._all if not self._is_dead(other)), url)

    def mark_dead(self, url: Url) -> bool:
        """Leave out the endpoint of a request for DEAD_S; return True if another one is left."""
        if len(self._all) > 1:
            log.info("%s does not respond; it is left out for %.0f s", url.netloc, DEAD_S)
            self._dead_until[str(url.netloc)] = time.monotonic() + DEAD_S
        return any(not self._is_dead(other) for other in self._all) and len(self._all) > 1

    def _is_dead(self, url: Url) -> bool:
        return self._dead_until.get(str(url.netloc), 0.0) > time.monotonic()


def _at(url: Url, endpoint: Url) -> Url:
    return url._replace(scheme=endpoint.scheme, host=endpoint.host, port=endpoint.port)
