"""Commands that read neither change a ledger nor need to be able to."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from tests.e2e.processes import Cli
from tests.e2e.reading.ledgers import Records
from wct_domain.events import PluginNoted
from wct_domain.ports.ledger import NewEvent
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import open_ledger

COMMANDS = [
    ["runs"],
    ["show", "latest"],
    ["events", "latest"],
    ["artifacts", "latest"],
    ["replay", "latest"],
    ["why", "latest", "kept"],
    ["diff", "latest", "latest"],
    ["artifacts", "latest", "kept"],
]


def contents(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", [[], ["--json"]], ids=["text", "json"])
def test_a_ledger_is_as_it_was(
    cli: Cli, records: Records, arguments: list[str], option: list[str]
) -> None:
    records.with_failures()
    before = contents(records.path.parent)
    assert cli(*arguments, *option).exit_code == 0
    assert contents(records.path.parent) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_read_only_ledger_can_be_read(
    cli: Cli, records: Records, arguments: list[str]
) -> None:
    records.with_failures()
    for file in records.path.parent.iterdir():
        file.chmod(0o400)
    records.path.parent.chmod(0o500)
    try:
        assert cli(*arguments).exit_code == 0
    finally:
        records.path.parent.chmod(0o700)


@pytest.mark.parametrize("arguments", COMMANDS[:-1], ids=" ".join)
def test_keys_are_not_needed(cli: Cli, records: Records, arguments: list[str]) -> None:
    records.with_failures()
    records.path.with_name("ledger.db.keys").unlink()
    assert cli(*arguments).exit_code == 0


def test_what_was_stored_needs_its_key(cli: Cli, records: Records) -> None:
    records.with_failures()
    store = records.path.with_name("ledger.db.keys")
    store.unlink()
    result = cli(*COMMANDS[-1])
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"its key store '{store}' is missing; restore it" in result.stderr
    assert result.stderr.count("\n") == 1


def test_another_process_may_be_writing(cli: Cli, records: Records) -> None:
    run = records.completed()
    ledger = open_ledger(records.path, create=False)
    done = threading.Event()

    def write() -> None:
        note = PluginNoted(plugin="test", name="note", data={})
        while not done.is_set():
            ledger.append(run, [NewEvent(new_id(), note)], expected=None)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for arguments in COMMANDS:
            result = cli(*arguments)
            assert result.exit_code == 0
    finally:
        done.set()
        writer.join()
        ledger.close()
