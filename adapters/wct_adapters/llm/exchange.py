"""One request to a server of models, and its answer, as JSON over HTTP.

Certificates are checked against those of the machine, redirects are not followed: a key
goes where its owner sent it. Proxies are those of the environment.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, cast

from wct_domain.errors import LLMConnectionError

if TYPE_CHECKING:
    import httpx

_LARGEST: Final = 10_000_000  # bytes of an answer
_CONNECT: Final = 10.0  # seconds at most, of the time for the whole exchange
_PASSING: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_LONGEST_WAIT: Final = 3600.0  # seconds


def post_json(
    url: str, headers: Mapping[str, str], body: Mapping[str, Any], timeout: float
) -> dict[str, Any]:
    """Post an object and return the one that is answered.

    Args:
        timeout: seconds for the whole of it.

    Raises:
        LLMConnectionError: there was no such answer in time. Its text has nothing of
            the body, of the answer, or of the headers, which hold a key.
    """
    return asyncio.run(_exchange(url, headers, body, timeout))


async def _exchange(
    url: str, headers: Mapping[str, str], body: Mapping[str, Any], timeout: float
) -> dict[str, Any]:
    import httpx  # noqa: PLC0415  # 0.1 s that only runs pay who ask a model

    try:
        async with asyncio.timeout(timeout):
            return await _posted(url, headers, body, timeout)
    except (TimeoutError, httpx.TimeoutException) as error:
        msg = f"the model's server did not answer within {timeout:g} s"
        raise LLMConnectionError(msg, retryable=True) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        msg = f"the model's server cannot be reached ({type(error).__name__})"
        raise LLMConnectionError(msg, retryable=True) from error
    except (httpx.InvalidURL, UnicodeError) as error:
        msg = "the URL or the key of the model's server cannot be used"
        raise LLMConnectionError(msg) from error


async def _posted(
    url: str, headers: Mapping[str, str], body: Mapping[str, Any], timeout: float
) -> dict[str, Any]:
    import httpx  # noqa: PLC0415  # as above

    limits = httpx.Timeout(timeout, connect=min(timeout, _CONNECT))
    async with (
        httpx.AsyncClient(timeout=limits) as client,
        client.stream("POST", url, headers=dict(headers), json=body) as response,
    ):
        if response.status_code != 200:
            raise _refused(response)
        received = bytearray()
        async for piece in response.aiter_bytes():
            received += piece
            if len(received) > _LARGEST:
                msg = "the model's server answered with more than 10 MB"
                raise LLMConnectionError(msg)
    try:
        answer: object = json.loads(received)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        msg = "the model's server answered something that is no JSON object"
        raise LLMConnectionError(msg, retryable=True, status=200)
    return cast("dict[str, Any]", answer)


def _refused(response: "httpx.Response") -> LLMConnectionError:
    status = response.status_code
    meaning = {
        401: ": its key is wrong",
        403: ": its key may not do that",
        404: ": there is no such model, or no such server",
        429: ": too many requests, or no credit left",
    }.get(status, "")
    return LLMConnectionError(
        f"the model's server answered with HTTP status {status}{meaning}",
        retryable=status in _PASSING,
        retry_after=retry_after(response.headers.get("retry-after")),
        status=status,
    )


def retry_after(text: str | None, now: datetime | None = None) -> float | None:
    """Read the header of that name: seconds, or a date (RFC 9110, 10.2.3)."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds == seconds else None  # noqa: PLR0124  # not NaN
