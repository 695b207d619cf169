"""Subscribers of a plugin and of wct.yaml, delivered to from the ledger."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Wct, end
from tests.one_note import write_one_note
from wct_entrypoints.bootstrap.ledgers import open_ledger

PLUGIN = Path(__file__).parents[1] / "eavesdropper"
RUN = ("run", "runbook.yaml", "--json")
REFUSE = {"TROUBLE": "refuse"}


@pytest.fixture(scope="module")
def eavesdropper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which pip has installed the plugin ``eavesdropper``."""
    work = tmp_path_factory.mktemp("eavesdropper")
    project = shutil.copytree(PLUGIN, work / "project")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--no-index", "--no-build-isolation", "--disable-pip-version-check"),
            *("--target", str(work / "site"), str(project)),
        ],
        check=True,
    )
    return work / "site"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    write_one_note(tmp_path)
    (tmp_path / "note.txt").write_text("write to letters@example.org")
    return tmp_path


@pytest.fixture
def wct_told(here: Path, eavesdropper: Path) -> Wct:
    return Wct(here, eavesdropper)


def state_of(wct: Wct, name: str) -> dict[str, Any]:
    listed = json.loads(wct("ls-subscribers", "--json").stdout)
    (found,) = [each for each in listed if each["name"] == name]
    return dict(found)


def diary(here: Path) -> list[int]:
    """Positions of the events that the diary was told."""
    lines = (here / "diary.txt").read_text().splitlines()
    return [int(line.split()[1]) for line in lines]


def configure(here: Path, *subscribers: str) -> None:
    lines = "\n".join(f"  - {each}" for each in subscribers)
    (here / "wct.yaml").write_text(f"subscribers:\n{lines}\n")


def number_of_events(wct: Wct) -> int:
    return len(wct("events", "latest", "--json").stdout.splitlines())


def test_what_a_run_leaves_is_delivered_later(wct_told: Wct) -> None:
    run = wct_told(*RUN, "--drain", "0", env={"TROUBLE": "sleep"})
    assert run.returncode == 0
    assert "still to be delivered to 'trouble': wct deliver trouble\n" in run.stderr
    number = number_of_events(wct_told)
    state = state_of(wct_told, "trouble")
    assert state["state"] == "behind"
    assert number - 1 <= state["pending"] <= number

    done = wct_told("deliver", "trouble", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    (outcome,) = json.loads(done.stdout)
    assert (outcome["name"], outcome["pending"], outcome["parked"]) == (
        "trouble",
        0,
        [],
    )
    assert outcome["told"] >= number - 1
    assert state_of(wct_told, "trouble")["state"] == "up-to-date"


def test_a_slow_one_costs_a_run_no_more_than_its_drain(wct_told: Wct) -> None:
    begun = time.monotonic()
    assert wct_told(*RUN).returncode == 0
    good = time.monotonic() - begun
    begun = time.monotonic()
    hung = wct_told(*RUN, "--drain", "0.5", env={"TROUBLE": "hang"})
    assert hung.returncode == 0
    assert time.monotonic() - begun < good + 0.5 + 2.0


def test_what_is_parked_is_shown_with_the_way_out_and_tried_again(
    wct_told: Wct,
) -> None:
    run = wct_told(*RUN, env=REFUSE)
    assert run.returncode == 0
    assert "subscriber.parked subscriber=trouble" in run.stderr
    number = number_of_events(wct_told)

    state = state_of(wct_told, "trouble")
    assert (state["state"], state["pending"]) == ("parked", 0)
    (parked,) = state["parked"]
    assert (parked["position"], parked["waiting"], parked["attempts"]) == (1, number, 1)
    assert parked["reason"] == "nobody is there"
    listed = " ".join(wct_told("ls-subscribers").stdout.split())
    assert f"parked: {number} events of run" in listed
    assert "wct deliver --retry-parked trouble" in listed
    doctor = json.loads(wct_told("doctor", "--json").stdout)
    (line,) = [
        each for each in doctor["checks"] if each["check"] == "subscriber trouble"
    ]
    assert line["level"] == "warning"
    assert line["way_out"].startswith("wct deliver --retry-parked trouble")

    still = wct_told("deliver", "--retry-parked", "trouble", env=REFUSE)
    assert still.returncode == 3
    assert "trouble: 0 events delivered\n  parked: " in still.stdout
    done = wct_told("deliver", "--retry-parked", "trouble")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"trouble: {number} events delivered\n"
    assert state_of(wct_told, "trouble")["state"] == "up-to-date"


def test_one_that_ends_the_process_is_parked_when_it_has_done_so_often(
    wct_told: Wct,
) -> None:
    assert wct_told(*RUN).returncode == 0
    assert wct_told(*RUN, env={"TROUBLE": "die"}).returncode == 9
    number = 0
    while wct_told("deliver", "trouble", env={"TROUBLE": "die"}).returncode == 9:
        number += 1
    assert number == 3
    state = state_of(wct_told, "trouble")
    assert state["state"] == "parked"
    assert state["parked"][0]["attempts"] == 3
    assert "its process ended" in state["parked"][0]["reason"]
    # Nobody else's run is concerned.
    assert wct_told(*RUN).returncode == 0
    assert state_of(wct_told, "trouble")["pending"] == 0


def test_each_subscriber_has_a_cursor_of_its_own(wct_told: Wct, here: Path) -> None:
    assert wct_told(*RUN, env=REFUSE).returncode == 0
    assert wct_told(*RUN, env=REFUSE).returncode == 0
    positions = diary(here)
    assert len(positions) == 2
    assert positions[0] == positions[1]
    done = wct_told("deliver", "diary")
    assert done.stdout == "diary: 0 events delivered\n"
    assert diary(here) == positions


def test_a_run_is_told_again_to_who_wants_it(wct_told: Wct, here: Path) -> None:
    assert wct_told(*RUN).returncode == 0
    told = diary(here)

    done = wct_told("replay", "latest", "--to", "diary", "--json")

    assert json.loads(done.stdout) == {"name": "diary", "told": len(told)}
    assert diary(here) == told * 2
    assert wct_told("deliver", "diary").stdout == "diary: 0 events delivered\n"
    refused = wct_told("replay", "latest", "--to", "trouble")
    assert refused.returncode == 1
    assert "declares on_replay = 'skip'" in refused.stderr


def test_where_nobody_makes_rows_those_of_wcts_own_are_made_anew(wct_told: Wct) -> None:
    assert wct_told(*RUN).returncode == 0
    done = wct_told("rebuild")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "The rows of wct.runs.1 are made anew, of 2 events.",
        "The rows of wct.findings.1 are made anew, of 2 events.",
    ]


@pytest.mark.parametrize(
    "command", [("deliver",), ("rebuild",), ("replay", "latest", "--to")]
)
def test_who_is_not_known_is_told_who_is(
    wct_told: Wct, command: tuple[str, ...]
) -> None:
    assert wct_told(*RUN).returncode == 0
    done = wct_told(*command, "chat")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no subscriber 'chat'; installed or configured: 'broken'" in done.stderr
    done = wct_told(*command, "broken")
    assert done.returncode == 1
    assert "'broken' (eavesdropper 1.4.0) is not usable: broken" in done.stderr


def test_what_waits_for_one_that_cannot_be_loaded_is_kept(
    wct_told: Wct, here: Path
) -> None:
    configure(here, "{name: later, webhook: {url: '${LATER_URL}'}}")
    run = wct_told(*RUN)
    assert run.returncode == 0
    assert "Failed to load subscriber later: " in run.stderr
    number = number_of_events(wct_told)

    configure(here, "{name: later, call: 'eavesdropper:shy'}")

    assert state_of(wct_told, "later")["pending"] == number
    assert wct_told("deliver", "later").stdout == f"later: {number} events delivered\n"
    assert told_shy(here) == number


def test_who_is_not_configured_any_more_is_still_listed(
    wct_told: Wct, here: Path
) -> None:
    configure(here, "{name: once, call: 'eavesdropper:shy'}")
    assert wct_told(*RUN).returncode == 0
    (here / "wct.yaml").unlink()
    state = state_of(wct_told, "once")
    assert (state["state"], state["origin"]) == ("unknown", "")
    assert "not installed or configured any more" in state["problem"]


def test_rows_are_kept_in_the_ledger_and_made_anew(wct_told: Wct, here: Path) -> None:
    configure(here, "{name: counts, call: 'eavesdropper:Counts', from_start: true}")
    for _ in range(2):
        assert wct_told(*RUN).returncode == 0
    expected = recorded_types(here)
    assert rows(here) == expected

    done = wct_told("rebuild", "counts", "--json")

    made = {"name": "counts", "told": sum(expected.values())}
    assert json.loads(done.stdout) == [made]
    own = [{"name": f"wct.{each}.1", "told": 4} for each in ("runs", "findings")]
    assert json.loads(wct_told("rebuild", "--json").stdout) == [*own, made]
    assert rows(here) == expected
    assert wct_told(*RUN).returncode == 0
    assert rows(here) == recorded_types(here)
    refused = wct_told("rebuild", "trouble")
    assert refused.returncode == 1
    assert "declares on_replay = 'skip'" in refused.stderr


def recorded_types(here: Path) -> dict[str, int]:
    with closing(open_ledger(here / ".wct/ledger.db", create=False)) as ledger:
        return dict(
            Counter(
                each.event.type
                for each in ledger.read_all()
                if not each.stream.startswith("subscriber/")
            )
        )


def rows(here: Path) -> dict[str, int]:
    with closing(open_ledger(here / ".wct/ledger.db", create=False)) as ledger:
        return {
            each.key: each.value["events"] for each in ledger.cursors.rows("counts")
        }


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_process_follows_while_others_run(
    wct_told: Wct, here: Path, how: signal.Signals
) -> None:
    configure(here, "{name: follower, call: 'eavesdropper:shy'}")
    assert wct_told(*RUN).returncode == 0
    before = told_shy(here)
    with wct_told.start("deliver", "follower", "--follow", "--json") as follower:
        assert wct_told(*RUN).returncode == 0
        number = number_of_events(wct_told)
        until = time.monotonic() + 20
        while told_shy(here) < before + number and time.monotonic() < until:
            time.sleep(0.1)
        ended = end(follower, how)
    assert told_shy(here) == before + number
    assert ended.status == 0
    (outcome,) = json.loads(ended.stdout)
    assert outcome["pending"] == 0
    with closing(open_ledger(here / ".wct/ledger.db", create=False)) as ledger:
        standing = ledger.cursors.standing("follower")
    assert standing is not None
    assert standing.handed is None  # told to its end


def told_shy(here: Path) -> int:
    return len((here / "shy.txt").read_text().splitlines())


def test_who_is_interrupted_ends_with_its_status(wct_told: Wct, here: Path) -> None:
    assert wct_told(*RUN).returncode == 0
    configure(here, "{name: slower, call: 'eavesdropper:Sleeper', from_start: true}")
    with wct_told.start("deliver", "slower") as process:
        until = time.monotonic() + 20
        while not (here / "sleeping").exists() and time.monotonic() < until:
            time.sleep(0.02)
        ended = end(process, signal.SIGTERM)
    assert ended.status == 143
    assert ended.took < 5


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--follow", "--for", "3"), "choose one"),
        (("diary", "--retry-parked", "trouble"), "name one of them"),
    ],
)
def test_what_contradicts_itself_is_refused(
    wct_told: Wct, arguments: tuple[str, ...], why: str
) -> None:
    done = wct_told("deliver", *arguments)
    assert done.returncode == 2
    assert why in done.stderr
