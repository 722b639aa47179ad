"""Identity policy of a VAST cluster: the rights that a key needs, as JSON that an administrator can paste."""

from __future__ import annotations

from typing import Any

from exr_inspector_app.config.vast import Vast

_BUCKET_ACTIONS = ["s3:HeadBucket", "s3:ListBucket"]  # checked before any request for tables
_IMPORT_ACTIONS = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]  # of Parquet objects that a backfill imports
_PUBLISH_ACTIONS = ["s3:Tabular*"]
_SEARCH_ACTIONS = ["s3:Tabular*Transaction", "s3:TabularList*", "s3:TabularGet*", "s3:TabularQueryData"]


def identity_policy(vast: Vast, *, may_publish: bool = True) -> dict[str, Any]:
    """Return the identity policy for users of a database.

    Args:
        vast: Settings that name the bucket; keys are not needed.
        may_publish: False for users who only search.
    """
    bucket = f"arn:aws:s3:::{vast.bucket}"
    actions = _PUBLISH_ACTIONS if may_publish else _SEARCH_ACTIONS
    statements = [
        {"Sid": "FindBucket", "Effect": "Allow", "Action": _BUCKET_ACTIONS, "Resource": [bucket]},
        {"Sid": "UseTables", "Effect": "Allow", "Action": actions, "Resource": [bucket, f"{bucket}/*"]},
    ]
    if may_publish:
        objects = [f"{bucket}/{vast.schema}_{folder}*" for folder in ("backfill/", "prove_")]
        statements.append({"Sid": "ImportParquet", "Effect": "Allow", "Action": _IMPORT_ACTIONS, "Resource": objects})
    return {"Version": "2012-10-17", "Statement": statements}
