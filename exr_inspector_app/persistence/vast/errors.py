"""What the SDK and the network fail with, each in one sentence that says what to do."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pyarrow as pa
import requests
import urllib3
from vastdb import errors
from vastdb._internal import QueryDataInternalError

from exr_inspector_app.config import Vast
from exr_inspector_app.errors import KnownError, VASTDatabaseError, VASTUnavailableError

_KEY_CODES = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", "InvalidSecurity")
_FAILURES = (errors.HttpError, errors.ConnectionError, errors.Missing, errors.NotSupported, errors.Exists,
             errors.InvalidArgument, errors.ApiResponseError, requests.RequestException, urllib3.exceptions.HTTPError,
             QueryDataInternalError)  # fmt: skip
_CUT = (EOFError, struct.error, pa.ArrowException, OSError)  # what reading the rest of a lost answer raises


class WriteConflictError(VASTUnavailableError):
    """Somebody else wrote the same rows at the same time, so that this transaction cannot be kept."""


class ConnectionLostError(VASTUnavailableError):
    """A name was not found: the transaction has expired, or a table or the bucket is not there."""


class EndpointUnreachableError(VASTUnavailableError):
    """Nobody answers there; the SDK has tried for some seconds, and trying on would keep people waiting."""


@contextmanager
def translate_errors(vast: Vast) -> Iterator[None]:
    """Failures of the SDK and of the network leave as a VASTDatabaseError; bugs as they are."""
    try:
        yield
    except KnownError:
        raise
    except _FAILURES as error:
        raise sentence(error, vast) from error
    except ValueError as error:
        if "HttpStatus" not in str(error):
            raise
        raise _answered(str(error).split()[0], vast) from error  # an answer that the SDK has no name for


@contextmanager
def translate_stream_errors(vast: Vast) -> Iterator[None]:
    """As `told`, for answers that are read piece by piece and may end before they are whole."""
    try:
        with translate_errors(vast):
            yield
    except _CUT as error:
        raise VASTUnavailableError(
            f"The answer of the VAST Database {vast.endpoint} was cut off; try again when the network is better."
        ) from error


def sentence(error: BaseException, vast: Vast) -> VASTDatabaseError:
    """What a failure means for the person."""
    if isinstance(error, errors.HttpError) and _is_of_another(error):
        return wrong_version(error, vast)
    for kinds, tell in _SENTENCES:
        if isinstance(error, kinds):
            return tell(error, vast)
    kind = type(error).__name__
    return VASTDatabaseError(
        f"The VAST Database {vast.endpoint} refused the request ({kind}); run `exr-inspector vast check`."
    )


def _is_of_another(error: errors.HttpError) -> bool:
    """True for a refusal that no VAST Database has sent; gateways in front of one answer with other 5xx."""
    is_refusal = error.status < HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.NOT_IMPLEMENTED
    return is_refusal and not str(error.headers.get("Server")).startswith("vast")


def _forbidden(error: Any, vast: Vast) -> VASTDatabaseError:
    if error.code in _KEY_CODES:
        return VASTDatabaseError(
            f"The VAST Database {vast.endpoint} does not accept the key {vast.access_key}; check VAST_DB_ACCESS_KEY "
            "and VAST_DB_SECRET_KEY, or what the keyring keeps."
        )
    if error.code == "RequestTimeTooSkewed":
        return VASTDatabaseError(
            f"The clocks of this machine and of {vast.endpoint} differ by more than 15 minutes; set the clock."
        )
    return VASTDatabaseError(
        f"The key {vast.access_key} has no right to do this in {vast.place}; ask for an identity policy that allows it."
    )


def _lost(_: Any, vast: Vast) -> VASTDatabaseError:
    return ConnectionLostError(f"Something is missing in {vast.place}; `exr-inspector vast check` tells what.")


def _conflict(_: Any, vast: Vast) -> VASTDatabaseError:
    return WriteConflictError(f"Somebody else wrote to {vast.place} at the same time; try again.")


def _late(_: Any, vast: Vast) -> VASTDatabaseError:
    return VASTUnavailableError(f"The VAST Database {vast.endpoint} did not answer in time; try again later.")


def _overloaded(_: Any, vast: Vast) -> VASTDatabaseError:
    return VASTUnavailableError(f"The VAST Database {vast.endpoint} is overloaded; try again in a minute.")


def _full(_: Any, vast: Vast) -> VASTDatabaseError:
    return VASTDatabaseError(f"The VAST Database {vast.endpoint} has no room left; nothing of this batch was written.")


def _unusable(_: Any, vast: Vast) -> VASTDatabaseError:
    return VASTDatabaseError(f"{vast.endpoint} cannot be asked; check VAST_DB_ENDPOINT and the keys.")


def no_bucket(_: Any, vast: Vast) -> VASTDatabaseError:
    return VASTDatabaseError(
        f"There is no database in a bucket {vast.bucket} of {vast.endpoint}; make it as a database-enabled view, or "
        "correct VAST_DB_BUCKET."
    )


def wrong_version(_: Any, vast: Vast) -> VASTDatabaseError:
    return VASTDatabaseError(
        f"{vast.endpoint} is no VAST Database that this program can use; it needs version 5.0 or newer. Correct "
        "VAST_DB_ENDPOINT, or ask for an update of the cluster."
    )


def _answered(status: object, vast: Vast, code: str | None = None) -> VASTDatabaseError:
    """An answer that is an error by its number: those of a server in trouble may pass."""
    told = f"{status}, {code}" if code else f"{status}"
    if str(status).startswith("5") or str(status) == "429":
        return VASTUnavailableError(
            f"The VAST Database {vast.endpoint} is in trouble ({told}); try again later, and tell its administrator."
        )
    return VASTDatabaseError(
        f"The VAST Database {vast.endpoint} refused the request ({told}); run `exr-inspector vast check`."
    )


def _unreachable(cause: BaseException, vast: Vast) -> VASTDatabaseError:
    """Why a connection could not be made or did not last."""
    text = repr(cause)
    if isinstance(cause, requests.exceptions.SSLError):
        return VASTDatabaseError(
            f"The certificate of {vast.endpoint} is not trusted; name the file of its authority in VAST_DB_CA_FILE."
        )
    if "NameResolutionError" in text or "getaddrinfo" in text:
        return EndpointUnreachableError(
            f"The name in {vast.endpoint} is not known; check VAST_DB_ENDPOINT and the network."
        )
    if isinstance(cause, requests.Timeout):
        return EndpointUnreachableError(
            f"{vast.endpoint} did not answer in time; check VAST_DB_ENDPOINT and the firewall."
        )
    if "refused" in text:
        return EndpointUnreachableError(f"Nothing answers at {vast.endpoint}; check VAST_DB_ENDPOINT and its port.")
    return VASTUnavailableError(f"The connection to {vast.endpoint} was lost; try again when the network is better.")


_Tell = Callable[[Any, Vast], VASTDatabaseError]
_SENTENCES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], _Tell], ...] = (  # the first that fits
    (errors.ConnectionError, lambda error, vast: _unreachable(error.cause, vast)),
    (errors.Slowdown, _overloaded),
    (errors.Forbidden, _forbidden),
    (errors.MissingBucket, no_bucket),
    ((errors.NotFound, errors.Missing), _lost),
    ((errors.Conflict, errors.Exists), _conflict),
    (errors.InsufficientCapacity, _full),
    ((errors.RequestTimeout, requests.Timeout, urllib3.exceptions.TimeoutError), _late),
    (errors.NotSupported, wrong_version),
    (errors.HttpError, lambda error, vast: _answered(error.status, vast, error.code)),
    ((requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader), _unusable),
    ((requests.RequestException, urllib3.exceptions.HTTPError), lambda error, vast: _unreachable(error, vast)),
)
