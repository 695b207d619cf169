"""``wct erase``: what a run has stored goes, whoever looks for it, and when."""

import base64
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli, Wct
from tests.e2e.reading.ledgers import SECRET, Records
from tests.e2e.running.terminals import on_a_terminal
from wct_domain.executor.erasure import finish_erasures
from wct_domain.projections.erasures import unfinished_erasures
from wct_entrypoints.bootstrap.erasure import erasure_tools
from wct_entrypoints.bootstrap.ledgers import open_ledger

ERASE = ("erase", "--reason", "art17", "--reference", "T-2026/17", "--yes")


def files(records: Records) -> dict[str, bytes]:
    """Everything that lies beside a ledger, the ledger included."""
    there = records.path.parent.rglob("*")
    return {path.name: path.read_bytes() for path in there if path.is_file()}


def scope_keys(records: Records) -> list[bytes]:
    store = json.loads(files(records)["ledger.db.keys"])
    (entry,) = store["ledgers"].values()
    return [bytes.fromhex(key) for key in entry["scopes"].values()]


def blobs(records: Records) -> list[bytes]:
    with closing(sqlite3.connect(records.path)) as connection:
        return [stored for (stored,) in connection.execute("SELECT stored FROM blobs")]


def test_a_run_is_erased_and_its_record_stays(cli: Cli, records: Records) -> None:
    run, other = records.with_failures(), records.completed()
    kept = blobs(records)
    result = cli(*ERASE, run)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Erased 6 blobs of 1 run; their key is destroyed\n")
    assert len(blobs(records)) == len(kept) - 6
    assert cli("artifacts", other, "kept").exit_code == 0
    last = cli("events", run).stdout.splitlines()[-2:]
    assert "erasure requested (art17, reference T-2026/17) by user " in last[0]
    assert last[1].endswith("6 blobs erased, and the key to open them")


def test_copies_that_stay_readable_are_told(
    cli: Cli, records: Records, tmp_path: Path
) -> None:
    run = records.completed()
    sealed, masked = tmp_path / "sealed.zip", tmp_path / "masked.zip"
    assert cli("export", run, "-o", str(sealed)).exit_code == 0
    assert cli("export", run, "-o", str(masked), "--masked").exit_code == 0
    assert "Exported before: 1 bundle;" in cli(*ERASE, run).stdout
    again = cli(*ERASE, run).stdout
    assert "Nothing is left of 1 run" in again
    assert "their key is destroyed" in again
    assert "Exported before: 1 bundle;" in again


def test_nothing_is_said_of_copies_where_there_are_none(
    cli: Cli, records: Records
) -> None:
    assert "Exported" not in cli(*ERASE, records.completed()).stdout


def test_what_every_command_says_of_an_erased_run(cli: Cli, records: Records) -> None:
    run = records.with_failures()
    cli(*ERASE, run)
    shown = cli("show", run)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert "(reason art17, reference T-2026/17)" in shown.stdout
    assert "What was found, and every text, was erased on 20" in shown.stdout
    assert "analyser.processing: (it was erased on 20" in shown.stdout
    assert "not read: the list was erased on 20" in shown.stdout
    assert "wct artifacts" not in shown.stdout
    document = json.loads(cli("show", run, "--json").stdout)
    erasure = document["erasure"]
    assert erasure.pop("requested_at") <= erasure.pop("erased_at")
    assert erasure == {"reason": "art17", "reference": "T-2026/17", "blobs": 6}
    assert document["found"] == []
    listed = cli("artifacts", run)
    assert listed.exit_code == 0
    assert "counts/1.0.0" in listed.stdout
    assert listed.stderr.startswith("What these steps produced was erased on 20")
    (first, *_) = json.loads(cli("artifacts", run, "--json").stdout)
    assert first["gone"].endswith("(reason art17, reference T-2026/17)")
    for evidence in ("masked", "full"):
        printed = cli("artifacts", run, "kept", "--evidence", evidence)
        assert (printed.exit_code, printed.stdout) == (1, "")
        assert f"'kept' of run {run} produced was erased on 20" in printed.stderr
        assert printed.stderr.count("\n") == 1
    assert "completed with failures, erased" in cli("runs").stdout
    (entry,) = json.loads(cli("runs", "--json").stdout)
    assert entry["status"] == "completed with failures"
    assert entry["erased_at"] is not None
    assert cli("runs", "--status", "completed-with-failures").stdout.count(run[:8]) == 1


def test_an_erasure_as_json(cli: Cli, records: Records) -> None:
    run = records.completed()
    result = cli(*ERASE, run, "--json", "--vacuum")
    document = json.loads(result.stdout)
    (entry,) = document.pop("runs")
    assert document.pop("size") == entry.pop("size") > 0
    assert document.pop("given_back") >= 0
    assert entry == {"run": run, "runbook": "counting", "blobs": 4}
    assert document == {"reason": "art17", "reference": "T-2026/17", "blobs": 4}
    again = json.loads(cli(*ERASE, run, "--json").stdout)
    assert (again["blobs"], again["given_back"]) == (0, None)


def test_runs_of_one_scope_are_erased_together(cli: Cli, records: Records) -> None:
    runs = [records.of_scope("Bob Miller"), records.of_scope("Bob Miller")]
    other = records.completed()
    alone = cli(*ERASE, runs[0])
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert f"shares its erasure scope, and so its key, with {runs[1]}" in alone.stderr
    assert "--with-others" in alone.stderr
    result = cli(*ERASE, "--scope", "Bob Miller")
    assert (result.exit_code, result.stderr) == (0, "")
    assert " of 2 runs; " in result.stdout
    assert cli("artifacts", other, "kept").exit_code == 0
    assert cli(*ERASE, runs[0], "--with-others").stdout.startswith("Nothing is left")
    assert not any(b"Miller" in content for content in files(records).values())


def test_the_name_of_a_scope_is_recorded_nowhere(wct: Wct) -> None:
    records = Records(wct.directory / ".wct" / "ledger.db")
    (wct.directory / "runbook.yaml").write_text(RUNBOOK)
    (wct.directory / "letter.txt").write_text(f"write to {SECRET}")
    done = wct("run", "runbook.yaml", "--erasure-scope", "Bob Miller", "-v")
    assert done.returncode == 0
    assert "Miller" not in done.stdout + done.stderr
    assert not any(b"Miller" in content for content in files(records).values())
    wrong = wct("erase", "--scope", "Bob Müller", "--reason", "other", "--yes")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("Error: no run in ledger ")
    assert "Müller" not in wrong.stderr
    done = wct("erase", "--scope", "Bob Miller", "--reason", "other", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert not any(b"Miller" in content for content in files(records).values())


@pytest.mark.parametrize("given", ["PRIVATE+KEY+ci+12345678+c2VjcmV0", "c2VjcmV0"])
def test_a_signing_key_that_is_none_is_refused_before_anything_is_recorded(
    wct: Wct, given: str
) -> None:
    (wct.directory / "runbook.yaml").write_text(RUNBOOK)
    (wct.directory / "letter.txt").write_text("nothing")
    result = wct("run", "runbook.yaml", "-v", env={"WCT_SIGNING_KEY": given})
    assert (result.returncode, result.stdout) == (1, "")
    assert "\nError: WCT_SIGNING_KEY is " in result.stderr
    assert "wct ledger new-key" in result.stderr
    assert "c2VjcmV0" not in result.stderr
    assert not (wct.directory / ".wct").exists()


RUNBOOK = """\
name: letters
description: reads letters
connectors:
  - name: letters
    type: filesystem_connector
    properties: {path: letter.txt}
analysers:
  - name: personal
    type: personal_data_analyser
execution:
  - id: read
    name: read
    description: ""
    connector: letters
    analyser: personal
    input_schema: standard_input
    output_schema: personal_data_finding
"""


class TestConsent:
    """Nothing goes unless somebody has said so."""

    def test_without_a_terminal_it_needs_yes(self, cli: Cli, records: Records) -> None:
        run = records.completed()
        before = blobs(records)
        result = cli("erase", run, "--reason", "other")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("Error: nobody can be asked here")
        assert "--yes" in result.stderr
        assert blobs(records) == before

    @pytest.mark.parametrize(
        ("answer", "status", "left"), [(b"y\n", 0, 0), (b"n\n", 1, 4), (b"\n", 1, 4)]
    )
    def test_on_a_terminal_it_says_what_will_go_and_asks(
        self, wct: Wct, answer: bytes, status: int, left: int
    ) -> None:
        records = Records(wct.directory / ".wct" / "ledger.db")
        run = records.completed()
        question = "of 1 run for ever? [y/N]: "
        seen = on_a_terminal(
            wct, "erase", run, "--reason", "other", press=(question, answer)
        )
        assert seen.status == status
        assert f"{run[:8]}  counting " in seen.text
        assert "Erase 4 blobs (" in seen.text
        assert ("nothing was erased" in seen.text) == (status == 1)
        assert len(blobs(records)) == left

    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            ([], "name a RUN, or the erasure scope of several with --scope NAME"),
            (["latest", "--scope", "shop"], "name a RUN, or the erasure scope"),
            (["latest", "--reference", "bob@shop.example"], "must not name a person"),
            (["latest", "--reference", "Bob Miller"], "must not name a person"),
        ],
    )
    def test_wrong_usage(
        self, cli: Cli, records: Records, arguments: list[str], text: str
    ) -> None:
        records.completed()
        result = cli("erase", "--reason", "other", "--yes", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert text in result.stderr

    def test_a_reason_is_needed(self, cli: Cli, records: Records) -> None:
        records.completed()
        assert cli("erase", "latest", "--yes").exit_code == 2

    def test_a_run_that_goes_on_is_refused(self, cli: Cli, records: Records) -> None:
        run = records.running()
        before = blobs(records)
        at_work = open_ledger(records.path, create=False)
        with at_work.locks.hold(run):
            result = cli(*ERASE, run)
        at_work.close()
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"run {run} is going on: wait for its end, or stop it" in result.stderr
        assert blobs(records) == before

    def test_a_run_that_was_killed_can_be_erased(
        self, cli: Cli, records: Records
    ) -> None:
        assert cli(*ERASE, records.running()).exit_code == 0
        assert blobs(records) == []


class TestNothingIsLeft:
    """What was sealed is closed for good, in this ledger and in its copies."""

    def test_nothing_is_ever_stored_in_clear(self, cli: Cli, records: Records) -> None:
        records.of_scope("shop")
        records.interrupted()
        records.failed()
        assert {stored[:1] for stored in blobs(records)} == {b"\x03"}
        for name, content in files(records).items():
            assert SECRET.encode() not in content, name
        cli(*ERASE, "--scope", "shop")
        for name, content in files(records).items():
            assert SECRET.encode() not in content, name

    def test_nothing_is_stored_in_clear_while_a_run_goes_on(
        self, records: Records
    ) -> None:
        ledger = open_ledger(records.path, create=True)  # keeps the log from closing
        records.with_failures()
        left = files(records)
        ledger.close()
        assert left["ledger.db-wal"]
        for name, content in left.items():
            assert SECRET.encode() not in content, name

    def test_a_copy_from_before_shows_nothing_beside_the_keys_of_today(
        self, cli: Cli, records: Records, tmp_path: Path
    ) -> None:
        run = records.with_failures()
        copy = shutil.copy(records.path, tmp_path / "copy.db")
        cli(*ERASE, run)
        shutil.copy(copy, records.path)
        assert len(blobs(records)) == 6
        shown = cli("show", run)
        assert (shown.exit_code, shown.stderr) == (0, "")
        assert "was erased: its key is destroyed" in shown.stdout
        assert SECRET not in shown.stdout
        printed = cli("artifacts", run, "kept")
        assert (printed.exit_code, printed.stdout) == (1, "")
        assert "the key that could open it is destroyed" in printed.stderr
        full = cli("artifacts", run, "kept", "--evidence", "full")
        assert (full.exit_code, full.stdout) == (1, "")
        assert cli(*ERASE, run).exit_code == 0  # and here too it can be done
        assert blobs(records) == []

    def test_the_key_is_in_no_file(self, cli: Cli, records: Records) -> None:
        run = records.completed()
        (key,) = scope_keys(records)
        forms = [key, key.hex().encode(), key.hex().upper().encode()]
        forms += [base64.b64encode(key).rstrip(b"="), base64.urlsafe_b64encode(key)]
        leftover = records.path.with_name("ledger.db.keys.new")
        shutil.copy(records.path.with_name("ledger.db.keys"), leftover)
        cli(*ERASE, run)
        assert scope_keys(records) == []
        for name, content in files(records).items():
            assert not any(form in content for form in forms), name


KILLED = """
import os, signal, sys
from wct_adapters.ledgers.keys import KeyRing
from wct_domain.executor import erasure
from wct_entrypoints.cli import main

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(first):
    def do(*given, **named):
        first(*given, **named)
        die()
    return do

match sys.argv.pop(1):
    case "before the key":
        KeyRing.destroy = die
    case "after the key":
        KeyRing.destroy = after(KeyRing.destroy)
    case "after one run":
        erasure._erase_blobs = after(erasure._erase_blobs)
main()
"""


def test_verifying_finishes_no_erasure(cli: Cli, records: Records, wct: Wct) -> None:
    records.of_scope("shop")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "before the key", *ERASE, "--scope", "shop"],
        cwd=wct.directory,
        env=wct.environment(),
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    done = cli("verify")
    assert (done.exit_code, done.stderr) == (0, "")
    reader = open_ledger(records.path, create=False, read_only=True)
    assert len(unfinished_erasures(reader)) == 1
    reader.close()


@pytest.mark.parametrize("when", ["before the key", "after the key", "after one run"])
def test_an_erasure_that_is_killed_is_finished_by_whoever_writes_next(
    cli: Cli, records: Records, wct: Wct, when: str
) -> None:
    runs = [records.of_scope("shop"), records.of_scope("shop")]
    other = records.completed()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, when, *ERASE, "--scope", "shop"],
        cwd=wct.directory,
        env=wct.environment(),
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    if when == "before the key":
        shown = cli("show", runs[0])
        assert "erasure" in shown.stdout
        assert "the next command that writes does it" in shown.stdout
    reader = open_ledger(records.path, create=False, read_only=True)
    (unfinished,) = unfinished_erasures(reader)
    reader.close()
    assert set(unfinished.runs) <= set(runs)

    done = cli("artifacts", other, "kept", "--evidence", "full")
    assert done.exit_code == 0
    assert done.stderr.startswith("An erasure that was cut short is finished: ")
    for run in runs:
        assert "erased" in cli("runs").stdout
        assert cli("artifacts", run, "kept").exit_code == 1
    assert len(blobs(records)) == 4  # of the other run
    assert cli("artifacts", other, "kept", "--evidence", "full").stderr == ""


def test_an_erasure_that_cannot_be_finished_stops_nobody(
    cli: Cli, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, other = records.completed(), records.completed()
    ledger = open_ledger(records.path, create=False)
    tools = erasure_tools(ledger)

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("os.fsync", refuse)
        result = cli(*ERASE, run)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "No space left on device" in result.stderr
        assert result.stderr.count("\n") == 1
        shown = cli("artifacts", other, "kept", "--evidence", "full")
        assert shown.exit_code == 0
        assert shown.stderr.startswith("Warning: an erasure that was cut short could ")
    assert cli("artifacts", run, "kept").exit_code == 0  # its key is still there
    assert len(finish_erasures(tools)) == 1
    ledger.close()
    assert cli("artifacts", run, "kept").exit_code == 1
