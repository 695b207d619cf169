"""What language models answered before: in this ledger, or in a step's own past."""

from threading import Lock

from wct_domain.digests import pseudonym
from wct_domain.events import AnyEvent, ModelAnswered
from wct_domain.handlers.conversing import Asked, Memory, Remembered
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.models import LanguageModel


class LedgerAnswers(Memory):
    """Good answers of all runs; read when the first question is about to be asked.

    Args:
        run: whose stream is at work; what it answers is known at once.
    """

    def __init__(self, ledger: Ledger, run: str) -> None:
        self._ledger = ledger
        self._run = run
        self._lock = Lock()
        self._known: dict[tuple[str, Asked], Remembered] | None = None

    def whom(self, model: LanguageModel | None) -> Asked | None:
        if model is None:
            return None
        url = model.endpoint
        key = self._ledger.keys.content_key
        endpoint = pseudonym(key, "endpoint", url) if url else ""
        return Asked(model.provider, model.model, endpoint)

    def recall(self, question: str, asked: Asked | None) -> Remembered | None:
        if asked is None:
            return None
        with self._lock:
            if self._known is None:
                self._known = {}
                found = self._ledger.read_all(types={ModelAnswered.type}, settled=False)
                for recorded in found:
                    self._add(recorded.event, recorded.correlation_id)
            return self._known.get((question, asked))

    def keep(self, event: ModelAnswered) -> None:
        with self._lock:
            if self._known is not None:
                self._add(event, self._run)

    def _add(self, event: AnyEvent, run: str) -> None:
        if not isinstance(event, ModelAnswered) or self._known is None:
            return  # pruned
        if event.status == "answered" and event.reused_from is None:
            asked = Asked(event.provider, event.model, event.endpoint)
            self._known[event.question.content, asked] = Remembered(event, run)


class RecordedAnswers(Memory):
    """What a step was answered when it was done, good or not; nobody is asked."""

    def __init__(self, emitted: tuple[AnyEvent, ...]) -> None:
        self._known = {
            each.question.content: each
            for each in emitted
            if isinstance(each, ModelAnswered)
        }

    def whom(self, model: LanguageModel | None) -> Asked | None:
        return None

    def recall(self, question: str, asked: Asked | None) -> Remembered | None:
        event = self._known.get(question)
        return None if event is None else Remembered(event)

    def keep(self, event: ModelAnswered) -> None:
        return
