"""Roots of a target: which roots give files their keys, how they are changed, and a comparison with the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exr_inspector_app.config import Config, Root
from exr_inspector_app.contracts import RekeyedRange
from exr_inspector_app.errors import StoreDamagedError, StoreError, UsageError
from exr_inspector_app.persistence.roots import find_disagreement, require_absolute
from exr_inspector_app.persistence.store import Store

COMMANDS = {"local": "exr-inspector library roots", "vast": "exr-inspector vast roots"}  # by target


class KeysChangeError(UsageError):
    """Roots under which published files would get other keys.

    Attributes:
        example: Path of such a file, and its new normalized path.
    """

    def __init__(self, example: str) -> None:
        super().__init__(
            f"Published files would get other keys, for example {example}. Add --rekey to give them these keys."
        )
        self.example = example


def key_roots(store: Store, config: Config) -> Sequence[Root]:
    """Return the roots that give files their keys: those of the store, or those of the settings if it has none."""
    stored = store.roots()
    return config.roots if stored is None else stored


def disagreement(store: Store, config: Config, where: str) -> str:
    """Return a sentence if the settings map a path to another key than the store; empty otherwise. Never raises.

    Args:
        store: The store; a VAST Database has usually read its roots before.
        config: The settings.
        where: The target, `local` or `vast`.
    """
    try:
        stored = store.roots() if config.roots else None
    except StoreError:  # what needs the roots reports it
        return ""
    return "" if stored is None else find_disagreement(config.roots, stored, store.target, COMMANDS[where])


def present_roots(store: Store) -> tuple[Root, ...] | None:
    """Return the roots of the store; None without roots, or if they cannot be read and have to be set again."""
    try:
        return store.roots()
    except StoreDamagedError:
        return None


def describe_change(before: Sequence[Root], after: Sequence[Root]) -> list[str]:
    """Return one line per root: unchanged ones with two spaces, removed ones with `- `, and added ones with `+ `."""
    lines = [f"{'  ' if root in after else '- '}{_describe(root)}" for root in before]
    return lines + [f"+ {_describe(root)}" for root in after if root not in before]


def change_roots(store: Store, roots: Sequence[Root], *, rekey: bool = False) -> Iterator[RekeyedRange]:
    """Set the roots of a store, and give its files the keys that follow if `rekey`.

    Yields:
        Each range of file_id once its files have their new keys.

    Raises:
        KeysChangeError: A published file would get another key, and `rekey` is False. Nothing was changed.
        StoreDamagedError: A prefix is not absolute.
    """
    require_absolute(roots, store.target)
    if not rekey:
        for item in store.rekey(roots=roots):
            if item.moved:
                raise KeysChangeError(item.example)
    store.set_roots(roots)
    if rekey:
        yield from store.rekey(apply=True)


def _describe(root: Root) -> str:
    return f"{root.name}: {', '.join(root.prefixes)}{' (fold_case)' if root.fold_case else ''}"
