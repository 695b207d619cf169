"""Who listens to a run: a file of its events, and subscribers of other people's."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from wct_domain.errors import ExportError, SubscriberError
from wct_domain.explaining import ends_process, explain
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.ledger import Ledger
from wct_entrypoints import plugins
from wct_entrypoints.logs import Log

if TYPE_CHECKING:
    from wct_domain.subscribers import DeclaredSubscriber

_log = Log("wct.plugins")
_HINT = "'--subscribe'"


class Listeners(NamedTuple):
    """Found and checked before the run begins."""

    subscribers: tuple["DeclaredSubscriber", ...] = ()
    events: Path | None = None
    drain: float = 2.0  # seconds that subscribers get when the run has ended

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


def find_listeners(
    named: Iterable[str],
    events: Path | None,
    drain: float,
    taken: Iterable[Path],
) -> Listeners:
    """Load the subscribers that are named, and those that are installed.

    Args:
        named: as ``package.module:callable``.
        events: file for events; None: nobody wants one.
        taken: files that are something else, and must not be written over.

    Raises:
        click.BadParameter: one that is named is not there, or is no subscriber.
        ExportError: the file is one of those that are taken.
    """
    if events is not None:
        _refuse_taken(events, taken)
    subscribers = (*map(_named, named), *_installed())
    return Listeners(subscribers, events, drain)


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

    module, colon, path = text.partition(":")
    if not (module and colon and path):
        msg = f"'{text}' is not of the form package.module:callable"
        raise click.BadParameter(msg, param_hint=_HINT)
    try:
        return DeclaredSubscriber.of(_loaded(module, path), text)
    except SubscriberError as error:
        raise click.BadParameter(str(error), param_hint=_HINT) from error


def _loaded(module: str, path: str) -> Any:
    try:
        found: Any = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except BaseException as error:
        # A stranger's code, which may ask the whole process to exit.
        if ends_process(error) and not isinstance(error, SystemExit):
            raise
        msg = f"'{module}:{path}' cannot be loaded: {explain(error)}"
        if isinstance(error, ModuleNotFoundError):
            msg += "; install it, or name its directory in PYTHONPATH"
        raise SubscriberError(msg) from error
    return found
