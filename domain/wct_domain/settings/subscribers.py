"""Subscribers as ``wct.yaml`` names them: what they want, and how they are reached."""

import re
from pathlib import Path
from typing import Annotated, Any, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from wct_domain.ports.cursors import OWN
from wct_domain.secret_names import is_secret
from wct_domain.settings.environment import SecretReference, VariableName, variable_of
from wct_domain.subscribers import OnReplay
from wct_domain.upcasting import CURRENT

TRANSPORTS = ("exec", "webhook", "file", "nats", "call")
"""Of which a subscriber has one."""

NonEmpty = Annotated[str, StringConstraints(min_length=1)]
Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]

_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.1
_SET_BY_WCT = ("content-", "webhook-", "host", "transfer-encoding", "connection")


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _address(*schemes: str) -> AfterValidator:
    """Accept a URL of these schemes, or a variable that will hold one."""
    known = " or ".join(f"{each}://" for each in schemes)

    def checked(text: str) -> str:
        scheme, mark, rest = text.partition("://")
        if variable_of(text) is None and not (scheme in schemes and mark and rest):
            msg = f"a URL that begins with {known} is wanted, or ${{NAME}}"
            raise ValueError(msg)
        return text

    return AfterValidator(checked)


class ExecSettings(_Settings):
    """A program that is fed events on stdin. No shell looks at ``command``.

    Of the environment it gets what programs need to run at all, and the variables
    that ``env`` names.
    """

    command: Annotated[tuple[NonEmpty, ...], Field(min_length=1)]
    env: tuple[VariableName, ...] = ()
    timeout: Seconds = 30.0  # from its start to its end, for one batch

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        bare = isinstance(given, (list, tuple))
        return {"command": cast("object", given)} if bare else given


def _usable_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _FIELD_NAME.fullmatch(name):
            msg = f"'{name}' is no name of an HTTP header"
            raise ValueError(msg)
        if name.lower().startswith(_SET_BY_WCT):
            msg = f"'{name}' is set by wct itself"
            raise ValueError(msg)
        if is_secret(name) and variable_of(value) is None:
            msg = f"'{name}' holds a secret: write ${{NAME}}, a variable's name"
            raise ValueError(msg)
        if not (value.isascii() and value.isprintable()):
            msg = f"the value of '{name}' is not printable ASCII"
            raise ValueError(msg)
    return headers


class WebhookSettings(_Settings):
    """A receiver of HTTP requests, one for each event."""

    # Many receivers know their sender by a secret part of the URL.
    url: Annotated[str, _address("https", "http"), Field(repr=False)]
    secret: SecretReference | None = None  # several in one variable: between blanks
    headers: Annotated[dict[str, str], AfterValidator(_usable_headers)] = Field(
        default_factory=dict, repr=False
    )
    timeout: Seconds = 10.0  # for one request, all in all
    ca_file: Path | None = None  # of a certificate authority of one's own; PEM
    insecure: bool = False  # http:// to another machine


class StreamSettings(_Settings):
    """A stream of JetStream. One that is not there is made with ``create``."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")] = "wct"
    create: bool = False

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given


class NatsSettings(_Settings):
    """A NATS server with JetStream."""

    url: Annotated[str, _address("nats", "tls"), Field(repr=False)]
    stream: StreamSettings = StreamSettings()
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "wct"
    token: SecretReference | None = None
    credentials: Path | None = None  # of the kind .creds: a JWT and its key
    timeout: Seconds = 10.0  # for one batch
    ca_file: Path | None = None  # PEM
    insecure: bool = False  # nats:// to another machine

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if self.token is not None and self.credentials is not None:
            msg = "token and credentials are two ways to log in: keep one"
            raise ValueError(msg)
        return self


def _known(wire: str) -> str:
    if wire in CURRENT:
        return wire
    stem = wire.partition("/")[0]
    near = [each for each in CURRENT if each.partition("/")[0] == stem]
    hint = f"; '{near[0]}' is one" if near else ": see the reference of events"
    msg = f"'{wire}' is no event{hint}"
    raise ValueError(msg)


def _not_own(name: str) -> str:
    if name.startswith(OWN):
        msg = f"names that begin with '{OWN}' are wct's own: choose another"
        raise ValueError(msg)
    return name


class SubscriberSettings(_Settings):
    """One entry of ``subscribers``.

    ``from_start`` delivers what was recorded before the subscriber was first seen.
    """

    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-zA-Z0-9._-]{1,64}$"),
        AfterValidator(_not_own),
    ]
    events: tuple[Annotated[str, AfterValidator(_known)], ...] = ()  # none: all
    on_replay: OnReplay = "skip"
    from_start: bool = False
    exec: ExecSettings | None = None
    webhook: WebhookSettings | None = None
    file: Path | None = None
    nats: NatsSettings | None = None
    call: Annotated[str, StringConstraints(pattern=r"^[\w.]+:[\w.]+$")] | None = (
        None  # package.module:callable
    )

    @property
    def transport(self) -> str:
        """Which of ``TRANSPORTS`` it has."""
        return next(each for each in TRANSPORTS if getattr(self, each) is not None)

    @model_validator(mode="after")
    def _one_transport(self) -> Self:
        chosen = [each for each in TRANSPORTS if getattr(self, each) is not None]
        if len(chosen) != 1:
            said = " and ".join(chosen) or "none"
            msg = f"'{self.name}' needs one of {', '.join(TRANSPORTS)}; it has {said}"
            raise ValueError(msg)
        return self


def _names_differ(
    subscribers: tuple[SubscriberSettings, ...],
) -> tuple[SubscriberSettings, ...]:
    seen: set[str] = set()
    for each in subscribers:
        if each.name in seen:
            msg = f"two subscribers are called '{each.name}'"
            raise ValueError(msg)
        seen.add(each.name)
    return subscribers


Subscribers = Annotated[tuple[SubscriberSettings, ...], AfterValidator(_names_differ)]
"""What stands under ``subscribers``; names are unique, for cursors have them."""
