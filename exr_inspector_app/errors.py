"""Exception hierarchy of expected failures; any other exception is a bug and keeps its traceback."""


class KnownError(Exception):
    """Expected failure whose text is one sentence for users: the problem, the place, and the remedy."""

    @property
    def sentence(self) -> str:
        """Text of the error, ready to show."""
        return str(self)


class ConfigError(KnownError):
    """Unusable value in the settings file, the environment, or an event."""


class UsageError(KnownError):
    """Malformed command, filter, path pattern, or event."""


class OutputError(KnownError):
    """Failure to write the output of a command."""


class StoreError(KnownError):
    """Failed operation of a store; its transaction was rolled back."""


class StoreUnavailableError(StoreError):
    """Unreachable or locked store; the same call may succeed later."""


class ScanCancelledError(StoreError):
    """Cancelled scan over the rows of a store; the text reports how many rows were compared."""


class StoreDamagedError(StoreError):
    """Corrupt store, store of another program, or store of a newer version of this one; it was not changed."""


class PixelsError(KnownError):
    """Failure to decode the pixels of a file; its header stays usable.

    Attributes:
        code: Code of the problem in the payload's `errors`.
    """

    code = "pixels"


class DecodeCancelledError(PixelsError):
    """Decoding that the caller cancelled."""


class VectorEmbeddingError(KnownError):
    """Embedding that cannot be computed or has the wrong shape."""


class VASTDatabaseError(StoreError):
    """Request that the VAST Database rejected or failed to carry out."""


class VASTUnavailableError(VASTDatabaseError, StoreUnavailableError):
    """Unreachable or overloaded VAST Database, or a write conflict; the same call may succeed later."""
