"""What the shell may complete: runs, steps, subscribers and types of events.

The shell waits while somebody types, and has no place for an error: what cannot be
found, or read, completes to nothing. No plugin's code is run.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, redirect_stderr, suppress
from functools import wraps
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

import click

from wct_entrypoints.cli import not_collecting, prepare_settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from wct_domain.ports.ledger import Ledger

MOST = 50
"""Runs that are offered, the newest; others are found by typing more."""

Complete: TypeAlias = Callable[
    [click.Context, click.Parameter, str], "list[CompletionItem[str]]"
]


def _completing(find: Callable[[click.Context, str], Iterable[str]]) -> Complete:
    """Make what click wants of what finds candidates."""

    @wraps(find)
    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        from click.shell_completion import CompletionItem

        del param
        found: list[CompletionItem[str]] = []
        # SystemExit: settings that cannot be used end a command, with a line on stderr.
        with (
            suppress(Exception, SystemExit),
            redirect_stderr(StringIO()),
            not_collecting(),
        ):
            for each in find(ctx, incomplete):
                if each.startswith(incomplete):
                    found.append(CompletionItem(each))  # noqa: PERF401  # some, if it fails
        return found

    return complete


@_completing
def run_ids(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Offer ``latest``, and the newest runs by the names that lists show."""
    from wct_entrypoints.cli.ledger_access import LATEST, short_names

    yield LATEST
    with _ledger(ctx) as ledger:
        names = short_names(ledger)
    newest = sorted(names, reverse=True)
    short = [names[run] for run in newest if names[run].startswith(incomplete)]
    # Whoever has typed more than a short name gets the whole id.
    yield from short[:MOST] or [run for run in newest if run.startswith(incomplete)]


@_completing
def step_ids(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Offer the steps of the run that is named before."""
    del incomplete
    from wct_domain.events import RunStarted
    from wct_entrypoints.cli.ledger_access import find_run

    # Click gives up on arguments where the value of an option is what is completed.
    run = ctx.params.get("run") or ctx.args[0]
    with _ledger(ctx) as ledger:
        first = next(iter(ledger.read(find_run(ledger, run)))).event
    if isinstance(first, RunStarted):
        yield from (each.id for each in first.steps)


@_completing
def subscriber_names(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Offer subscribers that are installed, or named in ``wct.yaml``."""
    del incomplete
    from importlib.metadata import entry_points

    from wct_entrypoints.plugins import SUBSCRIBERS

    _take_settings(ctx)
    found = ctx.find_root().obj
    configured = () if found is None else found.settings.subscribers
    installed = entry_points(group=SUBSCRIBERS)
    yield from sorted({each.name for each in (*installed, *configured)})


@_completing
def event_types(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Offer events by their names, without versions."""
    del ctx, incomplete
    from wct_domain.upcasting import CURRENT

    yield from (wire.partition("/")[0] for wire in CURRENT)


def _ledger(ctx: click.Context) -> "AbstractContextManager[Ledger]":
    """Open the ledger that the command would read."""
    from wct_entrypoints.cli.ledger_access import reading

    _take_settings(ctx)
    return reading(ctx.params.get("ledger"))


def _take_settings(ctx: click.Context) -> None:
    """Do what the program does before it runs a command, which is not run now."""
    prepare_settings(ctx.find_root())
