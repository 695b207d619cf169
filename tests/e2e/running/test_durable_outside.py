"""Receivers outside of the process that were away: they are told everything later."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import COMMAND, Wct
from tests.nats_server import NatsServer
from tests.one_note import write_one_note
from tests.receiver import SECRET, Receiver, answer, cut, receiving
from tests.waiting import until

ENV = {"KEY": SECRET}
HOOK = """
subscribers:
  - name: chat
    webhook: {{url: "{url}", secret: "${{KEY}}", timeout: 2}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    write_one_note(tmp_path)
    (tmp_path / "note.txt").write_text("write to letters@example.org")
    return tmp_path


@pytest.fixture
def receiver(here: Path) -> Receiver:
    """A receiver that is away; its port stays its own."""
    receiver = Receiver()
    with receiving(receiver):
        pass
    (here / "wct.yaml").write_text(HOOK.format(url=receiver.url))
    return receiver


@pytest.fixture
def present(receiver: Receiver) -> Iterator[Receiver]:
    with receiving(receiver):
        yield receiver


def run(wct: Wct) -> str:
    """Run the runbook; return the run's id."""
    done = wct("run", "runbook.yaml", "--quiet", "--drain", "0.3", env=ENV)
    assert done.returncode == 0, done.stderr
    found: str = json.loads(wct("runs", "--json", env=ENV).stdout)[0]["run"]
    return found


def deliver(wct: Wct, *options: str) -> subprocess.CompletedProcess[str]:
    return wct("deliver", "--for", "20", *options, env=ENV)


def recorded(wct: Wct, *runs: str) -> list[str]:
    """Ids of the events of these runs, in order."""
    return [
        json.loads(line)["id"]
        for each in runs
        for line in wct(
            "events", each, "--format", "cloudevents", env=ENV
        ).stdout.splitlines()
    ]


def in_order(told: list[str]) -> list[str]:
    """What was told for the first time, in the order of that."""
    return list(dict.fromkeys(told))


def test_who_was_away_during_the_runs_is_told_all_of_them_in_order(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    runs = [run(wct), run(wct)]
    assert receiver.ids == []

    with receiving(receiver):
        done = deliver(wct)

    assert done.returncode == 0, done.stderr
    assert receiver.ids == recorded(wct, *runs)
    assert [each["id"] for each in receiver.posts] == receiver.ids


def test_who_fails_in_between_misses_nothing(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    name = run(wct)
    receiver.deeds.extend([answer(204)] * 2 + [answer(500), cut, answer(429)])

    with receiving(receiver):
        assert deliver(wct).returncode == 0

    taken = [head["webhook-id"] for head in receiver.heads[:2]]
    assert in_order(taken + receiver.ids) == recorded(wct, name)


def test_who_was_told_during_the_run_is_not_told_again(
    wct: Wct, here: Path, present: Receiver
) -> None:
    done = wct("run", "runbook.yaml", "--quiet", "--drain", "20", env=ENV)
    assert (done.returncode, done.stderr) == (0, "")
    told = list(present.ids)

    assert deliver(wct).returncode == 0

    assert present.ids == told == recorded(wct, "latest")


def test_a_delivery_that_is_killed_goes_on_where_it_was(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    runs = [run(wct), run(wct)]
    for _ in range(2):
        receiver.deeds.clear()
        receiver.deeds.extend([*[answer(204)] * 2, receiver.hang])
        before = len(receiver.heads)
        with receiving(receiver):
            process = subprocess.Popen(
                [*COMMAND, "deliver", "--for", "20"],
                cwd=here,
                env=wct.environment(ENV),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            assert until(lambda: len(receiver.heads) >= before + 3, 20)  # noqa: B023  # waited for at once
            process.send_signal(signal.SIGKILL)
            process.wait()

    receiver.deeds.clear()
    with receiving(receiver):
        assert deliver(wct).returncode == 0

    first = in_order([head["webhook-id"] for head in receiver.heads])
    assert first == recorded(wct, *runs)


def test_what_is_not_acceptable_is_parked_and_told_when_that_is_mended(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    bad, good = run(wct), run(wct)
    receiver.deeds.extend([answer(204), answer(422)])

    with receiving(receiver):
        deliver(wct)
        listed = json.loads(wct("ls-subscribers", "--json", env=ENV).stdout)
        assert receiver.ids == recorded(wct, good)
        assert "422" in json.dumps(listed)
        assert "hunter2" not in json.dumps(listed)
        done = deliver(wct, "--retry-parked", "chat")

    assert done.returncode == 0, done.stderr
    assert receiver.ids == recorded(wct, good) + recorded(wct, bad)[1:]


def test_a_receiver_that_hangs_does_not_hold_up_a_run(
    wct: Wct, here: Path, present: Receiver
) -> None:
    present.deeds.extend([present.hang] * 50)
    begun = time.monotonic()

    run(wct)

    # Two commands and two seconds of drain; all that hangs would take 50 times two.
    assert time.monotonic() - begun < 25


def test_a_program_that_was_not_there_is_fed_later(wct: Wct, here: Path) -> None:
    (here / "wct.yaml").write_text(
        "subscribers:\n  - {name: keep, exec: [./keep], events: [step.completed/1]}\n"
    )
    name = run(wct)
    (here / "keep").write_text("#!/bin/sh\ncat >> kept.jsonl\n")
    (here / "keep").chmod(0o755)

    done = deliver(wct)

    assert done.returncode == 0, done.stderr
    (line,) = (here / "kept.jsonl").read_text().splitlines()
    assert json.loads(line)["correlationid"] == name


def test_a_broker_that_was_away_stores_everything_once(
    wct: Wct, here: Path, nats_server: NatsServer
) -> None:
    (here / "wct.yaml").write_text(
        "subscribers:\n  - name: broker\n    nats:\n"
        f"      {{url: '{nats_server.url}', stream: {{create: true}}, timeout: 3}}\n"
    )
    nats_server.stop()
    runs = [run(wct), run(wct)]
    nats_server.start()

    assert deliver(wct).returncode == 0
    assert deliver(wct).returncode == 0

    stored = [each.headers["Nats-Msg-Id"] for each in nats_server.messages()]
    assert stored == recorded(wct, *runs)


def test_a_file_has_every_event_of_every_run(wct: Wct, here: Path) -> None:
    (here / "wct.yaml").write_text("subscribers:\n  - {name: log, file: log.jsonl}\n")
    runs = [run(wct), run(wct)]

    deliver(wct)

    lines = (here / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == recorded(wct, *runs)
