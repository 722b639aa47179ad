"""VAST Database configuration: endpoint, bucket, schema, and keys, with secrets that are never printed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from exr_inspector_app.config.layers import VAST_KEYS, SettingsLayer
from exr_inspector_app.config.paths import expand_home
from exr_inspector_app.config.places import APP
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.text.lazy_pattern import lazy_pattern

Texts = Mapping[str, str]

_ADDRESSES = ("data_endpoints", "query_endpoint")  # of the cluster of `endpoint`
_KEYS = VAST_KEYS
_NO_EVENT_KEYS = ("ca_file", *_ADDRESSES)
_SECRET_KEYS = ("endpoint", "access_key", "secret_key")  # that a secret of a function's context may contain
_DEFAULTS = {"region": "us-east-1", "bucket": "exr-data", "schema": "exr_metadata"}
_CREDENTIALS = ("access_key", "secret_key")
BUCKET_NAME = lazy_pattern(r"[a-z0-9][a-z0-9._-]{1,62}")
# The query engine does not quote names, and Trino folds their case.
SCHEMA_NAME = lazy_pattern(r"[a-z0-9_-]+(/[a-z0-9_-]+)*")


class Secret:
    """Secret text: it prints as *** and cannot be pickled; only `reveal()` returns it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret text, for the call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A secret cannot be pickled.")


@dataclass(frozen=True, slots=True)
class Vast:
    """Configuration of a VAST Database. Without keys it can be displayed but not used; see `with_keys`."""

    endpoint: str  # URL without a trailing slash
    bucket: str = _DEFAULTS["bucket"]
    schema: str = _DEFAULTS["schema"]
    region: str = _DEFAULTS["region"]
    access_key: str = ""
    secret_key: Secret | None = None
    ca_file: Path | None = None  # CA certificates to trust instead of the system's
    data_endpoints: tuple[str, ...] = ()  # URLs for requests on rows, in turn; none for `endpoint`
    query_endpoint: str = ""  # URL of the query engine; empty for `endpoint`

    @property
    def location(self) -> str:
        """Location of the tables, for display: `ENDPOINT/BUCKET/SCHEMA`."""
        return f"{self.endpoint}/{self.bucket}/{self.schema}"


def resolve_vast(event: object, ctx: object, environ: Texts, layers: Sequence[SettingsLayer]) -> Vast | None:
    """Resolve the configuration of the VAST Database, each setting from the first source that has it.

    Args:
        event: Event of a function, with keys such as `vastdb_endpoint`; ignored unless it is a mapping.
        ctx: Context of a function, whose `secrets` may contain the endpoint and the keys.
        environ: Environment variables, such as `VAST_DB_ENDPOINT`.
        layers: Settings files, highest precedence first, whose [vast] tables count.

    Returns:
        The configuration, possibly without keys; None if no source has an endpoint. An event that names an endpoint
        must bring its keys; those of other sources are not sent there.

    Raises:
        ConfigError: A setting is invalid.
    """
    named = _from_event(event)
    texts = texts_in_force(environ, layers, (named, _from_secrets(ctx, environ)))
    if not texts["endpoint"]:
        return None
    if named.get("endpoint"):  # an event must not redirect requests that are signed with other keys
        texts |= {key: named.get(key, "") for key in (*_CREDENTIALS, *_ADDRESSES)}
    return Vast(
        endpoint=parse_endpoint(texts["endpoint"]),
        bucket=texts["bucket"],
        schema=texts["schema"],
        region=texts["region"],
        access_key=texts["access_key"],
        secret_key=Secret(texts["secret_key"]) if texts["secret_key"] else None,
        ca_file=expand_home(texts["ca_file"]) if texts["ca_file"] else None,
        data_endpoints=tuple(
            parse_endpoint(text, "VAST_DB_DATA_ENDPOINTS")
            for text in map(str.strip, texts["data_endpoints"].split(","))
            if text
        ),
        query_endpoint=(
            parse_endpoint(texts["query_endpoint"], "VAST_DB_QUERY_ENDPOINT") if texts["query_endpoint"] else ""
        ),
    )


def texts_in_force(environ: Texts, layers: Sequence[SettingsLayer], first: Sequence[Texts] = ()) -> dict[str, str]:
    """Return each setting, as text, from the first source that has it: `first`, the environment, the files, a default.

    Raises:
        ConfigError: A setting of a file is no text, or a file has the secret key.
    """
    sources = (*first, _from_environment(environ), *(_from_settings(layer) for layer in layers))
    texts = {key: next((source[key] for source in sources if source.get(key)), _DEFAULTS.get(key, "")) for key in _KEYS}
    return texts | _object_store_fallbacks(texts, environ)


def with_keys(vast: Vast) -> Vast:
    """Return the configuration with both keys, from the system keyring if no other source has them.

    Raises:
        ConfigError: A key or the file of CA certificates is missing, or a name is invalid.
    """
    access = vast.access_key or key_of_keyring(vast.endpoint, "access_key")
    secret = vast.secret_key or Secret(key_of_keyring(vast.endpoint, "secret_key"))
    missing = [name for name, text in (("access", access), ("secret", secret.reveal())) if not text]
    if missing:
        variables = " and ".join(f"VAST_DB_{name.upper()}_KEY" for name in missing)
        raise ConfigError(
            f"The VAST Database {vast.endpoint} is configured without its {' and '.join(missing)} key; set {variables},"
            f" or save it in the keyring (keyring set '{APP} {vast.endpoint}' {missing[-1]}_key)."
        )
    if not BUCKET_NAME.fullmatch(vast.bucket):
        raise ConfigError(f"Invalid bucket name: `{vast.bucket}`. Correct VAST_DB_BUCKET.")
    if not SCHEMA_NAME.fullmatch(vast.schema):
        raise ConfigError(f"Invalid schema name: `{vast.schema}`. Use a-z, 0-9 and _ in VAST_DB_SCHEMA.")
    if vast.ca_file and not os.path.isfile(vast.ca_file):
        raise ConfigError(f"The CA certificate file {vast.ca_file} does not exist. Correct VAST_DB_CA_FILE.")
    return replace(vast, access_key=access, secret_key=secret)


def _from_event(event: object) -> dict[str, str]:
    """Return the settings of a function's event, which prefixes their names with `vastdb_`."""
    if not isinstance(event, Mapping):
        return {}
    return _to_texts(
        {key: event.get(f"vastdb_{key}") for key in _KEYS if key not in _NO_EVENT_KEYS}, "the event's vastdb_{}"
    )


def _from_secrets(ctx: object, environ: Texts) -> dict[str, str]:
    """Return the settings of the named secret in a function's context."""
    name = environ.get("VAST_DB_SECRET_NAME") or "vast-db"
    secrets = getattr(ctx, "secrets", None)
    secret = secrets.get(name) if isinstance(secrets, Mapping) else None
    if not isinstance(secret, Mapping):
        return {}
    return _to_texts({key: secret.get(key) for key in _SECRET_KEYS}, f"`{{}}` of the secret {name}")


def _from_environment(environ: Texts) -> dict[str, str]:
    return {key: environ.get(f"VAST_DB_{key.upper()}", "").strip() for key in _KEYS}


def _object_store_fallbacks(texts: Texts, environ: Texts) -> dict[str, str]:
    """Return address and keys of the object store, S3_*, which often are those of the database as well.

    Its address counts only if a variable names the bucket or the schema of a database. Its keys are sent only to an
    address that the environment names, and only where no other source has a key.
    """
    own = {key: environ.get(f"S3_{key.upper()}", "").strip() for key in _SECRET_KEYS}
    if not environ.get("VAST_DB_BUCKET") and not environ.get("VAST_DB_SCHEMA"):
        own["endpoint"] = ""
    endpoint = texts["endpoint"] or own["endpoint"]
    is_named = endpoint in (environ.get("VAST_DB_ENDPOINT", "").strip(), own["endpoint"])
    if not is_named or any(texts[key] for key in _CREDENTIALS):
        return {"endpoint": endpoint}
    return {"endpoint": endpoint, **{key: own[key] for key in _CREDENTIALS}}


def _from_settings(layer: SettingsLayer) -> dict[str, str]:
    """Return the settings of the [vast] table of a settings file, which must not contain the secret key."""
    path, table = layer.path, layer.table.get("vast", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: `vast` must be a [vast] table.")
    if "secret_key" in table:
        raise ConfigError(
            f"{path}: remove `secret_key`; a secret key must not be stored in a file. Save it in the keyring or set "
            "VAST_DB_SECRET_KEY."
        )
    return _to_texts({key: table.get(key) for key in _KEYS}, f"{path}: `{{}}` of [vast]")


def _to_texts(values: Mapping[str, object], source: str) -> dict[str, str]:
    """Return the values that are set; ConfigError names the source of one that is not a text, never the value."""
    for key, value in values.items():
        if value is not None and not isinstance(value, str):
            raise ConfigError(f"{source.format(key)} must be a text.")
    return {key: str(value).strip() for key, value in values.items() if value}


def parse_endpoint(text: str, variable: str = "VAST_DB_ENDPOINT") -> str:
    """Return the endpoint as a URL without a trailing slash.

    Raises:
        ConfigError: It is invalid; the message does not repeat it, since it may hold a password.
    """
    from urllib.parse import urlsplit  # imported on demand: not without a database

    with_scheme = text if "://" in text else f"https://{text}"
    example = f"Use https://vast.example.com or https://vast.example.com:8443 in {variable}"
    try:
        url = urlsplit(with_scheme)
        port = url.port
    except ValueError:
        raise ConfigError(f"Invalid endpoint of the VAST Database. {example}.") from None
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ConfigError(f"Invalid endpoint of the VAST Database. {example}.")
    if url.username or url.password:
        raise ConfigError(f"The endpoint of the VAST Database must not contain a user name or password. {example}.")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{host}" + (f":{port}" if port else "")


def key_of_keyring(endpoint: str, name: str) -> str:
    """Return a key of this endpoint from the system keyring, or an empty text."""
    try:
        import keyring  # imported on demand: half a second and a daemon, needed only if no other source has the keys
        from keyring.errors import KeyringError
    except ImportError:
        return ""  # the serverless function is installed without it
    try:
        return keyring.get_password(f"{APP} {endpoint}", name) or ""
    except (KeyringError, RuntimeError, OSError):
        return ""  # no keyring, or a locked one
