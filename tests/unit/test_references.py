"""Which blobs an event refers to: none may be overlooked when they are to go."""

import re
from typing import get_args

import pytest

from tests.unit.projections.histories import one_of_each
from wct_domain.events import AnyEvent, Event, PrunedEvent, UnknownEvent
from wct_domain.references import referred_by
from wct_domain.upcasting import encode

BLOB = re.compile(rb'"blob":"([0-9a-z]{64})"')

EVENTS = [each for each in one_of_each() if isinstance(each, get_args(Event))]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_blob_in_what_is_stored_of_an_event_is_named(event: Event) -> None:
    stored = [digest.decode() for digest in BLOB.findall(encode(event))]
    assert sorted(referred_by(event)) == sorted(stored)


def test_events_of_a_newer_wct_are_searched() -> None:
    first, second = "a" * 64, "b" * 64
    event = UnknownEvent(
        type="step.drawn/1",
        data={
            "result": {"blob": first, "content": "c" * 64},
            "others": [{"deep": [{"content": "c" * 64, "blob": second}]}],
            "blob": "d" * 64,
            "name": {"blob": 7, "content": "c" * 64},
        },
    )
    assert list(referred_by(event)) == [first, second]


@pytest.mark.parametrize("event", [PrunedEvent("step.completed/1")])
def test_a_pruned_event_names_nothing(event: AnyEvent) -> None:
    assert list(referred_by(event)) == []
