"""``wct events``: everything that happened in a run, in order, or as it happens."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, TypeAlias

import click

from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.upcasting import CURRENT
from wct_entrypoints.cli import INTERRUPTED
from wct_entrypoints.cli.completing import event_types, run_ids
from wct_entrypoints.cli.event_lines import TextLines, documents
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.printing import print_json_lines, print_lines
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    ledger_option,
)
from wct_entrypoints.cli.tailing import (
    LogTail,
    RunTail,
    Tail,
    followed_run,
    following,
    pauses,
    position_behind,
)

_Show: TypeAlias = Callable[[Iterable[Recorded]], None]
"""Prints events."""


def _place(text: str) -> int | Cursor:
    """Read a position of a run (a number), or a cursor."""
    if text.isdecimal():
        return int(text)
    if text.startswith("-") or "-" not in text:
        msg = f"'{text}' is neither a position nor a cursor"
        raise click.BadParameter(msg)
    return text


class _Wanted(NamedTuple):
    """What is to be printed, and how."""

    run: str | None  # as it was named; None: all streams
    types: tuple[str, ...]
    after: int | Cursor
    follow: bool
    form: str
    verbose: bool


@click.command()
@click.argument("run", metavar="[RUN]", required=False, shell_complete=run_ids)
@click.option("--all", "everything", is_flag=True, help="The events of all runs.")
@click.option(
    "-f",
    "--follow",
    is_flag=True,
    help="Go on with what is recorded from now on, until the run has ended.",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    shell_complete=event_types,
    help="Only events of this type, such as step.failed or step.failed/1; "
    "may be repeated.",
)
@click.option(
    "--after",
    type=_place,
    default="0",
    metavar="N|CURSOR",
    help="Only events behind position N of the run, or behind a cursor.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Add, to each line, date and offset, the event's id, and what caused it.",
)
@ledger_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "cloudevents"]),
    default="text",
    help="Lines for people (the default), or JSON, one object a line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def events(
    *,
    run: str | None,
    everything: bool,
    ledger: LedgerPlace | None,
    form: str,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Print the events of RUN, one line each: position, time, type, what happened.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. Times are
    local; behind the first day they come with their date. --all prints the events of
    all runs, and those that belong to none, as they were recorded.

    --follow prints what is recorded later, too, as it is recorded by whatever process,
    and ends when the run has ended; with --all it goes on until it is stopped. A ledger
    that is not there yet is waited for; so is a run, if its whole id is given, or if it
    is 'latest' and there is none.

    --json prints one object a line: run, position (in the run), global_position (in
    the ledger), cursor (for --after: a reader that goes on behind it misses nothing),
    id, type, recorded_at (UTC), correlation_id, causation_id (the event that led to
    this one), and data, the event as it is stored: what it leaves out is at its
    default. --format cloudevents prints the envelope of CloudEvents 1.0 around data.
    """
    if everything == (run is not None):
        msg = "name a RUN (an id, or 'latest'), or ask for all with --all"
        raise click.UsageError(msg if run is None else "--all is of all runs: no RUN")
    wanted = _Wanted(run, form="json" if as_json else form, **chosen)
    if everything and isinstance(wanted.after, int) and wanted.after:
        msg = "a position is one of a run; with --all, name a cursor"
        raise click.BadParameter(msg, param_hint="'--after'")
    with errors_end_the_command(verbose=wanted.verbose):
        try:
            with _opened(ledger, wanted) as opened:
                _print(opened, wanted)
        except KeyboardInterrupt:
            if not wanted.follow:
                raise
            sys.exit(INTERRUPTED)  # how this is ended, as a rule: no word about it


def _opened(
    given: LedgerPlace | None, wanted: _Wanted
) -> AbstractContextManager[Ledger]:
    return following(given) if wanted.follow else reading(given)


def _print(ledger: Ledger, wanted: _Wanted) -> None:
    if wanted.run is None:
        cursor = wanted.after if isinstance(wanted.after, str) else None
        _refuse_unheard_of(wanted.types, ledger, None)
        _print_all(LogTail(ledger, cursor), _shower(ledger, wanted, 0), wanted)
        return
    run = (followed_run if wanted.follow else find_run)(ledger, wanted.run)
    _refuse_unheard_of(wanted.types, ledger, run)
    after = wanted.after
    if isinstance(after, str):
        after = position_behind(ledger, run, after)
    _print_all(RunTail(ledger, run), _shower(ledger, wanted, after), wanted)


def _print_all(tail: Tail, show: _Show, wanted: _Wanted) -> None:
    show(tail.new())
    if wanted.follow:
        pause = pauses()
        while not tail.is_over():
            pause()
            show(tail.new())


def _shower(ledger: Ledger, wanted: _Wanted, after: int) -> _Show:
    """Return what prints those of some events that are wanted."""
    if wanted.form != "text":
        document = documents(ledger, wanted.form)
        return lambda history: print_json_lines(
            document(each) for each in history if _is_wanted(each, wanted, after)
        )
    text = TextLines(ledger, verbose=wanted.verbose, name_streams=wanted.run is None)

    def lines(history: Iterable[Recorded]) -> Iterator[str]:
        for recorded in history:
            text.note(recorded)
            if _is_wanted(recorded, wanted, after):
                yield text.line(recorded)

    return lambda history: print_lines(lines(history))


def _is_wanted(recorded: Recorded, wanted: _Wanted, after: int) -> bool:
    return recorded.position > after and _is_of(wanted.types, recorded)


def _refuse_unheard_of(types: Collection[str], ledger: Ledger, run: str | None) -> None:
    """Refuse types that neither this wct nor the run knows.

    Raises:
        click.BadParameter: one line, with the types that there are.
    """
    known = _names(CURRENT)
    if not known.issuperset(types):
        # A newer wct may have recorded events that this one has no name for.
        history = ledger.read_all(settled=False) if run is None else ledger.read(run)
        known |= _names(each.event.type for each in history)
    if unheard_of := [each for each in types if each not in known]:
        there_is = ", ".join(sorted(each for each in known if "/" not in each))
        msg = f"no event has type '{unheard_of[0]}'; there is: {there_is}"
        raise click.BadParameter(msg, param_hint="'--type'")


def _is_of(types: Collection[str], recorded: Recorded) -> bool:
    return not types or not _names([recorded.event.type]).isdisjoint(types)


def _names(types: Iterable[str]) -> set[str]:
    """Return wire names, with and without their version."""
    return {name for wire in types for name in (wire, wire.partition("/")[0])}
