"""Keys of erasure scopes in a file: what is on disk when, and who may read it."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.processes import SOURCES
from wct_adapters.ledgers.key_store import FileSafe, others_can_read
from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.scope_keys import LAG
from wct_domain.errors import BlobDamagedError, ErasedError, LedgerUnusableError

LOG = "9f0c1d5e-5b0f-4c8e-9d0a-6f3f5f3a2b1c"
TEXT = b"\x00" + b'"bob@shop.example"'


def ring(store: Path) -> KeyRing:
    safe = FileSafe(store, LOG, "ledger")
    safe.make()
    return KeyRing(safe, LOG)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_a_key_is_on_disk_before_anything_is_sealed_with_it(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ring(store)
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        steps.append("content" if is_file else "name")
        fsync(descriptor)

    def replaced(path: Path, target: Path) -> Path:
        steps.append("replaced")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    scope = keys.sealer("run/1").scope
    assert steps == ["content", "replaced", "name"]
    assert scope in store.read_text()
    keys.destroy([scope])
    assert steps == ["content", "replaced", "name"] * 2
    (entry,) = json.loads(store.read_bytes())["ledgers"].values()
    assert (entry["scopes"], entry["erased"]) == ({}, [scope])


def test_a_key_that_cannot_be_kept_seals_nothing(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ring(store)
    before = store.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(LedgerUnusableError, match="No space left"):
            keys.sealer("run/1")
    assert store.read_bytes() == before
    assert [each.name for each in store.parent.iterdir()] == ["keys"]


def test_a_key_that_cannot_be_destroyed_stays_and_says_so(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ring(store)
    sealer = keys.sealer("run/1")
    sealed = sealer.seal(TEXT)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(LedgerUnusableError, match="No space left"):
            keys.destroy([sealer.scope])
    assert keys.open(sealed) == TEXT
    keys.destroy([sealer.scope])
    with pytest.raises(ErasedError):
        keys.open(sealed)


def test_what_a_killed_process_left_half_written_does_not_keep_a_key(
    store: Path,
) -> None:
    keys = ring(store)
    sealer = keys.sealer("run/1")
    (entry,) = json.loads(store.read_bytes())["ledgers"].values()
    (key,) = entry["scopes"].values()
    left = store.with_name("keys.new")
    left.write_bytes(store.read_bytes()[:-7])
    keys.destroy([sealer.scope])
    assert [each.name for each in store.parent.iterdir()] == ["keys"]
    assert key not in store.read_text()


def test_a_link_in_the_way_is_not_followed(store: Path, tmp_path: Path) -> None:
    keys = ring(store)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    store.with_name("keys.new").symlink_to(victim)
    keys.sealer("run/1")
    assert victim.read_text() == "mine"


def test_a_key_that_another_process_destroyed_is_gone_here_too(store: Path) -> None:
    here, there = ring(store), ring(store)
    sealer = here.sealer("run/1")
    sealed = sealer.seal(TEXT)
    assert there.open(sealed) == TEXT
    there.destroy([sealer.scope])
    with pytest.raises(ErasedError):
        here.open(sealed)
    time.sleep(LAG)
    with pytest.raises(ErasedError):
        sealer.seal(TEXT)


def test_a_store_that_goes_away_seals_nothing_that_nobody_could_open(
    store: Path,
) -> None:
    sealer = ring(store).sealer("run/1")
    sealer.seal(TEXT)
    store.unlink()
    time.sleep(LAG)
    with pytest.raises(LedgerUnusableError, match="is missing"):
        sealer.seal(TEXT)


@pytest.mark.parametrize(
    "entry",
    [
        {"scopes": []},
        {"scopes": {"a": 7}},
        {"scopes": {"a": "ab"}},
        {"scopes": {"a": "zz" * 32}},
        {"erased": {}},
        {"signing": "one"},
    ],
    ids=str,
)
def test_keys_that_are_none_are_found_before_they_are_used(
    store: Path, entry: dict[str, object]
) -> None:
    ring(store)
    content = json.loads(store.read_bytes())
    content["ledgers"][LOG].update(entry)
    store.write_text(json.dumps(content))
    with pytest.raises(LedgerUnusableError, match="is damaged"):
        KeyRing(FileSafe(store, LOG, "ledger"), LOG).sealer("run/1")


AT_ONCE = """
import sys
import time
from pathlib import Path
from wct_adapters.ledgers.key_store import FileSafe
from wct_adapters.ledgers.keys import KeyRing

log = sys.argv[2]
safe = FileSafe(Path(sys.argv[1]), log, "ledger")
safe.make()
sys.stdin.readline()
for number in range(5):
    keys = KeyRing(safe, log)
    print(keys.sealer(f"name/{number}").seal(b"text").hex())
"""


def test_processes_that_make_a_key_at_once_get_the_same(store: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, str(store), LOG],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].split() for process in processes]
    keys = ring(store)
    assert [len(lines) for lines in said] == [5] * 4
    for line in (line for lines in said for line in lines):
        assert keys.open(bytes.fromhex(line)) == b"text"
    (entry,) = json.loads(store.read_bytes())["ledgers"].values()
    assert len(entry["scopes"]) == 5
    assert [each.name for each in store.parent.iterdir()] == ["keys"]


def test_nobody_else_may_read_a_store(store: Path) -> None:
    keys = ring(store)
    assert not others_can_read(store)
    store.chmod(0o640)
    assert others_can_read(store)
    keys.sealer("run/1")  # written anew, it is as it should be
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_keys_of_another_ledger_in_the_same_store_open_nothing(store: Path) -> None:
    other = "00000000" + LOG[8:]
    FileSafe(store, other, "ledger").make()
    sealed = KeyRing(FileSafe(store, other, "ledger"), other).sealer("run/1").seal(TEXT)
    with pytest.raises(BlobDamagedError):
        ring(store).open(sealed)


def test_who_shares_a_key_store_does_not_share_keys_but_a_copy_does(
    tmp_path: Path,
) -> None:
    store, copy = tmp_path / "keys", "00000000-5b0f-4c8e-9d0a-6f3f5f3a2b1e"
    safes = {log: FileSafe(store, log, "ledger") for log in (LOG, LOG[::-1], copy)}
    safes[LOG].make()
    safes[LOG[::-1]].make()
    assert not any(safes[log].is_shared() for log in (LOG, LOG[::-1]))
    safes[copy].adopt(LOG, store)
    assert {log for log, safe in safes.items() if safe.is_shared()} == {LOG, copy}
