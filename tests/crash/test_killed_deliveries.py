"""Deliveries that are killed anywhere miss nothing, and rows count once."""

import os

import pytest

from tests.crash.killed_deliveries import FAULTS
from tests.crash.test_many_processes import report_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_whoever_delivers_may_be_killed_at_any_time() -> None:
    report = report_of("killed_deliveries", "--kills", "40")
    assert {fault: report[fault] for fault in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert report["kills"] >= 40
    assert report["told"] >= report["events"] > 100


@pytest.mark.parametrize(
    ("planted", "fault"), [("hasty", "missed"), ("apart", "rows doubled")]
)
def test_a_delivery_that_does_it_wrongly_is_noticed(planted: str, fault: str) -> None:
    report = report_of("killed_deliveries", "--kills", "100", "--planted", planted)
    assert report[fault] > 0
