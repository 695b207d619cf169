"""Steps that ask a language model: what is recorded, what is asked, what is not."""

import itertools
from collections.abc import Generator, Sequence
from typing import Any

import pytest

from tests.asking import AskingAnalyser, ByHeart, Talk, asking, once, said, told
from tests.unit.core.toys import COUNTS, TEXTS, first, planned, step, two_texts
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.commands import RunStep
from wct_domain.events import (
    Event,
    ModelAnswered,
    ModelAsked,
    StepCompleted,
    StepFailed,
    StepStarted,
)
from wct_domain.executor.answers import RecordedAnswers
from wct_domain.executor.stream import StreamAtWork
from wct_domain.handlers.run_step import run_step
from wct_domain.handlers.sources import SharedSources
from wct_domain.handlers.tools import StepTools
from wct_domain.message import Message
from wct_domain.ports.llm import BaseLLMService
from wct_domain.ports.models import (
    Converses,
    InTurn,
    LanguageModel,
    Price,
    Question,
    Reply,
    answered_directly,
    model_of,
)
from wct_domain.testing.scenario import NOON, RUN, Scenario

_RUNS = itertools.count()


def ran(
    talk: Talk, model: LanguageModel | None, ledger: MemoryLedger | None = None
) -> Scenario:
    """Run one step that asks, in a ledger where others may have run."""
    given = Scenario(
        ledger or MemoryLedger(utc_now),
        plan=planned(step("scan")),
        components=asking(model, talk),
    )
    assert given.plan is not None
    given.when(RunStep(first(given.plan), given.plan))
    return given


def of_kind(given: Scenario, *kinds: type[Event]) -> list[Any]:
    return [each for each in given.happened if isinstance(each, kinds)]


def result(given: Scenario) -> list[str]:
    (completed,) = of_kind(given, StepCompleted)
    found: list[str] = given.stream.blobs.message(completed.result).content["said"]
    return found


def test_what_is_asked_is_recorded_before_it_is_asked() -> None:
    asked_at: list[int] = []

    class Watching(ByHeart):
        def ask(self, question: Question) -> Any:
            asked_at.append(len(list(ledger.read(RUN))))
            return super().ask(question)

    ledger = MemoryLedger(utc_now)
    given = Scenario(
        ledger,
        plan=planned(step("scan")),
        components=asking(Watching(), once("a", "b")),
    )
    assert given.plan is not None
    given.when(RunStep(first(given.plan), given.plan))
    kinds = [type(each) for each in given.happened]
    wanted = [ModelAsked, ModelAsked, ModelAnswered, ModelAnswered, StepCompleted]
    assert kinds[2:] == wanted
    assert asked_at == [4, 5]  # started, read, asked, asked: both before the first


def test_question_and_answer_are_kept_with_what_they_cost() -> None:
    given = ran(once("why"), ByHeart())
    (asked,), (answered,) = of_kind(given, ModelAsked), of_kind(given, ModelAnswered)
    question = given.stream.blobs.document(asked.question)
    assert question["prompt"] == "why"
    assert question["temperature"] == 0
    assert given.stream.blobs.document(answered.answer) == {"text": "WHY"}
    assert (asked.provider, asked.model, asked.endpoint) == ("aviary", "parrot", "")
    assert (answered.tokens_in, answered.tokens_out) == (3, 5)
    assert answered.cost == 3 * 2 + 5 * 10  # millionths, of a price for a million
    assert answered.question == asked.question
    assert answered.reused_from is None
    assert asked.durability == "power"


def test_an_answer_that_does_not_come_is_recorded_and_told() -> None:
    given = ran(once("silence", "why"), ByHeart())
    failed, answered = of_kind(given, ModelAnswered)
    assert (failed.status, failed.code, failed.http_status) == (
        "failed",
        "llm.connection",
        503,
    )
    assert failed.answer is None
    assert answered.status == "answered"
    assert result(given) == ["llm.connection", "WHY"]


def test_the_same_question_is_answered_from_the_ledger() -> None:
    ledger, model = MemoryLedger(utc_now), ByHeart()
    ran(once("why"), model, ledger)
    given = Scenario(
        ledger,
        plan=planned(step("scan")),
        components=asking(model, once("why", "how")),
    )
    stream = next(iter(ledger.streams())).name
    assert given.plan is not None
    again = given_in_another_run(given)
    assert model.asked == ["why", "how"]
    reused, fresh = [e for e in again if isinstance(e, ModelAnswered)]
    assert (reused.reused_from, reused.attempts, reused.cost) == (stream, 0, None)
    assert reused.status == "answered"
    assert fresh.reused_from is None
    (asked,) = (e for e in again if isinstance(e, ModelAsked))
    assert asked.question == fresh.question


def given_in_another_run(given: Scenario) -> list[Any]:
    assert given.plan is not None
    run = f"01900000-0000-7000-8000-{next(_RUNS) + 1:012x}"
    ids = (f"00000000-0000-7000-9000-{n:012x}" for n in itertools.count(1))
    stream = StreamAtWork(
        run,
        given.equipment._replace(new_id=lambda: next(ids)),
        sources=SharedSources(given.plan),
    )
    stream.dispatch(RunStep(first(given.plan), given.plan))
    return [each.event for each in given.ledger.read(run)]


@pytest.mark.parametrize(
    "other", [ByHeart("canary"), ByHeart(endpoint="http://localhost:8080")]
)
def test_another_model_or_server_is_asked_all_the_same(other: ByHeart) -> None:
    ledger = MemoryLedger(utc_now)
    ran(once("why"), ByHeart(), ledger)
    given_in_another_run(
        Scenario(
            ledger, plan=planned(step("scan")), components=asking(other, once("why"))
        )
    )
    assert other.asked == ["why"]


@pytest.mark.parametrize("bad", ["silence", "nonsense"])
def test_what_was_no_answer_is_asked_again_by_the_next_run(bad: str) -> None:
    ledger, model = MemoryLedger(utc_now), ByHeart()
    ran(once(bad), model, ledger)
    given_in_another_run(
        Scenario(
            ledger, plan=planned(step("scan")), components=asking(model, once(bad))
        )
    )
    assert model.asked == [bad, bad]


def test_the_url_of_a_server_is_a_pseudonym_in_events() -> None:
    given = ran(once("why"), ByHeart(endpoint="http://llm.intern.example:8080/v1"))
    (asked,) = of_kind(given, ModelAsked)
    assert len(asked.endpoint) == 32
    assert "intern" not in asked.model_dump_json()


def test_rounds_go_on_as_the_analyser_wants_them() -> None:
    def talk() -> Generator[Sequence[str], Sequence[Reply], list[str]]:
        (one,) = yield ["first"]
        (two,) = yield [f"then {said(one)}"]
        return [said(two)]

    given = ran(talk, ByHeart())
    assert result(given) == ["THEN FIRST"]


def test_an_analyser_that_fails_between_answers_fails_its_step() -> None:
    def talk() -> Generator[Sequence[str], Sequence[Reply], list[str]]:
        yield ["first"]
        msg = "cannot go on"
        raise ValueError(msg)

    given = ran(talk, ByHeart())
    assert of_kind(given, ModelAnswered)
    (failed,) = of_kind(given, StepFailed)
    assert failed.code == "unexpected"


def test_an_analyser_may_ask_nothing() -> None:
    def talk() -> Generator[Sequence[str], Sequence[Reply], list[str]]:
        yield from ()
        return ["alone"]

    given = ran(talk, ByHeart())
    assert result(given) == ["alone"]
    assert not of_kind(given, ModelAsked, ModelAnswered)


class TestDoneAgain:
    def again(self, given: Scenario, talk: Talk) -> list[Any]:
        """Do the step again from its record, as ``replay --verify`` does."""
        assert given.plan is not None
        tools = StepTools(
            components=asking(None, talk),
            sources=SharedSources(given.plan),
            schemas=given.schemas,
            artifacts=given.stream.artifacts,
            blobs=given.stream.blobs,
            draft=given.draft,
            clock=lambda: NOON,
            timer=lambda: 0,
            memory=RecordedAnswers(tuple(given.happened)),
            answers_recorded=True,
        )
        batches = run_step(RunStep(first(given.plan), given.plan), tools)
        return [each for batch in batches for each in batch]

    def test_a_step_gets_what_was_answered_then_good_or_not(self) -> None:
        talk = once("why", "silence", "nonsense")
        given = ran(talk, ByHeart())
        events = self.again(given, talk)
        (then,) = of_kind(given, StepCompleted)
        (now,) = (each for each in events if isinstance(each, StepCompleted))
        assert now.result.content == then.result.content
        assert not [each for each in events if isinstance(each, ModelAsked)]

    def test_a_step_that_asks_something_else_fails_and_asks_nobody(self) -> None:
        events = self.again(ran(once("why"), ByHeart()), once("what"))
        (failed,) = (each for each in events if isinstance(each, StepFailed))
        assert failed.code == "llm.not-recorded"


def test_a_handler_that_nobody_goes_on_with_ends_without_a_word() -> None:
    given = ran(once("why"), ByHeart())
    assert given.plan is not None
    model = ByHeart()
    tools = StepTools(
        components=asking(model, once("other")),
        sources=SharedSources(given.plan),
        schemas=given.schemas,
        artifacts=given.stream.artifacts,
        blobs=given.stream.blobs,
        draft=given.draft,
        clock=lambda: NOON,
        timer=lambda: 0,
        memory=given.stream.answers,
    )
    steps = run_step(RunStep(first(given.plan), given.plan), tools)
    found = next(steps)
    while not isinstance(found[0], ModelAsked):
        assert isinstance(found[0], StepStarted) or found
        found = next(steps)
    steps.close()
    assert model.asked == []


class Echo(BaseLLMService):
    """A service that a caller brings; of its answers no more is known."""

    def analyse_data(self, text: str, analysis_prompt: str) -> str:
        if "fail" in analysis_prompt:
            raise RuntimeError
        return analysis_prompt.upper()


def test_any_service_can_be_asked() -> None:
    model = model_of(Echo())
    assert (model.provider, model.model, model.endpoint) == ("Echo", "", "")
    analyser = AskingAnalyser(model, once("a", "fail"))
    assert isinstance(analyser, Converses)
    talk = analyser.conversation(TEXTS, COUNTS, two_texts(TEXTS))
    assert talk is not None
    heard = answered_directly(talk, model).content["said"]
    assert [each.strip() for each in heard] == ["A", "llm.connection"]


def test_what_is_a_language_model_is_asked_as_one() -> None:
    class Both(ByHeart, BaseLLMService):
        def analyse_data(self, text: str, analysis_prompt: str) -> str:
            raise AssertionError

    both = Both()
    assert model_of(both) is both


def test_questions_are_asked_in_turn() -> None:
    model = ByHeart()
    asked = [Question("", "a", 1), Question("", "b", 1)]
    replies = [reply for _, reply in InTurn().ask_each(model, asked)]
    assert [said(each) for each in replies] == ["A", "B"]


def test_costs_are_rounded_up() -> None:
    assert Price(0.15, 0.6).of(1, 1) == 1
    assert Price(3, 15).of(1000, 100) == 4500
    assert Price(0, 0).of(5, 5) == 0


def test_the_result_of_a_conversation_is_a_message_of_the_schema() -> None:
    given = ran(once("why"), ByHeart())
    (completed,) = of_kind(given, StepCompleted)
    message = given.stream.blobs.message(completed.result)
    assert message.content == told("WHY").content
    assert isinstance(message, Message)
