"""Runs that are killed anywhere and resumed leave what an uninterrupted run leaves."""

import os

import pytest

from tests.crash.killed_runs import FAULTS
from tests.crash.test_many_processes import report_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_a_run_that_was_killed_anywhere_and_resumed_is_as_if_it_had_not_been() -> None:
    report = report_of("killed_runs", "--sample", "4", "--seconds", "5")
    assert {fault: report[fault] for fault in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert report["kills"] >= 4
    assert report["boundaries"] >= 14


def test_a_resumed_run_that_does_more_than_it_has_to_is_noticed() -> None:
    report = report_of("killed_runs", "--sample", "2", "--seconds", "0", "--planted")
    assert report["done again"] > 0
