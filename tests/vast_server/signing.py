"""Signature verification by AWS Signature Version 4: key, clock within 15 minutes, and signed bytes."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from .personality import Personality
from .wire import Call, RefusalError

SKEW = timedelta(minutes=15)
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]*)/(?P<scope>[^,]*), ?"
    r"SignedHeaders=(?P<signed>[^,]*), ?Signature=(?P<signature>[0-9a-f]+)"
)


def verify(call: Call, access: str, secret: str, personality: Personality) -> None:
    """Refuse a call without the signature of `access` and `secret`."""
    match = AUTHORIZATION.fullmatch(call.headers.get("Authorization") or "")
    if match is None:
        raise RefusalError(403, "AccessDenied", "Access Denied")
    if match["key"] != access:
        raise RefusalError(
            403, "InvalidAccessKeyId", "The AWS access key Id you provided does not exist in our records."
        )
    personality.check_region(match["scope"])
    moment = call.headers.get("x-amz-date") or ""
    verify_clock(moment)
    paths = {call.path, quote(call.path, safe="/-_.~")}
    if not any(hmac.compare_digest(match["signature"], sign(call, path, match, moment, secret)) for path in paths):
        raise RefusalError(403, "SignatureDoesNotMatch", "The request signature we calculated does not match yours.")


def verify_clock(moment: str) -> None:
    """Refuse a time that differs too much from this machine's."""
    try:
        sent = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise RefusalError(403, "AccessDenied", "AWS authentication requires a valid x-amz-date header") from None
    if abs(datetime.now(UTC) - sent) > SKEW:
        raise RefusalError(
            403, "RequestTimeTooSkewed", "The difference between the request time and the server's is large."
        )


def sign(call: Call, path: str, match: re.Match[str], moment: str, secret: str) -> str:
    """Return the expected signature of a call."""
    names = match["signed"].split(";")
    pairs = [part if "=" in part else f"{part}=" for part in urlsplit(call.target).query.split("&") if part]
    canonical = "\n".join(
        [
            call.method,
            path,
            "&".join(sorted(pairs)),
            "".join(f"{name}:{(call.headers.get(name) or '').strip()}\n" for name in names),
            match["signed"],
            payload_hash(call, names),
        ]
    )
    text = "\n".join(["AWS4-HMAC-SHA256", moment, match["scope"], hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for word in match["scope"].split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def payload_hash(call: Call, signed: list[str]) -> str:
    """Return the hash of the body, or the literal that the client signed instead."""
    sent = call.headers.get("x-amz-content-sha256") or ""
    if "x-amz-content-sha256" in signed and sent == "UNSIGNED-PAYLOAD":
        return sent
    return hashlib.sha256(call.body).hexdigest()
