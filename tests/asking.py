"""A model that answers by heart, and an analyser that asks it: small working things."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

from tests.unit.core.toys import (
    COUNTS,
    CountingAnalyser,
    Factory,
    components,
    two_texts,
)
from wct_domain.components import Components
from wct_domain.errors import LLMConnectionError
from wct_domain.message import Message
from wct_domain.ports.components import Analyser, ComponentConfig
from wct_domain.ports.models import (
    Answer,
    Conversation,
    LanguageModel,
    Price,
    Question,
    Reply,
    Round,
)
from wct_domain.schemas import Schema


class ByHeart(LanguageModel):
    """Answers in capitals, ``silence`` never; notes what it was asked."""

    def __init__(self, model: str = "parrot", endpoint: str = "") -> None:
        self._model = model
        self._endpoint = endpoint
        self.asked: list[str] = []

    @property
    def provider(self) -> str:
        return "aviary"

    @property
    def model(self) -> str:
        return self._model

    @property
    def endpoint(self) -> str:
        return self._endpoint

    def ask(self, question: Question) -> Answer:
        self.asked.append(question.prompt)
        if question.prompt == "silence":
            msg = "the parrot sleeps"
            raise LLMConnectionError(msg, status=503)
        return Answer(question.prompt.upper(), 3, 5)


Talk = Callable[[], Generator[Sequence[str], Sequence[Reply], list[str]]]
"""What an analyser asks, in rounds of prompts; returns what it makes of it."""


def once(*prompts: str) -> Talk:
    """Ask all at a time; tell what was said, or the code of why nothing was."""

    def talk() -> Generator[Sequence[str], Sequence[Reply], list[str]]:
        return [said(each) for each in (yield prompts)]

    return talk


def said(reply: Reply) -> str:
    return (reply.code or "") if reply.answer is None else reply.answer.text


class AskingAnalyser(CountingAnalyser):
    """Asks a model, and reports what was said."""

    def __init__(self, model: LanguageModel | None, talk: Talk) -> None:
        super().__init__(lambda schema, _: Message("counted", {}, schema))
        self._model = model
        self._talk = talk

    @property
    def language_model(self) -> LanguageModel | None:
        return self._model

    def conversation(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Conversation | None:
        return self._converse(output_schema)

    def _converse(self, output: Schema) -> Conversation:
        talk = self._talk()
        try:
            prompts = next(talk)
            while True:
                asked = [Question("", each, 9, items=1) for each in prompts]
                price = Price(2, 10)
                replies = yield Round(asked, _is_sensible, price)
                prompts = talk.send(replies)
        except StopIteration as end:
            return Message("told", {"said": end.value}, output)


def _is_sensible(text: str) -> bool:
    return text != "NONSENSE"


def asking(model: LanguageModel | None, talk: Talk) -> Components:
    """Have the analyser of the toys ask this model."""

    def analyser(_config: ComponentConfig) -> Analyser:
        return AskingAnalyser(model, talk)

    found = components(two_texts)
    found.analysers["counting_analyser"] = Factory("counting_analyser", analyser)
    return found


def told(*texts: str) -> Message:
    content: dict[str, Any] = {"said": [*texts]}
    return Message("told", content, COUNTS)
