"""Who listens to a run: a file of its events, and subscribers of other people's."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from wct_domain.errors import ExportError, SubscriberError
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.ledger import Ledger
from wct_entrypoints import plugins

if TYPE_CHECKING:
    from wct_domain.ports.transports import Transport
    from wct_domain.settings.subscribers import SubscriberSettings
    from wct_domain.subscribers import DeclaredSubscriber
    from wct_entrypoints.cli.durable import DurableSubscribers
    from wct_entrypoints.cli.known_subscribers import Known
    from wct_entrypoints.cli.outside import Flags
    from wct_entrypoints.cli.shared import LedgerPlace

_HINT = "'--subscribe'"


class Listeners(NamedTuple):
    """Found and checked before the run begins.

    ``subscribers`` are told live, ``installed`` and ``configured`` from the ledger.
    """

    subscribers: tuple["DeclaredSubscriber", ...] = ()
    events: Path | None = None
    drain: float = 2.0  # seconds that subscribers get when the run has ended
    outside: tuple["SubscriberSettings", ...] = ()
    installed: tuple["Known", ...] = ()
    configured: tuple["SubscriberSettings", ...] = ()

    def durable(
        self, ledger: Ledger, given: "LedgerPlace | None"
    ) -> "DurableSubscribers | None":
        """Make those that are told from the ledger; None: there are none."""
        if not (self.installed or self.configured):
            return None
        # Here, because most runs have none.
        from wct_entrypoints.cli.durable import DurableSubscribers
        from wct_entrypoints.cli.known_subscribers import made

        known = {each.name: each for each in self.installed}
        known |= {each.name: each for each in made(self.configured, ledger)}
        return DurableSubscribers(known.values(), ledger, given)

    def event_file(self, ledger: Ledger, *, keep: bool) -> Subscriber | None:
        """Open the file of events, if one is wanted.

        Raises:
            ExportError: it cannot be written.
        """
        if self.events is None:
            return None
        # Here, because most runs write none.
        from wct_entrypoints.bootstrap.subscribers import event_file

        return event_file(self.events, ledger, keep=keep)

    def transports(self, ledger: Ledger) -> "Iterator[tuple[str, Transport]]":
        """Make those outside of the process, with their names; close them in the end.

        Raises:
            SubscriberError: what was there when it was looked for is gone.
        """
        if self.outside:
            # Here, because most runs have none.
            from wct_entrypoints.cli.outside import connected

            yield from connected(self.outside, ledger)


def find_listeners(
    named: Iterable[str],
    events: Path | None,
    drain: float,
    taken: Iterable[Path],
    outside: "Flags | None" = None,
    configured: "Iterable[SubscriberSettings]" = (),
) -> Listeners:
    """Load the subscribers that are named, and those that are installed.

    Args:
        named: as ``package.module:callable``.
        events: file for events; None: nobody wants one.
        taken: files that are something else, and must not be written over.
        outside: programs, and addresses of receivers.
        configured: what ``wct.yaml`` names.

    Raises:
        click.BadParameter: one that is named is not there, or is no subscriber.
        ExportError: the file is one of those that are taken.
    """
    if events is not None:
        _refuse_taken(events, taken)
    found = Listeners(
        tuple(map(_named, named)),
        events,
        drain,
        installed=_installed(),
        configured=tuple(configured),
    )
    if not outside:
        return found
    # Here, because most runs have none.
    from wct_entrypoints.cli.outside import read_flags

    return found._replace(outside=read_flags(outside))


def _refuse_taken(path: Path, taken: Iterable[Path]) -> None:
    for other in taken:
        if path.resolve() == other.resolve() or (
            path.exists() and other.exists() and path.samefile(other)
        ):
            msg = (
                f"Failed to write events to {path}: this run needs the file for "
                "something else; choose another file with --events"
            )
            raise ExportError(msg)


def _installed() -> "tuple[Known, ...]":
    found = plugins.installed_subscribers()
    if not found:
        return ()
    # Here, because most installations have none.
    from wct_entrypoints.cli.known_subscribers import as_known

    return tuple(map(as_known, found))


def _named(text: str) -> "DeclaredSubscriber":
    # Here, because most runs have none.
    from wct_domain.subscribers import DeclaredSubscriber
    from wct_entrypoints.callables import load_callable

    try:
        return DeclaredSubscriber.of(load_callable(text), text)
    except SubscriberError as error:
        raise click.BadParameter(str(error), param_hint=_HINT) from error
