import json
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.key_store import FileSafe
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_domain.errors import LedgerUnusableError
from wct_domain.testing.ledger_samples import RUN, notes

LOG = "9f0c1d5e-5b0f-4c8e-9d0a-6f3f5f3a2b1c"
OTHER_LOG = "00000000-5b0f-4c8e-9d0a-6f3f5f3a2b1c"


def opened(path: Path, **how: Any) -> SqliteLedger:
    return open_sqlite_ledger(path, clock=utc_now, **how)


def made(store: Path, log: str) -> bytes:
    """Make a ledger's keys, and return the one that is there from the start."""
    FileSafe(store, log, "ledger").make()
    return loaded(store, log)


def loaded(store: Path, log: str) -> bytes:
    return bytes.fromhex(FileSafe(store, log, "ledger").read()["content_key"])


def recorded(path: Path, **how: Any) -> Path:
    """Make a ledger with one event."""
    ledger = opened(path, **how)
    ledger.append(RUN, notes(1), expected=0)
    ledger.close()
    return path


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    store = tmp_path / "keys"
    key = made(store, LOG)
    assert len(key) == 32
    assert made(store, LOG) == key
    assert loaded(store, LOG) == key
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_ledgers_may_share_a_store_but_never_a_key(tmp_path: Path) -> None:
    store = tmp_path / "keys"
    first = made(store, LOG)
    second = made(store, OTHER_LOG)
    assert first != second
    assert loaded(store, LOG) == first


def test_what_a_newer_wct_keeps_there_is_kept(tmp_path: Path) -> None:
    store = tmp_path / "keys"
    made(store, LOG)
    content = json.loads(store.read_bytes())
    content["signing_key"] = "theirs"
    content["ledgers"][LOG]["scopes"] = {"a": "b"}
    store.write_text(json.dumps(content))
    made(store, OTHER_LOG)
    after = json.loads(store.read_bytes())
    assert after["signing_key"] == "theirs"
    assert after["ledgers"][LOG] == content["ledgers"][LOG]


def test_all_who_make_a_key_at_once_get_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "keys"

    def on_a_slow_disk(descriptor: int) -> None:
        time.sleep(0.002)

    def make(log: str) -> bytes:
        return made(store, log)

    monkeypatch.setattr(os, "fsync", on_a_slow_disk)
    logs = [f"{number:08}{LOG[8:]}" for number in range(8)] * 2

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(make, logs))
    assert keys[:8] == keys[8:]
    assert len(set(keys)) == 8
    assert [loaded(store, log) for log in logs] == keys
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_a_store_behind_a_link_is_changed_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "keys").symlink_to(tmp_path / "elsewhere" / "real")
    key = made(tmp_path / "keys", LOG)
    assert (tmp_path / "keys").is_symlink()
    assert loaded(tmp_path / "elsewhere" / "real", LOG) == key


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "is missing"),
        (b"", "is damaged"),
        (b"{", "is damaged"),
        (b"\xff\xfe", "is damaged"),
        (b"[]", "is damaged"),
        (b'{"format": 1}', "is damaged"),
        (b'{"format": 1, "ledgers": []}', "is damaged"),
        (b'{"format": 2, "ledgers": {}}', "is not of format 1"),
        (b'{"format": 1, "ledgers": {}}', "has no keys of this ledger"),
        (b'{"format": 1, "ledgers": {"LOG": {}}}', "is damaged"),
        (b'{"format": 1, "ledgers": {"LOG": []}}', "is damaged"),
        (b'{"format": 1, "ledgers": {"LOG": {"content_key": 7}}}', "is damaged"),
        (b'{"format": 1, "ledgers": {"LOG": {"content_key": "ab"}}}', "is damaged"),
    ],
)
def test_without_its_key_a_ledger_is_read_but_not_written(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = recorded(tmp_path / "ledger.db")
    store = tmp_path / "ledger.db.keys"
    (log,) = json.loads(store.read_bytes())["ledgers"]
    store.unlink()
    if content is not None:
        store.write_bytes(content.replace(b"LOG", log.encode()))
    before = store.read_bytes() if store.exists() else None

    with pytest.raises(LedgerUnusableError) as caught:
        opened(path)
    text = str(caught.value)
    assert f"key store '{store}' {reason}" in text
    assert "restore it" in text
    assert "\n" not in text
    assert (store.read_bytes() if store.exists() else None) == before

    ledger = opened(path, read_only=True)
    assert len(list(ledger.read(RUN))) == 1
    with pytest.raises(LedgerUnusableError, match=reason):
        _ = ledger.keys.content_key
    ledger.close()


def test_a_store_elsewhere_is_used_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    store = tmp_path / "safe" / "keys.json"
    path = recorded(tmp_path / "ledger.db", keys=store)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ledger.db", "safe"]
    reader = opened(path, keys=store, read_only=True)
    writer = opened(path, keys=store)
    assert reader.keys.content_key == writer.keys.content_key
    reader.close()
    writer.close()
    with pytest.raises(LedgerUnusableError, match="is missing"):
        opened(path)


@pytest.mark.parametrize("place", ["nowhere/keys", "."])
def test_a_store_that_cannot_be_written_stops_a_new_ledger(
    tmp_path: Path, place: str
) -> None:
    store = tmp_path / place
    with pytest.raises(LedgerUnusableError, match="cannot be written") as caught:
        opened(tmp_path / "ledger.db", keys=store)
    assert f"'{store}'" in str(caught.value)
    assert "WCT_KEYS" in str(caught.value)
    recorded(tmp_path / "ledger.db")


def test_a_ledger_made_anew_gets_a_key_of_its_own(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ledger.db")
    first = opened(path, read_only=True).keys.content_key
    path.unlink()
    recorded(path)
    assert opened(path, read_only=True).keys.content_key != first
    assert len(json.loads((tmp_path / "ledger.db.keys").read_bytes())["ledgers"]) == 2


def test_a_crash_while_writing_leaves_the_old_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "keys"
    key = made(store, LOG)

    def crash(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", crash)
        with pytest.raises(LedgerUnusableError, match="Input/output error"):
            made(store, OTHER_LOG)
    assert loaded(store, LOG) == key
    made(store, OTHER_LOG)
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_a_store_that_went_away_is_not_made_again_without_its_keys(
    tmp_path: Path,
) -> None:
    store = tmp_path / "keys"
    made(store, LOG)
    safe = FileSafe(store, LOG, "ledger")
    store.unlink()
    with pytest.raises(LedgerUnusableError, match="is missing"):
        safe.change(lambda _: None)
    assert not store.exists()
