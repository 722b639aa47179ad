"""Error translation: exceptions of the SDK and the network become store errors with one sentence for users."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import requests
import urllib3
from vastdb import errors
from vastdb._internal import QueryDataInternalError

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import KnownError, RequestRejectedError, VASTDatabaseError, VASTUnavailableError
from exr_inspector_app.persistence.vast.http_session import (
    ForeignContentError,
    OversizedResponseError,
    RedirectRefusedError,
)
from exr_inspector_app.text.escape import escape_control

_MAX_TARGET = 100  # characters of the address in a redirect
REGION_ERROR_CODE = "AuthorizationHeaderMalformed"  # of a request that is signed with another region
_KEY_ERROR_CODES = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity")
_SDK_ERRORS = (errors.HttpError, errors.ConnectionError, errors.Missing, errors.NotSupported, errors.Exists,
               errors.InvalidArgument, errors.ApiResponseError, requests.RequestException,
               urllib3.exceptions.HTTPError, QueryDataInternalError)  # fmt: skip
_TRUNCATION_ERRORS = (EOFError, struct.error, pa.ArrowException, OSError)  # raised by parsing an incomplete response


class WriteConflictError(VASTUnavailableError):
    """Write conflict: another transaction wrote the same rows at the same time, so this one cannot commit."""


class ConnectionLostError(VASTUnavailableError):
    """Missing name: the transaction has expired, or a table or the bucket does not exist."""


class EndpointUnreachableError(VASTUnavailableError):
    """Unreachable endpoint; the SDK has retried for some seconds, and more retries would only block the user."""

    is_unreachable = True


@contextmanager
def translate_errors(vast: Vast) -> Iterator[None]:
    """Translate exceptions of the SDK and of the network into VASTDatabaseError; let bugs pass unchanged."""
    try:
        yield
    except KnownError:
        raise
    except _SDK_ERRORS as error:
        raise to_store_error(error, vast) from error
    except ValueError as error:
        if "HttpStatus" not in str(error):
            raise
        raise _http_error(str(error).split()[0], vast) from error  # a status that the SDK has no class for


@contextmanager
def translate_stream_errors(vast: Vast) -> Iterator[None]:
    """Translate errors as `translate_errors` does, and those of streamed responses that end too early."""
    try:
        with translate_errors(vast):
            yield
    except _TRUNCATION_ERRORS as error:
        raise VASTUnavailableError(f"Incomplete response from {vast.endpoint}. Try again.") from error


def to_store_error(error: BaseException, vast: Vast) -> VASTDatabaseError:
    """Return the store error for an exception of the SDK or of the network."""
    if isinstance(error, errors.HttpError) and _is_foreign_response(error):
        return unsupported_server(error, vast)
    for kinds, translate in _TRANSLATIONS:
        if isinstance(error, kinds):
            return translate(error, vast)
    return _rejected_request(type(error).__name__, vast)


def _is_foreign_response(error: errors.HttpError) -> bool:
    """Return True for an error response that no VAST Database sent; gateways in front of one send other 5xx."""
    is_rejection = error.status < HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.NOT_IMPLEMENTED
    return is_rejection and not str(error.headers.get("Server")).startswith("vast")


_Translation = Callable[[Any, Vast], VASTDatabaseError]


def _fixed(kind: type[VASTDatabaseError], message: Callable[[Vast], str]) -> _Translation:
    """Return a translation whose sentence depends on the settings alone, not on the exception."""
    return lambda _, vast: kind(message(vast))


unsupported_server = _fixed(
    VASTDatabaseError,
    lambda vast: f"{vast.endpoint} is not a supported VAST Database (5.0 or newer). Check the endpoint.",
)
_rejected_key = _fixed(
    VASTDatabaseError,
    lambda vast: f"VAST rejected the access key {vast.access_key}. Check the access key and secret key.",
)
_skewed_clock = _fixed(
    VASTDatabaseError,
    lambda vast: f"The clocks of this machine and {vast.endpoint} differ by over 15 minutes. Set the clock.",
)
_missing_permission = _fixed(
    VASTDatabaseError,
    lambda vast: (
        f"The key {vast.access_key} has no permission for this in {vast.location}. "
        "Ask the administrator for an identity policy that allows it."
    ),
)
_wrong_region = _fixed(
    VASTDatabaseError,
    lambda vast: f"{vast.endpoint} does not accept the region {vast.region}. Correct VAST_DB_REGION.",
)
_hidden_bucket = _fixed(
    VASTDatabaseError,
    lambda vast: (
        f"The key {vast.access_key} may not look up the bucket {vast.bucket}. Allow s3:HeadBucket and s3:ListBucket "
        "(`exr-inspector vast schema --policy`)."
    ),
)
_other_tenant = _fixed(
    VASTDatabaseError,
    lambda vast: (
        f"{vast.endpoint} does not let the key {vast.access_key} begin a transaction. Use the address of its tenant, "
        "or extend its identity policy."
    ),
)
no_database_bucket = _fixed(
    VASTDatabaseError,
    lambda vast: (
        f"The bucket {vast.bucket} is not a database. Enable the protocol Database on its view, or correct the bucket."
    ),
)
_write_conflict = _fixed(
    WriteConflictError, lambda vast: f"Another publish changed {vast.location} at the same time. Try again."
)
_unsupported_columns = _fixed(
    VASTDatabaseError,
    lambda vast: f"{vast.endpoint} does not support a column type of exr-inspector. Update the cluster.",
)
_wrong_scheme = _fixed(
    VASTDatabaseError,
    lambda vast: f"{vast.endpoint} does not use TLS. Write http:// instead of https:// in the endpoint.",
)
_other_name = _fixed(
    VASTDatabaseError,
    lambda vast: (
        f"The certificate of {vast.endpoint} is for another host name. Use a name of the certificate in the endpoint."
    ),
)
_expired_certificate = _fixed(
    VASTDatabaseError,
    lambda vast: f"The certificate of {vast.endpoint} has expired. Contact the administrator.",
)
_untrusted_certificate = _fixed(
    VASTDatabaseError,
    lambda vast: f"The certificate of {vast.endpoint} is not trusted. Set the CA certificate file in Settings.",
)
_incomplete_certificate = _fixed(
    VASTDatabaseError,
    lambda vast: (
        f"A certificate of {vast.endpoint} lacks an extension that Python requires. Contact the administrator."
    ),
)
_TLS_CAUSES = (  # texts of OpenSSL, which has one exception class for all of them
    (("WRONG_VERSION_NUMBER", "wrong version number", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"), _wrong_scheme),
    (("Hostname mismatch", "IP address mismatch", "doesn't match"), _other_name),
    (("certificate has expired",), _expired_certificate),
    (("Key Identifier", "Basic Constraints of CA cert", "key usage extension"), _incomplete_certificate),  # of RFC 5280
)
_unreadable_response = _fixed(
    VASTDatabaseError,
    lambda vast: f"{vast.endpoint} sent a response that cannot be read. Run `exr-inspector vast check`.",
)
_unknown_host = _fixed(
    EndpointUnreachableError,
    lambda vast: f"Unknown host in {vast.endpoint}. Check the endpoint in Settings and the network.",
)
_connect_timeout = _fixed(
    EndpointUnreachableError,
    lambda vast: f"{vast.endpoint} is not responding. Check the endpoint in Settings and the firewall.",
)
_refused_connection = _fixed(
    EndpointUnreachableError, lambda vast: f"No connection to {vast.endpoint}. Check the endpoint in Settings."
)
_lost_connection = _fixed(
    VASTUnavailableError, lambda vast: f"Connection to {vast.endpoint} lost. Try again when the network is stable."
)


def _forbidden(error: Any, vast: Vast) -> VASTDatabaseError:
    if error.code == REGION_ERROR_CODE:
        return _wrong_region(error, vast)
    if error.code in _KEY_ERROR_CODES:
        return _rejected_key(error, vast)
    if error.code == "RequestTimeTooSkewed":
        return _skewed_clock(error, vast)
    if error.method == "HEAD":
        return _hidden_bucket(error, vast)
    is_transaction = urlsplit(error.url).query == "transaction"
    return (_other_tenant if is_transaction else _missing_permission)(error, vast)


def _conflict(error: Any, vast: Vast) -> VASTDatabaseError:
    """Return the error for a conflict: a request that only reads gets one from a bucket that is no database."""
    is_read = isinstance(error, errors.HttpError) and error.method in ("GET", "HEAD")
    return (no_database_bucket if is_read else _write_conflict)(error, vast)


def _http_error(status: object, vast: Vast, code: str | None = None) -> VASTDatabaseError:
    """Return the error for an HTTP status; server errors and 429 may pass."""
    if code == REGION_ERROR_CODE:
        return _wrong_region(code, vast)
    detail = f"{status}, {code}" if code else f"{status}"
    if str(status).startswith("5") or str(status) == "429":
        return VASTUnavailableError(
            f"Server error from {vast.endpoint} ({detail}). Try again later or contact the administrator."
        )
    return _rejected_request(detail, vast)


def _rejected_request(detail: str, vast: Vast) -> VASTDatabaseError:
    return RequestRejectedError(f"{vast.endpoint} rejected the request ({detail}). Run `exr-inspector vast check`.")


def _connection_error(cause: BaseException, vast: Vast) -> VASTDatabaseError:
    """Return the error for a connection that could not be made or was lost."""
    text = repr(cause)
    if isinstance(cause, requests.exceptions.SSLError):
        return _tls_error(cause, vast)
    if "NameResolutionError" in text or "getaddrinfo" in text:
        return _unknown_host(cause, vast)
    if isinstance(cause, requests.Timeout):
        return _connect_timeout(cause, vast)
    return (_refused_connection if "refused" in text else _lost_connection)(cause, vast)


def _redirect(error: RedirectRefusedError, vast: Vast) -> VASTDatabaseError:
    target = escape_control(error.target)[:_MAX_TARGET]
    return VASTDatabaseError(
        f"{vast.endpoint} redirects to {target or 'another address'}, which gets no signed request. "
        "Set the endpoint to the address of the database."
    )


def _oversized_response(error: OversizedResponseError, vast: Vast) -> VASTDatabaseError:
    return VASTDatabaseError(
        f"{vast.endpoint} sent more than {error.limit // 2**20} MB in a response, which is too much. "
        "Contact the administrator."
    )


def _tls_error(cause: BaseException, vast: Vast) -> VASTDatabaseError:
    """Return the error for a TLS connection that failed."""
    text = repr(cause)
    for marks, translate in _TLS_CAUSES:
        if any(mark in text for mark in marks):
            return translate(cause, vast)
    return _untrusted_certificate(cause, vast)


_TRANSLATIONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], _Translation], ...] = (
    # The first entry that matches decides.
    (RedirectRefusedError, _redirect),
    (OversizedResponseError, _oversized_response),
    (ForeignContentError, unsupported_server),
    (errors.ApiResponseError, _unreadable_response),
    (errors.ConnectionError, lambda error, vast: _connection_error(error.cause, vast)),
    (
        errors.Slowdown,
        _fixed(VASTUnavailableError, lambda vast: f"{vast.endpoint} is overloaded. Try again in a minute."),
    ),
    (errors.Forbidden, _forbidden),
    (
        errors.MissingBucket,
        _fixed(
            VASTDatabaseError,
            lambda vast: (
                f"No database in bucket {vast.bucket} of {vast.endpoint}. "
                "Create it as a database-enabled view, or correct the bucket."
            ),
        ),
    ),
    (
        (errors.NotFound, errors.Missing),
        _fixed(
            ConnectionLostError, lambda vast: f"A table is missing in {vast.location}. Run `exr-inspector vast check`."
        ),
    ),
    ((errors.Conflict, errors.Exists), _conflict),
    (
        errors.InsufficientCapacity,
        _fixed(
            VASTUnavailableError, lambda vast: f"{vast.endpoint} is out of space. Nothing of this batch was written."
        ),
    ),
    (
        (errors.RequestTimeout, requests.Timeout, urllib3.exceptions.TimeoutError),
        _fixed(VASTUnavailableError, lambda vast: f"{vast.endpoint} did not respond in time. Try again later."),
    ),
    (errors.NotSupportedSchema, _unsupported_columns),
    (errors.NotSupported, unsupported_server),
    (errors.HttpError, lambda error, vast: _http_error(error.status, vast, error.code)),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader),
        _fixed(
            VASTDatabaseError, lambda vast: f"Cannot send requests to {vast.endpoint}. Check the endpoint and the keys."
        ),
    ),
    (
        (requests.RequestException, urllib3.exceptions.HTTPError),
        lambda error, vast: _connection_error(error, vast),
    ),
)
