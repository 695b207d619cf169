"""Conversations of a step with a language model, each question and answer recorded.

What is asked is recorded before it leaves, and what was answered before, in whatever
run of the ledger, is not asked again.
"""

from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple, Protocol

from wct_domain.archive import BlobDraft, BlobReader
from wct_domain.context import StepContext, working_in
from wct_domain.digests import Reference
from wct_domain.errors import LedgerError, LLMNotRecordedError, LLMServiceError
from wct_domain.events import Event, ModelAnswered, ModelAsked
from wct_domain.message import Message
from wct_domain.ports.models import (
    Answer,
    Conversation,
    Interviews,
    LanguageModel,
    Reply,
    Round,
)


class Asked(NamedTuple):
    """Who is asked, as events name it."""

    provider: str
    model: str
    endpoint: str  # pseudonym of a URL, or empty


class Remembered(NamedTuple):
    """An answer that is on record: of ``run``, or of this very step if it is empty."""

    event: ModelAnswered
    run: str = ""


class Memory(Protocol):
    """What models answered before."""

    def whom(self, model: LanguageModel | None) -> Asked | None:
        """Name who is asked, the URL of its server by pseudonym; None: nobody is."""
        ...

    def recall(self, question: str, asked: Asked | None) -> Remembered | None:
        """Find an answer by the content digest of its question."""
        ...

    def keep(self, event: ModelAnswered) -> None:
        """Take note of an answer of this run."""
        ...


class Desk(NamedTuple):
    """What a conversation is carried on with."""

    step: str
    context: StepContext
    model: LanguageModel | None
    memory: Memory
    interviews: Interviews
    draft: BlobDraft
    blobs: BlobReader
    timer: Callable[[], int]  # monotonic nanoseconds


class _Open(NamedTuple):
    """A question that nobody has answered yet."""

    place: int  # in the round
    reference: Reference


def conversed(
    talk: Conversation, desk: Desk
) -> Generator[tuple[Event, ...], None, Message]:
    """Carry a conversation to its end; yield what is recorded, return the result.

    Raises:
        LLMNotRecordedError: nobody is to be asked, and an answer is not on record.
        BaseException: whatever the analyser raises.
    """
    try:
        with working_in(desk.context):
            wanted = next(talk)
        while True:
            replies = yield from _replies(wanted, desk)
            with working_in(desk.context):
                wanted = talk.send(replies)
    except StopIteration as end:
        result: Message = end.value
        return result


def _replies(
    wanted: Round, desk: Desk
) -> Generator[tuple[Event, ...], None, Sequence[Reply]]:
    asked = desk.memory.whom(desk.model)
    found: dict[int, Reply] = {}
    reused: list[Event] = []
    left: list[_Open] = []
    for index, question in enumerate(wanted.questions):
        reference = desk.draft.document(question.document())
        known = _recalled(reference, asked, desk)
        if known is None:
            left.append(_Open(index, reference))
        else:
            found[index], event = known
            reused.append(event)
    if reused:
        yield tuple(reused)
    if left:
        found |= yield from _from_model(wanted, left, asked, desk)
    return [found[index] for index in range(len(wanted.questions))]


def _recalled(
    question: Reference, asked: Asked | None, desk: Desk
) -> tuple[Reply, ModelAnswered] | None:
    remembered = desk.memory.recall(question.content, asked)
    if remembered is None:
        return None
    event, run = remembered
    answer, stored = None, None
    if event.answer is not None:
        try:
            body = desk.blobs.document(event.answer)
        except LedgerError:
            return None  # erased, or pruned: nobody knows any more what it was
        answer = Answer(body["text"], event.tokens_in, event.tokens_out)
        stored = desk.draft.document(body)
    again = event.model_copy(
        update={
            "step": desk.step,
            "question": question,
            "answer": stored,
            **({} if not run else _reused(run)),
        }
    )
    reply = Reply(
        answer,
        again.code,
        again.http_status,
        again.attempts,
        reused=again.reused_from is not None,
    )
    return reply, again


def _reused(run: str) -> dict[str, str | int | None]:
    return {"reused_from": run, "duration": 0, "attempts": 0, "cost": None}


def _from_model(
    wanted: Round, left: list[_Open], asked: Asked | None, desk: Desk
) -> Generator[tuple[Event, ...], None, dict[int, Reply]]:
    if desk.model is None or asked is None:
        msg = (
            f"step '{desk.step}' asks its language model what it did not ask then, and "
            "a step that is done again asks nobody"
        )
        raise LLMNotRecordedError(msg)
    questions = [wanted.questions[each.place] for each in left]
    yield tuple(
        ModelAsked(
            step=desk.step,
            question=each.reference,
            items=question.items,
            **asked._asdict(),
        )
        for each, question in zip(left, questions, strict=True)
    )
    begun = desk.timer()
    found: dict[int, Reply] = {}
    for number, reply in desk.interviews.ask_each(desk.model, questions):
        event = _answered(left[number].reference, reply, wanted, asked, desk, begun)
        desk.memory.keep(event)
        found[left[number].place] = reply
        yield (event,)
    return found


def _answered(
    question: Reference,
    reply: Reply,
    wanted: Round,
    asked: Asked,
    desk: Desk,
    begun: int,
) -> ModelAnswered:
    duration = (desk.timer() - begun) // 1000
    if reply.answer is None:
        return ModelAnswered(
            step=desk.step,
            question=question,
            status="failed",
            duration=duration,
            attempts=reply.attempts,
            code=reply.code or LLMServiceError.code,
            http_status=reply.status,
            **asked._asdict(),
        )
    text, tokens_in, tokens_out = reply.answer
    cost = None
    if wanted.price and tokens_in is not None and tokens_out is not None:
        cost = wanted.price.of(tokens_in, tokens_out)
    return ModelAnswered(
        step=desk.step,
        question=question,
        status="answered" if wanted.usable(text) else "unusable",
        answer=desk.draft.document({"text": text}),
        duration=duration,
        attempts=reply.attempts,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=cost,
        **asked._asdict(),
    )
