"""Asking several questions at a time, and again where that may help."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from threading import Thread

from wct_domain.errors import LLMConnectionError
from wct_domain.ports.models import (
    Interviews,
    LanguageModel,
    Question,
    Reply,
    refusal,
)

_LONGEST = 120.0  # seconds between two attempts; also where the other side asks more


class Patient(Interviews):
    """A thread for each question; later and later attempts, as servers ask for it.

    The threads are daemons: a run that is stopped does not wait for an answer.

    Args:
        attempts: for each question, the first included.
        first: seconds before the second attempt; twice as long before each next one.
    """

    def __init__(
        self,
        *,
        attempts: int = 5,
        first: float = 2.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._attempts = attempts
        self._first = first
        self._sleep = sleep

    def ask_each(
        self, model: LanguageModel, questions: Sequence[Question]
    ) -> Iterator[tuple[int, Reply]]:
        replies: SimpleQueue[tuple[int, Reply]] = SimpleQueue()

        def ask(index: int, question: Question) -> None:
            replies.put((index, self._asked(model, question)))

        for index, question in enumerate(questions):
            Thread(
                target=ask, args=(index, question), name="wct-model", daemon=True
            ).start()
        for _ in questions:
            yield replies.get()

    def _asked(self, model: LanguageModel, question: Question) -> Reply:
        for attempt in range(1, self._attempts + 1):
            try:
                return Reply(model.ask(question), attempts=attempt)
            except Exception as error:  # noqa: BLE001  # anybody's service: it did not answer
                again = isinstance(error, LLMConnectionError) and error.retryable
                if not again or attempt == self._attempts:
                    return refusal(error, attempt)
                self._sleep(self._pause(question, attempt, error))
        raise AssertionError  # pragma: no cover  # the last attempt returns

    def _pause(self, question: Question, attempt: int, error: Exception) -> float:
        """Return seconds; up to half is left out, by chance that the question decides.

        So questions that failed together do not come back together. What a server asks
        for is never shortened, but by the longest of all pauses.
        """
        digest = hashlib.sha256(f"{question.prompt} {attempt}".encode()).digest()
        chance = int.from_bytes(digest[:4], "big") / 2**32
        pause = self._first * 2.0 ** (attempt - 1) * (1 - chance / 2)
        wanted = getattr(error, "retry_after", None) or 0.0
        return min(max(pause, wanted), _LONGEST)
