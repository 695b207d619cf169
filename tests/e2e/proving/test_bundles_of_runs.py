"""``wct export``, ``wct verify --bundle`` and ``wct import``."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import CARD, EMAIL, write

BUNDLE = Path("run.zip")
THERE = ("--ledger", "there.db")


def events(cli: Cli, *ledger: str) -> list[str]:
    lines = cli("events", "latest", "--json", *ledger).stdout.splitlines()
    return [json.loads(line)["type"] for line in lines]


def test_a_bundle_is_verified_without_its_ledger(cli: Cli, recorded: str) -> None:
    key = cli("ledger", "keys").stdout.strip()
    assert cli("export", recorded, "-o", BUNDLE).exit_code == 0
    assert BUNDLE.stat().st_mode & 0o777 == 0o600
    Path(".wct/ledger.db").rename("gone.db")
    done = cli("verify", "--bundle", BUNDLE)
    assert done.exit_code == 0
    assert "keys of the bundle itself" in done.stdout
    document = json.loads(
        cli("verify", "--bundle", BUNDLE, "--key", key, "--json").stdout
    )
    assert document["sound"]
    assert document["trusted"]
    assert document["run"] == recorded


def test_that_a_run_was_exported_is_recorded_in_it(cli: Cli, recorded: str) -> None:
    cli("export", recorded, "-o", BUNDLE)
    assert events(cli)[-1] == "run.exported/1"
    assert cli("verify").exit_code == 0


def test_a_changed_bundle_is_found_out(cli: Cli, recorded: str) -> None:
    cli("export", recorded, "-o", BUNDLE)
    content = bytearray(BUNDLE.read_bytes())
    content[len(content) // 2] ^= 1
    BUNDLE.write_bytes(content)
    done = cli("verify", "--bundle", BUNDLE)
    assert done.exit_code == 4
    assert "NOT SOUND" in done.stdout
    taken = cli("import", BUNDLE, *THERE)
    assert taken.exit_code == 4
    assert not Path("there.db").exists()


def test_nothing_personal_leaves_without_a_key(cli: Cli, recorded: str) -> None:
    assert cli("export", recorded, "-o", BUNDLE, "--masked").exit_code == 0
    with zipfile.ZipFile(BUNDLE) as archive:
        content = b"".join(map(archive.read, archive.namelist()))
        masked = json.loads(archive.read("masked.json"))
    assert EMAIL.encode() not in content
    assert CARD.encode() not in content
    assert masked["run"]["run"] == recorded
    assert masked["artifacts"][0]["step"] == "look"
    assert "ledger" not in masked["run"]


def test_it_can_be_read_where_it_was_made_readable(cli: Cli, recorded: str) -> None:
    cli("run", write(), "-q", *THERE)
    reader = cli("ledger", "keys", "--reader", *THERE).stdout.splitlines()[-1]
    assert cli("export", recorded, "-o", BUNDLE, "--readable-by", reader).exit_code == 0
    done = cli("import", BUNDLE, *THERE)
    assert done.exit_code == 0
    assert "can be read" in done.stdout
    shown = cli("artifacts", recorded, "look", "--evidence", "full", *THERE)
    assert EMAIL in shown.stdout
    assert cli("verify", *THERE).exit_code == 0


def test_it_cannot_be_read_elsewhere(cli: Cli, recorded: str) -> None:
    cli("export", recorded, "-o", BUNDLE)
    done = cli("import", BUNDLE, *THERE)
    assert done.exit_code == 0
    assert "cannot be read" in done.stdout
    assert cli("show", recorded, *THERE).exit_code == 0
    assert EMAIL not in cli("artifacts", recorded, "look", *THERE).output


def test_importing_twice_is_harmless(cli: Cli, recorded: str) -> None:
    cli("export", recorded, "-o", BUNDLE)
    cli("import", BUNDLE, *THERE)
    first = events(cli, *THERE)
    assert first[-1] == "run.imported/1"
    assert cli("import", BUNDLE, *THERE).exit_code == 0
    assert events(cli, *THERE) == first
    assert "imported" in cli("runs", *THERE).stdout


def test_an_older_checkpoint_of_the_reader_is_proven(cli: Cli, recorded: str) -> None:
    kept = Path("kept.note")
    kept.write_text(cli("show", "latest", "--checkpoint").stdout, encoding="utf-8")
    cli("run", write(), "-q")
    cli("export", recorded, "-o", BUNDLE)
    assert cli("verify", "--bundle", BUNDLE, "--checkpoint", kept).exit_code == 4
    cli("export", recorded, "-o", BUNDLE, "--checkpoint", kept)
    assert cli("verify", "--bundle", BUNDLE, "--checkpoint", kept).exit_code == 0


def test_a_run_that_is_not_sound_is_not_exported(cli: Cli, recorded: str) -> None:
    from tests.e2e.proving.test_wct_verify import tamper

    tamper("UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 3")
    done = cli("export", recorded, "-o", BUNDLE)
    assert done.exit_code == 4
    assert not BUNDLE.exists()
    assert "run.exported/1" not in events(cli)


@pytest.mark.parametrize("key", ["nonsense", "wct-reader+00000000+AAAA"])
def test_what_is_no_readers_key_is_refused(cli: Cli, recorded: str, key: str) -> None:
    done = cli("export", recorded, "-o", BUNDLE, "--readable-by", key)
    assert done.exit_code == 1
    assert "not a reader's key" in done.stderr
    assert "run.exported/1" not in events(cli)


def test_where_no_file_can_be_nothing_is_recorded(cli: Cli, recorded: str) -> None:
    assert cli("export", recorded, "-o", "no/such/place.zip").exit_code == 1
    assert "run.exported/1" not in events(cli)


def test_an_erased_run_can_be_exported_without_what_was_erased(
    cli: Cli, recorded: str
) -> None:
    cli("erase", recorded, "--reason", "art17", "--yes")
    assert cli("export", recorded, "-o", BUNDLE, "--masked").exit_code == 0
    document = json.loads(cli("verify", "--bundle", BUNDLE, "--json").stdout)
    assert document["sound"]
    assert document["blobs"] == 0
    assert document["erased_blobs"] > 0


def test_it_can_go_to_standard_output(cli: Cli, recorded: str) -> None:
    done = cli("export", recorded, "-o", "-")
    BUNDLE.write_bytes(done.stdout_bytes)
    assert cli("verify", "--bundle", BUNDLE).exit_code == 0
    assert "written to standard output" in done.stderr


def test_a_bundle_is_verified_alone_or_not_at_all(cli: Cli, recorded: str) -> None:
    cli("export", recorded, "-o", BUNDLE)
    assert cli("verify", recorded, "--bundle", BUNDLE).exit_code == 2
    assert cli("verify", "--bundle", "missing.zip").exit_code == 2


def test_what_is_no_bundle_is_no_traceback(cli: Cli) -> None:
    BUNDLE.write_bytes(os.urandom(1000))
    done = cli("verify", "--bundle", BUNDLE)
    assert done.exit_code == 4
    assert "is not a bundle" in done.stdout
    assert "recomputed" not in done.stdout  # nor anything else that was not done
    assert "signatures were checked" not in done.stdout
    assert cli("import", BUNDLE, *THERE).exit_code == 4
