"""What a ledger promised before the power was cut, and whether it keeps it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import apsw

from tests.crash.histories import Appended, Destroyed, Destroying, Signed
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.errors import ErasedError, WctError
from wct_domain.events import PluginNoted
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent
from wct_domain.verification import Trust, verify_ledger

FAULTS: Final = (
    "corrupt",  # it cannot be opened or read, or SQLite's own check fails
    "lost",  # acknowledged with an event of the class power, and not there
    "torn",  # not the state after any append
    "unverified",  # chain, blobs or checkpoints do not fit
    "keys lost",  # something is there that no key opens
    "keys left",  # a key is there that was destroyed
    "stuck",  # the next append fails
)

State: TypeAlias = dict[int, tuple[str, int, str, bytes, bool]]
"""By global position: stream, position, id, hash, and whether the payload is there."""

_T = TypeVar("_T")


class Promises:
    """What had been told when the power went, out of a history that went on."""

    def __init__(self, told: list[object], history: list[object]) -> None:
        self._appends = sorted(_of(Appended, history), key=lambda each: each.last)
        power = [each.last for each in _of(Appended, told) if each.power]
        self.power = max(power, default=0)
        self.signed = {each.size: each.root for each in _of(Signed, told)}
        self.ever_signed = {each.size: each.root for each in _of(Signed, history)}
        self.destroying = {each.scope for each in _of(Destroying, told)}
        self.destroyed = [each.key for each in _of(Destroyed, told) if each.key]

    def state_at(self, last: int) -> tuple[State, set[str]] | None:
        """Return events and blobs after the append that ends there, if one does."""
        if last and last not in {each.last for each in self._appends}:
            return None
        rows: State = {}
        blobs: set[str] = set()
        for each in self._appends:
            if each.last > last:
                break
            for r in each.recorded:
                rows[r.global_position] = (r.stream, r.position, r.id, r.hash, True)
            for number, row in rows.items():
                if row[:2] in each.redacted:
                    rows[number] = (*row[:4], False)
            blobs = (blobs | each.blobs) - each.forgotten
        return rows, blobs


def broken_promises(path: Path, promises: Promises) -> dict[str, str]:
    """Open what is left of a ledger; name the faults, each with what was seen."""
    try:
        ledger = open_sqlite_ledger(path, clock=utc_now)
    except WctError as error:
        return {"corrupt": str(error)}
    try:
        return dict(_faults(path, ledger, promises))
    except Exception as error:  # noqa: BLE001  # whatever damage leads to
        return {"corrupt": f"{type(error).__name__}: {error}"}
    finally:
        ledger.close()


def _faults(
    path: Path, ledger: Ledger, promises: Promises
) -> Iterator[tuple[str, str]]:
    if (said := _integrity(path)) != "ok":
        yield "corrupt", said
    found: State = {
        row.seal: (row.stream, row.position, row.id, row.hash, row.payload is not None)
        for row in ledger.rows()
    }
    last = max(found, default=0)
    signed = {each.size: each.root for each in ledger.checkpoints()}
    if last < promises.power or not signed.items() >= promises.signed.items():
        yield "lost", f"power to {promises.power}, there to {last}"
    if (found, set(ledger.blob_digests())) != promises.state_at(last):
        yield "torn", f"not the state after event {last}"
    if not signed.items() <= promises.ever_signed.items():
        yield "torn", "a checkpoint that nobody made"
    yield from _faults_of_keys(path, ledger, promises)
    trust = Trust(signature_fits, own=ledger.keys.verifier_keys())
    verdict = verify_ledger(ledger, trust)
    if not verdict.sound:
        yield "unverified", str(verdict.flaws[0])
    fact = PluginNoted(plugin="p", name="after", data={})
    try:
        ledger.append("after", [NewEvent(new_id(), fact)], expected=ANY_VERSION)
    except WctError as error:
        yield "stuck", str(error)


def _faults_of_keys(
    path: Path, ledger: Ledger, promises: Promises
) -> Iterator[tuple[str, str]]:
    for digest in ledger.blob_digests():
        sealed = ledger.blob(digest)
        try:
            ledger.keys.open(sealed)
        except ErasedError:
            if sealed[1:17].hex() not in promises.destroying:
                yield "keys lost", "the key of a scope that nobody erased"
        except WctError as error:
            yield "keys lost", str(error)
    for file in path.parent.glob(f"{path.name}.keys"):
        text = file.read_text()
        if any(key in text for key in promises.destroyed):
            yield "keys left", "a key that was destroyed"


def _integrity(path: Path) -> str:
    connection: Any = apsw.Connection(str(path))
    try:
        rows: list[tuple[str]] = connection.execute("PRAGMA integrity_check").fetchall()
        return rows[0][0]
    except apsw.Error as error:
        return str(error)
    finally:
        connection.close()


def _of(kind: type[_T], told: list[object]) -> list[_T]:
    return [each for each in told if isinstance(each, kind)]
