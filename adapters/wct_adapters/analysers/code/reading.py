"""Every item of a message: parsed as code, read as a manifest, or passed over."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from wct_adapters.analysers.code.files import parsed_file
from wct_adapters.analysers.code.grammars import grammar_for
from wct_domain.analysis.code.manifests import Manifest, manifest
from wct_domain.errors import ParserError
from wct_domain.extraction import ExtractionNotes


class _Item(NamedTuple):
    path: str
    text: str
    is_file: bool  # its connector named a file, which may still be there


class ReadCode:
    """What was read of files and manifests, and what was not."""

    def __init__(self) -> None:
        self.files: list[dict[str, Any]] = []
        self.manifests: list[dict[str, Any]] = []
        self.notes = ExtractionNotes()


class CodeReader:
    """Reads code in one ``language``, or in that which each file's name tells.

    Files of more than ``limit`` bytes are left out, and listed.
    """

    def __init__(self, language: str | None, limit: int) -> None:
        self._language, self._limit = language, limit

    def read(self, content: Mapping[str, Any]) -> ReadCode:
        """Read all items of a valid ``standard_input`` content, in order."""
        found = ReadCode()
        too_large = 0
        for entry in content["data"]:
            item = _item(entry)
            data = item.text.encode("utf-8", "replace")
            if len(data) > self._limit:
                too_large += 1
                found.notes.unreadable(item.path, "too_large")
            elif not self._read_manifest(item, found):
                self._read_code(item, data, found)
        if too_large:
            read = len(found.files) + len(found.manifests)
            found.notes.cut("max_file_size", self._limit, read=read, left_out=too_large)
        return found

    def _read_manifest(self, item: _Item, found: ReadCode) -> bool:
        try:
            read = manifest(item.path, item.text)
        except ValueError:
            found.notes.unreadable(item.path, "not_parsed")
            return True
        if read is None:
            return False
        found.manifests.append(_listed(item.path, read))
        return True

    def _read_code(self, item: _Item, data: bytes, found: ReadCode) -> None:
        try:
            grammar = grammar_for(item.path, self._language)
        except ParserError:
            found.notes.skip("no_source_code")
            return
        try:
            file = parsed_file(item.path, item.text, data, grammar)
        except ParserError:
            found.notes.unreadable(item.path, "not_parsed")
            return
        if item.is_file and (changed := _last_modified(item.path)) is not None:
            file["metadata"]["last_modified"] = changed
        found.files.append(file)


def _item(entry: Mapping[str, Any]) -> _Item:
    metadata: Mapping[str, Any] = entry["metadata"]
    path = metadata.get("file_path")
    if isinstance(path, str) and path:
        return _Item(path, entry["content"], is_file=True)
    return _Item(metadata["source"], entry["content"], is_file=False)


def _listed(path: str, read: Manifest) -> dict[str, Any]:
    return {
        "file_path": path,
        "language": read.language,
        "dependencies": [
            {"name": each.name, "line": each.line} for each in read.dependencies
        ],
    }


def _last_modified(path: str) -> str | None:
    """Ask the file system; None where the file is not, or not any more."""
    try:
        seconds = os.stat(path).st_mtime  # noqa: PTH116 - a path of any shape
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OSError, ValueError, OverflowError):
        return None
