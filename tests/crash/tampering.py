"""Change a ledger in every way that a file can be changed, and have it verified.

    python -m tests.crash.tampering --mutations 10000 --seed 7

prints one JSON object, and ends with 1 if something is wrong. A ledger of runs, one of
them erased and one pruned, is taken as it is stored; each mutation starts from it. It
must be found with the last checkpoint that somebody kept elsewhere; ``alone`` counts
those that the ledger and its own key store give away. A mutation that leaves the record
as it was, or that SQLite refuses, is drawn again.

``--planted`` blinds the verifier in one eye, to see that this is noticed.
"""

import argparse
import hashlib
import json
import random
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

import apsw

from tests.crash.mutations import MUTATIONS
from tests.crash.victims import Victim, dump_of, make_victim
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.sqlite import open_sqlite_ledger, sealed
from wct_domain.errors import LedgerError
from wct_domain.merkle import Frontier
from wct_domain.verification import Trust, chains, trees, verify_ledger
from wct_domain.verification import ledger as ledger_verification

_MEMORY: Final = Path("/dev/shm")  # nothing there need survive
_LEDGER: Final = "ledger.db"
TRIES: Final = 50  # to change the record by a mutation of some kind


def _nothing(*_: object, **__: object) -> None:
    pass


class _Careless:
    """SHA-256 over all but what changed: chains always fit."""

    def __init__(self, data: bytes) -> None:
        self._real = hashlib.sha256(data)

    def digest(self) -> Any:
        return _Anything(self._real.digest())


class _Anything(bytes):
    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = bytes.__hash__


class _Trusting(Frontier):
    """A tree that has whatever root somebody asks for."""

    @property
    def root(self) -> bytes:
        return _Anything(super().root)


PLANTED: Final[dict[str, Any]] = {
    "no blob is looked at": patch.object(ledger_verification, "check_blobs", _nothing),
    "every root fits": patch.object(trees, "Frontier", _Trusting),
    "what is numbered below the first is not read": patch.object(
        sealed, "_BELOW", "SELECT 1 WHERE false"
    ),
    "every hash fits": patch.object(chains, "sha256", _Careless),
}


def mutated(path: Path, kind: str, chance: random.Random, victim: Victim) -> bool:
    """Write the victim with one mutation; say whether its record is another now."""
    path.write_bytes(victim.database)
    path.with_name(f"{_LEDGER}.keys").write_bytes(victim.keys)
    connection: Any = apsw.Connection(str(path))
    try:
        connection.execute(
            "PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON; BEGIN"
        )
        MUTATIONS[kind](connection, chance, victim)
        connection.execute("COMMIT")
    except (apsw.ConstraintError, apsw.MismatchError):
        return False
    finally:
        connection.close()
    return dump_of(path) != victim.dump


def is_found(path: Path, victim: Victim, *, kept: bool) -> bool:
    """Verify; as somebody who kept a checkpoint and its key, or as nobody special."""
    try:
        ledger = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    except LedgerError:
        return True
    try:
        if kept:
            trust = Trust(signature_fits, given=[victim.key])
            return not verify_ledger(ledger, trust, kept=[victim.kept]).sound
        trust = Trust(signature_fits, own=ledger.keys.verifier_keys())
        return not verify_ledger(ledger, trust).sound
    except LedgerError:
        return True
    finally:
        ledger.close()


def tamper(wanted: int, chance: random.Random, seconds: float = 3600) -> dict[str, Any]:
    """Try as many mutations, all kinds in turn; count them and what was found."""
    until = time.monotonic() + seconds
    victim = make_victim(chance.getrandbits(32))
    tried: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as directory:
        path = Path(directory, _LEDGER)
        path.write_bytes(victim.database)
        path.with_name(f"{_LEDGER}.keys").write_bytes(victim.keys)
        if is_found(path, victim, kept=True) or is_found(path, victim, kept=False):
            return {"sound": False, "mutations": 0, "found": -1}
        while tried.total() < wanted and time.monotonic() < until:
            for kind in MUTATIONS:
                if not any(mutated(path, kind, chance, victim) for _ in range(TRIES)):
                    continue
                tried[kind] += 1
                alone[kind] += is_found(path, victim, kept=False)
                missed[kind] += not is_found(path, victim, kept=True)
    return {
        "sound": True,
        "mutations": tried.total(),
        "found": tried.total() - missed.total(),
        "found alone": alone.total(),
        "kinds": {
            kind: {
                "tried": count,
                "found": count - missed[kind],
                "alone": alone[kind],
            }
            for kind, count in tried.items()
        },
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=3600, help="stop after")
    parser.add_argument("--planted", choices=PLANTED)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    options = parser.parse_args(argv)
    begun = time.monotonic()
    with ExitStack() as stack:
        if options.planted:
            stack.enter_context(PLANTED[options.planted])
        chance = random.Random(options.seed)
        found = tamper(options.mutations, chance, options.seconds)
    seconds = round(time.monotonic() - begun, 1)
    print(json.dumps({"seed": options.seed, "seconds": seconds, **found}))
    return int(found["found"] != found["mutations"])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
