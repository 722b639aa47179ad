"""S3 client of boto3 with the settings of the program: $S3_ENDPOINT, $S3_ACCESS_KEY, $S3_SECRET_KEY."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from exr_inspector_app.bounded_http import BoundedResponse, bounded_pools

# Few retries: what cannot be read in time is read again later, by the next delivery of an event or the next run.
CONFIG = Config(connect_timeout=5, read_timeout=15, retries={"max_attempts": 3, "mode": "standard"})
_ARGUMENTS = {"endpoint": "endpoint_url", "access_key": "aws_access_key_id", "secret_key": "aws_secret_access_key"}


class S3Response(BoundedResponse):
    """Response of an object store: the bytes of a header, or a list of a thousand names."""

    head_s = 20.0
    max_s = 60.0
    max_bytes = 64 * 2**20


def create_s3_client(secrets: Mapping[str, Any] | None = None) -> Any:
    """Create a client.

    Args:
        secrets: Values of `endpoint`, `access_key` and `secret_key`; the environment is next, then boto3's own sources
            (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, ...).
    """
    settings = {name: (secrets or {}).get(name) or os.environ.get(f"S3_{name.upper()}") for name in _ARGUMENTS}
    arguments: dict[str, Any] = {_ARGUMENTS[name]: value for name, value in settings.items() if value}
    client = boto3.client("s3", config=CONFIG, **arguments)
    # botocore has no setting for the time of a whole response, and reads lists without a limit.
    session = client._endpoint.http_session
    session._pool_classes_by_scheme.update(bounded_pools(session._pool_classes_by_scheme, S3Response))
    return client
