"""Who listens to a run: a file of its events, and subscribers of other people's."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from wct_domain.errors import ExportError, SubscriberError
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.ledger import Ledger
from wct_entrypoints import plugins
from wct_entrypoints.logs import Log

if TYPE_CHECKING:
    from wct_domain.ports.transports import Transport
    from wct_domain.settings.subscribers import SubscriberSettings
    from wct_domain.subscribers import DeclaredSubscriber
    from wct_entrypoints.cli.outside import Flags

_log = Log("wct.plugins")
_HINT = "'--subscribe'"


class Listeners(NamedTuple):
    """Found and checked before the run begins."""

    subscribers: tuple["DeclaredSubscriber", ...] = ()
    events: Path | None = None
    drain: float = 2.0  # seconds that subscribers get when the run has ended
    outside: tuple["SubscriberSettings", ...] = ()

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
) -> Listeners:
    """Load the subscribers that are named, and those that are installed.

    Args:
        named: as ``package.module:callable``.
        events: file for events; None: nobody wants one.
        taken: files that are something else, and must not be written over.
        outside: programs, and addresses of receivers.

    Raises:
        click.BadParameter: one that is named is not there, or is no subscriber.
        ExportError: the file is one of those that are taken.
    """
    if events is not None:
        _refuse_taken(events, taken)
    subscribers = (*map(_named, named), *_installed())
    if not outside:
        return Listeners(subscribers, events, drain)
    # Here, because most runs have none.
    from wct_entrypoints.cli.outside import read_flags

    return Listeners(subscribers, events, drain, read_flags(outside))


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


def _installed() -> "Iterator[DeclaredSubscriber]":
    for found in plugins.installed_subscribers():
        if found.declared is not None:
            yield found.declared
        else:
            _log.warning(
                "plugin.failed",
                message=f"Failed to load subscriber {found.name}: {found.problem}",
                plugin=found.origin,
            )


def _named(text: str) -> "DeclaredSubscriber":
    # Here, because most runs have none.
    from wct_domain.subscribers import DeclaredSubscriber
    from wct_entrypoints.callables import load_callable

    try:
        return DeclaredSubscriber.of(load_callable(text), text)
    except SubscriberError as error:
        raise click.BadParameter(str(error), param_hint=_HINT) from error
