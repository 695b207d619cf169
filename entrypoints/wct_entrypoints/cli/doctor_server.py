"""A ledger on PostgreSQL: the server, and what holds its readers back."""

from collections.abc import Iterator
from typing import Final

from wct_domain.ports.ledger import Ledger
from wct_domain.ports.maintenance import Holder, Horizon
from wct_entrypoints.bootstrap.diagnosis import server_version
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.shared import counted

LONG: Final = 60.0
"""Seconds that an append may wait for its place in the order, without a warning."""


def server_checks(url: str) -> dict[str, Check]:
    """Return the checks for which no ledger has to be there."""
    return {"server": lambda: _server(url)}


def horizon_checks(ledger: Ledger) -> dict[str, Check]:
    """Return the checks of the order of events."""
    return {"horizon": lambda: _horizon(ledger)}


def _server(url: str) -> Iterator[Line]:
    version = server_version(url)
    yield Line("server", f"PostgreSQL {version}", facts={"version": version})


def _horizon(ledger: Ledger) -> Iterator[Line]:
    found = ledger.maintenance.horizon()
    if found is not None:
        yield from horizon_lines(found)


def horizon_lines(found: Horizon) -> Iterator[Line]:
    """Say how far the order of events is settled, and who holds it back."""
    oldest = max((each.seconds for each in found.holders), default=0.0)
    holders = [holder._asdict() for holder in found.holders]
    facts = {
        "waiting": found.waiting,
        "seconds": found.seconds,
        "oldest": oldest,
        "holders": holders,
    }
    text = "every event has its place"
    if found.waiting:
        text = (
            f"{counted(found.waiting, 'event')} without a place yet, for "
            f"{found.seconds:,.0f} s"
        )
    if found.holders:
        text += f"; held back by {_named(found.holders[0])}"
    if max(found.seconds, oldest) > LONG and found.holders:
        yield Line("horizon", text, Level.WARNING, _way_out(found.holders[0]), facts)
    else:
        yield Line("horizon", text, facts=facts)


def _named(holder: Holder) -> str:
    who = f"'{holder.application}' " if holder.application else ""
    process = "" if holder.pid is None else f"process {holder.pid} "
    where = f"in database '{holder.database}' " if holder.database else ""
    return f"{who}{process}{where}for {holder.seconds:,.0f} s"


def _way_out(holder: Holder) -> str:
    if holder.pid is None:
        return (
            "until it ends no checkpoint covers newer events: COMMIT PREPARED or "
            "ROLLBACK PREPARED it (pg_prepared_xacts)"
        )
    return (
        "until it ends no checkpoint covers newer events: have it end, or "
        f"SELECT pg_terminate_backend({holder.pid})"
    )
