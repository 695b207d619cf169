"""``wct doctor``: finds what is wrong, names the way out, and changes nothing."""

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli, Wct
from tests.e2e.reading.ledgers import Records
from tests.e2e.reading.test_reading_starts_fast import HEAVY, imported
from wct_adapters.ledgers.sqlite import places
from wct_domain.commands import RequestErasure
from wct_domain.executor.stream import StreamAtWork
from wct_domain.ports.maintenance import Holder, Horizon
from wct_entrypoints.bootstrap import diagnosis
from wct_entrypoints.bootstrap.diagnosis import SqliteFacts
from wct_entrypoints.bootstrap.erasure import erasure_tools
from wct_entrypoints.bootstrap.ledgers import open_ledger
from wct_entrypoints.cli import doctor_files, doctor_installation, doctor_server
from wct_entrypoints.cli.doctor_lines import Group, Level, Line, group

Found = dict[str, list[dict[str, Any]]]


def examined(cli: Cli, *options: str | Path) -> Found:
    """What was found, by check; the status agrees with it."""
    result = cli("doctor", "--json", *options)
    assert result.stderr == ""
    document = json.loads(result.stdout)
    found: Found = {}
    for each in document["checks"]:
        found.setdefault(each["check"], []).append(each)
    levels = [each["level"] for each in document["checks"]]
    assert (document["errors"], document["warnings"]) == (
        levels.count("error"),
        levels.count("warning"),
    )
    assert result.exit_code == (1 if document["errors"] else 0)
    return found


def faults(found: Found) -> dict[str, tuple[str, str]]:
    """Level and text of what is not well, by check; each has a way out."""
    bad = [each for lines in found.values() for each in lines if each["level"] != "ok"]
    assert all(each["way_out"] for each in bad)
    return {each["check"]: (each["level"], each["text"]) for each in bad}


def contents(directory: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


def test_all_is_well_after_a_run(cli: Cli, records: Records) -> None:
    records.with_failures()
    found = examined(cli)
    assert faults(found) == {}
    (contained,) = found["contents"]
    assert contained["facts"]["runs"] == 1
    assert contained["facts"]["blobs"] == 6
    assert contained["facts"]["size"] == records.path.stat().st_size
    (signed,) = found["signed"]
    assert signed["facts"]["size"] == contained["facts"]["events"]
    (key,) = found["signing key"]
    assert (
        key["text"]
        == json.loads(cli("ledger", "keys", "--json").stdout)["verifiers"][0]
    )
    assert {each["group"] for lines in found.values() for each in lines} == {
        "installation",
        "ledger",
        "keys",
    }


def test_the_text_is_grouped_and_ends_with_a_count(cli: Cli, records: Records) -> None:
    records.completed()
    Path(f"{records.path}.keys").chmod(0o640)
    result = cli("doctor")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles == [
        "Installation",
        "Ledger .wct/ledger.db",
        "Keys",
        "1 error, 0 warnings",
    ]
    what = "others may read or write .wct/ledger.db.keys (mode 640)"
    place = lines.index(f"  error    permissions  {what}")
    assert lines[place + 1].strip().startswith("-> chmod 600 .wct/ledger.db.keys")


def test_without_a_ledger_there_is_nothing_to_complain_of(
    cli: Cli, tmp_path: Path
) -> None:
    found = examined(cli)
    assert faults(found) == {}
    assert "is not there yet" in found["place"][0]["text"]
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_somebody_named_should_be_there(cli: Cli, tmp_path: Path) -> None:
    found = faults(examined(cli, "--ledger", "other.db"))
    assert found == {"place": ("warning", "other.db does not exist")}
    assert list(tmp_path.iterdir()) == []


def test_nothing_heavy_is_imported(wct: Wct, records: Records) -> None:
    records.completed()
    # That plugins load can only be seen by loading them.
    assert imported(wct, "doctor") & HEAVY <= {"wct_entrypoints.plugins"}


def test_nothing_is_changed(cli: Cli, records: Records) -> None:
    records.with_failures()
    records.running()
    before = contents(records.path.parent)
    examined(cli)
    cli("doctor")
    assert contents(records.path.parent) == before


@pytest.mark.parametrize(
    ("what", "mode", "level", "check"),
    [
        ("ledger.db", 0o644, "warning", "permissions"),
        ("ledger.db.keys", 0o644, "error", "permissions"),
        (".", 0o770, "warning", "permissions"),
        ("ledger.db.locks", 0o755, "warning", "permissions"),
    ],
)
def test_what_others_may_read_or_replace_is_found(
    cli: Cli, records: Records, what: str, mode: int, level: str, check: str
) -> None:
    records.completed()
    (records.path.parent / what).chmod(mode)
    found = faults(examined(cli))
    assert list(found) == [check]
    assert found[check][0] == level
    assert f"mode {mode:03o}" in found[check][1]


@pytest.mark.skipif(os.geteuid() != 0, reason="others cannot even look")
@pytest.mark.parametrize(
    ("what", "mode", "needed"),
    [
        ("ledger.db", 0o000, "600"),
        ("ledger.db.keys", 0o200, "600"),
        ("ledger.db.locks", 0o600, "700"),
    ],
)
def test_so_is_what_its_owner_may_not_use(
    cli: Cli, records: Records, what: str, mode: int, needed: str
) -> None:
    records.completed()
    (records.path.parent / what).chmod(mode)
    document = examined(cli)
    (line,) = [each for each in document["permissions"] if each["level"] != "ok"]
    assert line["level"] == "warning"
    assert f"its owner may not read and write .wct/{what}" in line["text"]
    assert line["way_out"] == f"chmod {needed} .wct/{what}"


def test_missing_keys_are_found(cli: Cli, records: Records) -> None:
    records.completed()
    Path(f"{records.path}.keys").unlink()
    (fault,) = faults(examined(cli)).items()
    assert fault[0] == "store"
    assert fault[1][0] == "error"
    assert "is missing" in fault[1][1]


def test_a_lost_key_of_a_scope_is_found_with_the_runs_that_need_it(
    cli: Cli, records: Records
) -> None:
    run, other = records.completed(), records.completed()
    path = Path(f"{records.path}.keys")
    store = json.loads(path.read_bytes())
    (entry,) = store["ledgers"].values()
    kept = open_ledger(records.path, create=False, read_only=True)
    scope = kept.keys.scope_of(f"run/{run}")
    kept.close()
    del entry["scopes"][scope]
    path.write_text(json.dumps(store))
    level, text = faults(examined(cli))["scopes"]
    assert level == "error"
    assert run in text
    assert other not in text


def test_keys_of_what_was_erased_or_pruned_are_not_missed(
    cli: Cli, records: Records
) -> None:
    run, other = records.completed(), records.completed()
    cli("erase", run, "--reason", "art17", "--yes")
    cli("ledger", "prune", "--keep", "0", "--yes")
    found = examined(cli)
    assert faults(found) == {}
    assert found["scopes"][0]["facts"] == {"scopes": 0, "destroyed": 2}
    assert other


def test_a_damaged_file_is_one_error_and_the_rest_is_said(
    cli: Cli, records: Records
) -> None:
    records.completed()
    data = bytearray(records.path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    records.path.write_bytes(data)
    found = examined(cli)
    (fault,) = faults(found).items()
    # Whichever page is read first: the tables' own definitions take several.
    assert fault[0] in {"format", "contents"}
    assert "damaged" in fault[1][1]
    assert found["disk"][0]["level"] == "ok"
    assert found["permissions"][-1]["group"] == "keys"


def test_a_file_that_is_no_ledger_is_found(cli: Cli, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all" * 1000)
    other.chmod(0o600)
    found = faults(examined(cli, "--ledger", other))
    assert "is not a SQLite database" in found["format"][1]


@pytest.mark.parametrize(
    ("number", "said"), [(2, "it can be read"), (0, "first release")]
)
def test_another_format_is_a_warning(
    cli: Cli, records: Records, number: int, said: str
) -> None:
    records.completed()
    with closing(sqlite3.connect(records.path)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")
    level, text = faults(examined(cli))["format"]
    assert level == "warning"
    assert said in text


def test_a_network_file_system_is_an_error(
    cli: Cli, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.completed()
    mounts = Path("mounts")
    device = records.path.parent.stat().st_dev
    mounts.write_text(
        f"29 1 {os.major(device)}:{os.minor(device)} / / rw - nfs4 server:/home rw\n"
    )
    monkeypatch.setattr(places, "_MOUNTS", mounts)
    level, text = faults(examined(cli))["place"]
    assert level == "error"
    assert "is on a network file system (nfs4)" in text


def test_a_log_whose_ledger_is_gone_is_found(cli: Cli, records: Records) -> None:
    records.completed()
    records.path.rename(records.path.with_name("moved.db"))
    records.path.with_name("ledger.db-wal").write_bytes(b"the last events")
    level, text = faults(examined(cli))["place"]
    assert level == "error"
    assert "ledger.db-wal" in text


def test_keys_whose_ledger_is_gone_are_found(cli: Cli, records: Records) -> None:
    records.completed()
    records.path.unlink()
    level, text = faults(examined(cli))["place"]
    assert (level, text) == ("error", ".wct/ledger.db is gone; its keys are there")


def test_a_log_that_is_not_emptied_is_found(
    cli: Cli, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.completed()
    shutil.copy(records.path, "kept.db")
    ledger = open_ledger(records.path, create=False)
    monkeypatch.setattr(doctor_files, "LONG_LOG", 0)
    records.completed()
    level, text = faults(examined(cli))["log"]
    ledger.close()
    assert level == "warning"
    assert "wait to be moved into the ledger" in text


@pytest.mark.parametrize(
    ("limit", "level"), [("NO_ROOM", "error"), ("LITTLE_ROOM", "warning")]
)
def test_a_disk_that_is_nearly_full_is_found(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, limit: str, level: str
) -> None:
    monkeypatch.setattr(doctor_files, limit, 1 << 60)
    assert faults(examined(cli))["disk"][0] == level


def test_an_unfinished_erasure_is_an_error_until_it_is_finished(
    cli: Cli, records: Records
) -> None:
    run = records.completed()
    ledger = open_ledger(records.path, create=False)
    stream = StreamAtWork(run, erasure_tools(ledger), history=ledger.read(run))
    scope = ledger.keys.scope_of(f"run/{run}")
    stream.dispatch(RequestErasure(scope, "art17", "9" * 32))
    ledger.close()
    level, text = faults(examined(cli))["erasures"]
    assert level == "error"
    assert f"one of {run[:8]} was cut short (reason art17)" in text
    assert cli("verify").exit_code == 0
    assert "erasures" in faults(examined(cli))  # who verifies destroys nothing
    assert cli("ledger", "rotate-key").exit_code == 0
    assert faults(examined(cli)) == {}


def test_a_run_whose_process_was_killed_is_found(cli: Cli, records: Records) -> None:
    run = records.running()
    ledger = open_ledger(records.path, create=False)
    with ledger.locks.hold(run):
        found = examined(cli)
        assert faults(found) == {}
        assert found["running"][0]["facts"]["runs"] == [run]
    ledger.close()
    level, text = faults(examined(cli))["abandoned"]
    assert level == "warning"
    assert text.startswith(f"{run[:8]}, since 20")


def test_a_run_that_nobody_signed_is_found(cli: Cli, records: Records) -> None:
    records.completed()
    with closing(sqlite3.connect(records.path)) as connection, connection:
        connection.execute("DROP TRIGGER checkpoints_stay")
        connection.execute("DELETE FROM checkpoints")
    level, text = faults(examined(cli))["signed"]
    assert level == "warning"
    assert text.startswith("no checkpoint yet")
    cli("verify")
    assert faults(examined(cli)) == {}


def test_runs_that_grow_are_found(cli: Cli, records: Records) -> None:
    for _ in range(6):
        records.completed()
    (line,) = examined(cli)["growth"]
    facts = line["facts"]
    assert facts["latest"] == pytest.approx(facts["earlier"], rel=0.1)
    assert facts["a_year"] is None  # of a ledger of today nobody can tell
    with closing(sqlite3.connect(records.path)) as connection, connection:
        connection.execute("DROP TRIGGER events_stay_as_they_are")
        connection.execute(
            "UPDATE events SET recorded_at = recorded_at - 10 * 86400000000"
        )
    facts = examined(cli)["growth"][0]["facts"]
    assert facts["a_year"] == pytest.approx(facts["latest"] * 6 * 36.5, rel=0.05)


def test_what_a_killed_command_left_behind_is_named(cli: Cli, records: Records) -> None:
    records.completed()
    ledgers = records.path.parent
    old = [
        Path(".wct-ab12_xyz"),
        ledgers / "backup.db.4711.part",
        ledgers / "backup.db.4711.part-wal",
    ]
    young = Path(".wct-zzzzzzzz")
    others = [Path(".wct-notes.txt"), Path("book.part"), Path("a.b.part")]
    for path in (*old, young, *others):
        path.write_text("half a bundle")
        if path != young:
            os.utime(path, (0, 0))
    lines = examined(cli)["leftovers"]
    assert [line["facts"]["path"] for line in lines] == [
        ".wct-ab12_xyz",
        *(str(path.resolve()) for path in old[1:]),
    ]
    assert {line["level"] for line in lines} == {"warning"}
    assert lines[0]["way_out"] == "rm .wct-ab12_xyz"
    assert "was not written to its end (13 B)" in cli("doctor").stdout
    for path in old:
        path.unlink()
    assert "leftovers" not in examined(cli)


def test_a_signing_key_that_is_none_is_found_and_not_shown(
    cli: Cli, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.completed()
    monkeypatch.setenv("WCT_SIGNING_KEY", "PRIVATE+KEY+hunter2")
    level, text = faults(examined(cli))["WCT_SIGNING_KEY"]
    assert level == "error"
    assert "hunter2" not in text


def test_a_sqlite_with_the_wal_reset_bug_is_named(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def affected() -> SqliteFacts:
        fault = diagnosis.fault_of_sqlite("3.40.1")
        return SqliteFacts("3.40.1", "3.51.3", fault)

    monkeypatch.setattr(doctor_installation, "sqlite_facts", affected)
    level, text = faults(examined(cli))["SQLite"]
    assert level == "error"
    assert "WAL-reset bug" in text


def test_a_plugin_that_does_not_load_is_found(wct_with_plugin: Wct) -> None:
    done = wct_with_plugin("doctor", "--json")
    assert done.returncode == 0
    checks = json.loads(done.stdout)["checks"]
    (line,) = (each for each in checks if each["check"] == "plugins")
    assert line["level"] == "warning"
    assert line["text"] == (
        "wct.connectors 'missing' of letterbox 2.1.0 does not load: "
        "No module named 'letterbox.nowhere'"
    )


def test_a_check_that_fails_is_one_line_and_stops_no_other() -> None:
    def fails() -> list[Line]:
        msg = "text of ann@example.org"
        raise KeyError(msg)

    found = group("T", {"one": fails, "two": lambda: [Line("two", "well")]})
    assert found == Group(
        "T",
        (
            Line(
                "one",
                "cannot be looked at: KeyError",
                Level.ERROR,
                "check the disk and its permissions",
            ),
            Line("two", "well"),
        ),
    )


@pytest.mark.parametrize(
    ("horizon", "level", "said"),
    [
        (Horizon(0, 0.0, ()), "ok", "every event has its place"),
        (
            Horizon(3, 4000.0, (Holder(42, 4000.0, "psql", "shop"),)),
            "warning",
            "4,000 s; held back by 'psql' process 42 in database 'shop' for 4,000 s",
        ),
        (Horizon(1, 0.2, (Holder(42, 0.2, "wct", "wct"),)), "ok", "held back by 'wct'"),
        (
            Horizon(0, 0.0, (Holder(None, 90.0, "prepared transaction", "shop"),)),
            "warning",
            "prepared transaction",
        ),
    ],
)
def test_what_holds_readers_back_is_named(
    horizon: Horizon, level: str, said: str
) -> None:
    (line,) = doctor_server.horizon_lines(horizon)
    assert (str(line.level), said in line.text) == (level, True)
    assert (line.way_out is None) == (level == "ok")
