"""Client of the S3 objects in the bucket of the database, with the signature and the certificates of the SDK."""

from __future__ import annotations

import requests

from exr_inspector_app.persistence.vast.database import Database


def send_object(
    database: Database, method: str, key: str, data: bytes = b"", timeout: tuple[float, float] = (5.0, 60.0)
) -> requests.Response:
    """Upload (PUT) or delete (DELETE) an object of the bucket.

    Raises:
        requests.RequestException: The server does not respond.
    """
    api = database.session.api
    url = api._url(bucket=database.vast.bucket, schema=key)
    session = api._session_get_or_create(url)
    response: requests.Response = session.request(method, str(url), data=data, timeout=timeout)
    return response
