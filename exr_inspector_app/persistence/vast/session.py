"""SDK session with the signing region and the CA certificates of the configuration."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import backoff
import requests
import vastdb
from vastdb import errors
from vastdb._internal import VastdbApi
from vastdb._session_context import SessionContext
from vastdb.config import SessionConfig
from vastdb.features import Features
from vastdb.session import Session

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import VASTDatabaseError
from exr_inspector_app.persistence.vast.endpoints import EndpointPool
from exr_inspector_app.persistence.vast.errors import REGION_ERROR_CODE, translate_errors, unsupported_server
from exr_inspector_app.persistence.vast.http_session import HttpSession
from exr_inspector_app.persistence.vast.row_validation import PARSE_ERRORS

log = logging.getLogger(__name__)

_MAX_ENTITIES_PER_PAGE = 10_000  # of lists of schemas, tables and columns; the default of the SDK

_signing_regions: dict[str, str] = {}  # by endpoint, for the servers that required one


def connect(vast: Vast, timeout: tuple[float, float]) -> Session:
    """Connect to the server.

    Args:
        vast: Settings with keys.
        timeout: Seconds to connect, and to wait for a response.

    Raises:
        VASTDatabaseError: No server, or an unsupported one. The error has no frames of the SDK in its traceback,
            whose local variables hold the secret key.
    """
    try:
        with translate_errors(vast):
            return _Session(vast, timeout)
    except VASTDatabaseError as error:
        failure = type(error)(error.sentence)
    except NotImplementedError as error:
        failure = unsupported_server(error, vast)
    raise failure


def _readable(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that parses a response, with one exception for all responses that it cannot parse."""

    @wraps(method)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return method(*args, **options)
        except PARSE_ERRORS as error:
            if "HttpStatus" in str(error):  # of a status that the SDK does not know, which `translate_errors` handles
                raise
            raise errors.ApiResponseError(f"{method.__name__}: {error!r}") from error

    return call


class _Api(VastdbApi):  # type: ignore[misc]
    """SDK client that signs with the configured region once the server requires one, and rotates endpoints.

    The SDK signs with an empty region. A server that checks it refuses the request, which is then sent again. A
    request that could not be sent to an endpoint is sent to another one.
    """

    list_schemas = _readable(VastdbApi.list_schemas)
    list_tables = _readable(VastdbApi.list_tables)
    list_columns = _readable(VastdbApi.list_columns)
    list_projections = _readable(VastdbApi.list_projections)
    list_projection_columns = _readable(VastdbApi.list_projection_columns)
    list_snapshots = _readable(VastdbApi.list_snapshots)
    get_table_stats = _readable(VastdbApi.get_table_stats)
    get_projection_stats = _readable(VastdbApi.get_projection_stats)

    def __init__(self, vast: Vast, pool: EndpointPool, **options: Any) -> None:
        self._vast = vast
        self.pool = pool
        self.check_stop: Callable[[], None] = lambda: None  # called before each attempt of a request
        self._clients: dict[tuple[str, ...], _DataApi] = {}  # by endpoints
        super().__init__(**options)

    def with_endpoints(self, endpoints: list[str]) -> VastdbApi:
        """Return a client of other endpoints, with the same settings.

        The SDK closes it after each query. Its connections stay open, since a query costs less than a new connection.
        """
        client = self._clients.get(tuple(endpoints))
        if client is None:
            client = self._clients[tuple(endpoints)] = _DataApi(
                self._vast,
                self.pool,
                access_key=self.access_key,
                secret_key=self.secret_key,
                endpoints=endpoints,
                max_entities_per_page=self._max_entities_per_page,
                ssl_verify=self._ssl_verify,
                timeout=self.timeout,
                backoff_config=self.backoff_config,
                version_check=False,
            )
            client.check_stop = lambda: self.check_stop()
        return client

    def __exit__(self, *args: object) -> None:
        """Close the connections, also those of the clients of other endpoints."""
        for client in self._clients.values():
            client.close()
        super().__exit__(*args)

    def _session_create(self, url: Any) -> requests.Session:
        plain = super()._session_create(url)
        session = HttpSession()
        session.headers.update({"user-agent": self.client_sdk_version})
        session.verify, session.auth = plain.verify, plain.auth
        return session

    def _session_get_or_create(self, url: Any) -> requests.Session:
        """Return the connection pool of an address; the SDK keeps one per host name, regardless of the port."""
        sessions: dict[str, requests.Session] = self._sessions
        address = str(url.netloc)
        if address not in sessions:
            sessions[address] = self._session_create(url)
        # Set each time: a response to another client may have named the region since.
        sessions[address].auth.aws_region = _signing_regions.get(self._vast.endpoint, "")  # type: ignore[union-attr]
        return sessions[address]

    def _single_request(self, **request: Any) -> Any:
        """Send a request to an endpoint that responds.

        The SDK repeats it after pauses. A stop of the user ends that, except for the end of a transaction.
        """
        is_end = request["method"] in ("PUT", "DELETE") and request["url"].query == "transaction"
        while True:
            if not is_end:
                self.check_stop()
            url = self.pool.route(request["url"])
            try:
                return self._signed_request(**{**request, "url": url})
            except errors.ConnectionError as error:
                has_other = self.pool.mark_dead(url)
                if not (has_other and _is_unsent(error.cause)):
                    raise
            except requests.Timeout:
                self.pool.mark_dead(url)
                raise

    def _signed_request(self, **request: Any) -> Any:
        """Send a request; a second time with the region if the server requires one."""
        try:
            return super()._single_request(**request)
        except errors.HttpError as error:
            if error.code != REGION_ERROR_CODE or self._vast.endpoint in _signing_regions:
                raise
        log.info("%s requires a region; signing with %s", self._vast.endpoint, self._vast.region)
        _signing_regions[self._vast.endpoint] = self._vast.region
        try:
            return super()._single_request(**request)
        except errors.HttpError as error:
            if error.code == REGION_ERROR_CODE:  # another region: the next configuration starts again
                del _signing_regions[self._vast.endpoint]
            raise


class _DataApi(_Api):
    """Client of the endpoints of a query, which another client owns."""

    def __exit__(self, *args: object) -> None:
        """Keep the connections for the next query."""

    def close(self) -> None:
        """Close the connections."""
        super().__exit__()


class _Session(Session):  # type: ignore[misc]
    """Session over `_Api`; the SDK's own constructor offers no other client."""

    def __init__(self, vast: Vast, timeout: tuple[float, float]) -> None:
        assert vast.secret_key is not None, "set by config.with_keys"
        self.access, self.secret = vast.access_key, vast.secret_key.reveal()
        self.api = _Api(
            vast,
            EndpointPool(vast.endpoint, vast.data_endpoints),
            access_key=self.access,
            secret_key=self.secret,
            endpoints=[vast.endpoint],
            max_entities_per_page=_MAX_ENTITIES_PER_PAGE,
            ssl_verify=str(vast.ca_file) if vast.ca_file else True,
            timeout=timeout,
            backoff_config=vastdb.BackoffConfig(wait_gen=backoff_waits, max_value=2.0, max_tries=5, max_time=20.0),
        )
        # One endpoint: addresses that the server reports would not match the name in its certificate.
        config = SessionConfig(data_endpoints=[vast.endpoint])
        self._context = SessionContext(api=self.api, endpoint=vast.endpoint, config=config)
        self.features = Features(self.api.vast_version)
        self.adbc_driver_path = None
        self._end_user = None


def _is_unsent(cause: BaseException) -> bool:
    """Return True if no connection could be made, so that the request has had no effect."""
    if isinstance(cause, requests.exceptions.SSLError):
        return False
    return isinstance(cause, requests.ConnectTimeout) or "NewConnectionError" in repr(cause)


def backoff_waits(max_value: float | None = None) -> Any:
    """Yield the pauses of the SDK's retries."""
    return backoff.expo(factor=0.2, max_value=max_value)
