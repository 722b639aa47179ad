"""Exception hierarchy of expected failures, and the table of their causes; any other exception is a bug."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from exr_inspector_app.typing_forms import ClassVar


class FaultCause(StrEnum):
    """Cause of a failure. Only FILE blames the bytes of a file."""

    FILE = "file"
    INSTALLATION = "installation"  # of this program, and its configuration
    MACHINE = "machine"  # memory, processor, limits that protect them
    STORAGE = "storage"  # disk, share, database; also names, rights and changes while reading
    BUG = "bug"


class KnownError(Exception):
    """Expected failure whose text is one sentence for users: the problem, the place, and the remedy.

    Attributes:
        code: Key of its cause in CAUSES, and code of the problem in the payload's `errors`.
    """

    code: ClassVar[str] = "unknown"

    @property
    def sentence(self) -> str:
        """Text of the error, ready to show."""
        return str(self)

    @property
    def cause(self) -> FaultCause | None:
        """Cause of the error; None for a request that is wrong or was cancelled."""
        return cause_of(self.code)


class ConfigError(KnownError):
    """Unusable value in the settings file, the environment, or an event."""

    code = "config"


class UsageError(KnownError):
    """Malformed command, filter, path pattern, or event."""

    code = "usage"


class MissingPackageError(KnownError):
    """Optional package that is not installed."""

    code = "missing-package"


class OutputError(KnownError):
    """Failure to write the output of a command."""

    code = "output"


class StoreError(KnownError):
    """Failed operation of a store; its transaction was rolled back.

    Attributes:
        is_transient: True if the same call may succeed later.
        is_unreachable: True if no server has answered.
    """

    code = "store"
    is_transient: ClassVar[bool] = False
    is_unreachable: ClassVar[bool] = False


class StoreUnavailableError(StoreError):
    """Unreachable or locked store; the same call may succeed later."""

    is_transient = True


class StoreLockedError(StoreUnavailableError):
    """Library that another process is writing; the text names the process."""


class ScanCancelledError(StoreError):
    """Cancelled scan over the rows of a store; the text reports how many rows were compared."""

    code = "cancelled"


class PublishCancelledError(StoreError):
    """Cancelled publish of a batch; its transaction was rolled back."""

    code = "cancelled"


class StoreDamagedError(StoreError):
    """Corrupt store, store of another program, or store of a newer version of this one; it was not changed."""


class PixelsError(KnownError):
    """Failure to decode the pixels of a file, by default a fault of the file; its header stays usable."""

    code = "pixels"


class DecodeCancelledError(PixelsError):
    """Decoding that the caller cancelled."""

    code = "cancelled"


class PixelRequestInvalidError(PixelsError):
    """Request for a part, level, channel or pixel that the file does not have."""

    code = "usage"


class NoStructureError(PixelsError):
    """Image of one color, which has no appearance to compare."""

    code = "no-structure"


class DecoderStartError(PixelsError):
    """Worker process that cannot start."""

    code = "decoder-start"


class DecoderMachineError(PixelsError):
    """Worker process that the system killed, stopped or starved, or that cannot get memory or a folder."""

    code = "machine"


class DecodeLimitError(PixelsError):
    """Pixels that need more memory or time than the limit of this program."""

    code = "limit"


class PixelStorageError(PixelsError):
    """Pixels that the storage does not deliver."""

    code = "unreadable"


class FileChangedError(PixelsError):
    """File that was replaced, written or removed while its pixels were read."""

    code = "changed"


class DecoderBugError(PixelsError):
    """Crash, or unexpected exception or message of the worker process."""

    code = "bug"


class ValueUnavailableError(KnownError):
    """Large attribute whose bytes are no longer in the file as they were when it was inspected."""

    code = "changed"


class VectorEmbeddingError(KnownError):
    """Embedding that cannot be computed or has the wrong shape."""

    code = "embedding"


class RedeliveryError(KnownError):
    """Failure that may pass, of a function whose event has to be delivered again."""

    code = "store"


class VASTDatabaseError(StoreError):
    """Request that the VAST Database rejected or failed to carry out."""


class RequestRejectedError(VASTDatabaseError):
    """Request that the VAST Database rejected for its content; requests for other rows may succeed."""


class VASTUnavailableError(VASTDatabaseError, StoreUnavailableError):
    """Unreachable or overloaded VAST Database, or a write conflict; the same call may succeed later."""


# By the codes of errors and of the problems in the payload's `errors` (resources/help/payload.md).
CAUSES: Mapping[str, FaultCause | None] = {
    **dict.fromkeys(("usage", "cancelled", "no-exr", "no-frames", "no-structure", "is-folder", "not-a-file"), None),
    **dict.fromkeys(
        (
            "attribute-missing",
            "attribute-size",
            "attribute-value",
            "chunk-count",
            "empty-file",
            "header-damaged",
            "header-truncated",
            "manifest-damaged",
            "not-exr",
            "pixels",
            "pixels-damaged",
            "unknown-version",
            "embedding",
        ),
        FaultCause.FILE,
    ),
    **dict.fromkeys(("config", "decoder-start", "missing-package"), FaultCause.INSTALLATION),
    **dict.fromkeys(("machine", "limit", "too-many-attributes", "too-many-parts", "header-unseen"), FaultCause.MACHINE),
    **dict.fromkeys(
        (
            "changed",
            "vanished",
            "stalled",
            "unreadable",
            "not-found",
            "gone",
            "no-permission",
            "link-loop",
            "folder-loop",
            "name-too-long",
            "output",
            "store",
        ),
        FaultCause.STORAGE,
    ),
    "bug": FaultCause.BUG,
}


def cause_of(code: str) -> FaultCause | None:
    """Return the cause of a failure by the code of its error or problem; an unknown code is a bug."""
    return CAUSES.get(code, FaultCause.BUG)


def pixels_error(code: str, sentence: str) -> PixelsError:
    """Return the error of a code that the worker process reports; an unknown one is a bug."""
    return _PIXELS_ERRORS.get(code, _of_cause(cause_of(code)))(sentence)


def _of_cause(cause: FaultCause | None) -> type[PixelsError]:
    classes = {
        None: PixelRequestInvalidError,
        FaultCause.FILE: PixelsError,
        FaultCause.INSTALLATION: DecoderStartError,
        FaultCause.MACHINE: DecodeLimitError,
        FaultCause.STORAGE: PixelStorageError,
    }
    return classes.get(cause, DecoderBugError)


_PIXELS_ERRORS = {
    error.code: error
    for error in (
        PixelsError, PixelRequestInvalidError, DecoderStartError, DecoderMachineError, DecodeLimitError,
        PixelStorageError, FileChangedError, DecoderBugError,
    )
}  # fmt: skip
