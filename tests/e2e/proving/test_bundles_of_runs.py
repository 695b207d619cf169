"""``wct export``, ``wct verify --bundle`` and ``wct import``."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.e2e.processes import COMMAND, Cli, Wct
from tests.e2e.running.runbooks import CARD, EMAIL, write
from wct_domain import packing

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


def test_what_grows_too_much_when_it_is_opened_is_not_imported(
    cli: Cli, recorded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("run", write(), "-q", *THERE)
    before = events(cli, *THERE)
    reader = cli("ledger", "keys", "--reader", *THERE).stdout.splitlines()[-1]
    cli("export", recorded, "-o", BUNDLE, "--readable-by", reader)
    monkeypatch.setattr(packing, "ROOM", 10)  # as if more had been stored
    monkeypatch.setattr(packing, "RATIO", 1)
    assert cli("verify", "--bundle", BUNDLE).exit_code == 0  # nobody can open it
    done = cli("import", BUNDLE, *THERE)
    assert done.exit_code == 4
    assert "nothing was imported: blob " in done.stderr
    assert "it would be longer than" in done.stderr
    assert events(cli, *THERE) == before


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


def test_show_tells_what_left_the_ledger_and_who_looked(
    cli: Cli, recorded: str
) -> None:
    cli("run", write(), "-q", *THERE)
    reader = cli("ledger", "keys", "--reader", *THERE).stdout.splitlines()[-1]
    cli("export", recorded, "-o", BUNDLE, "--readable-by", reader, "--masked")
    cli("artifacts", recorded, "look", "--evidence", "full")
    shown = cli("show", recorded).stdout
    reader_id = reader.split("+")[1]
    assert f"readable by key {reader_id}, with masked results in clear" in shown
    assert "raw evidence of step look, by 'wct artifacts'" in shown
    document = json.loads(cli("show", recorded, "--json").stdout)
    (export,), (revealed,) = document["exported"], document["revealed"]
    assert (export["readable_by"], export["masked"]) == (reader_id, True)
    assert (revealed["command"], revealed["step"]) == ("artifacts", "look")
    cli("import", BUNDLE, *THERE)
    (name,) = json.loads(cli("show", recorded, "--json", *THERE).stdout)[
        "imported_signers"
    ]
    assert f", signed by {name}" in cli("show", recorded, *THERE).stdout
    for _ in range(5):
        cli("export", recorded, "-o", BUNDLE)
    assert "2 times before these" in cli("show", recorded).stdout


def test_an_earlier_bundle_of_the_run_is_replaced(cli: Cli, recorded: str) -> None:
    assert cli("export", recorded, "-o", BUNDLE).exit_code == 0
    before = BUNDLE.read_bytes()
    assert cli("export", recorded, "-o", BUNDLE, "--masked").exit_code == 0
    assert BUNDLE.read_bytes() != before
    assert cli("verify", "--bundle", BUNDLE).exit_code == 0


def test_no_other_file_is_replaced_unless_somebody_insists(
    cli: Cli, recorded: str
) -> None:
    cli("run", write(), "-q")
    assert cli("export", "latest", "-o", "another.zip").exit_code == 0
    Path("precious.txt").write_text("precious")
    Path("empty").touch()
    for name in ("precious.txt", "another.zip", "empty"):
        before = Path(name).read_bytes()
        done = cli("export", recorded, "-o", name)
        assert done.exit_code == 1
        assert f"is no bundle of run {recorded}" in done.stderr
        assert "--force" in done.stderr
        assert Path(name).read_bytes() == before
    lines = cli("events", recorded, "--json").stdout
    assert "run.exported" not in lines
    assert cli("export", recorded, "-o", "precious.txt", "--force").exit_code == 0
    assert cli("verify", "--bundle", "precious.txt").exit_code == 0


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (".", "is a directory: name a file in it"),
        ("no/such/place.zip", "there is no directory 'no/such' for 'place.zip'"),
        ("/dev/null", "is no regular file; '-' writes to standard output"),
    ],
)
def test_where_a_bundle_cannot_go_is_said(
    cli: Cli, recorded: str, output: str, reason: str
) -> None:
    done = cli("export", recorded, "-o", output, "--force")
    assert done.exit_code == 1
    assert reason in done.stderr
    assert "run.exported/1" not in events(cli)


def test_a_reader_that_leaves_is_no_reason_to_complain(wct: Wct, recorded: str) -> None:
    command = " ".join([f"'{COMMAND[0]}'", *COMMAND[1:], "export latest -o -"])
    done = subprocess.run(
        ["sh", "-c", f"({command}; echo $? >&2) | true"],
        cwd=wct.directory,
        env=wct.environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "0\n")


def test_programs_are_told_what_was_written_and_taken_in(
    cli: Cli, recorded: str
) -> None:
    cli("run", write(), "-q", *THERE)
    reader = cli("ledger", "keys", "--reader", *THERE).stdout.splitlines()[-1]
    done = cli(
        *("export", recorded, "-o", BUNDLE, "--readable-by", reader, "--masked"),
        "--json",
    )
    written = json.loads(done.stdout)
    assert done.stderr == ""
    log_id = json.loads(cli("verify", "--no-seal", "--json").stdout)["log_id"]
    assert written == {
        "run": recorded,
        "bundle": str(BUNDLE),
        "size": BUNDLE.stat().st_size,
        "checkpoint": written["checkpoint"],
        "log_id": log_id,
        "readable_by": reader.split("+")[1],
        "masked": True,
    }
    key = cli("ledger", "keys").stdout.strip()
    taken = json.loads(cli("import", BUNDLE, "--key", key, "--json", *THERE).stdout)
    assert taken["events"] > 0
    assert taken["keys"] > 0
    assert (taken["run"], taken["log_id"]) == (recorded, log_id)
    assert (taken["signers"], taken["trusted"]) == ([key], True)
    again = json.loads(cli("import", BUNDLE, "--json", *THERE).stdout)
    assert (again["events"], again["trusted"]) == (0, False)
    Path("no.zip").write_bytes(b"no bundle")
    refused = cli("import", "no.zip", "--json", *THERE)
    assert refused.exit_code == 4
    assert not json.loads(refused.stdout)["sound"]
    assert cli("export", recorded, "-o", "-", "--json").exit_code == 2


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
