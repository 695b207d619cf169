"""The page about the ledger format is true: its test vectors are our code's."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from wct_adapters.ledgers.sqlite.schema import (
    APPLICATION_ID,
    FORMAT,
    SUBSCRIBER_TABLES,
    TABLES,
)
from wct_domain import chain
from wct_domain.archive import BlobReader
from wct_domain.digests import (
    Reference,
    blob_digest,
    canonical_json,
    content_digest,
)
from wct_domain.errors import BlobMissingError
from wct_domain.events import UnknownEvent
from wct_domain.marks import without
from wct_domain.upcasting import decode, encode

PAGE = (Path(__file__).parents[2] / "docs/reference/ledger-format.md").read_text(
    encoding="utf-8"
)


def vectors(name: str) -> list[dict[str, Any]]:
    block = re.search(
        rf"^```json vectors={name}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
    )
    assert block is not None
    found: list[dict[str, Any]] = json.loads(block[1])
    return found


def test_the_chain_vectors_hold() -> None:
    heads: dict[str, str] = {}
    for vector in vectors("chain"):
        assert vector["previous"] == heads.get(vector["stream"], chain.FIRST.hex())
        covered = chain.header(
            vector["stream"],
            vector["position"],
            vector["id"],
            vector["type"],
            vector["recorded_at"],
            vector["correlation"],
            vector["causation"],
        )
        salt, payload = bytes.fromhex(vector["salt"]), vector["payload"].encode()
        digest = chain.payload_digest(salt, payload)
        head = chain.link(bytes.fromhex(vector["previous"]), covered, digest)
        assert covered.decode() == vector["header"]
        assert digest.hex() == vector["payload_digest"]
        assert head.hex() == vector["hash"]
        heads[vector["stream"]] = vector["hash"]


def test_the_chain_vectors_can_be_computed_from_the_page_alone() -> None:
    for vector in vectors("chain"):
        digest = hashlib.sha256(
            bytes.fromhex(vector["salt"]) + vector["payload"].encode()
        )
        covered = bytes.fromhex(vector["previous"]) + vector["header"].encode()
        head = hashlib.sha256(covered + digest.digest())
        assert head.hexdigest() == vector["hash"]
        assert json.loads(vector["header"])[0] == chain.HASH_VERSION


def test_the_payloads_of_the_chain_vectors_are_events_as_we_write_them() -> None:
    for vector in vectors("chain"):
        payload = vector["payload"].encode()
        event = decode(vector["type"], payload)
        assert not isinstance(event, UnknownEvent)
        assert encode(event) == payload


def test_the_content_vectors_hold() -> None:
    for vector in vectors("content"):
        canonical = canonical_json(without(vector["content"], vector["volatile"]))
        assert canonical.decode() == vector["canonical"]
        key = bytes.fromhex(vector["key"])
        digest = content_digest(key, vector["schema"], canonical)
        assert digest == vector["digest"]


class Blobs:
    def __init__(self, *stored: bytes) -> None:
        self._stored = {blob_digest(each): each for each in stored}

    def blob(self, digest: str) -> bytes:
        if digest not in self._stored:
            raise BlobMissingError(digest)
        return self._stored[digest]


def test_the_blob_vectors_hold() -> None:
    for vector in vectors("blobs"):
        stored = [vector["stored"], *vector.get("parts", ())]
        reader = BlobReader(Blobs(*map(bytes.fromhex, stored)))
        reference = Reference(blob=vector["digest"], content="0" * 64)
        assert reader.document(reference) == vector["document"]


def test_the_page_names_every_table_and_column() -> None:
    block = re.search(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert block is not None
    shown = dict(re.findall(r"^(\w+)\s+\(([^)]*)\)", block[1], re.MULTILINE))
    assert {name: re.findall(r"\w+", columns) for name, columns in shown.items()} == {
        name: re.findall(r"^    (\w+) (?:TEXT|INTEGER|BLOB)", columns, re.MULTILINE)
        for name, columns in re.findall(
            r"CREATE TABLE (\w+) \((.*?)^\) STRICT",
            TABLES + SUBSCRIBER_TABLES,
            re.MULTILINE | re.DOTALL,
        )
    }


def test_the_page_names_what_tells_a_ledger_from_other_databases() -> None:
    assert f"`PRAGMA application_id` is {APPLICATION_ID} (`wctL` in ASCII)" in PAGE
    assert f"`PRAGMA user_version` is the\nformat, {FORMAT}." in PAGE
