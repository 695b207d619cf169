"""A receiver of webhooks: each event as a CloudEvent over HTTP, signed.

Structured mode, one request for each event, one after the other: the order of a run
stays, and the receiver's answer is about one event. Certificates are checked against
those that the machine trusts. Proxies are those of the environment (``HTTPS_PROXY``,
``NO_PROXY``), as for other programs, but never on the way to this machine itself.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from wct_adapters.subscribers.answers import check_answer
from wct_adapters.subscribers.connecting import trusted, why_not_reached
from wct_adapters.subscribers.loop_thread import LoopThread
from wct_adapters.subscribers.places import Place, place_of
from wct_adapters.subscribers.signatures import keys_of, signed_headers
from wct_domain import __version__
from wct_domain.cloud_events import cloud_event
from wct_domain.errors import DeliveryError, SubscriberError
from wct_domain.ports.ledger import Recorded

if TYPE_CHECKING:
    import httpx

_CONTENT_TYPE: Final = "application/cloudevents+json"
_KEEPING: Final = frozenset({307, 308})  # the request stays a POST with its body
_REDIRECTS: Final = 3
_CONNECT: Final = 5.0  # seconds at most, of the time for the whole request
_REST: Final = 65_536  # bytes of an answer that are read, to use a connection again
_RESTING: Final = 0.5  # seconds for that


class Webhook:
    """A transport.

    Args:
        secrets: as :func:`keys_of` reads them; None: requests are not signed.
        timeout: seconds for one request, with all that it takes.

    Raises:
        SubscriberError: the URL or a secret is none, or the package is missing.
    """

    def __init__(
        self,
        url: str,
        *,
        log_id: str,
        secrets: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        ca_file: Path | None = None,
        insecure: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if find_spec("httpx") is None:
            msg = (
                "webhooks need the package httpx: pip install 'wct-compliance[webhook]'"
            )
            raise SubscriberError(msg)
        self._place = place_of(url, safe=["https"], plain=["http"], insecure=insecure)
        self._url = url
        self._log_id = log_id
        self._keys = () if secrets is None else keys_of(secrets)
        self._headers = dict(headers or {})
        self._timeout = timeout
        # That of the machine is read when it is needed: it takes some 10 ms.
        self._trust = None if ca_file is None else trusted(ca_file)
        self._insecure = insecure
        self._now = now
        self._loop = LoopThread("wct-webhook")
        self.description = f"posts to {self._place}"
        self._client: httpx.AsyncClient | None = None

    def __call__(self, recorded: Recorded) -> None:
        """Post one event.

        Raises:
            DeliveryError: it was not answered with 2xx in time.
        """
        self.batch((recorded,))

    def batch(self, events: Sequence[Recorded]) -> None:
        """Post several, one after the other.

        Raises:
            DeliveryError: one was not answered with 2xx; none after it was posted.
        """
        self._loop.run(self._post_all(events))

    def close(self) -> None:
        """Close the connection; a request that is under way fails."""
        self._loop.close(self._close_client())

    async def _post_all(self, events: Sequence[Recorded]) -> None:
        for each in events:
            await self._post(each.id, cloud_event(each, self._log_id))

    async def _post(self, event_id: str, body: bytes) -> None:
        """Post one body, within the time; the text of an error has no secret."""
        # Here, on a thread that the run does not wait for: it takes 0.1 s.
        import httpx  # noqa: PLC0415  # slow

        try:
            async with asyncio.timeout(self._timeout):
                await self._exchange(event_id, body)
        except (TimeoutError, httpx.TimeoutException) as error:
            msg = f"{self._place} did not answer within {self._timeout:g} s"
            raise DeliveryError(msg) from error
        except httpx.HTTPError as error:
            why = why_not_reached(error) or "broke off the exchange"
            msg = f"{self._place} {why}"
            raise DeliveryError(msg) from error
        except (httpx.InvalidURL, ImportError, ValueError) as error:
            # Also what the environment says of proxies. Its text may show the URL.
            msg = (
                f"{self._place} cannot be asked ({type(error).__name__}); look at the "
                "URL, and at HTTPS_PROXY, HTTP_PROXY and ALL_PROXY"
            )
            raise DeliveryError(msg, retryable=False) from error

    async def _exchange(self, event_id: str, body: bytes) -> None:
        client, now = self._connected(), self._now()
        headers = {
            **self._headers,
            **signed_headers(self._keys, event_id, int(now.timestamp()), body),
            "content-type": _CONTENT_TYPE,
        }
        url = self._url
        for _ in range(_REDIRECTS):
            request = client.build_request("POST", url, content=body, headers=headers)
            response = await client.send(request, stream=True)
            try:
                moved = self._moved(url, response)
                if moved is None:
                    check_answer(
                        str(self._place), response.status_code, response.headers, now
                    )
                await _read_rest(response)
            finally:
                await response.aclose()
            if moved is None:
                return
            url = moved
        msg = f"{self._place} redirects without end"
        raise DeliveryError(msg, retryable=False)

    def _moved(self, url: str, response: "httpx.Response") -> str | None:
        """Return where the request has to be repeated; None: nowhere.

        Raises:
            DeliveryError: elsewhere: nobody else is told what is meant for one host.
        """
        target = response.headers.get("location")
        if response.status_code not in _KEEPING or target is None:
            return None
        moved = urljoin(url, str(target))
        if not self._may_follow(moved):
            msg = (
                f"{self._place} redirects to another place, which is not followed; "
                "put the address that it moved to into the URL"
            )
            raise DeliveryError(msg, retryable=False)
        return moved

    def _may_follow(self, url: str) -> bool:
        try:
            other: Place = place_of(
                url, safe=["https"], plain=["http"], insecure=self._insecure
            )
        except SubscriberError:
            return False
        return other == self._place or (
            other.host == self._place.host and other.scheme == "https"
        )

    def _connected(self) -> "httpx.AsyncClient":
        import httpx  # noqa: PLC0415  # slow

        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=self._trust if self._trust is not None else trusted(None),
                headers={"user-agent": f"wct/{__version__}"},
                timeout=httpx.Timeout(
                    self._timeout, connect=min(_CONNECT, self._timeout)
                ),
                limits=httpx.Limits(max_connections=1),
                trust_env=not self._place.is_here,
            )
        return self._client

    async def _close_client(self) -> None:
        if self._client is not None:
            await self._client.aclose()


async def _read_rest(response: "httpx.Response") -> None:
    """Read the answer's body and forget it; what matters was said before.

    It is neither kept nor shown: some receivers send back what they were sent.
    """
    import httpx  # noqa: PLC0415  # slow

    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_RESTING):
            size = 0
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > _REST:
                    return
