"""A program as a subscriber: what counts as taken, and what becomes of the others."""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.integration.subscribers.told import LOG, RUN, event_id, several, told
from tests.waiting import until
from wct_adapters.subscribers.program import Program, environment_of
from wct_domain.errors import DeliveryError, SubscriberError

Make = Callable[..., Program]
KEEP = "import sys; open('kept.jsonl', 'a').write(sys.stdin.read())"


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Make]:
    """Make a transport of a Python script, run where the test is."""
    made: list[Program] = []

    def make(text: str, timeout: float = 20, **more: str) -> Program:
        program = Program(
            [sys.executable, "-c", text],
            log_id=LOG,
            environment=environment_of(os.environ) | more,
            directory=tmp_path,
            timeout=timeout,
        )
        made.append(program)
        return program

    yield make
    for each in made:
        each.close()


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def lives(pid: int) -> bool:
    """Whether a process is there and has not ended; a zombie has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_what_it_reads_and_says_yes_to_is_taken(script: Make, tmp_path: Path) -> None:
    keep = script(KEEP)

    keep(told(1))
    keep.batch([told(2), told(3)])

    kept = lines(tmp_path / "kept.jsonl")
    assert [each["id"] for each in kept] == [event_id(1), event_id(2), event_id(3)]
    assert kept[0]["source"] == f"urn:wct:{LOG}:{RUN}"


def test_a_batch_is_one_process(script: Make, tmp_path: Path) -> None:
    count = script("import sys; sys.stdin.read(); open('pids', 'a').write('x')")

    count.batch(several(200))

    assert (tmp_path / "pids").read_text() == "x"


def test_no_events_are_no_process(script: Make, tmp_path: Path) -> None:
    script("open('begun', 'w')").batch([])

    assert not (tmp_path / "begun").exists()


def test_more_than_a_pipe_holds_is_fed_as_it_is_read(
    script: Make, tmp_path: Path
) -> None:
    events = several(300, "x" * 2000)

    script(f"import time; time.sleep(0.1); {KEEP}").batch(events)

    assert len(lines(tmp_path / "kept.jsonl")) == 300


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import sys; sys.stdin.read(); sys.exit(3)", "exited with status 3"),
        ("import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
        ("import os; os.abort()", "was ended by SIGABRT"),
        ("", "left 1,"),
        ("import sys; sys.stdin.close()", "bytes unread"),
        ("import os; os.read(0, 10)", "bytes unread"),
    ],
)
def test_anything_else_is_not(script: Make, text: str, problem: str) -> None:
    with pytest.raises(DeliveryError) as raised:
        script(text).batch(several(5))

    assert problem in str(raised.value)
    assert f"wct events {RUN} --format cloudevents | " in str(raised.value)
    assert raised.value.retryable


def test_a_script_that_takes_one_line_of_many_is_found_out(tmp_path: Path) -> None:
    shell = Program(
        ["sh", "-c", "read -r line"],
        log_id=LOG,
        environment=environment_of(os.environ),
        directory=tmp_path,
        timeout=20,
    )

    shell(told(1))
    with pytest.raises(DeliveryError, match="has to read its stdin to the end"):
        shell.batch([told(1), told(2)])


def test_one_that_closes_its_stdin_early_holds_nobody_up(script: Make) -> None:
    begun = time.monotonic()
    with pytest.raises(DeliveryError, match="bytes unread"):
        script("import os; os.close(0)").batch(several(300, "x" * 2000))

    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_one_that_floods_its_outputs_is_neither_held_up_nor_kept(
    script: Make, stream: str
) -> None:
    program = script(
        f"import sys; print('y' * 3_000_000, file=sys.{stream}); sys.stdin.read();"
        "sys.exit(1)"
    )

    with pytest.raises(DeliveryError) as raised:
        program(told())

    assert len(str(raised.value)) + len(raised.value.said) < 1000


def test_its_last_line_is_for_who_runs_it_and_hides_secrets(script: Make) -> None:
    said = "first\\nchat says no: https://bot:hunter2@chat/\\x1b[31m\\n"
    program = script(f"import sys; sys.stderr.write('{said}'); sys.exit(1)")

    with pytest.raises(DeliveryError) as raised:
        program(told())

    assert raised.value.said == "chat says no: https://***@chat/[31m"
    assert "chat says no" not in str(raised.value)


def test_one_that_hangs_is_stopped_with_its_children(
    script: Make, tmp_path: Path
) -> None:
    program = script(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal, time;'\n"
        "    'signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True);'\n"
        "    'time.sleep(60)'], stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); open('child', 'w').write(str(child.pid))\n"
        "time.sleep(60)",
        timeout=2,
    )

    begun = time.monotonic()
    with pytest.raises(DeliveryError, match="had not ended after 2 s and was stopped"):
        program(told())

    assert time.monotonic() - begun < 6
    child = int((tmp_path / "child").read_text())
    assert until(lambda: not lives(child), 2)


def test_one_that_will_not_be_asked_is_ended(script: Make) -> None:
    stubborn = script(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "time.sleep(60)",
        timeout=0.5,
    )

    with pytest.raises(DeliveryError, match="was stopped"):
        stubborn(told())


def test_a_child_that_stays_behind_is_not_waited_for(
    script: Make, tmp_path: Path
) -> None:
    program = script(
        "import subprocess, sys; sys.stdin.read();"
        "child = subprocess.Popen([sys.executable, '-c',"
        "'import time; time.sleep(5)']);"
        "open('child', 'w').write(str(child.pid)); child.returncode = 0"
    )

    begun = time.monotonic()
    program(told())

    assert time.monotonic() - begun < 4
    os.kill(int((tmp_path / "child").read_text()), 9)


def test_closing_ends_what_is_at_work_and_nothing_begins_after_it(
    script: Make, tmp_path: Path
) -> None:
    program = script("import time; open('begun', 'w'); time.sleep(60)")
    raised: list[DeliveryError] = []

    def deliver() -> None:
        try:
            program(told())
        except DeliveryError as error:
            raised.append(error)

    thread = Thread(target=deliver)
    thread.start()
    assert until((tmp_path / "begun").exists)
    program.close()
    thread.join(5)

    assert "was ended by SIGTERM" in str(raised[0])
    with pytest.raises(DeliveryError, match="is told nothing more"):
        program(told())


def test_no_shell_looks_at_its_arguments(tmp_path: Path) -> None:
    echo = [sys.executable, "-c", "import sys; open('argv', 'w').write(sys.argv[1])"]
    program = Program(
        [*echo, "$(id) > x; *"],
        log_id=LOG,
        environment=environment_of(os.environ),
        directory=tmp_path,
        timeout=20,
    )

    with pytest.raises(DeliveryError, match="unread"):
        program(told())

    assert (tmp_path / "argv").read_text() == "$(id) > x; *"


def test_it_gets_what_it_needs_and_no_secret_that_is_not_named(
    script: Make, tmp_path: Path
) -> None:
    environ = {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "CHAT_URL": "https://chat/hunter2",
        "WCT_SIGNING_KEY": "a",
        "PGPASSWORD": "b",
        "WCT_WEBHOOK_SECRET": "c",
        "DATABASE_URL": "postgresql://u:p@h/d",
        "PYTHONPATH": "/x",
    }
    dump = script(
        "import json, os, sys; sys.stdin.read();"
        "json.dump(dict(os.environ), open('env', 'w'))"
    )
    dump(told())

    assert environment_of(environ).keys() == {"PATH", "LC_ALL"}
    assert environment_of(environ, ["CHAT_URL"]).keys() == {
        *("PATH", "LC_ALL", "CHAT_URL")
    }
    given = json.loads((tmp_path / "env").read_text())
    assert given.keys() <= environment_of(os.environ).keys() | {"LC_CTYPE"}


def test_what_it_gets_is_what_the_how_to_says() -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "subscribe-to-events.md"
    text = " ".join(page.read_text(encoding="utf-8").split())
    said = text.partition("- Its environment: ")[2].partition(", and what you")[0]
    names = set(re.findall(r"`([A-Z_]+)`", said))

    environ = dict.fromkeys([*names, "LC_TIME", "SOMETHING_ELSE"], "x")
    assert environment_of(environ).keys() == names | {"LC_TIME"}
    assert "`LC_…`" in said


def test_a_variable_that_is_named_and_not_set_is_told_at_once() -> None:
    with pytest.raises(SubscriberError, match="variable CHAT_URL is not set"):
        environment_of({"PATH": "/bin"}, ["CHAT_URL"])


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("no-such-program", "is in no directory of PATH; a file beside you is ./NAME"),
        ("./no-such-file", "is not there, or is not executable"),
        ("./not-executable", "is not there, or is not executable"),
    ],
)
def test_a_program_that_is_not_there_is_told_before_anything_else(
    tmp_path: Path, program: str, why: str
) -> None:
    (tmp_path / "not-executable").write_text("#!/bin/sh\n")

    with pytest.raises(SubscriberError, match="program '") as raised:
        Program(
            [program],
            log_id=LOG,
            environment={"PATH": os.environ["PATH"]},
            directory=tmp_path,
            timeout=1,
        )

    assert why in str(raised.value)


def test_one_that_cannot_be_started_is_told_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "notify"
    file.write_text("#!/no/such/interpreter\n")
    file.chmod(0o755)
    program = Program(
        ["./notify"], log_id=LOG, environment={}, directory=tmp_path, timeout=1
    )

    with pytest.raises(DeliveryError, match="cannot be started: No such file"):
        program(told())


def test_nothing_stays_open(script: Make) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    keep = script(KEEP)
    keep(told())
    before = descriptors()
    for _ in range(5):
        keep(told())

    assert descriptors() == before
