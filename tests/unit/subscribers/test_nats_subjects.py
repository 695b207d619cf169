"""Subjects of NATS that names from a runbook become part of."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.subscribers.told import RUN, told
from wct_adapters.subscribers.subjects import subject_of
from wct_domain.events import (
    AnyEvent,
    ArtifactsCleared,
    PrunedEvent,
    SubscriberFailed,
    UnknownEvent,
)
from wct_domain.ports.ledger import Recorded

TOKEN = re.compile(r"[A-Za-z0-9_~%-]{1,200}")


def of_step(step: str) -> AnyEvent:
    return UnknownEvent(type="step.dreamt/1", data={"step": step})


def subject(event: AnyEvent, stream: str = RUN, prefix: str = "wct") -> str:
    recorded: Recorded = told(1, event)._replace(stream=stream)
    return subject_of(recorded, prefix)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (ArtifactsCleared(), f"wct.run.{RUN}"),
        (PrunedEvent("step.completed/1"), f"wct.run.{RUN}"),
        (of_step("scan"), f"wct.run.{RUN}.step.scan"),
        (of_step("scan files.today"), f"wct.run.{RUN}.step.scan%20files%2Etoday"),
        (of_step("*>"), f"wct.run.{RUN}.step.%2A%3E"),
        (of_step("søk"), f"wct.run.{RUN}.step.s%C3%B8k"),
        (of_step("100%"), f"wct.run.{RUN}.step.100%25"),
        (of_step(""), f"wct.run.{RUN}.step.%"),
    ],
)
def test_a_subject_says_the_run_and_the_step(event: AnyEvent, expected: str) -> None:
    assert subject(event) == expected


def test_a_stream_that_is_no_run_is_named_by_its_kind() -> None:
    event = SubscriberFailed(subscriber="a.b", run=RUN, position=1, error="E")

    assert subject(event, "subscriber/a.b") == "wct.subscriber.a%2Eb"


def test_the_prefix_is_ones_own() -> None:
    assert subject(ArtifactsCleared(), prefix="audit").startswith("audit.run.")


@given(st.text(max_size=400))
def test_whatever_a_step_is_called_its_token_is_legal_and_short(name: str) -> None:
    name = name.encode("utf-8", "replace").decode()
    *before, token = subject(of_step(name)).split(".")

    assert before == ["wct", "run", RUN, "step"]
    assert TOKEN.fullmatch(token)


@given(st.lists(st.text("ab.% ", max_size=300), min_size=2, max_size=2, unique=True))
def test_two_names_are_two_tokens(names: list[str]) -> None:
    one, other = (subject(of_step(each)) for each in names)

    assert one != other
