"""Subscribers made of what settings or flags say, and the file of a run's events."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wct_adapters.subscribers.event_file import EventFile
from wct_domain.errors import DeliveryError, SubscriberError
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.ledger import Ledger

if TYPE_CHECKING:
    from wct_adapters.subscribers.jetstream import JetStream
    from wct_adapters.subscribers.program import Program
    from wct_adapters.subscribers.webhook import Webhook
    from wct_domain.ports.transports import Transport
    from wct_domain.settings.subscribers import (
        ExecSettings,
        NatsSettings,
        SubscriberSettings,
        WebhookSettings,
    )
    from wct_domain.subscribers import DeclaredSubscriber


class Surroundings(NamedTuple):
    """What settings refer to: variables, and files that are named relative."""

    log_id: str
    environ: Mapping[str, str]
    directory: Path


def event_file(path: Path, ledger: Ledger, *, keep: bool) -> Subscriber:
    """Open the file that events are written to as they are recorded.

    Args:
        keep: what is there stays, as when a run is gone on with.

    Raises:
        ExportError: it cannot be written.
    """
    file = EventFile(path, ledger.log_id)
    if not keep:
        file.empty()
    return file


def declare(
    settings: "SubscriberSettings", around: Surroundings
) -> "DeclaredSubscriber":
    """Make a subscriber as the settings say; nothing is connected to yet.

    If its ``call`` is a ``Transport``, close it in the end.

    Raises:
        SubscriberError: it cannot be made: a variable or a package is missing, an
            address, a program or a function is none. The text names the subscriber.
    """
    # Here, because most runs have none.
    from wct_domain.subscribers import DeclaredSubscriber
    from wct_domain.upcasting import CURRENT

    types = tuple(CURRENT[each] for each in settings.events)
    try:
        if settings.call is None:
            transport, description = make_transport(settings, around)
            return DeclaredSubscriber(
                settings.name,
                transport,
                types,
                settings.on_replay,
                description,
                settings.from_start,
            )
        from wct_entrypoints.callables import load_callable

        found = load_callable(settings.call)
        declared = DeclaredSubscriber.of(found, settings.name)
    except SubscriberError as error:
        msg = f"subscriber '{settings.name}': {error}"
        raise SubscriberError(msg) from error
    # What the settings say wins over what the function says of itself.
    said = {
        name: getattr(settings, name)
        for name in ("on_replay", "from_start")
        if name in settings.model_fields_set
    }
    return declared._replace(types=types or declared.types, **said)


def make_transport(
    settings: "SubscriberSettings", around: Surroundings
) -> "tuple[Transport, str]":
    """Make the transport that the settings have, and describe it without secrets.

    Raises:
        SubscriberError: it cannot be made, or the settings name a function.
    """
    if settings.exec is not None:
        program = _program(settings.exec, around)
        return program, program.description
    if settings.webhook is not None:
        webhook = _webhook(settings.webhook, around)
        return webhook, webhook.description
    if settings.nats is not None:
        jetstream = _jetstream(settings.nats, around)
        return jetstream, jetstream.description
    if settings.file is not None:
        from wct_adapters.subscribers.event_lines import EventLines

        lines = EventLines(around.directory / settings.file, around.log_id)
        return lines, lines.description
    msg = "a function is called in this process, and needs no transport"
    raise SubscriberError(msg)


def make_live(
    settings: "SubscriberSettings",
    around: Surroundings,
    on_trouble: "Callable[[DeliveryError], None]",
) -> "Transport":
    """Make the transport for one run: it tries again as long as the run lasts.

    Raises:
        SubscriberError: as ``make_transport``.
    """
    from wct_adapters.subscribers.live import Live

    transport, _ = make_transport(settings, around)
    return Live(transport, on_trouble)


def _program(settings: "ExecSettings", around: Surroundings) -> "Program":
    from wct_adapters.subscribers.program import Program, environment_of

    return Program(
        settings.command,
        log_id=around.log_id,
        environment=environment_of(around.environ, settings.env),
        directory=around.directory,
        timeout=settings.timeout,
    )


def _webhook(settings: "WebhookSettings", around: Surroundings) -> "Webhook":
    from wct_adapters.subscribers.webhook import Webhook

    return Webhook(
        _value(settings.url, around),
        log_id=around.log_id,
        secrets=None if settings.secret is None else _value(settings.secret, around),
        headers={
            name: _value(value, around) for name, value in settings.headers.items()
        },
        timeout=settings.timeout,
        ca_file=_file(settings.ca_file, around),
        insecure=settings.insecure,
    )


def _jetstream(settings: "NatsSettings", around: Surroundings) -> "JetStream":
    from wct_adapters.subscribers.jetstream import JetStream, Login, Target

    token = None if settings.token is None else _value(settings.token, around)
    return JetStream(
        _value(settings.url, around),
        log_id=around.log_id,
        target=Target(settings.stream.name, settings.stream.create, settings.prefix),
        login=Login(token, _file(settings.credentials, around)),
        timeout=settings.timeout,
        ca_file=_file(settings.ca_file, around),
        insecure=settings.insecure,
    )


def _value(text: str, around: Surroundings) -> str:
    from wct_domain.settings.environment import resolved

    try:
        return resolved(text, around.environ)
    except LookupError as error:
        raise SubscriberError(str(error)) from error


def _file(path: Path | None, around: Surroundings) -> Path | None:
    return None if path is None else around.directory / path
