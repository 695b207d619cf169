"""The keys of a ledger: there, complete, and for nobody else."""

import stat
from collections.abc import Iterator
from pathlib import Path

from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.diagnosis import (
    StoredKeys,
    given_signer,
    is_open_to_others,
    key_store_of,
    stored_keys,
)
from wct_entrypoints.cli.doctor_contents import Contents
from wct_entrypoints.cli.doctor_files import too_closed
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.shared import counted

_NAMED = 4  # runs that a line names


def key_file_checks(store: Path) -> dict[str, Check]:
    """Return the checks for which no ledger has to be read."""
    return {"permissions": lambda: _permissions(store), "WCT_SIGNING_KEY": _given}


def key_checks(
    ledger: Ledger, contents: Contents, place: Path | str
) -> dict[str, Check]:
    """Return all checks of the keys."""
    store = key_store_of(place, ledger.log_id)
    return {
        "store": lambda: _store(ledger, contents, store),
        **key_file_checks(store),
    }


def _store(ledger: Ledger, contents: Contents, store: Path) -> Iterator[Line]:
    keys = stored_keys(ledger, store)
    yield Line("store", str(store), facts={"path": str(store)})
    yield from _scopes(keys, contents)
    current = keys.signing[-1:]
    older = f", and {counted(len(keys.signing) - 1, 'older key')}"
    text = (
        (current[0] + (older if len(keys.signing) > 1 else ""))
        if current
        else ("none yet: the first run makes one")
    )
    yield Line("signing key", text, facts={"verifiers": list(keys.signing)})


def _scopes(keys: StoredKeys, contents: Contents) -> Iterator[Line]:
    lost = {
        run: scope
        for run, scope in contents.scopes.items()
        if scope not in keys.scopes and scope not in keys.erased
    }
    facts = {"scopes": len(keys.scopes), "destroyed": len(keys.erased)}
    if not lost:
        gone = f", {len(keys.erased):,} destroyed" if keys.erased else ""
        text = f"keys of {counted(len(keys.scopes), 'erasure scope')}{gone}"
        yield Line("scopes", text, facts=facts)
        return
    runs = sorted(lost, reverse=True)
    more = f" and {len(runs) - _NAMED} more" if len(runs) > _NAMED else ""
    yield Line(
        "scopes",
        f"keys of {counted(len(set(lost.values())), 'erasure scope')} are missing: "
        f"what {', '.join(runs[:_NAMED])}{more} stored cannot be shown",
        Level.ERROR,
        "restore the key store that belongs to this ledger (WCT_KEYS)",
        {**facts, "runs": runs},
    )


def _permissions(store: Path) -> Iterator[Line]:
    if not store.exists():
        return
    mode = stat.S_IMODE(store.stat().st_mode)
    facts = {"path": str(store), "mode": f"{mode:03o}"}
    if is_open_to_others(store):
        text = f"others may read or write {store} (mode {mode:03o})"
        way_out = f"chmod 600 {store}; whoever has read it can open what is sealed"
        yield Line("permissions", text, Level.ERROR, way_out, facts)
    elif closed := tuple(too_closed(store)):
        yield from closed
    else:
        yield Line("permissions", f"for its owner (mode {mode:03o})", facts=facts)


def _given() -> Iterator[Line]:
    signer = given_signer()
    if signer is not None:
        text = f"{signer} signs in place of the key store's"
        yield Line("WCT_SIGNING_KEY", text, facts={"verifier": signer})
