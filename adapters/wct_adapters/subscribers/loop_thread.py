"""An event loop on a thread of its own, for clients that are asynchronous.

Asynchronous, because only there a deadline holds for a whole exchange: with blocking
sockets each read has a time-out of its own, and a peer that sends a byte now and then
is waited for without end.
"""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, TypeVar

from wct_domain.errors import DeliveryError

T = TypeVar("T")

_END = 1.0  # seconds that what is under way gets to let go


class LoopThread:
    """Runs one coroutine at a time for whoever waits; begins when it is needed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self._loop: AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._closed = False

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it there, and return what it returns, or raise what it raises.

        Raises:
            DeliveryError: ``close`` was called before or meanwhile.
        """
        with self._lock:
            if self._closed:
                work.close()
                raise _closed()
            waiting = asyncio.run_coroutine_threadsafe(work, self._begun())
        try:
            return waiting.result()
        except CancelledError as error:
            raise _closed() from error
        except BaseException:
            waiting.cancel()  # whoever waited was interrupted
            raise

    def close(self, last: Coroutine[Any, Any, None] | None = None) -> None:
        """Cancel what is under way, run ``last``, and end the thread."""
        with self._lock:
            self._closed = True
            loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            if last is not None:
                last.close()
            return
        ending = asyncio.run_coroutine_threadsafe(_cancelled(last), loop)
        with suppress(Exception, CancelledError):
            ending.result(_END)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(_END)
        if not self._thread.is_alive():
            loop.close()

    def _begun(self) -> AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            # A daemon: whatever hangs there does not hold up the end of the process.
            self._thread = Thread(
                target=self._loop.run_forever, name=self._name, daemon=True
            )
            self._thread.start()
        return self._loop


async def _cancelled(last: Coroutine[Any, Any, None] | None) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    if last is not None:
        await last


def _closed() -> DeliveryError:
    return DeliveryError("it is told nothing more")
