"""``wct replay``: a run told again."""

import json
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from tests.e2e.processes import Cli, Wct
from tests.e2e.reading.ledgers import SECRET, Records
from tests.e2e.terminals import on_a_terminal
from wct_domain.events import Fact, PluginNoted
from wct_domain.ports.ledger import NewEvent
from wct_domain.upcasting import CURRENT
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import open_ledger


class RunAudited(Fact):
    """A fact of a wct that is newer than this one."""

    type: ClassVar[str] = "run.audited/1"
    by: str


def replayed(cli: Cli, *options: str) -> dict[str, Any]:
    result = cli("replay", "latest", "--json", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def append(records: Records, run: str, event: Any) -> None:
    ledger = open_ledger(records.path, create=False)
    ledger.append(run, [NewEvent(new_id(), event)], expected=None)
    ledger.close()


def test_a_run_is_told_event_by_event_and_then_shown(
    cli: Cli, records: Records
) -> None:
    records.with_failures()
    story, state = cli("replay", "latest").stdout.split("\n\n", 1)
    heading, *lines = story.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, 13))
    assert lines[0].endswith("run of 'counting' started, 4 steps")
    assert "run completed: 2 succeeded, 1 failed, 1 skipped, after " in lines[-1]
    what, cause = heading.index("WHAT"), slice(0, heading.index("  WHAT"))
    assert lines[-1][what:].startswith("run completed")
    assert lines[-1][cause].split()[-1] == "1"  # that the run started
    assert lines[-1][: heading.index("  TIME")].strip() == "12"
    assert state.startswith("State after event 12 of 12\n")
    for heading in ("Steps", "Sources", "Artifacts"):
        assert f"\n{heading}\n" in state


def test_nothing_that_is_personal_is_told(cli: Cli, records: Records) -> None:
    records.with_failures()
    assert SECRET not in cli("replay", "latest").stdout
    assert SECRET not in json.dumps(replayed(cli))


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("1", "run of 'counting' started"),
        ("kept", "kept completed in "),
        ("step:kept", "kept completed in "),
    ],
)
def test_it_stops_where_it_is_told_to(
    cli: Cli, records: Records, until: str, said: str
) -> None:
    records.with_failures()
    document = replayed(cli, "--until", until)
    last = document["until"]
    assert document["events"][-1]["text"].startswith(said)
    assert len(document["events"]) == document["state"]["events"] == last
    assert document["state"]["status"] == "running"
    assert document["remarks"][0].startswith(f"without {12 - last} later events")


def test_the_state_at_the_end_is_what_show_shows(cli: Cli, records: Records) -> None:
    records.with_failures()
    shown = json.loads(cli("show", "latest", "--json").stdout)
    assert replayed(cli)["state"] == shown


def test_the_state_in_between_knows_the_artifacts_of_then(
    cli: Cli, records: Records
) -> None:
    records.completed()
    begun = replayed(cli, "--until", "2")
    done = replayed(cli, "--until", "kept")
    assert begun["state"]["artifacts"] == []
    assert [each["step"] for each in done["state"]["artifacts"]] == ["kept"]


def test_a_place_that_is_none_is_wrong_usage(cli: Cli, records: Records) -> None:
    records.completed()
    result = cli("replay", "latest", "--until", "nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no step 'nowhere'; its steps: kept, unsaved" in result.stderr


def test_a_run_without_an_end_was_killed_unless_it_goes_on(
    cli: Cli, records: Records
) -> None:
    run = records.running()
    assert replayed(cli)["remarks"] == (
        ["no event says that the run ended: its process was killed"]
    )
    with records.at_work_on(run):
        assert replayed(cli)["remarks"] == (
            ["no event says that the run ended: it goes on"]
        )


def test_an_interrupted_run_says_what_was_in_flight(cli: Cli, records: Records) -> None:
    records.interrupted()
    assert "interrupted by SIGTERM, in flight: hangs" in cli("replay", "latest").stdout


def test_an_event_of_a_newer_wct_is_told_and_said_to_be_unknown(
    cli: Cli, records: Records
) -> None:
    run = records.completed()
    with pytest.MonkeyPatch.context() as newer:
        newer.setitem(cast("dict[str, Any]", CURRENT), RunAudited.type, RunAudited)
        append(records, run, RunAudited(by="somebody"))
    document = replayed(cli)
    assert document["events"][-1]["text"].startswith("run.audited/1: unknown to this")
    assert document["remarks"] == (
        ["1 event of a kind that this wct does not know: they change no state"]
    )


def test_of_an_erased_run_the_story_is_left(cli: Cli, records: Records) -> None:
    run = records.with_failures()
    assert cli("erase", run, "--yes", "--reason", "art17").exit_code == 0
    result = cli("replay", "latest")
    assert result.exit_code == 0
    assert "blobs erased, and the key to open them" in result.stdout
    assert "what its steps produced was erased on" in result.stdout
    # Before the erasure, too: nothing of then is left.
    assert "was erased on" in cli("replay", "latest", "--until", "6").stdout


def test_lost_blobs_do_not_stop_it(cli: Cli, records: Records) -> None:
    records.with_failures()
    records.lose_blobs()
    result = cli("replay", "latest")
    assert result.exit_code == 0
    assert "(not known: " in result.stdout


def test_control_characters_of_names_stay_out_of_the_terminal(
    cli: Cli, records: Records
) -> None:
    run = records.completed()
    append(records, run, PluginNoted(plugin="evil\x1b[2J", name="x", data={}))
    assert "\x1b" not in cli("replay", "latest").stdout


def test_it_changes_nothing(cli: Cli, records: Records) -> None:
    records.completed()
    before = records.path.read_bytes()
    assert cli("replay", "latest").exit_code == 0
    assert records.path.read_bytes() == before


class TestStepByStep:
    def test_it_needs_a_terminal(self, cli: Cli, records: Records) -> None:
        records.completed()
        result = cli("replay", "latest", "--step-by-step")
        assert result.exit_code == 2
        assert "walking needs a terminal" in result.stderr

    def test_it_has_no_json(self, cli: Cli) -> None:
        result = cli("replay", "latest", "--step-by-step", "--json")
        assert result.exit_code == 2
        assert "leave out '--json'" in result.stderr

    def test_the_keys_walk_back_and_forth(self, wct: Wct, records: Records) -> None:
        records.with_failures()
        seen = typed(wct, "n\x1b[Cb", "\x1bOC" * 6 + "n" * 6, "q")
        positions = [
            int(line.split()[0]) for line in seen if line.lstrip()[:1].isdigit()
        ]
        assert positions == [1, 2, 1, *range(2, 13)]
        assert "that was the last event" in seen

    def test_the_state_and_artifacts_of_a_place_are_shown_masked(
        self, wct: Wct, records: Records
    ) -> None:
        records.with_failures()
        seen = typed(wct, "jkept\rs", "akept\r", "?q")
        assert any(
            line.startswith("State after event") and "of 12" in line for line in seen
        )
        assert any('"schema_validated"' in line for line in seen)
        assert SECRET not in "\n".join(seen)

    def test_an_interrupt_ends_it_with_130_and_q_with_0(
        self, wct: Wct, records: Records
    ) -> None:
        records.completed()
        walk = ("replay", "latest", "--step-by-step")
        assert on_a_terminal(wct, *walk, keys="nq").status == 0
        walking = on_a_terminal(wct, *walk, keys="n", interrupt_at="started, 2 steps")
        assert walking.status == 130
        assert "Traceback" not in walking.text
        asked = on_a_terminal(wct, *walk, keys="nj", interrupt_at="position or step")
        assert asked.status == 130
        assert "Traceback" not in asked.text

    def test_a_place_that_is_none_is_said_and_the_walk_goes_on(
        self, wct: Wct, records: Records
    ) -> None:
        records.completed()
        seen = typed(wct, "jnowhere\r", "bns", "xyz", "q")
        assert any("no step 'nowhere'" in line for line in seen)
        assert "before the first event" in seen
        assert any(line.startswith("State after event 1 of") for line in seen)


def typed(wct: Wct, *keys: str) -> list[str]:
    """Walk through the last run with these keys; return the lines on the terminal."""
    command = ("replay", "latest", "--step-by-step")
    wide = {"COLUMNS": "200", "TERM": "dumb"}
    seen = on_a_terminal(wct, *command, keys="".join(keys), env=wide)
    assert seen.status == 0
    return seen.lines


def test_a_run_that_is_not_there_is_named(cli: Cli, tmp_path: Path) -> None:
    Records(tmp_path / ".wct" / "ledger.db").completed()
    result = cli("replay", "ffff")
    assert result.exit_code == 1
    assert "begins with 'ffff'" in result.stderr
