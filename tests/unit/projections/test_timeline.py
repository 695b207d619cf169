"""The timeline: every event in one line for people, without any value of the data."""

import re
from typing import get_args

import pytest

from tests.unit.projections.histories import (
    answered,
    asked,
    began,
    completed,
    failed,
    kept_and_gone,
    noted,
    one_of_each,
    read,
    revealed,
    run_failed,
    saved,
    skipped,
    started,
    subscriber_failed,
    subscriber_parked,
    unknown,
)
from wct_domain.events import (
    AnyEvent,
    ArtifactMissing,
    ArtifactsCleared,
    RunCompleted,
    RunInterrupted,
)
from wct_domain.projections.timeline import describe, seconds, size

PARKED = ": it and what follows is parked"
TEXTS: list[tuple[AnyEvent, str]] = [
    (started("a", "b"), "run of 'shop' started, 2 steps"),
    (started("a"), "run of 'shop' started, 1 step"),
    (ArtifactsCleared(), "the artifact store is empty"),
    (began("a"), "a started"),
    (began("a", attempt=2), "a started, attempt 2"),
    (read("a"), "files read 2 items (100 B) for a"),
    (
        read("a").model_copy(update={"items": 1, "unreadable": 3, "truncated": True}),
        "files read 1 item (100 B, 3 unreadable, cut off by a limit) for a",
    ),
    (completed("a"), "a completed in 1.5 s: 3 items of personal_data_finding/1.0.0"),
    (
        completed("a", truncated=True),
        f"{describe(completed('a'))}, input was cut off",
    ),
    (saved("a"), "artifact a saved, 2.0 kB"),
    (
        ArtifactMissing(step="b", artifact="a"),
        "b asked for artifact a, never saved",
    ),
    (asked(), "a asks acme m1 about 2 findings"),
    (answered(), "acme m1 answered a in 12 ms: 800 tokens in, 90 out"),
    (
        answered().model_copy(update={"status": "unusable", "tokens_in": None}),
        "acme m1 answered a in 12 ms, but not what was asked for",
    ),
    (
        answered().model_copy(update={"status": "failed", "code": "llm.connection"}),
        "acme m1 did not answer a (llm.connection) in 12 ms",
    ),
    (
        answered().model_copy(update={"reused_from": "0190"}),
        "a uses what acme m1 answered in run 0190",
    ),
    (failed("b"), "b failed (connector.extraction) in 12 ms"),
    (
        failed("b").model_copy(update={"retry_in": 2_000_000}),
        "b failed (connector.extraction) in 12 ms; next attempt in 2.0 s",
    ),
    (skipped("c", "b"), "c skipped, because b did not succeed"),
    (noted(), "extra noted cache.hit"),
    (
        RunCompleted(succeeded=1, failed=2, skipped=3),
        "run completed: 1 succeeded, 2 failed, 3 skipped",
    ),
    (run_failed(), "run failed (ledger.write)"),
    (
        RunInterrupted(signal="SIGINT", in_flight=("a", "b")),
        "run interrupted by SIGINT, in flight: a, b",
    ),
    (
        RunInterrupted(signal="SIGTERM", in_flight=()),
        "run interrupted by SIGTERM, in flight: no step",
    ),
    (
        revealed(),
        "raw evidence of a shown by 'artifacts' to user " + "9" * 32,
    ),
    (
        revealed().model_copy(update={"step": None}),
        "raw evidence shown by 'artifacts' to user " + "9" * 32,
    ),
    (subscriber_failed(), "subscriber webhook failed on event 4"),
    (
        subscriber_parked(),
        f"subscriber webhook has not taken event 4 in 5 attempts{PARKED}",
    ),
    (
        subscriber_parked(1),
        f"subscriber webhook has not taken event 4 in 1 attempt{PARKED}",
    ),
    *zip(
        kept_and_gone(),
        [
            f"erasure requested (art17, reference DSR-7) by user {'9' * 32}",
            "3 blobs erased, and the key to open them",
            "1 blob and payloads pruned, hashes kept",
            f"run exported by user {'9' * 32}",
            f"run imported from ledger other by user {'9' * 32}",
            "step.completed/1: its payload was pruned",
            "run resumed, attempt 2; to be done: b",
        ],
        strict=True,
    ),
    (unknown(), "run.annotated/1: unknown to this version of wct"),
]


@pytest.mark.parametrize(("event", "text"), TEXTS, ids=lambda each: str(each)[:40])
def test_an_event_is_described(event: AnyEvent, text: str) -> None:
    assert describe(event) == text


def test_every_kind_of_event_is_among_those_described_here() -> None:
    kinds = set(get_args(AnyEvent))
    assert {type(event) for event, _ in TEXTS} == kinds
    assert {type(event) for event in one_of_each()} == kinds


def test_a_description_is_one_line_without_digests() -> None:
    for event in one_of_each():
        assert re.search(r"[0-9a-f]{64}|\n", describe(event)) is None


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0 µs"),
        (999, "999 µs"),
        (1_000, "1 ms"),
        (12_400, "12 ms"),
        (999_499, "999 ms"),
        (1_000_000, "1.0 s"),
        (59_949_999, "59.9 s"),
        (60_000_000, "1 min 0 s"),
        (125_400_000, "2 min 5 s"),
        (3_725_000_000, "62 min 5 s"),
    ],
)
def test_a_duration_for_people(microseconds: int, text: str) -> None:
    assert seconds(microseconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (3_449, "3.4 kB"),
        (1_000_000, "1.0 MB"),
        (12_040_000, "12.0 MB"),
    ],
)
def test_a_number_of_bytes_for_people(count: int, text: str) -> None:
    assert size(count) == text
