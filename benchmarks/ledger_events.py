"""Events for benchmarks of the ledger: runs of 1,000 events, in batches of 100."""

import random
from collections.abc import Iterator

from benchmarks.fold import events_of_a_run
from wct_adapters.identity import new_id
from wct_domain.digests import Reference
from wct_domain.ports.ledger import NewEvent
from wct_domain.testing.ledger_samples import blob_of

RUN_EVENTS = 1000
BATCH = 100
_STEPS = 249  # of four events each; and the start of the run, its store, its end


BLOBS = tuple(blob_of(b"\0" + bytes([number]) * 200) for number in range(256))


def batches(events: int) -> Iterator[tuple[str, int, list[NewEvent]]]:
    """Yield (stream, version expected, batch) until there are as many events."""
    chance = random.Random(7)
    for _ in range(events // RUN_EVENTS):
        run, cause = new_id(), None
        made: list[NewEvent] = []
        for event in events_of_a_run(_STEPS, chance, _reference):
            made.append(NewEvent(new_id(), event, cause))
            cause = made[-1].id
        made.insert(1, NewEvent(new_id(), made[1].event, made[0].id))
        for start in range(0, RUN_EVENTS, BATCH):
            yield run, start, made[start : start + BATCH]


def _reference(chance: random.Random) -> Reference:
    """Refer to a blob that is there, with the content digest of none."""
    content = f"{chance.getrandbits(256):064x}"
    return Reference(blob=chance.choice(BLOBS).digest, content=content)
