"""``wct verify`` and the keys that it needs."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import Result

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import write

LEDGER = Path(".wct/ledger.db")


def tamper(*statements: str) -> None:
    """Change what no trigger lets change."""
    with sqlite3.connect(LEDGER) as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def kept(cli: Cli) -> Path:
    path = Path("kept.note")
    path.write_text(cli("show", "latest", "--checkpoint").stdout, encoding="utf-8")
    return path


def flaws(done: Result) -> list[str]:
    return [flaw["place"] for flaw in json.loads(done.stdout)["flaws"]]


@pytest.mark.usefixtures("recorded")
def test_a_ledger_is_sound_and_says_what_that_means(cli: Cli) -> None:
    done = cli("verify")
    assert done.exit_code == 0
    assert "Sound" in done.stdout
    assert "keys of the ledger's own key store" in done.stdout


def test_one_run_is_verified_alone(cli: Cli, recorded: str) -> None:
    cli("run", write(), "-q")
    document = json.loads(cli("verify", recorded, "--json").stdout)
    assert document["sound"]
    assert document["run"] == recorded
    assert document["events"] < document["size"]


@pytest.mark.usefixtures("recorded")
def test_a_changed_event_is_found_and_named(cli: Cli) -> None:
    tamper("UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 3")
    done = cli("verify")
    assert done.exit_code == 4
    assert "NOT SOUND" in done.stdout
    assert "event 3 of" in done.stdout


@pytest.mark.usefixtures("recorded")
def test_a_ledger_that_is_not_sound_is_not_signed(cli: Cli) -> None:
    cli("run", write(), "-q")
    tamper(
        "DELETE FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints)",
        "UPDATE events SET payload = x'7b7d' WHERE global_position > 8",
    )
    assert cli("verify").exit_code == 4
    assert json.loads(cli("verify", "--json").stdout)["checkpoints"] == 1


@pytest.mark.usefixtures("recorded")
def test_what_is_pending_is_signed_unless_it_is_not_to_be(cli: Cli) -> None:
    tamper("DELETE FROM checkpoints")
    assert json.loads(cli("show", "latest", "--json").stdout)["checkpoint"] == "pending"
    pending = cli("show", "latest", "--checkpoint")
    assert (pending.exit_code, pending.stdout) == (1, "")
    assert "unsigned" in cli("verify", "--no-seal").stdout
    assert "Signed now" in cli("verify").stdout
    assert json.loads(cli("verify", "--json").stdout)["unsigned"] == 0


@pytest.mark.usefixtures("recorded")
def test_a_kept_checkpoint_finds_a_history_that_was_cut_off(cli: Cli) -> None:
    checkpoint = kept(cli)
    assert cli("verify", "--checkpoint", checkpoint).exit_code == 0
    size = int(checkpoint.read_text(encoding="utf-8").splitlines()[1])
    tamper(
        "DELETE FROM checkpoints",
        f"DELETE FROM events WHERE global_position = {size}",
    )
    assert cli("verify", "--no-seal").exit_code == 0
    done = cli("verify", "--checkpoint", checkpoint, "--json")
    assert done.exit_code == 4
    assert flaws(done) == [f"kept checkpoint at {size}"]


@pytest.mark.usefixtures("recorded")
def test_a_key_may_be_a_text_or_a_file(cli: Cli) -> None:
    key = cli("ledger", "keys").stdout.strip()
    Path("keys.txt").write_text(f"{key}\n", encoding="utf-8")
    for given in (key, "keys.txt"):
        document = json.loads(cli("verify", "--key", given, "--json").stdout)
        assert document["sound"]
        assert document["trusted"]
        assert document["signers"] == [key]


@pytest.mark.usefixtures("recorded")
def test_a_strangers_key_does_not_vouch_for_it(cli: Cli) -> None:
    _, stranger = cli("ledger", "new-key", "stranger").stdout.splitlines()
    assert cli("verify", "--key", stranger).exit_code == 4


@pytest.mark.usefixtures("recorded")
def test_with_the_key_given_no_key_store_is_needed(cli: Cli) -> None:
    key = cli("ledger", "keys").stdout.strip()
    Path(".wct/ledger.db.keys").unlink()
    done = cli("verify", "--key", key, "--no-seal")
    assert done.exit_code == 0
    assert cli("verify", "--no-seal").exit_code == 1


@pytest.mark.parametrize("given", ["nonsense", "a+b+c", "missing.txt"])
@pytest.mark.usefixtures("recorded")
def test_what_is_no_key_is_refused(cli: Cli, given: str) -> None:
    assert cli("verify", "--key", given).exit_code == 1


@pytest.mark.usefixtures("recorded")
def test_what_is_no_checkpoint_is_refused(cli: Cli) -> None:
    Path("note").write_bytes(b"\xff\xfe")
    done = cli("verify", "--checkpoint", "note")
    assert done.exit_code == 1
    assert "'note' cannot be used" in done.stderr


@pytest.mark.usefixtures("recorded")
def test_after_a_rotation_older_checkpoints_still_count(cli: Cli) -> None:
    older = kept(cli)
    made = cli("ledger", "rotate-key").stdout.strip()
    assert cli("ledger", "keys").stdout.splitlines()[1] == made
    cli("run", write(), "-q")
    document = json.loads(cli("verify", "--checkpoint", older, "--json").stdout)
    assert document["sound"]
    assert len(document["signers"]) == 2


def test_who_only_knows_a_key_of_before_a_rotation_is_told_what_it_does_not_cover(
    cli: Cli, recorded: str
) -> None:
    older = cli("ledger", "keys").stdout.strip()
    made = cli("ledger", "rotate-key").stdout.strip()
    cli("run", write(), "-q")
    done = cli("verify", "--key", older)
    assert done.exit_code == 0, recorded
    told = done.stdout.replace("\n", " ")
    assert "not signed by a key that was given" in told
    assert made in told  # who does sign it
    assert "Signed now" not in told
    document = json.loads(cli("verify", "--key", older, "--json").stdout)
    assert document["unsigned"] > 0
    assert document["signed_now"] is None
    assert "not signed" not in cli("verify", "--key", older, "--key", made).stdout


@pytest.mark.parametrize("how", ["its text", "both lines", "a file"])
def test_a_key_from_the_environment_signs(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    private, public = cli("ledger", "new-key", "ci").stdout.splitlines()
    Path("secret").write_text(f"{private}\n{public}\n", encoding="utf-8")
    both = f"{private}\n{public}\n"
    value = {"its text": private, "both lines": both, "a file": "secret"}[how]
    monkeypatch.setenv("WCT_SIGNING_KEY", value)
    assert cli("run", write(), "-q").exit_code == 0
    monkeypatch.delenv("WCT_SIGNING_KEY")
    assert cli("verify", "--no-seal").exit_code == 0  # the key store knows whose it is
    assert cli("ledger", "keys").stdout.splitlines() == [public]
    document = json.loads(cli("verify", "--key", public, "--json").stdout)
    assert document["sound"]
    assert document["signers"] == [public]


def test_a_signing_key_that_is_none_does_not_show_itself(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WCT_SIGNING_KEY", "S3CRET")
    done = cli("run", write(), "-q")
    assert done.exit_code == 1
    assert "S3CRET" not in done.stderr
    assert "WCT_SIGNING_KEY" in done.stderr


@pytest.mark.parametrize("given", ["S3CRET", "PRIVATE+KEY+S3CRET"])
def test_a_signing_key_that_is_none_stops_only_who_signs(
    cli: Cli, recorded: str, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("WCT_SIGNING_KEY", given)
    for reading in (
        ("runs",),
        ("show", recorded),
        ("events", recorded),
        ("artifacts", recorded, "look"),
        ("why", recorded, "look"),
        ("replay", recorded),
        ("ledger", "keys"),
        ("ledger", "backup", "backup.db"),
        ("verify", "--no-seal"),
        ("ledger", "prune", "--keep", "0", "--dry-run"),
    ):
        done = cli(*reading)
        assert (done.exit_code, done.stderr) == (0, ""), reading
    for signing in (
        ("export", recorded, "-o", "run.zip"),
        ("erase", recorded, "--reason", "other", "--yes"),
        ("ledger", "prune", "--keep", "0", "--yes"),
    ):
        done = cli(*signing)
        assert done.exit_code == 1, signing
        assert done.stderr.startswith("Error: WCT_SIGNING_KEY is ")
        assert "S3CRET" not in done.stderr
    lines = cli("events", recorded, "--json").stdout
    assert "run.completed" in lines.splitlines()[-1]


def test_a_rotation_that_signs_nothing_says_so(
    cli: Cli, recorded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads(cli("ledger", "rotate-key", "--json").stdout)
    assert made["signs"], recorded
    assert cli("ledger", "keys").stdout.splitlines()[-1] == made["verifier"]
    private, _ = cli("ledger", "new-key", "ci").stdout.splitlines()
    monkeypatch.setenv("WCT_SIGNING_KEY", private)
    done = cli("ledger", "rotate-key")
    assert done.exit_code == 0
    assert "WCT_SIGNING_KEY is set, and signs in its place" in done.stderr
    assert not json.loads(cli("ledger", "rotate-key", "--json").stdout)["signs"]


def test_a_bad_name_of_a_key_is_wrong_usage(cli: Cli) -> None:
    assert cli("ledger", "new-key", "two words").exit_code == 2


def test_without_a_ledger_nothing_can_be_verified(cli: Cli) -> None:
    assert cli("verify").exit_code == 1
