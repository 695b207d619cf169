"""``wct events``: everything that happened in a run."""

import json
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from tests.e2e.processes import COMMAND, Cli, Wct
from tests.e2e.reading.ledgers import Records
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.events import EvidenceRevealed, Fact, PluginNoted
from wct_domain.ports.ledger import NewEvent
from wct_domain.upcasting import CURRENT
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import open_ledger

MEMBERS = [
    *("run", "position", "global_position", "cursor", "id", "type"),
    *("recorded_at", "correlation_id", "causation_id", "data"),
]


class RunArchived(Fact):
    """A fact of a wct that is newer than this one."""

    type: ClassVar[str] = "run.archived/1"
    reason: str


def printed(cli: Cli, *options: str) -> list[dict[str, Any]]:
    result = cli("events", "latest", "--json", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def append(records: Records, run: str, event: Any, at: datetime | None = None) -> None:
    now = at or datetime.now(UTC)
    ledger = open_sqlite_ledger(records.path, clock=lambda: now)
    ledger.append(run, [NewEvent(new_id(), event)], expected=None)
    ledger.close()


def test_there_is_one_line_for_each_event_in_order(cli: Cli, records: Records) -> None:
    records.with_failures()
    lines = cli("events", "latest").stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, 13))
    assert lines[0].split()[2:] == (
        ["run.started/1", "run", "of", "'counting'", "started,", "4", "steps"]
    )
    assert lines[-1].endswith("run completed: 2 succeeded, 1 failed, 1 skipped")
    for line in lines:
        datetime.strptime(line.split()[1], "%H:%M:%S.%f")  # noqa: DTZ007  # a time only


def test_an_event_as_json_has_exactly_these_members(cli: Cli, records: Records) -> None:
    run = records.with_failures()
    documents = printed(cli)
    assert len(documents) == 12
    for position, document in enumerate(documents, 1):
        assert list(document) == MEMBERS
        assert (document["run"], document["position"]) == (run, position)
        assert document["correlation_id"] == run
        at = datetime.fromisoformat(document["recorded_at"])
        assert at.utcoffset() == timedelta(0)
    orders = [document["global_position"] for document in documents]
    assert orders == sorted(orders)
    assert documents[0]["causation_id"] is None
    known = {document["id"] for document in documents}
    assert {document["causation_id"] for document in documents[2:]} <= known


def test_data_is_the_stored_payload(cli: Cli, records: Records) -> None:
    records.with_failures()
    with closing(sqlite3.connect(records.path)) as connection:
        rows = connection.execute(
            "SELECT payload FROM events ORDER BY global_position"
        ).fetchall()
    stored = [json.loads(payload) for (payload,) in rows]
    assert [document["data"] for document in printed(cli)] == stored


@pytest.mark.parametrize(
    ("types", "found"),
    [
        (["step.failed"], {"step.failed/1"}),
        (["step.failed/1"], {"step.failed/1"}),
        (["run.started", "run.completed/1"], {"run.started/1", "run.completed/1"}),
        (["run.failed"], set[str]()),
    ],
)
def test_events_can_be_chosen_by_type(
    cli: Cli, records: Records, types: list[str], found: set[str]
) -> None:
    records.with_failures()
    options = [word for each in types for word in ("--type", each)]
    assert {document["type"] for document in printed(cli, *options)} == found
    lines = cli("events", "latest", *options).stdout.splitlines()
    assert {line.split()[2] for line in lines} == found


@pytest.mark.parametrize("wanted", ["step.finished", "step.failed/2", ""])
def test_a_type_that_nobody_knows_is_wrong_usage_and_names_those_that_are(
    cli: Cli, records: Records, wanted: str
) -> None:
    records.completed()
    result = cli("events", "latest", "--type", wanted)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"no event has type '{wanted}'; there is: artifact.missing, " in (
        result.stderr
    )
    assert "step.completed" in result.stderr


def test_events_behind_a_position(cli: Cli, records: Records) -> None:
    records.completed()
    assert [document["position"] for document in printed(cli, "--after", "7")] == [8, 9]
    lines = cli("events", "latest", "--after", "7").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["8", "9"]
    assert printed(cli, "--after", "9") == []
    assert cli("events", "latest", "--after", "-1").exit_code == 2


def test_verbose_lines_tell_date_id_and_cause(cli: Cli, records: Records) -> None:
    records.completed()
    documents = printed(cli)
    positions = {document["id"]: document["position"] for document in documents}
    lines = cli("events", "latest", "--verbose").stdout.splitlines()
    for line, document in zip(lines, documents, strict=True):
        time = datetime.fromisoformat(line.split()[1])
        recorded = datetime.fromisoformat(document["recorded_at"])
        assert abs(time - recorded) < timedelta(milliseconds=1)
        cause = document["causation_id"]
        by = f", caused by {positions[cause]}" if cause else ""
        assert line.endswith(f" (id {document['id']}{by})")
    behind = cli("events", "latest", "--verbose", "--after", "7").stdout.splitlines()
    assert behind == lines[7:]  # also if the cause itself is not shown


def test_behind_the_first_day_lines_have_a_date(cli: Cli, records: Records) -> None:
    run = records.completed()
    later = datetime.now(UTC) + timedelta(days=2)
    append(records, run, EvidenceRevealed(by="9" * 32, command="artifacts"), later)
    last = cli("events", "latest").stdout.splitlines()[-1].split()
    assert last[1] == f"{later.astimezone():%Y-%m-%d}"
    assert last[3] == "evidence.revealed/1"


def test_an_event_of_a_newer_wct_is_kept_as_it_is(cli: Cli, records: Records) -> None:
    run = records.completed()
    with pytest.MonkeyPatch.context() as newer:
        newer.setitem(cast("dict[str, Any]", CURRENT), RunArchived.type, RunArchived)
        append(records, run, RunArchived(reason="retention"))
    assert (
        cli("events", "latest")
        .stdout.splitlines()[-1]
        .endswith("run.archived/1: unknown to this version of wct")
    )
    for options in ([], ["--type", "run.archived"], ["--type", "run.archived/1"]):
        document = printed(cli, *options)[-1]
        assert (document["type"], document["data"]) == (
            "run.archived/1",
            {"reason": "retention"},
        )
    assert cli("show", "latest").exit_code == 0
    assert cli("runs").exit_code == 0


def test_a_note_of_a_plugin_cannot_write_to_the_terminal(
    cli: Cli, records: Records
) -> None:
    run = records.completed()
    append(records, run, PluginNoted(plugin="\x9b31m", name="\x1b]0;", data={}))
    for options in ([], ["--json"], ["--verbose"]):
        text = cli("events", "latest", *options).stdout
        assert {"\x9b", "\x1b"}.isdisjoint(text)
    assert printed(cli)[-1]["data"]["plugin"] == "\x9b31m"


@pytest.mark.parametrize("options", [(), ("--json",), ("--verbose",)])
def test_a_reader_who_leaves_early_is_no_error(
    wct: Wct, records: Records, options: tuple[str, ...]
) -> None:
    run = records.completed()
    ledger = open_ledger(records.path, create=False)
    note = PluginNoted(plugin="test", name="x" * 100, data={})
    ledger.append(run, [NewEvent(new_id(), note) for _ in range(3000)], expected=None)
    ledger.close()
    process = wct.start("events", run, *options)
    assert process.stdout
    assert process.stderr
    assert "run.started/1" in process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_behind_the_output_is_one_clear_line(
    wct: Wct, records: Records
) -> None:
    run = records.completed()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "events", run],
            cwd=wct.directory,
            env=wct.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "Error: the output cannot be written: No space left on device\n",
    )
