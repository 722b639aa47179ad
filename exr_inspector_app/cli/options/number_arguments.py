"""Parsers of option values that are numbers; argparse prints the text of their errors after the option."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import TypeVar

MAX_COUNT = 100_000_000  # of a --limit: stores refuse integers beyond 64 bits

N = TypeVar("N", int, float)


def parse_count(text: str) -> int:
    """Return the number of an option such as --limit, at most MAX_COUNT.

    Raises:
        argparse.ArgumentTypeError: The text is no integer of at least 1.
    """
    return min(_parse(text, int, lambda number: number >= 1, "whole number of 1 or more"), MAX_COUNT)


def parse_index(text: str) -> int:
    """Return the index of an option such as --part.

    Raises:
        argparse.ArgumentTypeError: The text is no integer of at least 0.
    """
    return _parse(text, int, lambda number: number >= 0, "whole number of 0 or more")


def parse_seconds(text: str) -> float:
    """Return the seconds of an option such as --patience.

    Raises:
        argparse.ArgumentTypeError: The text is no finite number of at least 0.
    """
    return _parse(text, float, lambda number: 0 <= number < math.inf, "number of seconds, 0 or more")


def parse_step(text: str) -> float:
    """Return a difference of pixels.

    Raises:
        argparse.ArgumentTypeError: The text is no finite number of at least 0.
    """
    return _parse(text, float, lambda number: 0 <= number < math.inf, "number of 0 or more")


def parse_tolerance(text: str) -> float:
    """Return a relative tolerance.

    Raises:
        argparse.ArgumentTypeError: The text is no number of at least 0 and less than 1.
    """
    return _parse(text, float, lambda number: 0 <= number < 1, "number from 0 to less than 1")


def parse_within(limit: float) -> Callable[[str], float]:
    """Return a parser of numbers from -limit to limit."""

    def parse(text: str) -> float:
        return _parse(text, float, lambda number: abs(number) <= limit, f"number from {-limit:g} to {limit:g}")

    return parse


def _parse(text: str, parse: Callable[[str], N], is_valid: Callable[[N], bool], noun: str) -> N:
    try:
        number = parse(text)
    except ValueError:
        number = None
    if number is None or not is_valid(number):
        raise argparse.ArgumentTypeError(f"{text!r} is no {noun}")
    return number
