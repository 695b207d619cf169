"""JetStream, the persistent part of a NATS server: each event a message.

A message is taken when the server has acknowledged it. Its id is the event's, so what
is published twice within the stream's window is stored once. The body is a CloudEvent
in structured mode. The connection is made anew when it was lost, at the next event.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wct_adapters.subscribers.connecting import trusted, why_not_reached
from wct_adapters.subscribers.loop_thread import LoopThread
from wct_adapters.subscribers.places import place_of
from wct_adapters.subscribers.subjects import subject_of
from wct_domain.cloud_events import cloud_event
from wct_domain.errors import DeliveryError, SubscriberError
from wct_domain.ports.ledger import Recorded

if TYPE_CHECKING:
    from nats.aio.client import Client

_CONTENT_TYPE: Final = "application/cloudevents+json"
_WINDOW: Final = 200  # messages that may wait for an acknowledgement
_LEAVING: Final = 1.0  # seconds to close a connection in
_DUPLICATES: Final = 3600.0  # seconds that a stream which we make knows ids for


class Login(NamedTuple):
    """How to log in, beside what the URL says: with one of them, or none."""

    token: str | None = None
    credentials: Path | None = None


class Target(NamedTuple):
    """Where messages have to end up.

    ``stream`` has to store them; another one that listens is not enough. ``create``
    makes it if it is not there, for all subjects that begin with ``prefix``.
    """

    stream: str = "wct"
    create: bool = False
    prefix: str = "wct"


class JetStream:
    """A transport.

    Args:
        timeout: seconds for one batch, with all that it takes.

    Raises:
        SubscriberError: the URL or the login is none, or a package is missing.
    """

    def __init__(
        self,
        url: str,
        *,
        log_id: str,
        target: Target = Target(),  # noqa: B008  # immutable
        login: Login = Login(),  # noqa: B008  # immutable
        timeout: float = 10.0,
        ca_file: Path | None = None,
        insecure: bool = False,
    ) -> None:
        _need("nats", login)
        self._place = place_of(url, safe=["tls"], plain=["nats"], insecure=insecure)
        self._url = url
        self._log_id = log_id
        self._target = target
        self._login = login
        self._timeout = timeout
        # That of the machine is read when it is needed: it takes some 10 ms.
        self._trust = None if ca_file is None else trusted(ca_file)
        self._loop = LoopThread("wct-nats")
        self.description = f"publishes to {self._place}, stream '{target.stream}'"
        self._client: Client | None = None
        self._jetstream: Any = None  # of the client; nats-py leaves its types half open
        self._waiting: list[asyncio.Task[None]] = []  # for an acknowledgement
        self._said = ""  # the last complaint of the server

    def __call__(self, recorded: Recorded) -> None:
        """Publish one event.

        Raises:
            DeliveryError: it was not acknowledged in time.
        """
        self.batch((recorded,))

    def batch(self, events: Sequence[Recorded]) -> None:
        """Publish several, in order; acknowledgements are awaited together.

        Raises:
            DeliveryError: one was not acknowledged. Others of the batch may be stored,
                and are known by their ids when they come again.
        """
        self._loop.run(self._publish_all(events))

    def close(self) -> None:
        """Close the connection; what is under way fails."""
        self._loop.close(self._disconnect())

    async def _publish_all(self, events: Sequence[Recorded]) -> None:
        # Here, on a thread that the run does not wait for: it takes 0.1 s.
        from nats import errors  # noqa: PLC0415  # slow

        try:
            async with asyncio.timeout(self._timeout):
                # The first one alone: a new connection prepares itself for answers.
                first = 1 if await self._connect() else 0
                await self._publish(events[:first])
                for start in range(first, len(events), _WINDOW):
                    await self._publish(events[start : start + _WINDOW])
        except DeliveryError:
            raise
        except (TimeoutError, errors.Error, OSError, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # by ``close``
            await self._disconnect()
            raise self._explained(error) from error

    async def _publish(self, events: Sequence[Recorded]) -> None:
        # Tasks begin in the order in which they are made, and write before they wait.
        # (`publish_async` of nats-py 2.16 never tells of a refusal.)
        self._waiting = [asyncio.create_task(self._take(each)) for each in events]
        try:
            answers = await asyncio.gather(*self._waiting, return_exceptions=True)
        finally:
            self._waiting = []
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    async def _take(self, recorded: Recorded) -> None:
        await self._jetstream.publish(
            subject_of(recorded, self._target.prefix),
            cloud_event(recorded, self._log_id),
            timeout=self._timeout,
            stream=self._target.stream,
            headers={"Nats-Msg-Id": recorded.id, "Content-Type": _CONTENT_TYPE},
        )

    async def _connect(self) -> bool:
        """Connect; say no if that was done before."""
        from nats.js import JetStreamContext  # noqa: PLC0415  # slow

        from wct_adapters.subscribers.nats_client import (  # noqa: PLC0415  # slow
            connected,
        )

        if self._client is not None and self._client.is_connected:
            return False
        await self._disconnect()
        self._said = ""
        self._client = await connected(
            self._url,
            self._trust or trusted(None),
            token=self._login.token,
            credentials=self._login.credentials,
            seconds=self._timeout,
            on_error=self._note,
            on_close=self._closed,
        )
        self._jetstream = JetStreamContext(self._client, timeout=self._timeout)
        if self._target.create:
            await self._make_stream()
        return True

    async def _make_stream(self) -> None:
        from nats.js.errors import NotFoundError  # noqa: PLC0415  # slow

        try:
            await self._jetstream.stream_info(self._target.stream)
        except NotFoundError:
            await self._jetstream.add_stream(
                name=self._target.stream,
                subjects=[f"{self._target.prefix}.>"],
                duplicate_window=_DUPLICATES,
            )

    async def _closed(self) -> None:
        for each in self._waiting:
            each.cancel()  # nobody will acknowledge it any more

    async def _note(self, error: Exception) -> None:
        self._said = str(error)

    async def _disconnect(self) -> None:
        client, self._client, self._jetstream = self._client, None, None
        if client is not None:
            with suppress(Exception):
                async with asyncio.timeout(_LEAVING):
                    await client.close()

    def _explained(self, error: BaseException) -> DeliveryError:
        from wct_adapters.subscribers.nats_client import (  # noqa: PLC0415  # slow
            problem_of,
        )

        known = problem_of(error, self._said, self._target.stream, self._target.prefix)
        if known is not None:
            return DeliveryError(f"{self._place} {known}", retryable=False)
        why = why_not_reached(error)
        if why is None and isinstance(error, TimeoutError):
            why = f"did not acknowledge within {self._timeout:g} s"
        return DeliveryError(f"{self._place} {why or 'broke off the connection'}")


def _need(package: str, login: Login) -> None:
    needed = [package] if login.credentials is None else [package, "nkeys"]
    if any(find_spec(each) is None for each in needed):
        msg = "NATS needs the package nats-py: pip install 'wct-compliance[nats]'"
        raise SubscriberError(msg)
    if login.credentials is not None and not login.credentials.is_file():
        msg = f"credentials {login.credentials}: there is no such file"
        raise SubscriberError(msg)
