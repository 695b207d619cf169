"""``replay --verify``: steps done again, and compared with what is recorded."""

from datetime import UTC, datetime

import pytest

from tests.changing_world import World
from tests.unit.core.toys import planned, step
from tests.unit.projections.histories import completed, read, recorded, started
from wct_domain.commands import StartRun
from wct_domain.events import StepStarted
from wct_domain.executor.pasts import pasts_of
from wct_domain.executor.reverification import Installed, Reverification
from wct_domain.executor.stream import StreamAtWork
from wct_domain.executor.verified import RunVerified, Verdict, Verified
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger, NewEvent
from wct_domain.runbook import Runbook, parse_runbook
from wct_domain.testing.scenario import AnySchema
from wct_entrypoints.bootstrap.application import equipment
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import memory_ledger

SAME, DIVERGED = Verdict.SAME, Verdict.DIVERGED


def verified(
    now: World, then: World | None = None, file: Runbook | None = None
) -> RunVerified:
    """Run in one world, and do the steps again in another."""
    ledger = memory_ledger()
    run = (then or World()).run(ledger)
    return again(ledger, run, now, file)


def again(
    ledger: Ledger, run: str, now: World, file: Runbook | None = None
) -> RunVerified:
    installed = Installed(now.components(), AnySchema(), now.versions, lambda: 0)
    before = [(s.name, s.version) for s in ledger.streams()]
    blobs = sorted(ledger.blob_digests())
    try:
        return Reverification(ledger, run, installed, file).verified()
    finally:
        assert [(s.name, s.version) for s in ledger.streams()] == before
        assert sorted(ledger.blob_digests()) == blobs


def verdicts(found: RunVerified) -> dict[str, Verdict]:
    return {each.step: each.verdict for each in found.steps}


def of(found: RunVerified, name: str) -> Verified:
    return next(each for each in found.steps if each.step == name)


def test_in_the_same_world_everything_comes_out_the_same() -> None:
    found = verified(World())
    assert verdicts(found) == {"kept": SAME, "after": SAME}
    assert (found.first_divergence, found.differs) == (None, [])


def test_time_and_seed_are_those_of_then() -> None:
    assert set(verdicts(verified(World(timed=True), World(timed=True))).values()) == (
        {SAME}
    )


def test_a_step_that_comes_out_otherwise_is_named_and_no_other() -> None:
    found = verified(World(bias=1))
    # The next step is given the artifact of then: it is not blamed.
    assert verdicts(found) == {"kept": DIVERGED, "after": SAME}
    first = found.first_divergence
    assert first is not None
    assert (first.step, first.places) == ("kept", ("count",))
    assert first.expected == first.got == "completed: 1 item of counts/1.0.0"
    assert found.differs == []


@pytest.mark.parametrize(
    ("now", "place"),
    [
        (World(bias=1, versions={"wct": "2", "python": "3.11.2"}), "wct"),
        (World(bias=1, versions={"wct": "1.0.0", "python": "3.13"}), "python"),
        (World(bias=1, plugin="counter 2.0"), "analyser first -> plugin"),
        (
            World(bias=1, rules={"sum": "zz", "mean": "bb"}),
            "analyser first -> ruleset numbers rules -> sum",
        ),
        (World(bias=1, ruleset="2.0.0"), "analyser first -> ruleset numbers"),
    ],
)
def test_what_differs_of_code_and_rules_is_named(now: World, place: str) -> None:
    assert place in {each.place for each in verified(now).differs}


class TestInputs:
    def test_that_changed_are_no_divergence(self) -> None:
        found = verified(World(texts=["one", "two", "three"]))
        assert verdicts(found)["kept"] is Verdict.INPUT_CHANGED
        assert of(found, "kept").why == "the result is another one, too"

    def test_that_changed_without_effect_are_named_too(self) -> None:
        kept = of(verified(World(texts=["uno", "due"])), "kept")
        assert (kept.verdict, kept.why) == (
            (Verdict.INPUT_CHANGED, "the result is the same")
        )

    def test_that_cannot_be_read_any_more_are_named(self) -> None:
        kept = of(verified(World(unreachable=True)), "kept")
        assert (kept.verdict, kept.why) == (
            (Verdict.INPUT_NOT_AVAILABLE, "nobody answers")
        )

    def test_that_could_not_be_read_then_either_are_the_same(self) -> None:
        found = verified(World(unreachable=True), World(unreachable=True))
        assert verdicts(found) == {"kept": SAME, "after": Verdict.NOTHING_TO_DO}


class TestFailures:
    def test_that_are_repeated_are_the_same(self) -> None:
        found = verified(World(fails=True), World(fails=True))
        assert verdicts(found) == {"kept": SAME, "after": Verdict.NOTHING_TO_DO}
        assert of(found, "after").why == "skipped, because kept failed"

    def test_that_are_gone_are_a_divergence(self) -> None:
        kept = of(verified(World(), World(fails=True)), "kept")
        assert kept.verdict is DIVERGED
        assert kept.expected == "failed (analyser.processing, AnalyserProcessingError)"

    def test_that_are_new_say_why(self) -> None:
        kept = of(verified(World(fails=True)), "kept")
        assert (kept.verdict, kept.why) == (DIVERGED, "it fails")


@pytest.mark.parametrize(("then", "now"), [(None, 3), (3, None), (3, 4)])
def test_what_a_plugin_notes_is_compared(then: int | None, now: int | None) -> None:
    assert verdicts(verified(World(notes=now), World(notes=then)))["kept"] is DIVERGED


def test_a_plugin_that_is_missing_is_named() -> None:
    ledger = memory_ledger()
    run = World().run(ledger)
    now = World()
    has = now.components()
    del has.analysers["counting_analyser"]
    installed = Installed(has, AnySchema(), now.versions, lambda: 0)
    found = Reverification(ledger, run, installed, None).verified()
    assert set(verdicts(found).values()) == {Verdict.NOT_POSSIBLE}
    assert of(found, "kept").why == (
        "no analyser of type 'counting_analyser' is installed"
    )


def test_steps_that_never_ended_or_began_are_named() -> None:
    ledger = memory_ledger()
    tools = equipment(ledger, SilentBus(), AnySchema(), World().components())
    stream = StreamAtWork("019ab2c4-7d10-7a51-9f2e-4c1d5b6a7e80", tools)
    stream.dispatch(StartRun(planned(step("kept"), step("next")), b""))
    began = StepStarted(step="kept", at=datetime.now(UTC), seed=1)
    ledger.append(stream.run.id, [NewEvent(new_id(), began)], expected=None)
    found = again(ledger, stream.run.id, World())
    assert verdicts(found) == (
        {"kept": Verdict.NOT_POSSIBLE, "next": Verdict.NOTHING_TO_DO}
    )


class TestSecrets:
    @staticmethod
    def world(password: str) -> World:
        world = World()
        properties = world.runbook["connectors"][0]["properties"]
        properties["password"] = password
        return world

    def test_need_the_runbook_file(self) -> None:
        found = verified(World(), self.world("swordfish"))
        kept = of(found, "kept")
        assert kept.verdict is Verdict.NOT_POSSIBLE
        assert kept.why == (
            "the recorded runbook hides a secret; "
            "give the runbook file with --runbook PATH"
        )
        assert verdicts(found)["after"] is SAME

    def test_are_taken_from_it(self) -> None:
        file = parse_runbook(self.world("swordfish").runbook)
        found = verified(World(), self.world("swordfish"), file)
        assert verdicts(found) == {"kept": SAME, "after": SAME}
        assert found.differs == []

    def test_that_are_others_are_said_to_differ(self) -> None:
        file = parse_runbook(self.world("marlin").runbook)
        (difference,) = verified(World(), self.world("swordfish"), file).differs
        assert difference.place == (
            "runbook file -> connectors -> texts -> properties -> password"
        )
        assert "marlin" not in repr(difference)


WITHOUT_EFFECT: dict[str, World] = {
    "wct": World(versions={"wct": "9", "python": "3.11.2"}),
    "plugin": World(plugin="counter 9"),
    "rule": World(rules={"sum": "zz", "mean": "bb"}),
}


@pytest.mark.parametrize("what", WITHOUT_EFFECT)
def test_a_difference_without_effect_is_no_divergence(what: str) -> None:
    found = verified(WITHOUT_EFFECT[what])
    assert set(verdicts(found).values()) == {SAME}
    assert any(what in each.place or "rules" in each.place for each in found.differs)


def test_a_resumed_run_is_verified_by_the_last_attempt_at_each_step() -> None:
    ledger = memory_ledger()
    run = World(breaks=True).run(ledger)
    changed = World(versions={"wct": "2", "python": "3.11.2"})
    changed.runbook["analysers"][1]["properties"]["limit"] = 10
    changed.resume(ledger, run)
    assert set(verdicts(again(ledger, run, World())).values()) == {SAME}
    kept = of(again(ledger, run, World(bias=1)), "kept")
    assert kept.verdict is DIVERGED


def test_a_source_is_compared_with_what_it_was_when_the_step_read_it() -> None:
    aside = {**World().step(0), "id": "aside", "analyser": "second"}
    then = World(breaks=True)
    then.runbook["execution"].append(aside)
    ledger = memory_ledger()
    run = then.run(ledger)
    later = World(texts=["one", "two", "three"])
    later.runbook["execution"].append(aside)
    later.resume(ledger, run)
    found = verdicts(again(ledger, run, later))
    assert (found["kept"], found["aside"]) == (Verdict.INPUT_CHANGED, SAME)


def test_a_source_whose_reading_was_recorded_late_is_compared_all_the_same() -> None:
    now = datetime.now(UTC)
    history = recorded(
        started("a", "b"),
        StepStarted(step="b", at=now, seed=1),
        completed("b"),
        StepStarted(step="a", at=now, seed=1),
        read("a"),
    )
    caused = [
        each._replace(causation_id=history[index].id)
        for each, index in zip(history, [0, 0, 1, 0, 3], strict=True)
    ]
    pasts = pasts_of(caused)
    assert pasts["b"].sources == {("files", "standard_input/1.0.0"): "c" * 64}
