from pathlib import Path

import pytest

from wct_domain.errors import LedgerUnusableError
from wct_entrypoints.bootstrap.ledgers import ledger_files, ledger_place

URL = "postgresql://u@h/db"


@pytest.mark.parametrize(
    ("given", "named", "place"),
    [
        (None, "", Path(".wct/ledger.db")),
        (None, "a.db", Path("a.db")),
        (None, URL, URL),
        (Path("b.db"), URL, Path("b.db")),
        ("b.db", "a.db", Path("b.db")),
        (URL, "a.db", URL),
    ],
)
def test_a_ledger_is_what_was_named_last(
    given: Path | str | None, named: str, place: Path | str
) -> None:
    assert ledger_place(given, {"WCT_LEDGER": named}) == place


@pytest.mark.parametrize(
    "given",
    [
        "mysql://u:secret@h/db",
        Path("mysql://u:secret@h/db"),  # as a command line that wants paths hands it on
        "sqlite:///secret.db",
        "file:/secret.db",
        "POSTGRESQL://u:secret@h/db",
    ],
)
def test_a_url_of_something_else_is_refused_and_not_shown(given: Path | str) -> None:
    with pytest.raises(LedgerUnusableError, match="PostgreSQL database as") as caught:
        ledger_place(given, {})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("given", ["C:/ledger.db", "a:b.db", "in/mysql:/ledger.db"])
def test_what_only_looks_like_a_url_is_a_file(given: str) -> None:
    assert ledger_place(given, {}) == Path(given)


def test_of_a_database_only_the_keys_are_files() -> None:
    home = Path.home() / ".local" / "share" / "wct"
    assert ledger_files(URL, {}) == (home,)
    assert ledger_files(URL, {"XDG_DATA_HOME": "/data"}) == (Path("/data/wct"),)
    assert ledger_files(URL, {"XDG_DATA_HOME": "relative"}) == (home,)
    assert ledger_files(URL, {"WCT_KEYS": "/k"}) == (Path("/k"),)


def test_a_user_without_a_home_is_told_to_name_the_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none() -> Path:
        msg = "could not determine home directory"
        raise RuntimeError(msg)

    monkeypatch.setattr(Path, "home", none)
    with pytest.raises(LedgerUnusableError, match="WCT_KEYS"):
        ledger_files(URL, {})
