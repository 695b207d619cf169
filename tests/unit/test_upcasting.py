from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wct_domain.digests import Reference
from wct_domain.events import (
    ArtifactSaved,
    Event,
    PlannedComponent,
    PlannedStep,
    PluginNoted,
    RunInterrupted,
    RunStarted,
    StepCompleted,
    StepStarted,
    UnknownEvent,
)
from wct_domain.upcasting import CURRENT, UPCASTERS, check_chains, decode, encode

REFERENCE = Reference(blob="a" * 64, content="b" * 64)
STARTED = StepStarted(step="scan", at=datetime(2026, 11, 22, tzinfo=UTC), seed=7)


def passed_on(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**data, **changes}


def from_first(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Version 0 of step.started was called with a name."""
    return "step.started/0", {"step": data["name"], "at": data["at"]}


def from_second(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "step.started/1", passed_on(data, seed=7)


OLD = {"step.started/-1": from_first, "step.started/0": from_second}


@pytest.mark.parametrize(
    "event",
    [
        STARTED,
        RunInterrupted(signal="SIGINT", in_flight=("a", "b")),
        ArtifactSaved(artifact="scan", result=REFERENCE, items=1, size=2, parts=3),
        RunStarted(
            runbook="größe",
            steps=(PlannedStep(id="scan", connector="files", saves=True),),
            components=(PlannedComponent(kind="connector", name="files", type="fs"),),
            document=REFERENCE,
        ),
    ],
)
def test_an_event_reads_back_as_it_was(event: Event) -> None:
    assert decode(event.type, encode(event)) == event


@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
    )
)
def test_a_plugins_facts_read_back_as_they_were(data: dict[str, Any]) -> None:
    event = PluginNoted(plugin="p", name="n", data=data)
    assert decode(event.type, encode(event)) == event


def test_fields_at_their_default_are_not_stored() -> None:
    assert b"attempt" not in encode(STARTED)
    assert decode(STARTED.type, encode(STARTED)) == STARTED
    again = STARTED.model_copy(update={"attempt": 2})
    assert b'"attempt":2' in encode(again)


def test_equal_events_have_equal_bytes() -> None:
    saved = ArtifactSaved(artifact="a", result=REFERENCE, items=0, size=0)
    assert encode(saved) == encode(saved.model_copy(deep=True))


def test_an_old_event_is_lifted_step_by_step() -> None:
    payload = b'{"name":"scan","at":"2026-11-22T00:00:00Z"}'
    assert decode("step.started/-1", payload, OLD) == STARTED


def test_an_unknown_event_is_kept_as_it_is() -> None:
    event = decode("oracle.asked/1", b'{"model":"m","tokens":3}')
    assert event == UnknownEvent(
        type="oracle.asked/1", data={"model": "m", "tokens": 3}
    )


def test_a_newer_version_of_a_known_event_is_unknown() -> None:
    assert isinstance(decode("step.started/9", b"{}"), UnknownEvent)


@pytest.mark.parametrize(
    ("wire", "payload"),
    [
        (StepCompleted.type, b"{}"),
        (StepCompleted.type, b"not json"),
        (StepStarted.type, encode(STARTED).replace(b"scan", b'scan","more":"')),
        ("oracle.asked/1", b"[]"),
        ("oracle.asked/1", b"\xff"),
    ],
)
def test_a_payload_that_is_not_what_its_type_says_is_refused(
    wire: str, payload: bytes
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        decode(wire, payload)
    assert isinstance(caught.value, ValidationError) or "oracle" in wire


def test_every_current_event_has_a_versioned_name_of_its_own() -> None:
    assert all(wire == kind.type for wire, kind in CURRENT.items())
    assert all(wire.rpartition("/")[2].isdigit() for wire in CURRENT)


def test_the_chains_of_old_versions_are_complete() -> None:
    check_chains(UPCASTERS, CURRENT)
    check_chains(OLD, CURRENT)


@pytest.mark.parametrize(
    "broken",
    [
        {"step.started/1": from_first},
        {"step.started/-1": from_first},
        {"step.renamed/0": from_first},
    ],
)
def test_an_upcaster_that_leads_nowhere_is_refused(broken: Any) -> None:
    (wire,) = broken
    with pytest.raises(ValueError, match=wire):
        check_chains(broken, CURRENT)
