"""Canonical JSON, and the two digests by which recorded content is named.

``blob`` names stored bytes (storage, verification). ``content`` names what they
mean (comparison, reuse): it is keyed, so that nobody without the ledger's content
key can test a guess at personal data against it, and it leaves out fields that
our JSON Schemas mark ``x-wct-volatile``, so that two runs over one input agree.
The exact forms and their test vectors: ``docs/reference/ledger-format.md``.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime
from json.encoder import (  # type: ignore[attr-defined]  # typeshed leaves out c_make_encoder
    c_make_encoder,  # pyright: ignore[reportAttributeAccessIssue,reportUnknownVariableType]  # as above
    encode_basestring,
)
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic_core import to_json

from wct_domain.errors import ContentNotJsonError

Digest = Annotated[str, StringConstraints(min_length=64, max_length=64)]
"""256 bits as 64 lower-case hexadecimal digits."""


class Reference(BaseModel):
    """Names a stored message, or another document, by its bytes and its meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blob: Digest  # SHA-256 of the stored bytes
    content: Digest  # HMAC-SHA-256 of the canonical content


def canonical_json(value: object, *, long_texts: bool = False) -> bytes:
    """Serialise as UTF-8 JSON: keys sorted by code point, no white space.

    ``long_texts`` is a hint and changes no byte: whole files are written in a fifth of
    the time, and each short text costs 0.1 µs more.

    Keys that are numbers, and tuples, become what JSON has for them: text and arrays.
    Dates and times become ISO 8601 text. Numbers are written as Python's ``json``
    writes them; NaN and infinities are refused.

    Raises:
        ContentNotJsonError: the value is not JSON; the text names the path to what
            is wrong and its type.
    """
    encode = _encode_long_texts if long_texts else _encode_sorted
    return _encoded(encode, value)


def stored_json(value: object) -> bytes:
    """Serialise as ``canonical_json``, but keep keys in the order that they have.

    Raises:
        ContentNotJsonError: as ``canonical_json``.
    """
    return _encoded(_encode_as_it_is, value)


def _encoded(encode: Callable[[object], bytes], value: object) -> bytes:
    try:
        return encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ContentNotJsonError(_what_is_wrong(value)) from error


def _iso(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError


def _encoder(*, sort_keys: bool) -> json.JSONEncoder:
    return json.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=sort_keys,
        separators=(",", ":"),
        default=_iso,
    )


_SORTED = _encoder(sort_keys=True)
_AS_IT_IS = _encoder(sort_keys=False)


def _encode_sorted(value: object) -> bytes:
    return _SORTED.encode(value).encode()


def _encode_as_it_is(value: object) -> bytes:
    return _AS_IT_IS.encode(value).encode()


class _LongTexts:
    """Writes texts for ``json``'s encoder, and puts the long ones by, in order.

    pydantic escapes as ``json`` does, with vectors. What it writes never becomes part
    of a string, which one character beyond Latin-1 would make two to four times as
    large: a NUL, which stands nowhere in JSON, keeps its place.
    """

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def __call__(self, text: str) -> str:
        if len(text) < _LONG or text.__class__ is not str:
            return encode_basestring(text)
        self._written.append(to_json(text))
        return "\0"

    def put_back(self, document: bytes) -> bytes:
        first, *others = document.split(b"\0")
        parts = [first]
        for text, after in zip(self._written, others, strict=True):
            parts += text, after
        return b"".join(parts)


_LONG = 1000  # characters; below, the detour costs more than it saves


def _encode_long_texts(value: object) -> bytes:
    if c_make_encoder is None:  # a Python without json's accelerator
        return _encode_sorted(value)
    texts = _LongTexts()
    # As JSONEncoder.iterencode does, which takes no writer of texts.
    encode = cast("Callable[..., Any]", c_make_encoder)
    chunks = encode({}, _SORTED.default, texts, None, ":", ",", True, False, False)
    return texts.put_back("".join(chunks(value, 0)).encode())


def _what_is_wrong(value: object) -> str:
    found = next(_not_json(value, "content", 0), None)
    if found is None:
        return "content is nested too deeply, or refers to itself"
    path, kind = found
    return f"{path} is not JSON: {kind}"


def _not_json(value: object, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield (path, what is wrong) for each value that JSON cannot hold."""
    if depth > _DEEPEST:
        yield "content", "nested too deeply, or refers to itself"
    elif isinstance(value, dict):
        for key, member in value.items():  # pyright: ignore[reportUnknownVariableType]  # any mapping may come in
            if isinstance(key, str) and not _encodable(key):
                yield path, "a key with a lone surrogate"
            elif not isinstance(key, (str, int, float, bool, type(None))):
                yield path, f"a key of type {type(key).__name__}"  # pyright: ignore[reportUnknownArgumentType]  # as above
            else:
                yield from _not_json(member, f"{path} -> {key}", depth + 1)  # pyright: ignore[reportUnknownArgumentType]  # as above
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]  # any sequence may come in
            yield from _not_json(member, f"{path} -> {index}", depth + 1)  # pyright: ignore[reportUnknownArgumentType]  # as above
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, "a number that is not finite"
    elif isinstance(value, str) and not _encodable(value):
        yield path, "text with a lone surrogate"
    elif value is not None and not isinstance(
        value, (str, int, float, bool, datetime, date)
    ):
        yield path, f"a {type(value).__name__}"


_DEEPEST = 200


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def blob_digest(stored: bytes) -> str:
    """SHA-256 of a blob's stored bytes, in lower-case hexadecimal."""
    return hashlib.sha256(stored).hexdigest()


def content_digest(key: bytes, schema: str | None, canonical: bytes) -> str:
    """Keyed digest of canonical content that follows ``schema`` (``name/version``).

    HMAC-SHA-256 (RFC 2104) over the schema's name, a zero byte, and the content.
    """
    mac = hmac.new(key, (schema or "").encode() + b"\0", hashlib.sha256)
    mac.update(canonical)
    return mac.hexdigest()


def pseudonym(key: bytes, purpose: str, value: str) -> str:
    """Keyed name for something that must be recognised again but not read.

    128 bits of HMAC-SHA-256 in lower-case hexadecimal; ``purpose`` keeps the same
    value apart in different roles.
    """
    mac = hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256)
    return mac.hexdigest()[:32]
