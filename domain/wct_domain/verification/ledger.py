"""Verifies a whole ledger."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from pydantic_core import to_json

from wct_domain.errors import BlobMissingError, LedgerError, LedgerUnusableError
from wct_domain.events import PrunedEvent, UnknownEvent
from wct_domain.packing import parts_of
from wct_domain.ports.ledger import BlobStore, Recorded, Stream
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow
from wct_domain.verification.blobs import Blobs
from wct_domain.verification.chains import Chain, Chains, references_in
from wct_domain.verification.signatures import Trust, origins_of
from wct_domain.verification.trees import Tree
from wct_domain.verification.verdict import Verdict


class Verifiable(BlobStore, Protocol):
    """What is asked of a ledger to verify it; see the ports for what each means."""

    @property
    def log_id(self) -> str: ...

    @property
    def former_ids(self) -> tuple[str, ...]: ...

    def seal(self) -> int: ...

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]: ...

    def rows(
        self, *, after: int = 0, stream: str | None = None
    ) -> Iterator[StoredRow]: ...

    def blob_digests(self) -> Iterator[str]: ...

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]: ...

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]: ...

    def streams(self, prefix: str = "") -> list[Stream]: ...


Progress = Callable[[str, int], None]
"""Is told now and then what is looked at (events, blobs), and how many were."""


def verify_ledger(
    ledger: Verifiable,
    trust: Trust,
    *,
    kept: Sequence[str] = (),
    progress: Progress | None = None,
) -> Verdict:
    """Recompute everything: chains, payloads, blobs, tree, checkpoints.

    Others may write meanwhile.

    Args:
        kept: signed notes that were kept elsewhere; each must be signed by a trusted
            key, be of this log, and fit the tree as it was then.

    Raises:
        CheckpointError: a note of ``kept`` is not one.
    """
    verdict = Verdict(ledger.log_id)
    chains = Chains(verdict)
    tree = Tree(verdict, trust, origins_of(ledger.log_id, ledger.former_ids))

    def grow(leaves: Sequence[bytes]) -> None:
        tree.grow(leaves)
        if progress is not None:
            progress("events", tree.size)

    try:
        # Before the rows: what a checkpoint covers is there when it is.
        tree.expect(ledger.checkpoints(), kept)
        sealed = ledger.seal()
        verdict.events = chains.take(ledger.rows(), grow)
        if sealed > verdict.events:
            what = f"{sealed} events are there, but what {sealed - verdict.events} of "
            verdict.blame("names", what + "them belong to is gone")
        tree.finish()
        check_blobs(ledger, chains, verdict, progress)
    except LedgerUnusableError as error:
        verdict.blame(f"after {tree.size} events", f"cannot be read: {error}")
    verdict.streams = len(chains.of)
    verdict.size, verdict.root = tree.size, tree.root
    verdict.unsigned = tree.size - verdict.signed
    return verdict


def check_blobs(
    ledger: Verifiable,
    chains: Chains,
    verdict: Verdict,
    progress: Progress | None,
    *,
    all_streams: bool = True,
) -> None:
    """Recompute blobs, and judge what is gone or too much.

    Others may have erased, pruned or recorded something since the rows were read:
    what is new in the streams is read last.

    Args:
        all_streams: blobs that none of these streams refers to are too much.
    """
    blobs = Blobs(ledger, chains, verdict)
    blobs.check(None if progress is None else partial(progress, "blobs"))
    digests = ledger.blob_digests() if all_streams else iter(())
    odd = set(blobs.unreferenced(digests))
    if odd or blobs.missing or any(chain.bare for chain in chains.of.values()):
        for stream in ledger.streams():
            chain = chains.of.get(stream.name)
            if chain is not None or all_streams:
                odd.difference_update(_news_of(ledger, stream.name, chain))
    for digest in sorted(odd):
        # One that is gone by now was pruned with the event that referred to it.
        if _is_there(ledger, digest):
            verdict.blame(f"blob {digest}", "no event refers to it")
    chains.check_payloads()
    blobs.judge_missing()


def _news_of(ledger: Verifiable, stream: str, chain: Chain | None) -> Iterator[str]:
    """Note what new events say is gone; yield the blobs that they refer to."""
    for recorded in ledger.read(stream, after=0 if chain is None else chain.position):
        event = recorded.event
        if isinstance(event, PrunedEvent):
            continue
        payload = to_json(event.data if isinstance(event, UnknownEvent) else event)
        if chain is not None:
            chain.excuse(event.type, payload, recorded.position)
        for digest in references_in(event.type, payload):
            yield from (digest, *_parts(ledger, digest))


def _is_there(ledger: Verifiable, digest: str) -> bool:
    try:
        ledger.blob(digest)
    except BlobMissingError:
        return False
    except LedgerError:
        return True
    return True


def _parts(ledger: Verifiable, digest: str) -> list[str]:
    try:
        return parts_of(ledger.blob(digest))
    except LedgerError:  # gone again, or damaged: the next verification tells
        return []
