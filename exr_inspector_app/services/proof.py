"""Proof of a server: questions about a cluster, answered in a scratch schema that is removed again."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from exr_inspector_app.config import Config
from exr_inspector_app.contracts import ProvenFact
from exr_inspector_app.persistence.factory import prove_database


def prove(
    config: Config, *, plain_bucket: str = "", idle_s: float = 0.0, only: Sequence[str] = ()
) -> Generator[ProvenFact, None, None]:
    """Answer questions about the server of a VAST Database, and keep the answers for the store.

    Close the generator to remove the scratch schema early.

    Args:
        config: The settings.
        plain_bucket: Bucket that is known to be no database; empty to skip its question.
        idle_s: Seconds for which a transaction is left idle, to see whether it expires; 0 to skip the question.
        only: First letters of the ids of the questions to ask; empty for all.

    Yields:
        One `ProvenFact` per question; the last one reports whether the answers are stored.

    Raises:
        ConfigError: No VAST Database is configured.
        StoreError: The scratch schema cannot be created.
    """
    yield from prove_database(config, plain_bucket=plain_bucket, idle_s=idle_s, only=only)
