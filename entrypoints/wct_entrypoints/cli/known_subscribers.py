"""Whom this installation and its ``wct.yaml`` know: who may be delivered to."""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from wct_domain.errors import SubscriberError
from wct_domain.ports.cursors import OWN
from wct_entrypoints import plugins
from wct_entrypoints.cli.shared import is_config_trusted, settings, warn

if TYPE_CHECKING:
    from wct_domain.ports.ledger import Ledger
    from wct_domain.settings.subscribers import SubscriberSettings
    from wct_domain.subscribers import DeclaredSubscriber
    from wct_entrypoints.bootstrap.configuration import Configured


class Known(NamedTuple):
    """A subscriber by its name; ``problem`` is why it cannot be told."""

    name: str
    origin: str  # the package that brings it, or the file that names it
    declared: "DeclaredSubscriber | None"
    problem: str | None = None
    from_start: bool = False


def known_subscribers(ledger: "Ledger | None") -> list[Known]:
    """Make all of them; of two with one name, that of ``wct.yaml``.

    A ``wct.yaml`` that may have come with what is scanned is read, and no more: of
    its subscribers none is imported or looked for.

    Args:
        ledger: what they would be told of; None: they are only shown.
    """
    found = settings()
    configured = () if found is None else found.settings.subscribers
    known = {each.name: as_known(each) for each in plugins.installed_subscribers()}
    if found is None or not configured or (reason := _distrust(found)) is None:
        known |= {each.name: each for each in made(configured, ledger)}
    else:
        origin = str(found.file)
        known |= {
            each.name: Known(each.name, origin, None, reason, each.from_start)
            for each in configured
        }
    return sorted(known.values(), key=lambda each: each.name)


def _distrust(found: "Configured") -> str | None:
    """Say why the subscribers of a file are not used; None: nothing speaks against."""
    # Here, because most directories have no such file.
    from wct_entrypoints.bootstrap.trust import repository_around

    if found.file is None or is_config_trusted():
        return None
    tree = repository_around(found.file)
    if tree is None:
        return None
    return (
        f"{found.file} stands in the Git repository '{tree}': whoever may change the "
        "one could run code through the other; keep the file elsewhere (--config "
        "FILE), or say --trust-config"
    )


def as_known(found: plugins.InstalledSubscriber) -> Known:
    """Take one that a package brings."""
    if found.name.startswith(OWN):
        problem = f"names that begin with '{OWN}' are wct's own: it needs another"
        return Known(found.name, found.origin, None, problem)
    from_start = found.declared is not None and found.declared.from_start
    return Known(found.name, found.origin, found.declared, found.problem, from_start)


def made(
    configured: "Iterable[SubscriberSettings]", ledger: "Ledger | None"
) -> Iterator[Known]:
    """Make those that a file names; nothing is connected to yet."""
    found = settings()
    if found is None:
        return
    # Here, because most directories have no such file.
    from wct_entrypoints.bootstrap.subscribers import Surroundings, declare

    log_id = "" if ledger is None else ledger.log_id
    around = Surroundings(log_id, os.environ, found.directory.absolute())
    for each in configured:
        declared, problem = None, None
        try:
            declared = declare(each, around)
        except SubscriberError as error:
            problem = str(error)
        yield Known(each.name, str(found.file), declared, problem, each.from_start)


def chosen(known: list[Known], name: str) -> "DeclaredSubscriber":
    """Return the one that is meant.

    Raises:
        SubscriberError: there is none of that name, or it cannot be told.
    """
    for each in known:
        if each.name == name:
            if each.declared is None:
                raise SubscriberError(_unusable(each))
            return each.declared
    names = ", ".join(f"'{each.name}'" for each in known) or "none"
    raise SubscriberError(
        f"there is no subscriber '{name}'; installed or configured: {names}"
    )


def warn_of_unusable(known: list[Known]) -> None:
    """Name those that cannot be told, and why."""
    for each in known:
        if each.declared is None:
            warn(_unusable(each))


def _unusable(known: Known) -> str:
    return f"'{known.name}' ({known.origin}) is not usable: {known.problem}"


def close(declared: "Iterable[DeclaredSubscriber]") -> None:
    """Let go of the connections that transports have made."""
    from wct_domain.ports.transports import Transport

    for each in declared:
        if isinstance(each.call, Transport):
            each.call.close()
