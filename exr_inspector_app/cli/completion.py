"""Command `completion`: print the completion script of a shell, made from the parsers of all commands."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from typing import Any

from exr_inspector_app import cli
from exr_inspector_app.cli.output.terminal import print_result
from exr_inspector_app.cli.parsers import command_parser, option_names

SHELLS = ("bash", "zsh", "fish")


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Print a completion script, such as for `source <(exr-inspector completion bash)`."
    parser = commands.add_parser("completion", help=text, description=text)
    parser.set_defaults(run=_completion)
    parser.add_argument("shell", choices=SHELLS, help="shell that reads the script")


def _completion(parsed: argparse.Namespace) -> int:
    options = {name: option_names(command_parser(name)) for name in cli.COMMANDS}
    lines = {"bash": _bash_lines, "zsh": _zsh_lines, "fish": _fish_lines}[parsed.shell](options)
    print_result("\n".join(lines))
    return 0


def _bash_lines(option_names: dict[str, list[str]]) -> Iterator[str]:
    yield "_exr_inspector() {"
    yield '  local current="${COMP_WORDS[COMP_CWORD]}" words='
    yield '  if [ "$COMP_CWORD" -eq 1 ]; then'
    yield f"    words={shlex.quote(' '.join(option_names))}"
    yield "  else"
    yield '    case "${COMP_WORDS[1]}" in'
    yield from (f"      {name}) words={shlex.quote(' '.join(listed))} ;;" for name, listed in option_names.items())
    yield "    esac"
    yield "  fi"
    yield '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; compgen -f -- "$current")'
    yield "}"
    yield "complete -o filenames -F _exr_inspector exr-inspector"


def _zsh_lines(option_names: dict[str, list[str]]) -> Iterator[str]:
    yield "#compdef exr-inspector"
    yield "_exr_inspector() {"
    yield "  if (( CURRENT == 2 )); then"
    yield f"    compadd -- {' '.join(option_names)}"
    yield "  else"
    yield '    case "$words[2]" in'
    yield from (f"      {name}) compadd -- {' '.join(listed)} ;;" for name, listed in option_names.items())
    yield "    esac"
    yield "  fi"
    yield "  _files"
    yield "}"
    yield "compdef _exr_inspector exr-inspector"


def _fish_lines(option_names: dict[str, list[str]]) -> Iterator[str]:
    for name, listed in option_names.items():
        yield f"complete -c exr-inspector -n __fish_use_subcommand -a {name}"
        condition = shlex.quote(f"__fish_seen_subcommand_from {name}")
        for word in listed:
            option = f"-l {word[2:]}" if word.startswith("--") else f"-a {word}"
            yield f"complete -c exr-inspector -n {condition} {option}"
