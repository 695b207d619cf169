"""``wct events``: everything that happened in a run, in order."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

import click
from pydantic_core import to_json

from wct_domain.events import PrunedEvent, UnknownEvent
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.timeline import describe
from wct_domain.upcasting import CURRENT, encode
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.printing import print_json_lines, print_lines, utc, wrapped
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
    printable,
)

_LONGEST = max(map(len, CURRENT))  # wire name


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    help="Only events of this type, such as step.failed or step.failed/1; "
    "may be repeated.",
)
@click.option(
    "--after",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Only events behind position N.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Add, to each line, date and offset, the event's id, and what caused it.",
)
@ledger_option
@json_option
def events(
    *,
    run: str,
    types: tuple[str, ...],
    after: int,
    verbose: bool,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Print the events of RUN, one line each: position, time, type, what happened.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. Times are
    local; behind the first day they come with their date.

    --json prints one object a line: run, position (in the run), global_position (in
    the ledger), id, type, recorded_at (UTC), correlation_id, causation_id (the event
    that led to this one), and data, the event as it is stored: what it leaves out is
    at its default.
    """
    with errors_end_the_command(verbose=verbose), reading(ledger) as opened:
        found = find_run(opened, run)
        _refuse_unheard_of(types, opened, found)
        if as_json:
            history = opened.read(found, after=after)
            print_json_lines(_document(each) for each in history if _is_of(types, each))
        else:
            print_lines(_lines(opened.read(found), types, after, verbose=verbose))


def _refuse_unheard_of(types: Collection[str], ledger: Ledger, run: str) -> None:
    """Refuse types that neither this wct nor the run knows.

    Raises:
        click.BadParameter: one line, with the types that there are.
    """
    known = _names(CURRENT)
    if not known.issuperset(types):
        # A newer wct may have recorded events that this one has no name for.
        known |= _names(each.event.type for each in ledger.read(run))
    if unheard_of := [each for each in types if each not in known]:
        there_is = ", ".join(sorted(each for each in known if "/" not in each))
        msg = f"no event has type '{unheard_of[0]}'; there is: {there_is}"
        raise click.BadParameter(msg, param_hint="'--type'")


def _is_of(types: Collection[str], recorded: Recorded) -> bool:
    return not types or not _names([recorded.event.type]).isdisjoint(types)


def _names(types: Iterable[str]) -> set[str]:
    """Return wire names, with and without their version."""
    return {name for wire in types for name in (wire, wire.partition("/")[0])}


def _document(recorded: Recorded) -> bytes:
    event = recorded.event
    match event:
        case UnknownEvent():
            data = to_json(event.data)
        case PrunedEvent():
            data = b"null"
        case _:
            data = encode(event)
    envelope = to_json(
        {
            "run": recorded.stream,
            "position": recorded.position,
            "global_position": recorded.global_position,
            "id": recorded.id,
            "type": event.type,
            "recorded_at": utc(recorded.at),
            "correlation_id": recorded.correlation_id,
            "causation_id": recorded.causation_id,
        }
    )
    return envelope[:-1] + b',"data":' + data + b"}"


def _lines(
    history: Iterable[Recorded], types: Collection[str], after: int, *, verbose: bool
) -> Iterator[str]:
    first_day: date | None = None
    positions: dict[str, int] = {}  # by event id
    for recorded in history:
        positions[recorded.id] = recorded.position
        first_day = first_day or recorded.at.astimezone().date()
        if recorded.position <= after or not _is_of(types, recorded):
            continue
        if verbose:
            yield _whole_line(recorded, positions)
        else:
            yield _line(recorded, first_day)


def _line(recorded: Recorded, first_day: date) -> str:
    at = recorded.at.astimezone()
    day = "" if at.date() == first_day else f"{at:%Y-%m-%d} "
    time = day + at.time().isoformat("milliseconds")
    return _placed(recorded, time, describe(recorded.event))


def _whole_line(recorded: Recorded, positions: Mapping[str, int]) -> str:
    time = recorded.at.astimezone().isoformat(timespec="milliseconds")
    cause = recorded.causation_id
    remarks = f"id {recorded.id}"
    if cause is not None:
        remarks += f", caused by {positions.get(cause, cause)}"
    return _placed(recorded, time, f"{describe(recorded.event)} ({remarks})")


def _placed(recorded: Recorded, time: str, text: str) -> str:
    wire = printable(recorded.event.type)
    return wrapped(f"{recorded.position:>4}  {time}  {wire:<{_LONGEST}}  ", text)
