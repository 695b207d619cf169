"""What is in a ledger: runs, how much they take, what is signed, what is unfinished."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import median
from typing import Final, NamedTuple

from wct_domain.archive import stored_sizes
from wct_domain.errors import BlobMissingError
from wct_domain.events import RunImported, RunStarted
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.erasures import ERASURE, Erasures, UnfinishedErasure
from wct_domain.projections.run_list import (
    LIFECYCLE,
    RunList,
    RunSummary,
    shortest_prefixes,
)
from wct_domain.projections.states import RunStatus, standing
from wct_domain.projections.timeline import size
from wct_domain.verification.chains import references_in
from wct_entrypoints.bootstrap.identity import utc_now
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.printing import local, utc
from wct_entrypoints.cli.shared import counted

LATEST: Final = 5
"""Runs whose size is compared with that of earlier ones."""

EARLIER: Final = 20
"""Earlier runs that are looked at, spread over all of them."""

MOST_ROWS: Final = 20_000
"""Events that are read for it, at about 2 µs each."""

GROWN: Final = 3.0
"""How many times as large the latest runs are when that is worth a warning."""

WORTH_IT: Final = 1 << 20
"""Bytes per run below which growth is nobody's concern."""

DAY: Final = timedelta(days=1)
"""How old a ledger is before its growth in a year can be told."""

_NAMED = 4  # runs that a line names
_MONTH = timedelta(days=30)


class Contents(NamedTuple):
    """What is said of the runs of a ledger, read once for all checks."""

    runs: tuple[RunSummary, ...]  # newest first
    names: dict[str, str]  # the shortest that are unambiguous
    scopes: dict[str, str]  # erasure scopes by run, of those recorded here
    unfinished: tuple[UnfinishedErasure, ...]


def contents_of(ledger: Ledger) -> Contents:
    """Read what is said of runs as a whole.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    runs, erasures = RunList(), Erasures()
    scopes: dict[str, str] = {}
    types = sorted({*LIFECYCLE, *ERASURE})
    for recorded in ledger.read_all(types=types, settled=False):
        runs.apply(recorded)
        erasures.apply(recorded)
        match recorded.event:
            case RunStarted(scope=str(scope)):
                scopes[recorded.stream] = scope
            case RunImported():  # sealed with keys of another ledger
                scopes.pop(recorded.stream, None)
            case _:
                pass
    found = tuple(runs.newest_first)
    for run in found:
        run.status = standing(run.status, run.run, ledger.locks)
    names = dict(shortest_prefixes(run.run for run in found))
    return Contents(found, names, scopes, tuple(erasures.unfinished))


def content_checks(ledger: Ledger, contents: Contents) -> dict[str, Check]:
    """Return the checks of what is recorded."""
    return {
        "contents": lambda: _contents(ledger, contents),
        "growth": lambda: _growth(ledger, contents),
        "signed": lambda: _signed(ledger, contents),
        "running": lambda: _open(contents),
        "erasures": lambda: _erasures(contents),
    }


def _contents(ledger: Ledger, contents: Contents) -> Iterator[Line]:
    space = ledger.maintenance.space()
    events, blobs = ledger.seal(), sum(1 for _ in ledger.blob_digests())
    facts = {
        "log_id": ledger.log_id,
        "runs": len(contents.runs),
        "events": events,
        "blobs": blobs,
        "size": space.ledger,
        "unused": space.unused,
    }
    unused = f", {size(space.unused)} of it unused" if space.unused else ""
    yield Line("id", ledger.log_id, facts={"former_ids": list(ledger.former_ids)})
    yield Line("size", size(space.ledger) + unused, facts=facts)
    what = (
        f"{counted(len(contents.runs), 'run')}, {counted(events, 'event')}, "
        f"{counted(blobs, 'blob')}"
    )
    yield Line("contents", what, facts=facts)


def _growth(ledger: Ledger, contents: Contents) -> Iterator[Line]:
    ended = [
        run.run
        for run in contents.runs
        if run.ended_at and not (run.pruned_at or run.erased_at)
    ]
    latest = _sizes(ledger, ended[:LATEST], MOST_ROWS // 2)
    if not latest:
        return
    earlier = _sizes(ledger, _spread(ended[LATEST:], EARLIER), MOST_ROWS // 2)
    now, before = round(median(latest)), round(median(earlier or latest))
    yearly = _yearly(contents.runs, sum(latest) / len(latest))
    free = ledger.maintenance.space().free
    facts = {"latest": now, "earlier": before, "a_year": yearly}
    text = f"{size(now)} a run"
    if earlier:
        text += f" (of the latest {len(latest)}; {size(before)} before)"
    if yearly is not None:
        text += f", {size(yearly)} a year if it goes on like this"
    way_out = "keep runs for a time only: wct ledger prune --older-than 90d"
    if yearly is not None and free is not None and yearly > free:
        text += f", and {size(free)} are free"
        yield Line("growth", text, Level.WARNING, way_out, facts)
    elif now > WORTH_IT and now > GROWN * before:
        yield Line("growth", text, Level.WARNING, way_out, facts)
    else:
        yield Line("growth", text, facts=facts)


def _sizes(ledger: Ledger, runs: Sequence[str], most: int) -> list[int]:
    """Bytes of payloads and blobs of some runs, until ``most`` events are read."""
    found: list[int] = []
    for run in runs:
        total, digests = 0, set[str]()
        for row in ledger.rows(stream=run):
            if (payload := row.payload) is not None:
                total += len(payload)
                digests.update(references_in(row.type, payload))
            most -= 1
            if most < 0 and found:
                return found
        try:
            total += sum(stored_sizes(ledger, digests).values())
        except BlobMissingError:  # erased just now
            continue
        found.append(total)
    return found


def _spread(runs: Sequence[str], count: int) -> Sequence[str]:
    step = max(1, len(runs) // count)
    return runs[::step][:count]


def _yearly(runs: Sequence[RunSummary], each: float) -> int | None:
    """Bytes a year at the pace of the last 30 days; None for a ledger of today."""
    now = utc_now()
    recent = sum(now - run.started_at < _MONTH for run in runs)
    span = min(now - runs[-1].started_at, _MONTH)
    if not recent or span < DAY:
        return None
    return round(each * recent * (timedelta(days=365) / span))


def _signed(ledger: Ledger, contents: Contents) -> Iterator[Line]:
    last = ledger.last_checkpoint()
    events = ledger.seal()
    way_out = "the next run signs them, or 'wct verify'"
    if last is None:
        if any(run.ended_at for run in contents.runs):
            text = f"no checkpoint yet: {counted(events, 'event')} are unsigned"
            yield Line("signed", text, Level.WARNING, way_out, {"size": 0})
        return
    horizon = ledger.maintenance.horizon()
    after = events - last.size + (horizon.waiting if horizon is not None else 0)
    facts = {"size": last.size, "at": utc(last.at), "after": after}
    text = f"{last.size:,} events by the checkpoint of {local(last.at)}"
    if after > 0:
        text += f"; {after:,} after it: {way_out}"
    unsigned = [
        run
        for run in contents.runs
        if run.ended_at is not None and run.ended_at > last.at
    ]
    if after > 0 and unsigned:
        text = f"{counted(len(unsigned), 'run')} ended after the last checkpoint"
        yield Line("signed", text, Level.WARNING, way_out, facts)
    else:
        yield Line("signed", text, facts=facts)


def _open(contents: Contents) -> Iterator[Line]:
    for status in (RunStatus.RUNNING, RunStatus.ABANDONED):
        runs = [run for run in contents.runs if run.status is status]
        facts = {"status": str(status), "runs": [run.run for run in runs]}
        text = "none"
        if runs:
            text = f"{_named(contents, runs)}, since {local(runs[-1].started_at)}"
        if runs and status is RunStatus.ABANDONED:
            text += ": the process was killed, or the machine went down"
            way_out = "'wct resume RUN' goes on with it; 'wct ledger prune' drops it"
            yield Line(status, text, Level.WARNING, way_out, facts)
        else:
            yield Line(status, text, facts=facts)


def _erasures(contents: Contents) -> Iterator[Line]:
    if not contents.unfinished:
        yield Line("erasures", "none is unfinished")
    for request, runs in contents.unfinished:
        names = ", ".join(contents.names.get(run, run) for run in runs[:_NAMED])
        more = f" and {len(runs) - _NAMED} more" if len(runs) > _NAMED else ""
        yield Line(
            "erasures",
            f"one of {names}{more} was cut short (reason {request.reason}): what "
            "they stored may still be there",
            Level.ERROR,
            "the next run finishes it, or 'wct erase' again; 'wct verify' does not",
            {"runs": list(runs), "reason": request.reason, "scope": request.scope},
        )


def _named(contents: Contents, runs: Sequence[RunSummary]) -> str:
    names = ", ".join(contents.names[run.run] for run in runs[:_NAMED])
    return names + (f" and {len(runs) - _NAMED} more" if len(runs) > _NAMED else "")
