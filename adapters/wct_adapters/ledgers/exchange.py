"""Keys of single blobs on their way: to the reader of another ledger, and from one."""

import json
from collections.abc import Collection

from wct_adapters.ledgers.blob_keys import BlobKeys
from wct_adapters.ledgers.ciphers import key_name, scope_of
from wct_adapters.ledgers.receiving import ReceivedKeys
from wct_adapters.ledgers.safes import Entry, Safe
from wct_adapters.ledgers.sharing import ReaderKey, new_reader, opened_by, reader_key


class KeyExchange:
    """What :class:`wct_domain.ports.keys.Keys` says of sharing keys and taking them."""

    def __init__(self, safe: Safe, keys: BlobKeys) -> None:
        self._safe = safe
        self._keys = keys

    def reader(self) -> str:
        return str(reader_key(self._private()))

    def share(
        self,
        heads: Collection[bytes],
        reader: str,
        about: bytes,
        *,
        only_accepted: bool,
    ) -> bytes:
        keys: dict[str, dict[str, str]] = {}
        for head in heads:
            key = self._keys.of(head, only_accepted=only_accepted)
            keys.setdefault(scope_of(head), {})[key_name(head)] = key.hex()
        body = json.dumps(keys, sort_keys=True).encode()
        return ReaderKey.parse(reader).seal(body, about)

    def receive(self, shared: bytes, about: bytes) -> ReceivedKeys:
        return ReceivedKeys(self._safe, opened_by(self._private(), shared, about))

    def _private(self) -> bytes:
        entry = self._safe.read()
        if "reader" not in entry:
            entry = self._safe.change(_add_reader)
        return bytes.fromhex(entry["reader"])


def _add_reader(entry: Entry) -> None:
    entry.setdefault("reader", new_reader().hex())
