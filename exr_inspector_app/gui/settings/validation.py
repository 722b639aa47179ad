"""Validators of settings while they are typed: one sentence per invalid text, without disk or network."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping

from exr_inspector_app import config
from exr_inspector_app.config import vast
from exr_inspector_app.config.loader import MIN_DECODER_MB
from exr_inspector_app.errors import ConfigError
from exr_inspector_app.exr.pixels.memory_budget import machine_memory_mb
from exr_inspector_app.gui.settings import strings
from exr_inspector_app.persistence.query.derived_columns import parse_template

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_VIEWER_NAMES = ("file", "path", "frame", "layer")


def find_fault(key: str, text: str) -> str:
    """Return the fault of the text of a setting, in one sentence; empty if it is valid or empty."""
    check = _CHECKS.get(key)
    if check is None or not text.strip():
        return ""
    try:
        check(text.strip())
    except ConfigError as error:
        return error.sentence
    return ""


def _check_endpoint(text: str) -> None:
    try:
        vast.parse_endpoint(text)
    except ConfigError as error:
        raise ConfigError(strings.INVALID_ENDPOINT) from error


def _check_pattern(pattern: re.Pattern[str], sentence: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if not pattern.fullmatch(text):
            raise ConfigError(sentence)

    return check


def _check_viewer(text: str) -> None:
    try:
        shlex.split(text)
    except ValueError as error:
        raise ConfigError(strings.UNBALANCED_QUOTES) from error
    unknown = next((name for name in _PLACEHOLDER.findall(text) if name not in _VIEWER_NAMES), None)
    if unknown is not None:
        raise ConfigError(strings.unknown_placeholder(unknown))


def _check_memory(text: str) -> None:
    megabytes = config.parse_count(text, strings.LABELS["decoder_memory_mb"], MIN_DECODER_MB)
    _refuse_more_than_machine(megabytes)


def _check_picture_cache(text: str) -> None:
    _refuse_more_than_machine(config.parse_picture_cache(text, strings.LABELS["picture_cache_mb"]))


def _refuse_more_than_machine(megabytes: int | None) -> None:
    machine = machine_memory_mb()
    if megabytes is not None and megabytes > machine * 3 // 4:
        raise ConfigError(strings.too_much_memory(machine, machine * 3 // 4))


def _check_library(text: str) -> None:
    if not os.path.isabs(text) and not text.startswith("~"):
        raise ConfigError(strings.RELATIVE_PATH)


_CHECKS: Mapping[str, Callable[[str], object]] = {
    "library": _check_library,
    "endpoint": _check_endpoint,
    "bucket": _check_pattern(vast.BUCKET_NAME, strings.INVALID_BUCKET),
    "schema": _check_pattern(vast.SCHEMA_NAME, strings.INVALID_SCHEMA),
    "patience_seconds": lambda text: config.parse_patience(text, strings.LABELS["patience_seconds"]),
    "picture_cache_mb": _check_picture_cache,
    "decoder_memory_mb": _check_memory,
    "decoder_threads": lambda text: config.parse_count(text, strings.LABELS["decoder_threads"], 1),
    "viewer": _check_viewer,
    "path_template": parse_template,
}
