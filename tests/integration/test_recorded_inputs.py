"""``--record-inputs``: steps are done again without the sources that they had."""

from copy import deepcopy
from typing import Any

import pytest

from tests.changing_world import RUNBOOK, World
from tests.integration.test_reverification import again, of, verdicts
from wct_domain.archive import BlobReader
from wct_domain.errors import ExecutorError, StepProcessError, StepTimeoutError
from wct_domain.events import SourceRead
from wct_domain.executor.erasure import erase
from wct_domain.executor.erasure_targets import target_of_run
from wct_domain.executor.reverification import Installed, Reverification
from wct_domain.executor.verified import Verdict
from wct_domain.message import Message
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.timeline import describe
from wct_domain.runbook import Runbook, parse_runbook
from wct_domain.schemas import Schema
from wct_domain.testing.scenario import AnySchema
from wct_entrypoints.bootstrap.erasure import erasure_tools
from wct_entrypoints.bootstrap.ledgers import memory_ledger

SAME, DIVERGED = Verdict.SAME, Verdict.DIVERGED


def recorded(then: World | None = None) -> tuple[Ledger, str]:
    ledger = memory_ledger()
    return ledger, (then or World()).run(ledger, record_inputs=True)


def reading(ledger: Ledger, run: str) -> SourceRead:
    (found,) = (e.event for e in ledger.read(run) if isinstance(e.event, SourceRead))
    return found


def test_what_was_read_is_kept_sealed_and_is_what_its_event_says() -> None:
    ledger, run = recorded()
    read = reading(ledger, run)
    assert read.message is not None
    assert read.message.content == read.content
    message = BlobReader(ledger, ledger.keys).message(read.message)
    assert message.content["data"] == ["one", "two"]
    assert b"two" not in ledger.blob(read.message.blob)
    assert describe(read).endswith(", kept) for kept")


def test_without_being_asked_nothing_is_kept() -> None:
    ledger = memory_ledger()
    assert reading(ledger, World().run(ledger)).message is None


def test_a_source_that_is_gone_is_not_missed() -> None:
    ledger, run = recorded()
    found = again(ledger, run, World(unreachable=True))
    assert verdicts(found) == {"kept": SAME, "after": SAME}
    assert of(found, "kept").source == (
        "its source is not available now: it was given what is recorded of it"
    )


def test_a_source_that_has_changed_does_not_hide_what_the_code_does() -> None:
    ledger, run = recorded()
    now = World(texts=["uno", "due", "quattro"])
    kept = of(again(ledger, run, now), "kept")
    assert kept.verdict is SAME
    assert str(kept.source).startswith("its source has changed since")
    now.bias = 1
    kept = of(again(ledger, run, now), "kept")
    assert (kept.verdict, kept.places) == (DIVERGED, ("count",))
    assert str(kept.source).startswith("its source has changed since")


def test_a_source_that_is_as_it_was_is_read() -> None:
    ledger, run = recorded()
    kept = of(again(ledger, run, World()), "kept")
    assert (kept.verdict, kept.source) == (SAME, None)


def test_not_even_the_connector_need_be_installed() -> None:
    ledger, run = recorded()
    now = World()
    has = now.components()
    del has.connectors["texts_connector"]
    installed = Installed(has, AnySchema(), now.versions, lambda: 0)
    found = Reverification(ledger, run, installed, None).verified()
    assert verdicts(found) == {"kept": SAME, "after": SAME}


def test_one_step_is_done_again_without_a_look_at_its_source() -> None:
    ledger, run = recorded()
    now = World(texts=["three"])
    installed = Installed(now.components(), AnySchema(), now.versions, lambda: 0)
    work = Reverification(ledger, run, installed, None)
    result = work.again("kept", read_anew=False)
    assert (result.read, result.as_recorded) == (None, True)
    assert result.result is not None
    assert result.result.content["count"] == 2
    assert work.compared("kept", result).verdict is SAME


def two_readers() -> dict[str, Any]:
    document = deepcopy(RUNBOOK)
    second = deepcopy(document["execution"][0]) | {"id": "twin", "name": "Twin"}
    document["execution"].append(second)
    return document


def test_steps_that_share_a_source_share_what_is_kept_of_it() -> None:
    ledger, run = recorded(World(runbook=two_readers()))
    gone = World(runbook=two_readers(), unreachable=True)
    assert set(verdicts(again(ledger, run, gone)).values()) == {SAME}


def test_a_resumed_run_goes_on_keeping() -> None:
    ledger, run = recorded(World(breaks=True))
    World(texts=["three"]).resume(ledger, run, from_step="kept")
    found = [e.event for e in ledger.read(run) if isinstance(e.event, SourceRead)]
    assert len(found) == 2
    assert all(each.message is not None for each in found)
    kept = again(ledger, run, World(unreachable=True))
    assert set(verdicts(kept).values()) == {SAME}


def test_what_is_kept_goes_with_an_erasure() -> None:
    ledger, run = recorded()
    read = reading(ledger, run)
    assert read.message is not None
    assert read.message.blob in ledger.blob_digests()
    target = target_of_run(ledger, run, with_others=False)
    erase(erasure_tools(ledger), target, reason="art17", by="9" * 32, reference=None)
    assert read.message.blob not in ledger.blob_digests()
    found = verdicts(again(ledger, run, World(unreachable=True), the_file()))
    assert found["kept"] is Verdict.INPUT_NOT_AVAILABLE


def the_file() -> Runbook:
    return parse_runbook(RUNBOOK)


@pytest.mark.parametrize("error", [StepTimeoutError, StepProcessError])
def test_a_step_that_was_out_of_time_or_crashed_is_not_tried_without_a_limit(
    error: type[ExecutorError],
) -> None:
    class Late(World):
        def _read(self, schema: Schema) -> Message:
            raise error("it took too long")

    ledger = memory_ledger()
    run = Late().run(ledger)
    kept = of(again(ledger, run, World()), "kept")
    assert kept.verdict is Verdict.NOT_POSSIBLE
    assert "says nothing of its input" in str(kept.why)
