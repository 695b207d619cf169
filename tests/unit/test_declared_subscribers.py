"""What a function or a class declares of itself as a subscriber."""

from collections.abc import Callable
from typing import Any

import pytest

from wct_domain.errors import SubscriberError
from wct_domain.events import RunCompleted, StepCompleted
from wct_domain.ports.ledger import Recorded
from wct_domain.subscribers import DeclaredSubscriber


def handler(recorded: Recorded) -> None:
    """Is told.

    Everything.
    """
    del recorded


def declaring(**declared: Any) -> Callable[[Recorded], None]:
    def named(recorded: Recorded) -> None:
        del recorded

    for name, value in declared.items():
        setattr(named, name, value)
    return named


class Ears:
    """Has state."""

    types = (RunCompleted,)
    on_replay = "run"

    def __call__(self, recorded: Recorded) -> None:
        del recorded


class Late:
    async def __call__(self, recorded: Recorded) -> None:
        del recorded


class Mute:
    pass


class Leaves:
    def __init__(self) -> None:
        raise SystemExit

    def __call__(self, recorded: Recorded) -> None:
        del recorded


async def late(recorded: Recorded) -> None:
    del recorded


def test_a_function_wants_everything_and_no_replay_unless_it_says_so() -> None:
    found = DeclaredSubscriber.of(handler, "h")
    assert found == DeclaredSubscriber("h", handler, (), "skip", "Is told.")


def test_a_function_declares_by_its_attributes() -> None:
    named = declaring(types=[StepCompleted, RunCompleted], on_replay="run")
    found = DeclaredSubscriber.of(named, "n")
    assert (found.types, found.on_replay) == ((StepCompleted, RunCompleted), "run")


def test_of_a_class_one_instance_is_made() -> None:
    found = DeclaredSubscriber.of(Ears, "e")
    assert isinstance(found.call, Ears)
    assert (found.types, found.on_replay) == ((RunCompleted,), "run")
    assert found.description == "Has state."


def test_an_instance_is_taken_as_it_is() -> None:
    ears = Ears()
    assert DeclaredSubscriber.of(ears, "e").call is ears


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (7, "'it' cannot be called: a function with one parameter is wanted"),
        (Mute, "'it' cannot be called: a function with one parameter is wanted"),
        (late, "'it' is an async function, which nobody would wait for"),
        (Late, "'it' is an async function, which nobody would wait for"),
        (Leaves, "'it' cannot be made: SystemExit"),
        (declaring(types=StepCompleted), "a tuple of event classes is wanted"),
        (declaring(types="step.completed"), "a tuple of event classes is wanted"),
        (declaring(types=(int,)), "a tuple of event classes is wanted"),
        (declaring(on_replay="sometimes"), "on_replay = 'sometimes': 'skip' or 'run'"),
        (declaring(on_replay=[]), "on_replay = []: 'skip' or 'run'"),
    ],
)
def test_what_is_no_subscriber_is_refused_with_the_reason(
    found: object, why: str
) -> None:
    with pytest.raises(SubscriberError) as refused:
        DeclaredSubscriber.of(found, "it")
    assert why in str(refused.value)
