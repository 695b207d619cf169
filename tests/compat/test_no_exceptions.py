"""What components raise that is no ``Exception``: whom it concerns."""

import signal
import sys
import time
from asyncio import CancelledError
from threading import Thread, main_thread

import pytest

from tests.compat.bench import Bench, Document, step
from tests.compat.toys import OddError, analysis, count_letters, raising, source
from wct_domain.events import RunCompleted, RunFailed, RunInterrupted, StepFailed
from wct_entrypoints.api import Message, Schema


def leaving(bench: Bench, *steps: Document) -> BaseException:
    """Run to where the run is left, on a thread: should it hang, this test must not."""
    left: list[BaseException] = []

    def run() -> None:
        try:
            bench.run(*steps)
        except BaseException as error:  # noqa: BLE001  # what is being tested
            left.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive(), "the run goes on for ever"
    [error] = left
    return error


def employ_raising(bench: Bench, where: str, error: BaseException) -> None:
    if where == "connector":
        bench.connect(source("post", raising(error)))
    else:
        bench.employ(analysis("counter", raising(error)))


@pytest.mark.parametrize("where", ["connector", "analyser"])
def test_leaving_the_process_is_not_held_back(where: str, bench: Bench) -> None:
    error = SystemExit(7)
    employ_raising(bench, where, error)

    assert leaving(bench, step("count")) is error
    assert bench.events(RunCompleted) == []
    assert [event.error for event in bench.events(RunFailed)] == ["SystemExit"]


class Strange(BaseException):
    """No ``Exception``, and no error of Python's."""


@pytest.mark.parametrize(
    "kind", [GeneratorExit, Strange, CancelledError, KeyboardInterrupt]
)
@pytest.mark.parametrize("where", ["connector", "analyser"])
def test_what_is_no_exception_fails_the_step_like_one(
    where: str, kind: type[BaseException], bench: Bench
) -> None:
    employ_raising(bench, where, kind("out of ink"))
    bench.employ(analysis("spare", count_letters))

    failed, fine = bench.run(step("count"), step("other", analyser="spare"))

    assert failed.error_message == "out of ink"
    assert fine.success == (where == "analyser")
    assert bench.events(RunInterrupted) == []
    assert {event.error for event in bench.events(StepFailed)} == {kind.__name__}


def test_a_source_that_raised_what_is_no_exception_is_tried_once(bench: Bench) -> None:
    shut = source("post", raising(Strange("the box is shut")))
    bench.connect(shut)

    results = bench.run(step("a"), step("b"))

    assert {result.error_message for result in results} == {"the box is shut"}
    assert len(shut.asked) == 1


def test_ctrl_c_is_told_from_a_keyboard_interrupt_of_a_component(
    bench: Bench,
) -> None:
    def bring(_schema: Schema) -> Message:
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
        time.sleep(30)
        raise OddError("nobody came")

    bench.connect(source("post", bring))

    with pytest.raises(KeyboardInterrupt):
        bench.run(step("count"))

    [event] = bench.events(RunInterrupted)
    assert event.in_flight == ("count",)


def test_sys_exit_in_a_component_ends_a_run_of_many_steps(bench: Bench) -> None:
    bench.employ(analysis("quitter", lambda _read, _made, _in: sys.exit("enough")))

    steps = (step(f"s{number}") for number in range(9))
    error = leaving(bench, step("quit", analyser="quitter"), *steps)

    assert isinstance(error, SystemExit)
    assert error.code == "enough"


def test_a_run_can_follow_one_that_was_left(bench: Bench) -> None:
    bench.employ(analysis("quitter", raising(SystemExit(7))))
    leaving(bench, step("quit", analyser="quitter"))

    assert [result.success for result in bench.run(step("count"))] == [True]
