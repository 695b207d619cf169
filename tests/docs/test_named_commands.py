"""Commands and options that pages name in passing are those that there are."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.doc_pages import ROOT
from wct_entrypoints.cli import main

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_NAMED = re.compile(r"`(wct [^`]+)`")
_NO_COMMANDS = {"wct bundle"}  # the text with which a message that is signed begins


def named_in(page: Path) -> Iterator[str]:
    """Yield each command line that stands in a sentence, or in a table."""
    for line in page.read_text(encoding="utf-8").splitlines():
        yield from _NAMED.findall(line.replace("\\_", "_"))


def problem(line: str) -> str | None:
    """Say what is wrong with a command line; None if nothing is."""
    words = shlex.split(line)[1:]
    command: click.Command = main
    context = click.Context(main)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        if found is None:
            return "there is no such command"
        command = found
    known = {
        option
        for each in command.get_params(context)
        if isinstance(each, click.Option)
        for option in (*each.opts, *each.secondary_opts)
    } | {"-h", "--help"}
    unknown = [
        option
        for word in words
        if word.startswith("-")
        and word != "-"
        and (option := word.partition("=")[0]) not in known
    ]
    return f"it has no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_what_a_page_names_is_there(page: Path) -> None:
    named = set(named_in(page)) - _NO_COMMANDS
    wrong = {line: why for line in named if (why := problem(line))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("wct frobnicate", "there is no such command"),
        ("wct ledger frobnicate", "there is no such command"),
        ("wct show latest --frobnicate", "it has no option --frobnicate"),
        ("wct run FILE --fail-on high", None),
        ("wct ledger prune --older-than 90d", None),
        ("wct --version", None),
    ],
)
def test_what_is_not_there_is_told(line: str, said: str | None) -> None:
    assert problem(line) == said


def test_many_are_named() -> None:
    assert sum(1 for page in PAGES for _ in named_in(page)) > 100
