"""Events as CloudEvents 1.0: what the specification asks of an envelope."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.cloud_events import cloud_event, source_of
from wct_domain.events import AnyEvent, PluginNoted, PrunedEvent, UnknownEvent
from wct_domain.ports.ledger import Recorded
from wct_domain.upcasting import decode

RUN = "01900000-0000-7000-8000-000000000001"
LOG = "0b54e2f2-7c53-4b8e-9d58-5a3f6b1d1c11"
GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "v1").glob("*-[0-9]*.json"))

# The rules of the JSON format, and of the attributes, of CloudEvents 1.0: own words.
ENVELOPE: dict[str, Any] = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        **{name: {"type": "string", "minLength": 1} for name in ("id", "type")},
        "source": {"type": "string", "minLength": 1, "format": "uri-reference"},
        "subject": {"type": "string", "minLength": 1},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string", "minLength": 1},
        "data": True,
    },
    # Names of attributes and extensions; their values are no objects and no lists.
    "propertyNames": {"pattern": "^[a-z0-9]+$"},
    "additionalProperties": {"type": ["string", "integer", "boolean"]},
}


def recorded(
    event: AnyEvent,
    *,
    stream: str = RUN,
    position: int = 5,
    causation_id: str | None = "01900000-0000-7000-8000-0000000000c0",
) -> Recorded:
    return Recorded(
        stream,
        position,
        105,
        "01900000-0000-7000-8000-0000000000aa",
        datetime(2026, 11, 22, 12, 0, 0, 1500, tzinfo=UTC),
        RUN,
        causation_id,
        b"\0" * 32,
        event,
    )


def parsed(line: bytes) -> dict[str, Any]:
    assert b"\n" not in line
    found: dict[str, Any] = json.loads(line)
    jsonschema_rs.validate(ENVELOPE, found, validate_formats=True)
    return found


def test_an_event_is_an_envelope_around_what_is_stored() -> None:
    event = decode("step.failed/1", _stored("step.failed"))

    assert parsed(cloud_event(recorded(event), LOG)) == {
        "specversion": "1.0",
        "id": "01900000-0000-7000-8000-0000000000aa",
        "source": f"urn:wct:{LOG}:{RUN}",
        "type": "wct.step.failed/1",
        "time": "2026-11-22T12:00:00.001500Z",
        "subject": json.loads(_stored("step.failed"))["step"],
        "sequence": "0000000005",
        "correlationid": RUN,
        "causationid": "01900000-0000-7000-8000-0000000000c0",
        "datacontenttype": "application/json",
        "data": json.loads(_stored("step.failed")),
    }


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_event_that_there_is_makes_a_valid_envelope(file: Path) -> None:
    golden = json.loads(file.read_bytes())
    for case in golden["cases"]:
        event = decode(golden["type"], case["stored"].encode())
        found = parsed(cloud_event(recorded(event), LOG))
        assert found["type"] == f"wct.{golden['type']}"
        assert found["data"] == json.loads(case["stored"])


def test_the_subject_is_the_step_whose_artifact_was_saved() -> None:
    event = decode("artifact.saved/1", _stored("artifact.saved"))
    found = parsed(cloud_event(recorded(event), LOG))
    assert found["subject"] == found["data"]["artifact"]


def test_what_is_not_there_is_left_out() -> None:
    event = decode("artifacts.cleared/1", b"{}")
    found = parsed(cloud_event(recorded(event, causation_id=None), LOG))
    assert not {"subject", "causationid", "cursor"} & found.keys()
    assert found["data"] == {}


def test_an_event_whose_payload_was_pruned_has_no_data() -> None:
    found = parsed(cloud_event(recorded(PrunedEvent("step.completed/1")), LOG))
    assert found["type"] == "wct.step.completed/1"
    assert not {"data", "datacontenttype", "subject"} & found.keys()


@pytest.mark.parametrize(("step", "subject"), [("scan", "scan"), (7, None), ("", None)])
def test_an_event_of_a_newer_wct_is_handed_on_as_it_is(
    step: Any, subject: str | None
) -> None:
    data: dict[str, Any] = {"step": step, "new": [1, None]}
    event = UnknownEvent(type="step.paused/3", data=data)
    found = parsed(cloud_event(recorded(event), LOG))
    assert (found["type"], found["data"]) == ("wct.step.paused/3", data)
    assert found.get("subject") == subject


def test_a_reader_of_the_ledger_gets_its_cursor_too() -> None:
    line = cloud_event(recorded(decode("artifacts.cleared/1", b"{}")), LOG, cursor="c")
    assert parsed(line)["cursor"] == "c"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_of_a_stream_makes_a_source_that_is_a_urn(name: str) -> None:
    event = PluginNoted(plugin="p", name="n", data={})
    found = parsed(cloud_event(recorded(event, stream=name), LOG))
    nss = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2}"
    assert re.fullmatch(rf"urn:wct:(?:{nss})+", found["source"])


def test_different_streams_are_different_sources() -> None:
    names = ["a", "a:b", "a/b", "a%2Fb", "subscriber/a", "subscriber/<locals>"]
    assert len({source_of(name, LOG) for name in names}) == len(names)


def test_sequences_are_in_order_as_text() -> None:
    event = decode("artifacts.cleared/1", b"{}")
    sequences = [
        json.loads(cloud_event(recorded(event, position=position), LOG))["sequence"]
        for position in (1, 2, 10, 99, 100, 10_000_000)
    ]
    assert sequences == sorted(sequences)


def _stored(name: str) -> bytes:
    (file,) = (each for each in GOLDEN if each.stem.startswith(name))
    stored: str = json.loads(file.read_bytes())["cases"][0]["stored"]
    return stored.encode()
