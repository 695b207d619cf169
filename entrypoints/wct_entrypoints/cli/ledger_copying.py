"""What ``wct ledger backup`` and ``wct ledger restore`` do."""

from pathlib import Path
from typing import NamedTuple

import click

from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.timeline import size
from wct_domain.verification import Verdict, verify_ledger
from wct_entrypoints.bootstrap.copies import (
    keys_of_former,
    open_backup,
    refuse_existing,
    restore,
)
from wct_entrypoints.bootstrap.ledgers import key_store, ledger_place, shown
from wct_entrypoints.cli.ledger_access import reading
from wct_entrypoints.cli.printing import print_json
from wct_entrypoints.cli.shared import GATE, LedgerPlace, counted, fail, printable
from wct_entrypoints.cli.trusted import trust_in

_SHOWN = 20  # flaws that are printed; --json has more


class Source(NamedTuple):
    """What a ledger is to be restored from."""

    backup: Path
    keys_from: Path | None
    keys: tuple[str, ...]  # verifier keys, or files of them
    even_if_damaged: bool


def back_up(file: Path, given: LedgerPlace | None, *, as_json: bool) -> None:
    """Write a backup, and say how to use it.

    Raises:
        LedgerError: nothing was written.
    """
    with reading(given) as ledger:
        ledger.maintenance.backup(file)
        place, log_id = ledger.location, ledger.log_id
    copy = open_backup(file)
    try:
        runs, events, backup_id = _runs(copy), copy.seal(), copy.log_id
    finally:
        copy.close()
    written = file.stat().st_size
    keys = str(key_store(Path(place)))
    if as_json:
        print_json(
            {
                "ledger": place,
                "log_id": log_id,
                "backup": str(file),
                "backup_id": backup_id,
                "runs": runs,
                "events": events,
                "size": written,
                "keys": keys,
            }
        )
        return
    for line in (
        f"Wrote {file}: {_contents(runs, events)} ({size(written)})",
        f"It has no keys: keep a copy of {keys} too, in another place",
        f"To restore it: wct ledger restore {file} --ledger FILE",
    ):
        click.echo(printable(line))


def bring_back(source: Source, given: LedgerPlace | None, *, as_json: bool) -> None:
    """Verify a backup, restore it, and say what there is now.

    Raises:
        WctError: nothing was written.
        SystemExit: the same, because the backup does not verify.
    """
    place = ledger_place(given)
    if isinstance(place, str):
        fail(
            f"ledger '{shown(place)}' is PostgreSQL's to restore (pg_restore); a "
            "backup by wct becomes a ledger file: name one with --ledger"
        )
    refuse_existing(place)
    copy = open_backup(source.backup)
    try:
        verdict = _verdict(copy, source, source.keys_from or key_store(place))
        runs, events = _runs(copy), copy.seal()
    finally:
        copy.close()
    if not verdict.sound:
        _tell_flaws(verdict)
        if not source.even_if_damaged:
            fail(
                f"backup '{source.backup}' does not verify, nothing was written; use "
                "another one, or this one with --even-if-damaged",
                status=GATE,
            )
    log_id = restore(
        source.backup,
        place,
        source.keys_from,
        even_if_damaged=source.even_if_damaged,
    )
    if as_json:
        print_json(
            {
                "ledger": str(place),
                "log_id": log_id,
                "former_ids": copy.former_ids,
                "backup": str(source.backup),
                "runs": runs,
                "events": events,
                "sound": verdict.sound,
                "flaws": [flaw._asdict() for flaw in verdict.flaws],
            }
        )
        return
    verified = "all of it verified" if verdict.sound else "NOT SOUND, see above"
    for line in (
        f"Restored {place}: {_contents(runs, events)}, {verified}",
        f"Its id is {log_id}; before, it was {copy.former_ids[-1]}",
        "Is it the newest? wct verify --checkpoint FILE, with one kept elsewhere",
    ):
        click.echo(printable(line))


def _verdict(copy: Ledger, source: Source, store: Path) -> Verdict:
    try:
        own = keys_of_former(copy, store).verifier_keys()
    except LedgerUnusableError as error:
        msg = f"{error}; or name the lost ledger's key store with --keys-from"
        raise LedgerUnusableError(msg) from error
    given = trust_in(source.keys, ()).given
    return verify_ledger(copy, trust_in((), (*own, *given)))


def _tell_flaws(verdict: Verdict) -> None:
    for flaw in verdict.flaws[:_SHOWN]:
        click.echo(printable(f"  {flaw}"), err=True)
    if (more := len(verdict.flaws) + verdict.more_flaws - _SHOWN) > 0:
        click.echo(f"  ... and {more:,} more", err=True)


def _runs(ledger: Ledger) -> int:
    return sum("/" not in each.name for each in ledger.streams())


def _contents(runs: int, events: int) -> str:
    return f"{counted(runs, 'run')}, {counted(events, 'event')}"
