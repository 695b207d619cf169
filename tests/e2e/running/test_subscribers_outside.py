"""Events that leave the process during a run: programs, webhooks, NATS."""

import json
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import Wct
from tests.nats_server import NatsServer
from tests.one_note import write_one_note
from tests.receiver import SECRET, Receiver, answer, cut, receiving

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+")
START = 3.0  # seconds that a run may take on a busy machine
SIGNED = {"WCT_WEBHOOK_SECRET": SECRET}
KEEP = """#!/usr/bin/env python3
import os, sys
with open("kept.jsonl", "a") as file:
    file.write(sys.stdin.read())
print("talks between the results")
print(*sorted(os.environ), file=open("given.txt", "w"))
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    write_one_note(tmp_path)
    (tmp_path / "note.txt").write_text("write to letters@example.org")
    (tmp_path / "keep").write_text(KEEP)
    (tmp_path / "keep").chmod(0o755)
    return tmp_path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as listening:
        yield listening


def findings(stdout: str) -> list[object]:
    """What a run found, without the times at which it did."""
    (result,) = json.loads(MOMENT.sub("", stdout))["results"]
    found: list[object] = result["data"]["findings"]
    return found


def recorded(wct: Wct, *options: str) -> list[str]:
    """Ids of the latest run's events, in order."""
    done = wct("events", "latest", "--format", "cloudevents", *options)
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_a_receiver_is_posted_every_event_of_the_run_signed(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    done = wct("run", "runbook.yaml", "--quiet", "--webhook", receiver.url, env=SIGNED)

    assert (done.returncode, done.stderr) == (0, "")
    assert receiver.ids == recorded(wct) != []
    assert receiver.posts[0]["type"] == "wct.run.started/1"
    assert receiver.posts[-1]["type"] == "wct.run.completed/1"
    assert len({each["source"] for each in receiver.posts}) == 1


def test_one_that_fails_and_comes_back_misses_nothing(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    receiver.deeds.extend([answer(500), cut, answer(503, retry_after="0")])

    done = wct("run", "runbook.yaml", "--webhook", receiver.url, env=SIGNED)

    assert done.returncode == 0
    assert receiver.ids == recorded(wct)
    assert done.stderr.count("subscriber.trouble subscriber=webhook") == 1
    assert "500 Internal Server Error" in done.stderr
    assert "subscriber.failed" not in done.stderr
    assert "hunter2" not in done.stderr


def test_one_that_is_not_signed_to_is_not_believed(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    done = wct("run", "runbook.yaml", "--webhook", receiver.url)

    assert (done.returncode, receiver.posts) == (0, [])
    assert "401 Unauthorized; see that it has the same secret" in done.stderr
    assert "subscriber.failed subscriber=webhook" in done.stderr


@pytest.mark.parametrize("deed", ["hang", "refuse", "away"])
def test_one_that_is_of_no_use_changes_neither_results_nor_time_beyond_its_bound(
    wct: Wct, here: Path, receiver: Receiver, deed: str
) -> None:
    receiver.deeds.extend([receiver.hang if deed == "hang" else answer(500)] * 99)
    url = receiver.url
    if deed == "away":
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    drain = 0.5
    run = ("run", "runbook.yaml", "--json")
    good = wct(*run, "--ledger", "good.db")
    shutil.rmtree(here / "outputs")

    begun = time.monotonic()
    done = wct(*run, "--webhook", url, "--drain", str(drain), env=SIGNED)
    took = time.monotonic() - begun

    assert done.returncode == good.returncode == 0
    assert findings(done.stdout) == findings(good.stdout) != []
    assert took < START + drain
    assert "subscriber.left_behind subscriber=webhook seconds=0.5" in done.stderr


def test_a_program_is_fed_every_event_and_its_output_is_not_in_the_results(
    wct: Wct, here: Path
) -> None:
    done = wct(
        *("run", "runbook.yaml", "--json", "--quiet"),
        *("--exec", "./keep --loud 'two words'", "--exec-env", "CHAT"),
        env={"CHAT": "x", "WCT_SIGNING_KEY_OLD": "y", "PGPASSWORD": "z"},
    )

    assert (done.returncode, done.stderr) == (0, "")
    json.loads(done.stdout)
    kept = (here / "kept.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in kept] == recorded(wct)
    given = (here / "given.txt").read_text().split()
    assert "CHAT" in given
    assert "PATH" in given
    assert {"PGPASSWORD", "WCT_SIGNING_KEY_OLD", "PYTHONPATH"}.isdisjoint(given)


def test_a_program_that_hangs_is_ended_with_the_run(wct: Wct, here: Path) -> None:
    (here / "hang").write_text("#!/bin/sh\necho $$ > pid\nexec sleep 60\n")
    (here / "hang").chmod(0o755)

    begun = time.monotonic()
    done = wct("run", "runbook.yaml", "--exec", "./hang", "--drain", "0.5")

    assert time.monotonic() - begun < START + 0.5
    assert done.returncode == 0
    assert "subscriber.left_behind subscriber=exec" in done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int((here / "pid").read_text()), 0)


def test_a_program_that_says_no_is_quoted_to_who_runs_it(wct: Wct, here: Path) -> None:
    (here / "no").write_text(
        "#!/bin/sh\ncat > /dev/null; echo nobody home >&2; exit 9\n"
    )
    (here / "no").chmod(0o755)

    done = wct("run", "runbook.yaml", "--exec", "./no", "--drain", "0.3")

    assert done.returncode == 0
    assert "program './no' exited with status 9; to see what it says" in done.stderr
    assert 'said="nobody home"' in done.stderr


def test_a_server_of_nats_stores_every_event(
    wct: Wct, here: Path, nats_server: NatsServer
) -> None:
    nats_server.make_stream("wct", "wct.>")

    done = wct("run", "runbook.yaml", "--quiet", "--nats", nats_server.url)

    assert (done.returncode, done.stderr) == (0, "")
    stored = nats_server.messages()
    assert [each.headers["Nats-Msg-Id"] for each in stored] == recorded(wct)
    of_step = nats_server.messages("wct.run.*.step.scan")
    assert 0 < len(of_step) < len(stored)


def test_several_of_each_kind_are_told_the_same(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    done = wct(
        *("run", "runbook.yaml", "--quiet", "--exec", "./keep", "--exec", "./keep"),
        *("--webhook", receiver.url, "--webhook", f"{receiver.url}/2"),
        env=SIGNED,
    )

    assert (done.returncode, done.stderr) == (0, "")
    events = recorded(wct)
    assert sorted(receiver.ids) == sorted(events * 2)
    assert len((here / "kept.jsonl").read_text().splitlines()) == 2 * len(events)


def test_a_run_that_is_gone_on_with_tells_them_too(
    wct: Wct, here: Path, receiver: Receiver
) -> None:
    (here / "note.txt").rename(here / "gone.txt")
    assert wct("run", "runbook.yaml", "--quiet").returncode == 3
    before = len(recorded(wct))
    (here / "gone.txt").rename(here / "note.txt")

    done = wct("resume", "latest", "--quiet", "--webhook", receiver.url, env=SIGNED)

    assert (done.returncode, done.stderr) == (0, "")
    assert receiver.posts[0]["type"] == "wct.run.resumed/1"
    assert receiver.ids == recorded(wct)[before:]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--exec", "no-such-program"], "'--exec': program 'no-such-program' is in no"),
        (
            ["--exec", "./note.txt"],
            "'--exec': program './note.txt' is not there",
        ),
        (["--exec", "'"], "'--exec': No closing quotation in the program and its"),
        (["--exec", " "], "'--exec': no program is named"),
        (["--exec", "cat", "--exec-env", "NOT_SET"], "variable NOT_SET is not set"),
        (["--exec-env", "PATH"], "'--exec-env': there is no --exec whose program"),
        (["--webhook", "chat/hunter2"], "'--webhook': webhook -> url: "),
        (
            ["--webhook", "http://chat/hunter2"],
            "'--webhook': http://chat would be",
        ),
        (
            ["--nats", "nats://u:hunter2@broker"],
            "'--nats': nats://broker would",
        ),
    ],
)
def test_what_will_not_do_is_refused_before_the_run(
    wct: Wct, here: Path, options: list[str], why: str
) -> None:
    done = wct("run", "runbook.yaml", "--quiet", *options)

    assert (done.returncode, done.stdout) == (2, "")
    assert why in " ".join(done.stderr.split())
    assert "hunter2" not in done.stderr
    assert not (here / ".wct").exists()


def test_a_secret_that_is_none_is_refused_and_not_shown(wct: Wct, here: Path) -> None:
    done = wct(
        *("run", "runbook.yaml", "--webhook", "https://chat.example.com/"),
        env={"WCT_WEBHOOK_SECRET": "hunter2"},
    )

    assert done.returncode == 2
    assert "a secret is not of the form whsec_" in done.stderr
    assert "hunter2" not in done.stderr
