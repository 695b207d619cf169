"""``wct ledger backup`` and ``restore``: copies of a ledger, and ledgers of copies."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli, Wct
from tests.e2e.reading.ledgers import Records

WRITER = """
import sys
from pathlib import Path
from tests.e2e.reading.ledgers import Records
records = Records(Path(sys.argv[1]))
while True:
    print(records.completed(), flush=True)
"""


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "backup.db"


@pytest.fixture(autouse=True)
def _elsewhere_is_there(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()


def written(cli: Cli, backup: Path) -> dict[str, Any]:
    result = cli("ledger", "backup", backup, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def verified(cli: Cli, *options: str | Path) -> dict[str, Any]:
    verdict: dict[str, Any] = json.loads(cli("verify", "--json", *options).stdout)
    assert verdict["flaws"] == []
    return verdict


def lose(records: Records) -> None:
    for path in list(records.path.parent.glob("ledger.db*")):
        if path.is_file() and path.suffix != ".keys":
            path.unlink()


def test_a_backup_says_what_it_has_and_what_it_has_not(
    cli: Cli, records: Records, backup: Path
) -> None:
    records.completed()
    document = written(cli, backup)
    assert document["runs"] == 1
    assert document["events"] > 5
    assert document["size"] == backup.stat().st_size
    assert document["log_id"] != document["backup_id"]
    assert (document["ledger"], document["keys"]) == (
        ".wct/ledger.db",
        ".wct/ledger.db.keys",
    )
    text = cli("ledger", "backup", backup.with_name("again.db")).stdout
    assert "1 run, " in text
    assert "It has no keys: keep a copy of .wct/ledger.db.keys too" in text
    assert "wct ledger restore" in text


def test_a_backup_is_read_and_shows_no_content(
    cli: Cli, records: Records, backup: Path
) -> None:
    run = records.completed()
    written(cli, backup)
    assert run[:8] in cli("runs", "--ledger", backup).stdout
    printed = cli("artifacts", run, "kept", "--ledger", backup)
    assert printed.exit_code == 1
    assert "no keys of this ledger" in printed.stderr or "missing" in printed.stderr


def test_nothing_is_overwritten(cli: Cli, records: Records, backup: Path) -> None:
    records.completed()
    backup.write_bytes(b"precious")
    refused = cli("ledger", "backup", backup)
    assert refused.exit_code == 1
    assert "is there already" in refused.stderr
    assert backup.read_bytes() == b"precious"
    backup.unlink()
    written(cli, backup)
    before = records.path.read_bytes()
    refused = cli("ledger", "restore", backup)
    assert refused.exit_code == 1
    assert "is there already" in refused.stderr
    assert records.path.read_bytes() == before


def test_a_lost_ledger_is_restored_where_its_keys_are(
    cli: Cli, records: Records, backup: Path
) -> None:
    run = records.completed()
    before = written(cli, backup)
    shown = cli("artifacts", run, "kept").stdout
    lose(records)
    result = cli("ledger", "restore", backup, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert (document["runs"], document["events"]) == (1, before["events"])
    assert document["former_ids"] == [before["log_id"]]
    assert document["log_id"] not in {before["log_id"], before["backup_id"]}
    assert (document["sound"], document["flaws"]) == (True, [])
    assert cli("artifacts", run, "kept").stdout == shown
    records.completed()
    assert verified(cli)["streams"] == 2


def test_a_ledger_is_restored_elsewhere_with_the_keys_that_are_named(
    cli: Cli, records: Records, backup: Path, tmp_path: Path
) -> None:
    run = records.completed()
    written(cli, backup)
    place = tmp_path / "other" / ".wct" / "ledger.db"
    place.parent.parent.mkdir()
    refused = cli("ledger", "restore", backup, "--ledger", place)
    assert refused.exit_code == 1
    assert "--keys-from" in refused.stderr
    assert not place.parent.exists()
    keys = f"{records.path}.keys"
    restored = cli(
        *("ledger", "restore", backup, "--ledger", place, "--keys-from", keys)
    )
    assert restored.exit_code == 0
    assert "all of it verified" in restored.stdout
    assert (place.parent / ".gitignore").read_text() == "*\n"
    shutil.rmtree(records.path.parent)
    assert cli("artifacts", run, "kept", "--ledger", place).exit_code == 0


def test_a_checkpoint_kept_from_before_tells_whether_the_backup_goes_as_far(
    cli: Cli, records: Records, backup: Path, tmp_path: Path
) -> None:
    older, newer = tmp_path / "older.txt", tmp_path / "newer.txt"
    older.write_text(cli("show", records.completed(), "--checkpoint").stdout)
    written(cli, backup)
    newer.write_text(cli("show", records.completed(), "--checkpoint").stdout)
    lose(records)
    cli("ledger", "restore", backup)
    assert verified(cli, "--checkpoint", older)["kept_checkpoints"] == 1
    behind = cli("verify", "--checkpoint", newer)
    assert behind.exit_code == 4
    assert "NOT SOUND" in behind.stdout


def test_what_was_erased_since_the_backup_stays_closed(
    cli: Cli, records: Records, backup: Path
) -> None:
    run, other = records.completed(), records.completed()
    written(cli, backup)
    cli("erase", run, "--reason", "art17", "--yes")
    lose(records)
    assert cli("ledger", "restore", backup).exit_code == 0
    refused = cli("artifacts", run, "kept")
    assert refused.exit_code == 1
    assert "was erased" in refused.stderr
    assert cli("artifacts", other, "kept").exit_code == 0


def test_a_backup_that_was_changed_is_not_restored_unless_that_is_wanted(
    cli: Cli, records: Records, backup: Path
) -> None:
    records.completed()
    written(cli, backup)
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("DROP TRIGGER events_stay_as_they_are")
        connection.execute("UPDATE events SET recorded_at = recorded_at + 1")
    lose(records)
    refused = cli("ledger", "restore", backup)
    assert refused.exit_code == 4
    assert "event 1 of " in refused.stderr
    assert "--even-if-damaged" in refused.stderr
    assert not records.path.exists()
    restored = cli("ledger", "restore", backup, "--even-if-damaged", "--json")
    assert restored.exit_code == 0
    document = json.loads(restored.stdout)
    assert document["sound"] is False
    assert document["flaws"][0]["place"].startswith("event 1 of ")


def test_a_backup_whose_indexes_are_damaged_is_refused(
    cli: Cli, records: Records, backup: Path
) -> None:
    records.completed()
    written(cli, backup)
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema "
            "WHERE name = 'sqlite_autoindex_streams_1') "
            "WHERE name = 'run_level_events'"
        )
    lose(records)
    refused = cli("ledger", "restore", backup)
    assert refused.exit_code == 1
    assert "is damaged" in refused.stderr
    assert not records.path.exists()


def test_only_backups_are_restored(cli: Cli, records: Records, tmp_path: Path) -> None:
    records.completed()
    place = tmp_path / "new.db"
    options = ("--ledger", place, "--keys-from", f"{records.path}.keys")
    refused = cli("ledger", "restore", records.path, *options)
    assert refused.exit_code == 1
    assert "is no backup of a ledger" in refused.stderr
    text = tmp_path / "notes.txt"
    text.write_text("notes" * 1000)
    refused = cli("ledger", "restore", text, *options)
    assert (refused.exit_code, place.exists()) == (1, False)
    assert "is not a SQLite database" in refused.stderr


def test_a_backup_of_a_newer_wct_is_not_restored(
    cli: Cli, records: Records, backup: Path
) -> None:
    records.completed()
    written(cli, backup)
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("PRAGMA user_version = 2")
    lose(records)
    refused = cli("ledger", "restore", backup)
    assert refused.exit_code == 1
    assert "has format 2, this wct restores up to format 1" in refused.stderr
    assert not records.path.exists()


def test_a_ledger_on_a_server_is_not_restored_by_wct(
    cli: Cli, records: Records, backup: Path
) -> None:
    records.completed()
    written(cli, backup)
    url = "postgresql://me:secret@localhost/wct"
    refused = cli("ledger", "restore", backup, "--ledger", url)
    assert refused.exit_code == 1
    assert "pg_restore" in refused.stderr
    assert "secret" not in refused.stderr


def test_a_backup_while_runs_go_on_is_a_prefix_that_verifies(
    wct: Wct, cli: Cli, records: Records, backup: Path
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(records.path)],
        env=wct.environment({"PYTHONPATH": _paths(wct)}),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert writer.stdout is not None
        for _ in range(3):
            writer.stdout.readline()
        documents: list[dict[str, Any]] = []
        for number in range(5):
            documents.append(written(cli, backup.with_name(f"{number}.db")))
            writer.stdout.readline()
    finally:
        writer.kill()
        writer.communicate()
    assert [each["runs"] for each in documents] == sorted(
        each["runs"] for each in documents
    )
    assert documents[0]["runs"] < documents[-1]["runs"]
    whole = _hashes(records.path)
    keys = Path(f"{records.path}.keys")
    for document in documents:
        hashes = _hashes(Path(document["backup"]))
        assert hashes == whole[: len(hashes)]
        place = Path(f"{document['backup']}.restored")
        restored = cli(
            *("ledger", "restore", document["backup"], "--ledger", place),
            *("--keys-from", keys),
        )
        assert restored.exit_code == 0, restored.stderr


def _hashes(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT hash FROM events ORDER BY global_position"
        return [link for (link,) in connection.execute(query)]


def _paths(wct: Wct) -> str:
    return f"{wct.environment()['PYTHONPATH']}:{Path(__file__).parents[3]}"
