"""The errors that a person can act on; anything else that is raised is a bug and keeps its traceback."""


class KnownError(Exception):
    """An expected failure whose text is one sentence that says what, where and what to do."""

    code = "error"

    @property
    def sentence(self) -> str:
        """The sentence to show as it is."""
        return str(self)


class ConfigError(KnownError):
    """The settings, the environment or an event hold something that cannot be used."""

    code = "config"


class UsageError(KnownError):
    """A command, a filter or a path pattern is not of the form that is asked for."""

    code = "usage"


class OutputError(KnownError):
    """What a command has to tell cannot be written to its output."""

    code = "output"


class StoreError(KnownError):
    """A library or database could not do what was asked; nothing was half-written."""

    code = "store"


class StoreUnavailableError(StoreError):
    """The store cannot be reached or is held by somebody else; the same call may work later."""

    code = "store-unavailable"


class ScanCancelledError(StoreError):
    """Whoever asked for a look at every row did not wait for its end; the sentence says how far it was."""

    code = "scan-stopped"


class StoreDamagedError(StoreError):
    """The store is corrupt, of another program, or newer than this program; it was not touched."""

    code = "store-damaged"


class PixelsError(KnownError):
    """The pixels of a file cannot be shown; the file itself and everything else of it stay usable."""

    code = "pixels"


class DecodeCancelledError(PixelsError):
    """The reading of pixels was cancelled by whoever asked for it."""

    code = "pixels-stopped"


class VectorEmbeddingError(KnownError):
    """An embedding cannot be computed or has the wrong shape."""

    code = "embedding"


class VASTDatabaseError(StoreError):
    """The VAST Database refused or failed."""

    code = "vast"


class VASTUnavailableError(VASTDatabaseError, StoreUnavailableError):
    """The VAST Database cannot be reached, is overloaded, or somebody else was quicker; try again later."""

    code = "vast-unavailable"
