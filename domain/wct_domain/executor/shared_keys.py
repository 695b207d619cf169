"""Keys that come with a bundle: tried on what they are for before they are kept."""

from wct_domain.bundle import SHARED, Members, about
from wct_domain.errors import BlobDamagedError, BlobMissingError, BundleError
from wct_domain.packing import SEALED, joined, unpacked
from wct_domain.ports.keys import SharedKeys
from wct_domain.ports.ledger import Ledger
from wct_domain.verification.bundle import BundledBlobs, Checked
from wct_domain.verification.chains import references_in


def keys_in(ledger: Ledger, checked: Checked, members: Members) -> SharedKeys | None:
    """Open the keys of a bundle, and with them what is sealed in it.

    Returns:
        None where there are none, or none for this ledger.

    Raises:
        BundleError: something that they open has no form that a wct stores; the text
            names the blob.
        LedgerUnusableError: the key store cannot be read or written.
    """
    names = set(members.names())
    if SHARED not in names:
        return None
    bound_to = about(checked.manifest.log, checked.manifest.run)
    try:
        keys = ledger.keys.receive(members.read(SHARED), bound_to)
    except BlobDamagedError:  # for another reader
        return None
    blobs = BundledBlobs(members, names)
    tried: set[str] = set()
    for row in checked.rows:
        for digest in references_in(row.type, row.payload or b""):
            if digest not in tried:
                tried.add(digest)
                _try(keys, blobs, digest)
    return keys


def _try(keys: SharedKeys, blobs: BundledBlobs, digest: str) -> None:
    try:
        body = joined(blobs.unverified(digest), blobs.unverified)
        opened = keys.open(body) if body[:1] == SEALED else None
        if opened is not None:
            unpacked(opened)
    except BlobMissingError:  # erased or pruned where it comes from
        return
    except BlobDamagedError as error:
        msg = f"blob {digest} is not one that a wct has stored: {error}"
        raise BundleError(msg) from error
