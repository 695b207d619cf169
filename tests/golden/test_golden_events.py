"""What was ever released stays readable: stored events, with their meaning.

``v1/<name>-<version>.json`` holds cases of one event type. ``stored`` is the payload
as that release wrote it and must never change. ``meaning`` is what it means in today's
models: when an upcaster lifts it to a newer version, ``meaning`` follows.

``v1/run.jsonl`` is the stream of a whole run, with what the hash chain covers;
``run.blobs.json`` its blobs, ``run.expected.json`` the state that it folds to.
"""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError, create_model

from wct_domain import chain, upcasting
from wct_domain.archive import BlobReader
from wct_domain.digests import Reference, blob_digest
from wct_domain.events import Event, Fact, UnknownEvent
from wct_domain.ports.ledger import BlobStore, Recorded
from wct_domain.projections.artifacts import Artifacts
from wct_domain.projections.inventory import Inventory
from wct_domain.projections.results import error_text
from wct_domain.projections.run import Run
from wct_domain.projections.run_list import RunList
from wct_domain.projections.states import StepState
from wct_domain.projections.timeline import describe
from wct_domain.upcasting import CURRENT, UPCASTERS, decode, encode

FOLDER = Path(__file__).parent / "v1"
FILES = sorted(FOLDER.glob("*-[0-9]*.json"))
RUN = "019ab2c4-7d10-7a51-9f2e-4c1d5b6a7e80"


def golden(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def problems(document: dict[str, Any]) -> Iterator[str]:
    """Say what is lost of a golden file's events."""
    for number, case in enumerate(document["cases"]):
        where = f"{document['type']}, case {number}"
        try:
            event = decode(document["type"], case["stored"].encode())
        except ValidationError as error:
            yield f"{where} does not load: {error}"
            continue
        if isinstance(event, UnknownEvent):
            yield f"{where} is not known any more"
            continue
        meaning = {"type": event.type, "data": event.model_dump(mode="json")}
        if meaning != case["meaning"]:
            yield f"{where} means something else: {meaning}"
        if decode(event.type, encode(event)) != event:
            yield f"{where} is another one when it is stored again"


def recorded(event: Event | UnknownEvent, position: int = 1) -> Recorded:
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    return Recorded(RUN, position, position, RUN, at, RUN, None, bytes(32), event)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_event_of_every_release_means_what_it_meant(file: Path) -> None:
    document = golden(file)
    assert file.stem == document["type"].replace("/", "-")
    assert list(problems(document)) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_event_of_every_release_folds(file: Path) -> None:
    document = golden(file)
    run, artifacts, inventory, runs = Run(), Artifacts(), Inventory(), RunList()
    for case in document["cases"]:
        event = decode(document["type"], case["stored"].encode())
        run.apply(recorded(event))
        artifacts.apply(event)
        inventory.apply(recorded(event))
        runs.apply(recorded(event))
        assert describe(event)


def test_every_event_that_can_be_read_has_a_golden_file() -> None:
    there = {golden(file)["type"] for file in FILES}
    missing = {*CURRENT, *UPCASTERS} - there
    assert missing == set(), (
        "add a file to tests/golden/v1: its cases set every field once, and leave "
        "every field that has a default at it once"
    )


@pytest.mark.parametrize("wire", CURRENT)
def test_the_cases_of_an_event_show_all_its_fields_set_and_left_out(wire: str) -> None:
    fields = CURRENT[wire].model_fields
    document = golden(FOLDER / f"{wire.replace('/', '-')}.json")
    stored: list[set[str]] = [set(json.loads(c["stored"])) for c in document["cases"]]
    required = {name for name, field in fields.items() if field.is_required()}
    assert {name for names in stored for name in names} == set(fields)
    assert {name for name in fields if all(name in s for s in stored)} == required


class TestAnIncompatibleChangeIsNoticed:
    """The checks above can fail."""

    DOCUMENT = golden(FOLDER / "step.started-1.json")

    @pytest.fixture
    def changed(self, monkeypatch: pytest.MonkeyPatch) -> "Changed":
        return Changed(monkeypatch)

    def test_unless_nothing_was_changed(self, changed: "Changed") -> None:
        changed.step_started(step=str, attempt=(int, 1), at=datetime, seed=int)
        assert list(problems(self.DOCUMENT)) == []

    def test_a_field_with_another_name(self, changed: "Changed") -> None:
        changed.step_started(step_id=str, attempt=(int, 1), at=datetime, seed=int)
        assert list(problems(self.DOCUMENT)) != []

    def test_a_new_field_that_old_events_lack(self, changed: "Changed") -> None:
        changed.step_started(
            step=str, attempt=(int, 1), at=datetime, seed=int, host=str
        )
        assert list(problems(self.DOCUMENT)) != []

    def test_a_new_field_with_a_default(self, changed: "Changed") -> None:
        # An older wct would refuse it: such a change, too, raises the version.
        changed.step_started(
            step=str, attempt=(int, 1), at=datetime, seed=int, host=(str, "")
        )
        assert list(problems(self.DOCUMENT)) != []

    def test_a_field_less(self, changed: "Changed") -> None:
        changed.step_started(step=str, attempt=(int, 1), at=datetime)
        assert list(problems(self.DOCUMENT)) != []

    def test_another_default(self, changed: "Changed") -> None:
        changed.step_started(step=str, attempt=(int, 0), at=datetime, seed=int)
        assert list(problems(self.DOCUMENT)) != []

    def test_another_type(self, changed: "Changed") -> None:
        changed.step_started(step=str, attempt=(int, 1), at=datetime, seed=str)
        assert list(problems(self.DOCUMENT)) != []

    def test_an_event_that_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        others = {wire: CURRENT[wire] for wire in CURRENT if wire != "step.started/1"}
        monkeypatch.setattr(upcasting, "CURRENT", others)
        assert list(problems(self.DOCUMENT)) != []


class Changed:
    """Puts another model in the place of StepStarted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def step_started(self, **fields: Any) -> None:
        model = create_model("StepStarted", __base__=Fact, **fields)
        model.type = "step.started/1"
        current = cast("dict[str, Any]", upcasting.CURRENT)
        self._monkeypatch.setitem(current, "step.started/1", model)


# --- a whole run


def lines() -> list[dict[str, Any]]:
    text = (FOLDER / "run.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def history() -> list[Recorded]:
    return [
        Recorded(
            stream=line["stream"],
            position=line["position"],
            global_position=line["position"],
            id=line["id"],
            at=datetime.fromtimestamp(line["recorded_at"] / 1e6, UTC),
            correlation_id=line["correlation_id"],
            causation_id=line["causation_id"],
            hash=bytes.fromhex(line["hash"]),
            event=decode(line["type"], line["payload"].encode()),
        )
        for line in lines()
    ]


class GoldenBlobs(BlobStore):
    """The blobs of the golden run; the digest of each is checked."""

    def __init__(self) -> None:
        text = (FOLDER / "run.blobs.json").read_text(encoding="utf-8")
        self._blobs: dict[str, str] = json.loads(text)

    def blob(self, digest: str) -> bytes:
        stored = base64.b64decode(self._blobs[digest])
        assert blob_digest(stored) == digest
        return stored


def hashes(stored: list[dict[str, Any]]) -> list[str]:
    """Hash of each event, computed anew from what the chain covers."""
    previous, found = chain.FIRST, list[str]()
    for line in stored:
        head = chain.header(
            line["stream"],
            line["position"],
            line["id"],
            line["type"],
            line["recorded_at"],
            line["correlation_id"],
            line["causation_id"],
        )
        salt, payload = bytes.fromhex(line["salt"]), line["payload"].encode()
        previous = chain.link(previous, head, chain.payload_digest(salt, payload))
        found.append(previous.hex())
    return found


def test_the_hash_chain_of_the_run_verifies() -> None:
    assert hashes(lines()) == [line["hash"] for line in lines()]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stream", "019ab2c4-7d10-7a51-9f2e-4c1d5b6a7e81"),
        ("position", 4),
        ("id", "019ab2c4-7d10-7a51-9f2e-4c1d5b6a7e81"),
        ("type", "step.started/2"),
        ("recorded_at", 1795339800000001),
        ("correlation_id", "another"),
        ("causation_id", None),
        ("salt", "00" * 16),
        ("payload", "{}"),
    ],
)
def test_the_hash_chain_covers(field: str, value: object) -> None:
    stored = lines()
    assert stored[2][field] != value
    stored[2][field] = value
    assert hashes(stored)[:2] == hashes(lines())[:2]
    assert set(hashes(stored)[2:]).isdisjoint(hashes(lines()))


def test_the_run_folds_to_the_state_that_was_recorded_with_it() -> None:
    expected = json.loads((FOLDER / "run.expected.json").read_text(encoding="utf-8"))
    assert state_of(history()) == expected


def test_the_list_of_runs_agrees_with_the_run() -> None:
    (summary,) = RunList.of(history()).newest_first
    run = Run.of(history())
    assert run.started
    assert (summary.run, summary.runbook) == (run.id, run.started.runbook)
    assert (summary.status, summary.duration) == (run.status, run.duration)


def state_of(recorded_events: list[Recorded]) -> dict[str, Any]:
    run, artifacts, blobs = Run(), Artifacts(), BlobReader(GoldenBlobs())
    for each in recorded_events:
        run.apply(each)
        artifacts.apply(each.event)
    assert run.started
    assert run.started_at
    assert run.ended_at
    return {
        "run": run.id,
        "runbook": run.started.runbook,
        "status": run.status,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat(),
        "events": run.version,
        "steps": [step_state(step, blobs) for step in run.steps.values()],
        "sources": [
            [source.connector, source.items, source.unreadable, source.truncated]
            for source in run.sources
        ],
        "artifacts": {name: saved.items for name, saved in artifacts.saved.items()},
        "document": blobs.document(run.started.document)["runbook"]["name"],
    }


def step_state(step: StepState, blobs: BlobReader) -> dict[str, Any]:
    return {
        "id": step.plan.id,
        "status": step.status,
        "attempt": step.attempt,
        "duration": step.duration,
        "items": step.items,
        "input_schema": step.input_schema,
        "output_schema": step.output_schema,
        "saved": step.saved,
        "truncated": step.truncated,
        "code": step.code,
        "because": step.because,
        "error": error_text(step.message, blobs) or None,
        "result": step.result and result_state(step.result, blobs),
    }


def result_state(reference: Reference, blobs: BlobReader) -> dict[str, Any]:
    message = blobs.message(reference)
    assert message.schema
    return {
        "schema": f"{message.schema.name}/{message.schema.version}",
        "keys": sorted(message.content),
        "items": len(message.content.get("data", [])),
    }
