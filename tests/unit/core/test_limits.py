"""Steps with a limit, in workplaces that only pretend to be processes."""

import threading
import time
from collections.abc import Collection
from typing import Any

import pytest

from tests.unit.core.test_whole_runs import Setup
from tests.unit.core.toys import components, step, two_texts
from tests.waiting import until
from wct_domain.durations import LONGEST, in_words, seconds_of
from wct_domain.errors import (
    ExecutorError,
    RunbookValidationError,
    StepStoppedError,
    StepTimeoutError,
)
from wct_domain.events import RunInterrupted, SourceRead, StepFailed, StepStarted
from wct_domain.executor.outcome import RunInterruptedError
from wct_domain.handlers.workplaces import Here
from wct_domain.message import Message
from wct_domain.ports.workplaces import Extracts, Workplace, Workplaces
from wct_domain.runbook import ConnectorConfig, parse_runbook
from wct_domain.schemas import Schema


class Pretended(Workplaces):
    """Workplaces here, which raise what a process would when it is stopped."""

    def __init__(self, out_of_time: int = 0) -> None:
        self.limits: list[float] = []
        self.open_now = 0
        self.out_of_time = out_of_time
        self.installed = components()
        self.stopped = threading.Event()

    def obstacle(self, what: str, component: str) -> str | None:
        return "no" if component == "strange" else None

    def open(self, limit: float, components: Collection[str]) -> Workplace:
        assert components == {"texts_connector", "counting_analyser"}
        self.limits.append(limit)
        self.open_now += 1
        return _Place(self)

    def stop(self) -> None:
        self.stopped.set()


class _Place(Here):
    def __init__(self, whole: Pretended) -> None:
        super().__init__(whole.installed)
        self._whole = whole

    def connector(self, config: ConnectorConfig) -> Extracts:
        if self._whole.out_of_time > 0:
            self._whole.out_of_time -= 1
            raise StepTimeoutError("timed out after 5 s")
        if self._whole.out_of_time < 0:
            assert self._whole.stopped.wait(30)
            raise StepStoppedError("stopped")
        return super().connector(config)

    def seconds_left(self) -> float:
        return 0.2

    def close(self) -> None:
        self._whole.open_now -= 1


def setup(whole: Workplaces | None, *steps: dict[str, Any], **more: Any) -> Setup:
    made = Setup(*steps, **more)
    made.executor._equipment = made.equipment._replace(  # pyright: ignore[reportPrivateUsage]  # as if it had been made so
        make_workplaces=None if whole is None else lambda: whole
    )
    return made


def test_only_steps_with_a_limit_work_elsewhere_and_leave_nothing_open() -> None:
    whole = Pretended()
    outcome = setup(whole, step("a"), step("b", timeout="2m")).run()
    assert [each.success for each in outcome.results] == [True, True]
    assert whole.limits == [120.0]
    assert whole.open_now <= 0
    assert whole.stopped.is_set()


def test_a_step_out_of_time_is_an_attempt_and_says_nothing_of_the_source() -> None:
    whole = Pretended(out_of_time=1)
    retry = {"attempts": 2, "backoff": 0}
    running = setup(whole, step("a", timeout=5, retry=retry))
    assert running.run().results[0].success
    (failed,) = running.history(StepFailed)
    assert (failed.code, failed.error) == ("timeout", "StepTimeoutError")
    assert len(running.history(SourceRead)) == 1

    whole = Pretended(out_of_time=1)
    running = setup(whole, step("a", timeout=5), step("b", timeout=5), workers=1)
    assert [each.success for each in running.run().results] == [False, True]


def test_what_is_stopped_with_the_run_stays_in_flight() -> None:
    running = setup(Pretended(out_of_time=-1), step("a", timeout=5))

    def stop() -> None:
        assert until(lambda: bool(running.history(StepStarted)))
        running.executor.interrupt("SIGINT")

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(RunInterruptedError) as caught:
        running.run()
    stopper.join()
    assert caught.value.in_flight == ("a",)
    time.sleep(0.05)
    assert isinstance(running.history()[-1], RunInterrupted)


def test_a_limit_counts_while_another_step_reads_the_source() -> None:
    read = threading.Event()

    def slowly(schema: Schema) -> Message:
        read.wait(30)
        return two_texts(schema)

    running = setup(
        Pretended(),
        step("a"),
        step("b", timeout=5),
        installed=components(slowly),
    )

    def let_go() -> None:
        assert until(lambda: bool(running.history(StepFailed)))
        read.set()

    other = threading.Thread(target=let_go)
    other.start()
    results = running.run().results
    other.join()
    assert [each.success for each in results] == [True, False]
    assert "another step read the same source" in str(results[1].error_message)


def test_where_no_process_can_be_a_limit_is_refused_and_nothing_recorded() -> None:
    running = setup(None, step("a", timeout=5))
    with pytest.raises(ExecutorError, match="Step 'Step a' has a timeout"):
        running.run()
    assert running.history() == []


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (90, 90.0),
        (0.5, 0.5),
        ("90", 90.0),
        ("90s", 90.0),
        ("1.5 m", 90.0),
        (" 2h ", 7200.0),
        (LONGEST, LONGEST),
    ],
)
def test_a_limit_is_seconds_or_a_text(written: object, seconds: float) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize(
    "written",
    [0, -1, True, "", "soon", "5 min", "1e3", "0s", "721h", 10**400, float("nan"), []],
)
def test_anything_else_is_refused_with_its_place(written: object) -> None:
    from tests.unit.core.toys import runbook  # a name of many here

    with pytest.raises(RunbookValidationError, match="execution -> 0 -> timeout: "):
        parse_runbook(runbook(step("a", timeout=written)))


def test_a_limit_is_told_in_seconds() -> None:
    assert [in_words(each) for each in (90.0, 0.5, 2_592_000.0)] == [
        "90 s",
        "0.5 s",
        "2592000 s",
    ]
