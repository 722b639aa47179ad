"""Arguments of commands that use a library or a database: target, filter, counts; and the backend for them."""

from __future__ import annotations

from exr_inspector_app import config
from exr_inspector_app.cli.output.terminal import print_message
from exr_inspector_app.config.extras import require_package
from exr_inspector_app.typing_forms import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import argparse

    from exr_inspector_app.contracts import Filter
    from exr_inspector_app.services.backend import Backend


def add_target(parser: argparse.ArgumentParser) -> None:
    """Add the option --target to a command."""
    text = "the library on this machine (default), or the VAST Database"
    parser.add_argument("--target", choices=("local", "vast"), default="local", help=text)


def add_where(parser: argparse.ArgumentParser) -> None:
    """Add the repeatable option --where to a command."""
    text = "filter, e.g. compression=dwaa, width>=4096 or object:hero_car; may be repeated"
    parser.add_argument("--where", action="append", default=[], metavar="CONDITION", help=text)


def add_search(parser: argparse.ArgumentParser) -> None:
    """Add --where to a command, and --search for the text that the search field of the window takes."""
    add_where(parser)
    text = "words to search, e.g. 'hero renderer:arnold date:>=2026-06'"
    parser.add_argument("--search", default="", metavar="WORDS", help=text)


def create_backend(parsed: argparse.Namespace) -> Backend:
    """Return a backend for the target of a command; commands without --target use the local library."""
    from exr_inspector_app.ingest.patience import COMMAND_PATIENCE_S
    from exr_inspector_app.services.backend import Backend  # imports every layer: not for `inspect`

    settings = load_config()
    target: Literal["local", "vast"] = getattr(parsed, "target", "local")
    if target == "vast":
        require_package("vastdb")  # whose extra has the packages of the library as well
    return Backend(settings, target, patience_seconds=COMMAND_PATIENCE_S)


def load_config() -> config.Config:
    """Return the configuration, and print the notices about the settings files."""
    settings = config.load()
    for notice in settings.notices:
        print_message(notice)
    return settings


def load_roots() -> tuple[config.Root, ...]:
    """Return the roots of the settings files, and print the notices about these: all that reading headers needs.

    Raises:
        ConfigError: A settings file or a root is invalid.
    """
    from exr_inspector_app.config.layers import find_setting, read_layers, unknown_key_sentences

    layers = read_layers()
    for notice in unknown_key_sentences(layers):
        print_message(notice)
    setting = find_setting(layers, "roots")
    return config.parse_roots(setting.value, str(setting.path)) if setting else ()


def parse_filter(parsed: argparse.Namespace) -> Filter:
    """Return the conditions given with --where and --search.

    Raises:
        UsageError: A condition has no known column or operator.
    """
    from exr_inspector_app.persistence.query import search_words  # pyarrow takes 40 ms: load on demand

    conditions = [part for text in parsed.where for part in search_words.parse_conditions(text)]
    return (*conditions, *search_words.parse_search(getattr(parsed, "search", "")))
