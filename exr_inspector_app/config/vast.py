"""Which VAST Database is meant and with which keys. Source: design section 6."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from exr_inspector_app.config.paths import APP
from exr_inspector_app.config.secret import Secret
from exr_inspector_app.errors import ConfigError

Texts = Mapping[str, str]

_KEYS = ("endpoint", "access_key", "secret_key", "region", "bucket", "schema", "ca_file")
_OF_SECRETS = ("endpoint", "access_key", "secret_key")
_DEFAULTS = {"region": "us-east-1", "schema": "exr_metadata"}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_SCHEMA = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*")  # the query engine leaves names unquoted and Trino folds them


@dataclass(frozen=True, slots=True)
class Vast:
    """One VAST Database. Without keys it can be named, but not used: see `with_keys`."""

    endpoint: str  # with its scheme, without a slash at the end
    bucket: str = ""
    schema: str = _DEFAULTS["schema"]
    region: str = _DEFAULTS["region"]
    access_key: str = ""
    secret_key: Secret | None = None
    ca_file: Path | None = None  # certificates to trust instead of the system's

    @property
    def location(self) -> str:
        """Where the tables lie, as a person may be told."""
        return f"{self.endpoint}/{self.bucket}/{self.schema}"


def resolve_vast(event: object, ctx: object, environ: Texts, settings: object, path: Path) -> Vast | None:
    """The VAST Database that is configured, each word from the first place that has it; None without an endpoint.

    Raises ConfigError for words that cannot be used; keys may still lack.
    """
    told = (_of_event(event), _of_secrets(ctx, environ), _of_environment(environ), _of_settings(settings, path))
    words = {key: next((place[key] for place in told if place.get(key)), _DEFAULTS.get(key, "")) for key in _KEYS}
    if not words["endpoint"]:
        return None
    return Vast(
        endpoint=_endpoint(words["endpoint"]),
        bucket=words["bucket"],
        schema=words["schema"],
        region=words["region"],
        access_key=words["access_key"],
        secret_key=Secret(words["secret_key"]) if words["secret_key"] else None,
        ca_file=Path(words["ca_file"]).expanduser() if words["ca_file"] else None,
    )


def with_keys(vast: Vast) -> Vast:
    """The same database with both keys, from the keyring where nobody else told them.

    Raises ConfigError where a key, the bucket or the file of certificates lacks.
    """
    access = vast.access_key or _from_keyring(vast.endpoint, "access_key")
    secret = vast.secret_key or Secret(_from_keyring(vast.endpoint, "secret_key"))
    missing = [name for name, word in (("access", access), ("secret", secret.reveal())) if not word]
    if missing:
        listed = " and ".join(f"VAST_DB_{name.upper()}_KEY" for name in missing)
        raise ConfigError(
            f"The VAST Database {vast.endpoint} is configured without its {' and '.join(missing)} key; set {listed}, "
            f"or keep it in the keyring (keyring set '{APP} {vast.endpoint}' {missing[-1]}_key)."
        )
    if not _BUCKET.fullmatch(vast.bucket):
        told = f"`{vast.bucket}` is no bucket" if vast.bucket else "it is configured without its bucket"
        raise ConfigError(f"The VAST Database {vast.endpoint} cannot be used: {told}; set VAST_DB_BUCKET to its name.")
    if not _SCHEMA.fullmatch(vast.schema):
        raise ConfigError(f"`{vast.schema}` is no name for a schema; use a-z, 0-9 and _ in VAST_DB_SCHEMA.")
    if vast.ca_file and not vast.ca_file.is_file():
        raise ConfigError(f"The file of certificates {vast.ca_file} does not exist; correct VAST_DB_CA_FILE.")
    return replace(vast, access_key=access, secret_key=secret)


def _of_event(event: object) -> dict[str, str]:
    """What an event of a function tells, under its own names."""
    if not isinstance(event, Mapping):
        return {}
    return _texts({key: event.get(f"vastdb_{key}") for key in _KEYS if key != "ca_file"}, "the event's vastdb_{}")


def _of_secrets(ctx: object, environ: Texts) -> dict[str, str]:
    """What a function's context keeps under the name of the secret."""
    name = environ.get("VAST_DB_SECRET_NAME") or "vast-db"
    secrets = getattr(ctx, "secrets", None)
    kept = secrets.get(name) if isinstance(secrets, Mapping) else None
    if not isinstance(kept, Mapping):
        return {}
    return _texts({key: kept.get(key) for key in _OF_SECRETS}, f"`{{}}` of the secret {name}")


def _of_environment(environ: Texts) -> dict[str, str]:
    return {key: environ.get(f"VAST_DB_{key.upper()}", "").strip() for key in _KEYS}


def _of_settings(table: object, path: Path) -> dict[str, str]:
    """The [vast] table of the settings file, which holds no secret."""
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: `vast` must be a [vast] table.")
    if "secret_key" in table:
        raise ConfigError(
            f"{path}: `secret_key` does not belong into a file; remove it, and keep it in the keyring or in "
            "VAST_DB_SECRET_KEY."
        )
    return _texts({key: table.get(key) for key in _KEYS}, f"{path}: `{{}}` of [vast]")


def _texts(words: Mapping[str, object], place: str) -> dict[str, str]:
    """The words that are told; ConfigError names the place of one that is no text, never the word."""
    for key, word in words.items():
        if word is not None and not isinstance(word, str):
            raise ConfigError(f"{place.format(key)} must be a text.")
    return {key: str(word).strip() for key, word in words.items() if word}


def _endpoint(text: str) -> str:
    """The endpoint with its scheme; ConfigError for one that is no address, without the address in it."""
    whole = text if "://" in text else f"https://{text}"
    form = "write it as https://vast.example.com or https://vast.example.com:8443 in VAST_DB_ENDPOINT"
    try:
        url = urlsplit(whole)
        port = url.port
    except ValueError:
        raise ConfigError(f"The endpoint of the VAST Database is no address; {form}.") from None
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ConfigError(f"The endpoint of the VAST Database is no address; {form}.")
    if url.username or url.password:
        raise ConfigError(f"The endpoint of the VAST Database must hold no name and no password; {form}.")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{host}" + (f":{port}" if port else "")


def _from_keyring(endpoint: str, name: str) -> str:
    """A key that the system's keyring keeps for this endpoint alone; nothing where there is none."""
    import keyring  # half of a second and a daemon, for those who ask for a database and told no key
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(f"{APP} {endpoint}", name) or ""
    except (KeyringError, RuntimeError, OSError):
        return ""  # no keyring, or a locked one that nobody opens
