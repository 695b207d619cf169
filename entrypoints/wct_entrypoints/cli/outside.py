"""Subscribers outside of the process, named by flags: for one run, as it goes."""

import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from wct_domain.errors import DeliveryError, SubscriberError
from wct_domain.explaining import explain
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.logs import Log

if TYPE_CHECKING:
    from wct_domain.ports.transports import Transport
    from wct_domain.settings.subscribers import SubscriberSettings
    from wct_entrypoints.bootstrap.subscribers import Surroundings

_log = Log("wct")
_SECRET = "WCT_WEBHOOK_SECRET"  # noqa: S105  # the name of a variable
_TOKEN = "WCT_NATS_TOKEN"  # noqa: S105  # likewise
_CREDENTIALS = "WCT_NATS_CREDENTIALS"


class Flags(NamedTuple):
    """What the command line says of them; each may be said several times."""

    programs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()  # that programs are given
    webhooks: tuple[str, ...] = ()
    nats: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self)


def read_flags(flags: Flags) -> "tuple[SubscriberSettings, ...]":
    """Check what was said, so far as that is possible without asking anybody.

    Raises:
        click.BadParameter: a program, a URL or a secret will not do, or a package is
            missing.
    """
    found: list[SubscriberSettings] = []
    for flag, kind, values in (
        ("--exec", "exec", [_program(flags, text) for text in flags.programs]),
        ("--webhook", "webhook", [_webhook(url) for url in flags.webhooks]),
        ("--nats", "nats", [_nats(url) for url in flags.nats]),
    ):
        for number, value in enumerate(values, 1):
            name = kind if number == 1 else f"{kind}-{number}"
            found.append(_checked(flag, name, {kind: value}))
    if flags.variables and not flags.programs:
        msg = "there is no --exec whose program could be given a variable"
        raise click.BadParameter(msg, param_hint="'--exec-env'")
    return tuple(found)


def _checked(flag: str, name: str, said: dict[str, Any]) -> "SubscriberSettings":
    from pydantic import ValidationError

    from wct_domain.settings.subscribers import SubscriberSettings
    from wct_entrypoints.bootstrap.subscribers import make_transport

    hint = f"'{flag}'"
    try:
        settings = SubscriberSettings.model_validate({"name": name, **said})
        # One that is never used: to see that it can be made, before there is a ledger.
        transport, _ = make_transport(settings, _surroundings(""))
        transport.close()
    except ValidationError as error:
        raise click.BadParameter(explain(error), param_hint=hint) from error
    except SubscriberError as error:
        raise click.BadParameter(str(error), param_hint=hint) from error
    return settings


def _program(flags: Flags, text: str) -> dict[str, Any]:
    try:
        command = shlex.split(text)
    except ValueError as error:
        msg = f"{error} in the program and its arguments"
        raise click.BadParameter(msg, param_hint="'--exec'") from error
    if not command:
        msg = "no program is named"
        raise click.BadParameter(msg, param_hint="'--exec'")
    return {"command": command, "env": flags.variables}


def _webhook(url: str) -> dict[str, Any]:
    return {"url": url} | _said(secret=_SECRET)


def _nats(url: str) -> dict[str, Any]:
    credentials = os.environ.get(_CREDENTIALS)
    login = {"credentials": credentials} if credentials else {}
    return {"url": url} | login | _said(token=_TOKEN)


def _said(**variables: str) -> dict[str, str]:
    """Refer to those variables that are set."""
    return {
        name: f"${{{variable}}}"
        for name, variable in variables.items()
        if os.environ.get(variable)
    }


def connected(
    settings: "Iterable[SubscriberSettings]", ledger: Ledger
) -> "Iterator[tuple[str, Transport]]":
    """Make the subscribers, with their names; close each when the run has ended."""
    from wct_entrypoints.bootstrap.subscribers import make_live

    for each in settings:
        around = _surroundings(ledger.log_id)
        yield each.name, make_live(each, around, _telling(each.name))


def _telling(name: str) -> Callable[[DeliveryError], None]:
    def tell(error: DeliveryError) -> None:
        said = {"said": error.said} if error.said else {}
        _log.warning("subscriber.trouble", subscriber=name, reason=str(error), **said)

    return tell


def _surroundings(log_id: str) -> "Surroundings":
    from wct_entrypoints.bootstrap.subscribers import Surroundings

    return Surroundings(log_id, os.environ, Path.cwd())
