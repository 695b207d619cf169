"""Subscribers that a plugin brings, or that are named: told, and held apart."""

import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.processes import Wct
from tests.one_note import write_one_note
from wct_domain.events import SubscriberFailed
from wct_entrypoints.bootstrap.ledgers import open_ledger

PLUGIN = Path(__file__).parents[1] / "eavesdropper"
AGAIN = """\
  - {id: again, name: Scan again, description: "", connector: note, analyser: pd,
     input_schema: standard_input, output_schema: personal_data_finding}
"""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+")
START = 3.0  # seconds that a run may take on a busy machine


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
    write_one_note(tmp_path, AGAIN)
    (tmp_path / "note.txt").write_text("write to letters@example.org")
    return tmp_path


@pytest.fixture
def wct_told(here: Path, eavesdropper: Path) -> Wct:
    return Wct(here, eavesdropper)


def results(stdout: str) -> list[object]:
    """What a run came to, without what differs from run to run."""
    return [
        (each["step_id"], each["success"], each["data"]["findings"])
        for each in json.loads(_MOMENT.sub("", stdout))["results"]
    ]


def test_an_installed_subscriber_is_told_the_types_that_it_declares(
    wct_told: Wct, here: Path
) -> None:
    done = wct_told("run", "runbook.yaml", "--quiet")

    assert (done.returncode, done.stderr) == (0, "")
    told = [line.split() for line in (here / "diary.txt").read_text().splitlines()]
    assert [each[0] for each in told] == ["1", "2"]  # one and the same object
    assert {each[2] for each in told} == {"step.completed/1"}
    assert {each[3] for each in told} == {"scan", "again"}
    positions = [int(each[1]) for each in told]
    assert positions == sorted(positions)


def test_a_subscriber_that_is_named_is_told_everything(
    wct_told: Wct, here: Path
) -> None:
    done = wct_told("run", "runbook.yaml", "--quiet", "--subscribe", "eavesdropper:shy")

    assert done.returncode == 0
    events = wct_told("events", "latest", "--json").stdout.splitlines()
    told = [int(line) for line in (here / "shy.txt").read_text().splitlines()]
    assert told == list(range(1, len(events) + 1))


def test_a_run_that_is_gone_on_with_has_subscribers_too(
    wct_told: Wct, here: Path
) -> None:
    (here / "note.txt").rename(here / "gone.txt")
    assert wct_told("run", "runbook.yaml", "--quiet").returncode == 3
    failed = (here / "diary.txt").read_text().splitlines()
    (here / "gone.txt").rename(here / "note.txt")

    done = wct_told(
        *("resume", "latest", "--quiet", "--events", "more.jsonl"),
        *("--subscribe", "eavesdropper:shy"),
    )

    assert (done.returncode, done.stderr) == (0, "")
    diary = (here / "diary.txt").read_text().splitlines()
    assert len(diary) == len(failed) + 2
    lines = (here / "more.jsonl").read_text().splitlines()
    told = [json.loads(line)["sequence"] for line in lines]
    assert list(map(int, told)) == [
        int(line) for line in (here / "shy.txt").read_text().splitlines()
    ]
    assert json.loads(lines[0])["type"] == "wct.run.resumed/1"


@pytest.mark.parametrize("deed", ["raise", "sleep", "exit", "hang"])
def test_one_that_misbehaves_changes_neither_results_nor_time_beyond_its_bound(
    wct_told: Wct, here: Path, deed: str
) -> None:
    drain = 0.5
    run = ("run", "runbook.yaml", "--json", "--subscribe", "eavesdropper:shy")
    good = wct_told(*run, "--ledger", "good.db")
    shutil.rmtree(here / "outputs")
    (here / "shy.txt").unlink()

    begun = time.monotonic()
    done = wct_told(*run, "--drain", str(drain), env={"TROUBLE": deed})
    took = time.monotonic() - begun

    assert done.returncode == good.returncode == 0
    assert results(done.stdout) == results(good.stdout) != []
    assert took < START + drain
    events = wct_told("events", "latest", "--json").stdout.splitlines()
    assert json.loads(events[-1])["type"] == "run.completed/1"
    assert len((here / "shy.txt").read_text().splitlines()) == len(events)
    assert len((here / "diary.txt").read_text().splitlines()) == 4
    if deed in {"sleep", "hang"}:
        left = f"{len(events)} events are still to be delivered to 'trouble'"
        assert f"{left}: wct deliver trouble" in done.stderr
    else:
        assert "subscriber.failed subscriber=trouble" in done.stderr
        assert "hunter2" not in done.stderr
        with closing(open_ledger(here / ".wct/ledger.db", create=False)) as ledger:
            (failure,) = ledger.read("subscriber/trouble")
        assert isinstance(failure.event, SubscriberFailed)
        assert (failure.event.subscriber, failure.event.position) == ("trouble", 1)


def test_one_that_cannot_be_loaded_is_one_warning(wct_told: Wct) -> None:
    done = wct_told("run", "runbook.yaml")

    assert done.returncode == 0
    (warning,) = [line for line in done.stderr.splitlines() if "plugin." in line]
    assert "plugin.failed: Failed to load subscriber broken: broken" in warning
    assert warning.endswith('plugin="eavesdropper 1.4.0"')


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("eavesdropper", "is not of the form package.module:callable"),
        ("eavesdroper:shy", "No module named 'eavesdroper'; install it, or name"),
        ("eavesdropper:sly", "has no attribute 'sly'"),
        ("eavesdropper:NUMBER", "cannot be called"),
        ("eavesdropper:late", "is an async function"),
        ("eavesdropper:Closed", "cannot be made: the door is closed"),
        ("eavesdropper.broken:nobody", "cannot be loaded: broken"),
    ],
)
def test_one_that_is_named_and_is_none_is_refused_before_the_run(
    wct_told: Wct, here: Path, named: str, why: str
) -> None:
    done = wct_told("run", "runbook.yaml", "--quiet", "--subscribe", named)

    assert (done.returncode, done.stdout) == (2, "")
    assert "'--subscribe': " in done.stderr
    assert why in " ".join(done.stderr.split())
    assert not (here / ".wct").exists()


def test_they_are_listed_with_what_they_want(wct_told: Wct) -> None:
    listed = json.loads(wct_told("ls-subscribers", "--json").stdout)

    assert [each["name"] for each in listed] == ["broken", "diary", "trouble"]
    broken, diary, trouble = listed
    assert diary == {
        "name": "diary",
        "description": "Notes the steps that completed.",
        "origin": "eavesdropper 1.4.0",
        "types": ["step.completed/1", "step.failed/1"],
        "on_replay": "run",
        "from_start": False,
        "problem": None,
        "state": None,
        "pending": 0,
        "again_at": None,
        "reason": "",
        "parked": [],
    }
    assert (trouble["types"], trouble["on_replay"]) == ([], "skip")
    assert (broken["problem"], broken["types"]) == ("broken", [])


def test_the_list_says_the_same_to_people(wct_told: Wct) -> None:
    done = wct_told("ls-subscribers")

    assert (done.returncode, done.stderr) == (0, "")
    assert "diary  (eavesdropper 1.4.0)\n" in done.stdout
    assert "    wants step.completed/1, step.failed/1\n" in done.stdout
    assert "    wants all events\n" in done.stdout
    assert "    not usable: broken\n" in done.stdout


def test_without_plugins_there_is_no_subscriber_to_list(wct: Wct) -> None:
    assert json.loads(wct("ls-subscribers", "--json").stdout) == []
    assert wct("ls-subscribers").stderr == "No subscribers are installed.\n"
