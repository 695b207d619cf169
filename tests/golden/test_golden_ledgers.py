"""The ledger that each release left behind is replayed, compared and verified for ever.

``ledgers/<release>/`` holds ``ledger.db``, its keys (which protect nothing: whoever has
the file has them) and ``expected.json``, what its runs were when it was made. None of
them ever changes.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.golden.making import make
from tests.golden.reading import facts_of_ledger
from wct_domain import __version__
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.replay import Replay, Walk
from wct_domain.projections.timeline import describe
from wct_entrypoints.bootstrap.ledgers import open_ledger
from wct_entrypoints.cli import main

LEDGERS = Path(__file__).with_name("ledgers")
RELEASES = sorted(each.name for each in LEDGERS.iterdir())


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a released ledger, in a directory of its own."""
    return shutil.copytree(LEDGERS / request.param, tmp_path / "release")


@pytest.fixture
def ledger(release: Path) -> Iterator[Ledger]:
    opened = open_ledger(release / "ledger.db", create=False, read_only=True)
    yield opened
    opened.close()


@pytest.fixture
def expected(release: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((release / "expected.json").read_bytes())
    return found


def wct(release: Path, *arguments: str) -> Result:
    given = [*arguments, "--ledger", str(release / "ledger.db")]
    return CliRunner().invoke(main, given, catch_exceptions=False)


def printed(release: Path, *arguments: str) -> Any:
    result = wct(release, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_this_release_has_its_ledger() -> None:
    assert __version__ in RELEASES, (
        "make it with 'python -m tests.golden.making', and commit it"
    )


def test_every_run_is_what_it_was(
    ledger: Ledger, expected: list[dict[str, Any]]
) -> None:
    assert json.loads(json.dumps(facts_of_ledger(ledger))) == expected


def test_every_run_can_be_walked_through(
    ledger: Ledger, expected: list[dict[str, Any]]
) -> None:
    for run in expected:
        history = list(ledger.read(run["run"]))
        walk = Walk(history)
        while walk.next():
            assert walk.told is not None
            assert walk.told.text == describe(walk.told.recorded.event)
        while walk.back():
            assert walk.position == walk.state.run.version
        assert Replay.of(history).unknown == 0


def test_the_commands_that_read_read_it(
    release: Path, expected: list[dict[str, Any]]
) -> None:
    assert {each["run"] for each in printed(release, "runs")} == (
        {each["run"] for each in expected}
    )
    for run in expected:
        name = run["run"]
        replayed = printed(release, "replay", name)
        assert len(replayed["events"]) == len(run["events"])
        assert replayed["state"]["status"] == run["status"]
        assert replayed["state"] == printed(release, "show", name)
        for step, state in run["steps"].items():
            assert printed(release, "why", name, step)["status"] == state["status"]


def test_runs_are_compared(release: Path, expected: list[dict[str, Any]]) -> None:
    first, second, erased = (each["run"] for each in expected)
    compared = printed(release, "diff", first, second)
    places = [each["place"] for each in compared["runbook"]]
    assert (
        "analysers -> scan -> properties -> pattern_matching -> maximum_evidence_count"
    ) in places
    assert [each["same"] for each in compared["sources"]] == [True]
    assert printed(release, "diff", first, erased)["not_compared"] != []


def test_it_verifies(release: Path) -> None:
    result = wct(release, "verify", "--no-seal")
    assert result.exit_code == 0, result.stdout


def test_its_steps_can_be_done_again_or_are_named(
    release: Path, expected: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(LEDGERS.parent)  # where the letters are
    result = wct(release, "replay", expected[0]["run"], "--verify", "--json")
    verdicts = {
        each["step"]: each["verdict"] for each in json.loads(result.stdout)["steps"]
    }
    # What code of today makes of it may differ; that it cannot be told may not.
    assert verdicts["read"] in {"the same", "diverged", "input changed"}
    assert verdicts["scan"] in {"the same", "diverged"}
    assert verdicts["wrong"] in {"the same", "diverged"}
    assert verdicts["after"] == "nothing to do"


def test_the_next_one_can_be_made(tmp_path: Path) -> None:
    make(tmp_path / "made")
    made = json.loads((tmp_path / "made" / "expected.json").read_bytes())
    assert [(each["status"], each["erased"]) for each in made] == [
        ("completed with failures", False),
        ("completed", False),
        ("completed with failures", True),
    ]


def test_times_are_those_of_the_fixed_clock(expected: list[dict[str, Any]]) -> None:
    start = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    times = [datetime.fromisoformat(e[2]) for run in expected for e in run["events"]]
    assert min(times) >= start
    assert (max(times) - start).total_seconds() < 60
