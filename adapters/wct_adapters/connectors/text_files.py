"""One file as text: opened so that it cannot block, decoded by its byte order mark."""

import codecs
import os
import stat
from typing import NamedTuple

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that took the file's place returns at once
    | getattr(os, "O_NOFOLLOW", 0)  # links were resolved before, and checked
    | getattr(os, "O_BINARY", 0)
)

# Longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableError(Exception):
    """A file is there and its text cannot be had; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def why(error: OSError) -> str:
    """Return the code of an operating system's refusal."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "vanished"  # it was listed a moment ago
        case PermissionError():
            return "permission_denied"
        case _:
            return "io_error"


class TextReader(NamedTuple):
    """Reads files; ``limit`` and ``chunk`` are in bytes, no limit is None."""

    encoding: str
    errors: str
    limit: int | None
    chunk: int

    def read(self, path: str) -> tuple[str, int]:
        """Return the text of a regular file, and its size in bytes.

        Raises:
            UnreadableError: it is too large, not text in this encoding, gone, or
                the operating system says no.
        """
        try:
            raw = self._bytes(path)
        except OSError as error:
            raise UnreadableError(why(error)) from error
        return self._text(raw), len(raw)

    def _bytes(self, path: str) -> bytes:
        file = os.open(path, _FLAGS)
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("not_a_file")
            parts: list[bytes] = []
            size = 0
            self._refuse_above_limit(status.st_size)
            # As a rule one call reads all, and the next one finds the end.
            while part := os.read(file, max(status.st_size - size, self.chunk)):
                parts.append(part)
                size += len(part)
                self._refuse_above_limit(size)  # it may be growing
            return b"".join(parts)
        finally:
            os.close(file)

    def _refuse_above_limit(self, size: int) -> None:
        if self.limit is not None and size > self.limit:
            raise UnreadableError("too_large")

    def _text(self, raw: bytes) -> str:
        encoding = self.encoding
        for mark, marked in _MARKS:
            if raw.startswith(mark):
                encoding = marked
                break
        try:
            text = raw.decode(encoding, self.errors)
            if encoding not in _WITHOUT_SURROGATES:
                text.encode()  # what JSON cannot hold is not text either
        except LookupError:
            raise UnreadableError("unknown_encoding") from None
        except ValueError:
            raise UnreadableError("not_text") from None
        return text


_WITHOUT_SURROGATES = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-32"})
"""Decoders that refuse lone surrogates; most of the others never make any."""
