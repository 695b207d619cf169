"""Verifies one run of a ledger."""

from collections.abc import Iterator, Sequence
from itertools import islice

from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.verification.chains import AT_A_TIME, Chains
from wct_domain.verification.ledger import Progress, Verifiable, check_blobs
from wct_domain.verification.signatures import Trust, origins_of
from wct_domain.verification.trees import Tree
from wct_domain.verification.verdict import Verdict


def streams_of_run(ledger: Verifiable, run: str) -> list[str]:
    """Return the stream of a run, and those with artifacts that were saved after it.

    Such a stream is named after its run, and caused by the run's first event.
    """
    first = next(ledger.rows(stream=run), None)
    if first is None:
        return []
    found = [run]
    for stream in ledger.streams(f"artifacts/{run}/"):
        row = next(ledger.rows(stream=stream.name), None)
        if row is not None and row.causation_id == first.id:
            found.append(stream.name)
    return found


def verify_run(
    ledger: Verifiable,
    run: str,
    trust: Trust,
    *,
    kept: Sequence[str] = (),
    progress: Progress | None = None,
) -> Verdict:
    """Recompute the chain and the blobs of one run, and that it is in the tree.

    Of all other events only the stored hashes are read, for the tree.

    Raises:
        CheckpointError: a note of ``kept`` is not one.
    """
    verdict = Verdict(ledger.log_id, run)
    chains = Chains(verdict, numbered=False)
    tree = Tree(verdict, trust, origins_of(ledger.log_id, ledger.former_ids))
    places: dict[int, tuple[str, int, bytes]] = {}
    seals: list[int] = []

    def noting(rows: Iterator[StoredRow]) -> Iterator[StoredRow]:
        for row in rows:
            seals.append(row.seal)
            places[row.seal] = (row.stream, row.position, row.hash)
            yield row

    try:
        tree.expect(ledger.checkpoints(), kept)
        sealed = ledger.seal()
        for stream in streams_of_run(ledger, run):
            rows = noting(ledger.rows(stream=stream))
            verdict.events += chains.take(rows, lambda _: None)
        hashes = ledger.sealed_hashes(0, sealed)
        while leaves := list(islice(hashes, AT_A_TIME)):
            _compare(leaves, tree.size, places, verdict)
            tree.grow(leaves)
            if progress is not None:
                progress("events", tree.size)
        if sealed > tree.size:
            verdict.blame("tree", f"has {tree.size} events, numbered up to {sealed}")
        tree.finish()
        check_blobs(ledger, chains, verdict, progress, all_streams=False)
    except LedgerUnusableError as error:
        verdict.blame(f"after {tree.size} events", f"cannot be read: {error}")
    for seal, (stream, position, _) in places.items():
        if seal <= tree.size:  # else it was recorded meanwhile
            verdict.blame(f"event {position} of {stream}", "is not in the tree")
    verdict.streams = len(chains.of)
    verdict.size, verdict.root = tree.size, tree.root
    verdict.unsigned = sum(seal > verdict.signed for seal in seals)
    return verdict


def _compare(
    leaves: Sequence[bytes],
    before: int,
    places: dict[int, tuple[str, int, bytes]],
    verdict: Verdict,
) -> None:
    """Strike off the events that are where the tree has them."""
    for number, leaf in enumerate(leaves, before + 1):
        place = places.pop(number, None)
        if place is not None and place[2] != leaf:
            what = "is another one than the one that the tree has at its place"
            verdict.blame(f"event {place[1]} of {place[0]}", what)
