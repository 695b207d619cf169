"""Whether blobs out of a bundle have a form that a reader can afford.

In a ledger each blob was made by the wct that stored it. In a bundle it may be made up:
little that becomes so much, once it is read, that whoever looks at it runs out of
memory.
"""

from collections.abc import Callable

from wct_domain.errors import BlobDamagedError, BlobMissingError
from wct_domain.packing import SEALED, joined, unpacked
from wct_domain.verification.chains import Chains
from wct_domain.verification.verdict import Verdict


def check_forms(blob: Callable[[str], bytes], chains: Chains, verdict: Verdict) -> None:
    """Blame blobs that no wct stores; what is missing is blamed by others.

    What is sealed can be judged by who opens it: :mod:`wct_domain.executor.copies`.
    """
    judged: set[bytes] = set()
    for chain in chains.of.values():
        for digest, position in chain.blobs.items():
            if digest in judged:
                continue
            judged.add(digest)
            try:
                _judge(blob(digest.hex()), blob)
            except BlobMissingError:
                continue
            except BlobDamagedError as error:
                place = f"blob {digest.hex()} of event {position} of {chain.name}"
                verdict.blame(place, str(error))


def _judge(stored: bytes, blob: Callable[[str], bytes]) -> None:
    body = joined(stored, blob)
    if body[:1] != SEALED:
        unpacked(body)
