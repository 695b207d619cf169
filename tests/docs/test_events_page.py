"""The page on events is current, and tells of every event."""

from typing import get_args

import pytest

from tests.docs.events_page import EVENTS_PAGE, PARTS, events_page, field_comments
from wct_domain.events import Event, PlannedStep, UnknownEvent
from wct_domain.upcasting import CURRENT

WRITE = "run: python -m tests.docs.generating"


def test_the_page_on_events_says_what_the_models_say() -> None:
    assert EVENTS_PAGE.read_text(encoding="utf-8") == events_page(), WRITE


def test_every_event_and_every_part_has_a_section() -> None:
    page = events_page()
    for name in [*CURRENT, *(part.__name__ for part in PARTS)]:
        assert f"\n## {name}\n" in page


@pytest.mark.parametrize("model", [*get_args(Event), UnknownEvent])
def test_every_event_says_what_is_true_of_it(model: type) -> None:
    assert (model.__doc__ or "").strip()


def test_what_a_field_means_is_read_from_the_comment_behind_it() -> None:
    assert field_comments(PlannedStep)["connector"] == "instance name in the runbook"
