"""Erasing: what goes, what stays, and what is left when it is cut short."""

from collections.abc import Collection
from typing import Any

import pytest

from tests.unit.core.recorded_runs import LARGE, STEPS, ProcessEndedError, Setup
from tests.unit.core.toys import runbook
from wct_adapters.ledgers.keys import KeyRing
from wct_domain.archive import BlobReader
from wct_domain.commands import StartRun
from wct_domain.digests import Reference, blob_digest
from wct_domain.errors import (
    ErasedError,
    ErasureRefusedError,
    ExecutorError,
)
from wct_domain.events import (
    ArtifactSaved,
    DataErased,
    ErasureRequested,
    RunStarted,
)
from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.executor.erasure import finish_erasures
from wct_domain.executor.erasure_targets import (
    refuse_running,
    target_of_group,
    target_of_run,
)
from wct_domain.executor.scopes import scope_name
from wct_domain.executor.stream import StreamAtWork
from wct_domain.plan import plan_runbook
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import Blob, NewEvent
from wct_domain.projections.erasures import unfinished_erasures
from wct_domain.resumption import recorded_runbook
from wct_domain.runbook import parse_runbook
from wct_domain.testing.ledger_samples import RUN, event_id
from wct_domain.testing.scenario import AnySchema


def test_an_erased_run_keeps_its_events_and_nothing_else() -> None:
    setup = Setup()
    run, other = setup.run(), setup.run()
    before, had = setup.events(run), setup.left_of(run)
    assert had > 0
    assert setup.erase_run(run) == had
    assert setup.left_of(run) == 0
    scope = before[0].scope
    assert setup.events(run) == [
        *before,
        ErasureRequested(scope=scope, reason="art17", by="9" * 32, reference="T-17"),
        DataErased(scope=scope, blobs=had),
    ]
    assert setup.left_of(other) > 0
    (start,) = [
        each.result for each in setup.events(other) if hasattr(each, "artifact")
    ]
    blobs = BlobReader(setup.ledger, setup.ledger.keys)
    assert blobs.message(start).content == {"count": 2}


def test_what_was_saved_by_hand_after_the_run_goes_with_it() -> None:
    setup = Setup()
    run = setup.run(saved=LARGE)
    (stream,) = setup.ledger.streams(f"artifacts/{run}/")
    events = list(setup.ledger.read(stream.name))
    assert {each.correlation_id for each in events} == {run}
    saved = events[0].event
    assert isinstance(saved, ArtifactSaved)
    assert saved.parts > 1
    setup.erase_run(run)
    assert list(setup.ledger.blob_digests()) == []
    last = list(setup.ledger.read(stream.name))[-1]
    assert isinstance(last.event, DataErased)
    assert last.correlation_id == run


def test_what_is_saved_after_an_erasure_can_be_erased_too() -> None:
    setup = Setup()
    run = setup.run()
    setup.erase_run(run)
    late = StreamAtWork(run, setup.tools, scope=scope_name(run, None)).afterwards()
    RecordedArtifactStore(late, AnySchema()).save("late", LARGE)
    assert setup.left_of(run) > 0
    assert setup.erase_run(run) > 0
    assert list(setup.ledger.blob_digests()) == []


def test_rows_that_subscribers_made_of_a_run_go_with_it() -> None:
    setup = Setup()
    run, other = setup.run(saved=LARGE), setup.run()
    (late,) = setup.ledger.streams(f"artifacts/{run}/")
    cursors = setup.ledger.cursors
    begun = cursors.begin("counts", None)
    rows = [(each, Row(each)) for each in (run, late.name, other)]
    cursors.move(begun, begun, rows=rows)
    setup.erase_run(run)
    assert [each.key for each in cursors.rows("counts")] == [other]


def test_erasing_twice_is_harmless() -> None:
    setup = Setup()
    run = setup.run("shop")
    setup.erase(target_of_group(setup.ledger, "shop"))
    before = setup.events(run)
    assert setup.erase(target_of_group(setup.ledger, "shop")) == 0
    assert setup.erase_run(run) == 0
    assert setup.events(run) == before
    assert len(setup.ledger.keys.scopes_of("name/shop")) == 2


def test_runs_of_one_scope_go_together_or_not_at_all() -> None:
    setup = Setup()
    first, second, other = setup.run("shop"), setup.run(" shop\n"), setup.run("mail")
    with pytest.raises(ErasureRefusedError) as caught:
        setup.erase_run(first)
    assert second in str(caught.value)
    assert "--with-others" in str(caught.value)
    assert setup.left_of(first) > 0
    setup.erase_run(first, with_others=True)
    assert (setup.left_of(first), setup.left_of(second)) == (0, 0)
    assert setup.left_of(other) > 0


def test_a_name_that_is_used_again_after_an_erasure_is_erased_whole() -> None:
    setup = Setup()
    first = setup.run("shop")
    setup.erase(target_of_group(setup.ledger, "shop"))
    second = setup.run("shop")
    assert setup.left_of(second) > 0
    target = target_of_group(setup.ledger, "shop")
    assert target.runs == (first, second)
    setup.erase(target)
    assert setup.left_of(second) == 0
    assert [e.scope for e in setup.events(first) if isinstance(e, DataErased)] == [
        setup.events(first)[0].scope
    ]


def test_the_name_of_a_scope_is_the_same_however_it_is_typed() -> None:
    assert scope_name("r", " Mu\u0308ller ") == scope_name("r", "M\u00fcller")
    assert scope_name("r", None) == "run/r"
    with pytest.raises(ExecutorError, match="needs a name"):
        scope_name("r", "  ")


def test_a_scope_that_no_run_has_is_refused_without_quoting_it() -> None:
    setup = Setup()
    setup.run("shop")
    with pytest.raises(ErasureRefusedError, match="no run in ledger") as caught:
        target_of_group(setup.ledger, "bob")
    assert "bob" not in str(caught.value)


def test_a_run_that_somebody_is_at_work_on_is_refused() -> None:
    setup = Setup()
    with (
        setup.ledger.locks.hold("at work"),
        pytest.raises(ErasureRefusedError, match="run at work is going on"),
    ):
        refuse_running(setup.ledger, ["idle", "at work"])
    refuse_running(setup.ledger, ["idle", "at work"])


def test_a_run_that_is_erased_while_it_goes_on_records_nothing_more() -> None:
    setup = Setup()
    plan = plan_runbook(parse_runbook(runbook(*STEPS)))
    stream = StreamAtWork("killed", setup.tools, scope=scope_name("killed", None))
    stream.dispatch(StartRun(plan, b"runbook"))
    setup.erase_run("killed")
    assert setup.left_of("killed") == 0
    with pytest.raises(ErasedError, match="while it went on"):
        stream.dispatch(StartRun(plan, b"runbook"))
    assert setup.left_of("killed") == 0


def test_a_run_that_was_never_sealed_is_refused() -> None:
    setup = Setup()
    plan = plan_runbook(parse_runbook(runbook(*STEPS)))
    StreamAtWork("plain", setup.tools).dispatch(StartRun(plan, b"runbook"))
    with pytest.raises(ErasureRefusedError, match="without encryption"):
        target_of_run(setup.ledger, "plain", with_others=False)


def lasting_steps() -> int:
    """Count what an erasure of two runs makes last, and that can be its last."""
    setup = Setup()
    setup.run("shop", saved=LARGE)
    setup.run("shop")
    setup.ledger.left = 1000
    setup.erase(target_of_group(setup.ledger, "shop"))
    return 1000 - setup.ledger.left


@pytest.mark.parametrize("again", ["finish", "erase"])
def test_wherever_an_erasure_is_cut_short_it_is_finished(again: str) -> None:
    steps = lasting_steps()
    assert steps >= 6  # two requests, the key, a stream of artifacts, two runs
    for done in range(steps):
        setup = Setup()
        runs = [setup.run("shop", saved=LARGE), setup.run("shop")]
        other = setup.run()
        setup.ledger.left = done
        target = target_of_group(setup.ledger, "shop")
        with pytest.raises(ProcessEndedError):
            setup.erase(target)
        setup.ledger.left = None
        assert bool(unfinished_erasures(setup.ledger)) == (done > 0)
        if again == "erase" or done == 0:
            setup.erase(target_of_group(setup.ledger, "shop"))
        else:
            finish_erasures(setup.tools)
        assert unfinished_erasures(setup.ledger) == []
        for run in runs:
            assert setup.left_of(run) == 0
            kinds = [each.type for each in setup.events(run)]
            assert kinds.count(ErasureRequested.type) == 1
            assert kinds.count(DataErased.type) == 1
            erasure = setup.state(run).erasure
            assert erasure is not None
            assert (erasure.reason, erasure.reference) == ("art17", "T-17")
        assert setup.left_of(other) > 0
        assert finish_erasures(setup.tools) == []


def test_an_erasure_that_is_cut_short_before_the_key_is_gone_is_seen() -> None:
    setup = Setup()
    run = setup.run()
    setup.ledger.left = 1
    with pytest.raises(ProcessEndedError):
        setup.erase_run(run)
    (unfinished,) = unfinished_erasures(setup.ledger)
    assert unfinished.runs == (run,)
    assert unfinished.request.reason == "art17"
    assert not setup.state(run).is_erased


def test_an_erasure_is_covered_by_a_checkpoint() -> None:
    setup = Setup()
    run = setup.run()
    setup.erase_run(run)
    checkpoint = setup.ledger.last_checkpoint()
    assert checkpoint is not None
    assert checkpoint.size == setup.ledger.seal()


def test_what_is_recorded_of_an_erasure_names_nobody() -> None:
    setup = Setup()
    run = setup.run("bob")
    setup.erase(target_of_group(setup.ledger, "bob"))
    rows = [row.payload for row in setup.ledger.rows(stream=run)]
    assert not any(b"bob" in row for row in rows if row is not None)
    assert isinstance(setup.events(run)[0], RunStarted)


def test_a_run_that_was_erased_cannot_be_gone_on_with() -> None:
    setup = Setup()
    run = setup.run()
    setup.erase_run(run)
    blobs = BlobReader(setup.ledger, setup.ledger.keys)
    with pytest.raises(ErasedError, match="what it had stored is gone; run its"):
        recorded_runbook(setup.state(run), blobs)


def test_a_run_that_starts_while_others_of_its_scope_are_erased_goes_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setup = Setup()
    first, other = setup.run("shop"), setup.run()
    late: list[str] = []
    destroy = KeyRing.destroy

    def meanwhile(ring: KeyRing, scopes: Collection[str]) -> None:
        late.append(setup.run("shop"))
        destroy(ring, scopes)

    monkeypatch.setattr(KeyRing, "destroy", meanwhile)
    setup.erase(target_of_group(setup.ledger, "shop"))
    for run in (first, *late):
        assert setup.left_of(run) == 0
        assert setup.state(run).is_erased
    assert setup.left_of(other) > 0


@pytest.mark.parametrize("when", ["after the key is gone", "while blobs go"])
def test_a_run_that_has_sealed_and_not_yet_appended_is_erased_too(
    monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Its sealer asks again 50 ms later, and what is sealed may be appended later."""
    setup = Setup()
    first = setup.run("shop")
    started = setup.events(first)[0]
    sealed = setup.ledger.keys.sealer_of(started.scope).seal(b'\x00"late"')
    document = Reference(blob=blob_digest(sealed), content="0" * 64)
    late = started.model_copy(update={"document": document})
    append = setup.ledger.append

    def start(*_: object) -> None:
        news = [NewEvent(event_id(1), late)]
        append(RUN, news, expected=0, blobs=[Blob(document.blob, sealed)])

    def starting(*given: Any, **named: Any) -> Any:
        if isinstance(given[1][0].event, DataErased) and not setup.events(RUN):
            start()
        return append(*given, **named)

    if when == "while blobs go":
        monkeypatch.setattr(setup.ledger, "append", starting)
    else:
        monkeypatch.setattr(KeyRing, "settle", start)
    setup.erase(target_of_group(setup.ledger, "shop"))
    for run in (first, RUN):
        assert setup.left_of(run) == 0
        assert setup.state(run).is_erased
