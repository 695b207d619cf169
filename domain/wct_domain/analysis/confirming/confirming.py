"""The conversation about findings: rounds of questions within a budget.

Which questions are asked follows from the findings, the settings and the answers so
far, and from nothing else, so that a step that is done again asks the same.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from wct_domain.analysis.confirming.batches import batches
from wct_domain.analysis.confirming.verdicts import (
    Mode,
    Removal,
    is_answer,
    split,
    verdicts_of,
)
from wct_domain.analysis.confirming.wording import question, tokens
from wct_domain.ports.models import Price, Question, Reply, Round

Limit = Literal["max_tokens", "max_cost"]


class Settings(NamedTuple):
    """How findings are confirmed."""

    mode: Mode = "standard"
    batch_size: int = 50
    concurrency: int = 4  # questions at a time
    max_tokens: int | None = None  # in and out, of one step
    max_cost: float | None = None  # of one step, in the price's currency
    price: Price | None = None


@dataclass
class Account:
    """What was asked, and what it took. What came from the record took nothing."""

    questions: int = 0
    answered: int = 0
    unusable: int = 0
    failed: int = 0
    reused: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: int = 0  # millionths
    stopped_by: Limit | None = None
    codes: set[str] = field(default_factory=set[str])  # of what failed

    def add(self, asked: Question, reply: Reply, price: Price | None) -> None:
        self.questions += 1
        self.reused += reply.reused
        if reply.answer is None:
            self.failed += 1
            self.codes.add(reply.code or "llm")
            return
        if is_answer(reply.answer.text):
            self.answered += 1
        else:
            self.unusable += 1
        if reply.reused:
            return
        text, tokens_in, tokens_out = reply.answer
        # Of a model that does not say, an estimate is better than nothing.
        spent_in = _size(asked) if tokens_in is None else tokens_in
        spent_out = tokens(text) if tokens_out is None else tokens_out
        self.tokens_in += spent_in
        self.tokens_out += spent_out
        if price is not None:
            self.cost += price.of(spent_in, spent_out)


class Confirmed(NamedTuple):
    """What became of findings."""

    kept: list[dict[str, Any]]
    removed: list[tuple[dict[str, Any], Removal]]
    not_validated: int  # kept without a verdict
    account: Account


def confirm(
    findings: Sequence[dict[str, Any]],
    shown: Sequence[Mapping[str, Any]],
    settings: Settings,
) -> Generator[Round, Sequence[Reply], Confirmed]:
    """Ask about each finding, as far as the budget goes.

    Args:
        shown: the same findings, as they may leave the machine.
    """
    account = Account()
    confirmed = Confirmed([], [], 0, account)
    waiting = list(batches(shown, settings.batch_size))
    while waiting:
        asked: list[tuple[int, int]] = []
        questions: list[Question] = []
        while waiting and len(questions) < settings.concurrency:
            first, end = waiting[0]
            wanted = question(shown[first:end], settings.mode)
            account.stopped_by = _limit(account, [*questions, wanted], settings)
            if account.stopped_by is not None:
                break
            asked.append(waiting.pop(0))
            questions.append(wanted)
        if not questions:
            break
        replies = yield Round(questions, is_answer, settings.price)
        for (first, end), wanted, reply in zip(asked, questions, replies, strict=True):
            account.add(wanted, reply, settings.price)
            confirmed = _with(confirmed, findings[first:end], reply, settings.mode)
    for first, end in waiting:
        confirmed = _with(confirmed, findings[first:end], Reply(None), settings.mode)
    return confirmed


def _with(
    so_far: Confirmed, batch: Sequence[dict[str, Any]], reply: Reply, mode: Mode
) -> Confirmed:
    text = "" if reply.answer is None else reply.answer.text
    try:
        verdicts = verdicts_of(text, len(batch))
    except ValueError:
        verdicts = {}
    kept, removed = split(batch, verdicts, mode)
    so_far.kept.extend(kept)
    so_far.removed.extend(removed)
    missing = len(batch) - len(verdicts)
    return so_far._replace(not_validated=so_far.not_validated + missing)


def _limit(
    account: Account, planned: Sequence[Question], settings: Settings
) -> Limit | None:
    """Return what would be exceeded if all of ``planned`` were answered at length."""
    ahead_in = sum(map(_size, planned))
    ahead_out = sum(each.max_tokens for each in planned)
    if settings.max_tokens is not None:
        spent = account.tokens_in + account.tokens_out
        if spent + ahead_in + ahead_out > settings.max_tokens:
            return "max_tokens"
    if settings.max_cost is not None and settings.price is not None:
        ahead = settings.price.of(ahead_in, ahead_out)
        if account.cost + ahead > settings.max_cost * 1_000_000:
            return "max_cost"
    return None


def _size(asked: Question) -> int:
    return tokens(asked.system) + tokens(asked.prompt)
