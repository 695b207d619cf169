"""Language models: what is asked of one, and who is asked to ask it.

An analyser does not ask: it says in rounds what it wants to know (a conversation), and
whoever runs it has that answered, by a model or from the record. So every question and
every answer is a fact, and a step that is done again asks nobody.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

from wct_domain.errors import LLMConnectionError, LLMServiceError
from wct_domain.message import Message
from wct_domain.ports.llm import BaseLLMService
from wct_domain.schemas import Schema

TEMPERATURE = 0.0
"""Of all questions: the same is to be answered with the same."""


class Question(NamedTuple):
    """What is sent to a model.

    ``form`` is the JSON Schema of the answer, for providers that can be held to one.
    """

    system: str  # what it is to do; of wct alone
    prompt: str  # what it is to do it with
    max_tokens: int  # that the answer may have
    items: int = 1  # that it is about
    form: Mapping[str, Any] | None = None  # None: any text

    def document(self) -> dict[str, Any]:
        """Return all that decides the answer, beside who gives it."""
        return {
            "system": self.system,
            "prompt": self.prompt,
            "max_tokens": self.max_tokens,
            "temperature": TEMPERATURE,
            "form": self.form,
        }


class Answer(NamedTuple):
    """What a model said. None: it did not say how many tokens that took."""

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None


class LanguageModel(Protocol):
    """One model of one provider."""

    @property
    def provider(self) -> str:
        """For instance ``anthropic``."""
        ...

    @property
    def model(self) -> str:
        """Its name, as the provider knows it."""
        ...

    @property
    def endpoint(self) -> str:
        """URL of the server; empty where it is the provider's usual one."""
        ...

    def ask(self, question: Question) -> Answer:
        """Ask once; safe in any thread.

        Raises:
            LLMServiceError: it was not answered.
        """
        ...


class Price(NamedTuple):
    """What a million tokens cost, in one currency."""

    input: float
    output: float

    def of(self, tokens_in: int, tokens_out: int) -> int:
        """Return the cost in millionths, rounded up."""
        return -int(-(tokens_in * self.input + tokens_out * self.output) // 1)


class Reply(NamedTuple):
    """What came of one question: an answer, or the ``code`` of why there is none."""

    answer: Answer | None
    code: str | None = None
    status: int | None = None  # of the last HTTP answer, if it failed with one
    attempts: int = 1
    reused: bool = False  # nothing was spent


class Round(NamedTuple):
    """Questions that may be asked at the same time."""

    questions: Sequence[Question]
    usable: Callable[[str], bool]  # whether a text is an answer at all
    price: Price | None = None


Conversation: TypeAlias = Generator[Round, Sequence[Reply], Message]
"""Yields rounds, is sent a reply for each question in their order, returns a result."""


@runtime_checkable
class Converses(Protocol):
    """An analyser that may need answers of a language model."""

    @property
    def language_model(self) -> LanguageModel | None:
        """Who is to be asked; None: nobody, answers are on record."""
        ...

    def conversation(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Conversation | None:
        """Analyse as ``Analyser.process`` does; None: no model is needed for that."""
        ...


class Interviews(Protocol):
    """Asks a model several questions at a time, and again where that may help."""

    def ask_each(
        self, model: LanguageModel, questions: Sequence[Question]
    ) -> Iterator[tuple[int, Reply]]:
        """Yield each question's index with what came of it, in any order."""
        ...


class InTurn(Interviews):
    """Asks one question after the other, each once."""

    def ask_each(
        self, model: LanguageModel, questions: Sequence[Question]
    ) -> Iterator[tuple[int, Reply]]:
        for index, question in enumerate(questions):
            yield index, asked_once(model, question)


def asked_once(model: LanguageModel, question: Question) -> Reply:
    """Ask; whatever a model raises is the reply."""
    try:
        return Reply(model.ask(question))
    except Exception as error:  # noqa: BLE001  # anybody's service: it did not answer
        return refusal(error)


def refusal(error: Exception, attempts: int = 1) -> Reply:
    """Turn what a model raised into a reply."""
    code = error.code if isinstance(error, LLMServiceError) else LLMConnectionError.code
    status = error.status if isinstance(error, LLMConnectionError) else None
    return Reply(None, code, status, attempts)


def answered_directly(talk: Conversation, model: LanguageModel) -> Message:
    """Carry a conversation to its end where nobody keeps a record."""
    interviews = InTurn()
    try:
        wanted = next(talk)
        while True:
            replies = dict(interviews.ask_each(model, wanted.questions))
            wanted = talk.send([replies[i] for i in range(len(wanted.questions))])
    except StopIteration as end:
        result: Message = end.value
        return result


class _Told:
    """A service of somebody's, of which no more is known than that it answers."""

    model = ""
    endpoint = ""

    def __init__(self, service: BaseLLMService) -> None:
        self._service = service
        self.provider = type(service).__name__

    def ask(self, question: Question) -> Answer:
        prompt = f"{question.system}\n\n{question.prompt}"
        return Answer(self._service.analyse_data("", prompt))


def model_of(service: BaseLLMService) -> LanguageModel:
    """Return what can be asked, of a service that was registered."""
    own: object = service
    if hasattr(own, "ask") and hasattr(own, "endpoint"):
        return own  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # it has what the protocol asks for
    return _Told(service)


@runtime_checkable
class MayAsk(Protocol):
    """A factory that knows whether what it makes will ask a language model."""

    def asks_model(self, config: dict[str, Any]) -> bool:
        """Say so of a component with these properties, which may be wrong."""
        ...
