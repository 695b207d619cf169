"""``source_code_analyser``: what source files define, import and say.

Nothing of the code is run. The grammars are an extra; without them the analyser says
what to install when it is made, and not in the middle of a run.
"""

import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, NamedTuple

from wct_adapters.analysers.code.files import as_first_version, parsed_file
from wct_adapters.analysers.code.grammars import (
    WAY_OUT,
    grammar_for,
    missing_package,
)
from wct_adapters.analysers.source_code_config import SourceCodeAnalyserConfig
from wct_domain.analysis.code.manifests import Manifest, manifest
from wct_domain.context import current_step
from wct_domain.errors import (
    AnalyserConfigError,
    AnalyserProcessingError,
    ParserError,
    WctError,
)
from wct_domain.explaining import explain
from wct_domain.extraction import ExtractionNotes
from wct_domain.message import Message
from wct_domain.ports.components import Analyser, ComponentConfig, ComponentFactory
from wct_domain.schemas import Schema, SchemaSource
from wct_domain.services import ServiceContainer

NAME = "source_code_analyser"
STANDARD_INPUT = Schema("standard_input", "1.0.0")
FIRST, LATEST = Schema("source_code", "1.0.0"), Schema("source_code", "1.1.0")


class _Item(NamedTuple):
    path: str
    text: str
    is_file: bool  # its connector named a file, which may still be there


class _Found:
    """What was read so far, and what was not."""

    def __init__(self) -> None:
        self.files: list[dict[str, Any]] = []
        self.manifests: list[dict[str, Any]] = []
        self.notes = ExtractionNotes()


class SourceCodeAnalyser(Analyser):
    """Parses files of eight languages, and the manifests of their packages.

    What is no source code is passed over and counted; what is too large, or cannot be
    parsed at all, is listed. Of broken code, what stands around the broken place is
    read, and the place is named.
    """

    def __init__(
        self, config: SourceCodeAnalyserConfig, schemas: SchemaSource | None = None
    ) -> None:
        self._config = config
        self._schemas = schemas

    @classmethod
    def get_name(cls) -> str:
        return NAME

    @classmethod
    def get_supported_input_schemas(cls) -> list[Schema]:
        return [STANDARD_INPUT]

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [FIRST, LATEST]

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        """Parse what a ``standard_input`` message holds.

        Raises:
            SchemaLoadError: the message says another schema than ``input_schema``.
            MessageValidationError: its content does not satisfy the schema.
            AnalyserProcessingError: anything else went wrong.
        """
        if message.schema is not None:
            message.schema = self._bound(message.schema)
        self.validate_input_message(message, input_schema)
        try:
            found = self._read(message.content)
        except WctError as error:
            msg = f"Failed to analyse source code: {explain(error)}"
            raise AnalyserProcessingError(msg) from error
        _tell(found.notes, len(found.files))
        content = (
            self._first(message, found)
            if output_schema == FIRST
            else self._latest(message, found)
        )
        schema = self._bound(output_schema)
        return Message("Source code analysis", content, schema).validate()

    def _read(self, content: Mapping[str, Any]) -> _Found:
        found = _Found()
        limit, too_large = self._config.max_file_size, 0
        for entry in content["data"]:
            item = _item(entry)
            data = item.text.encode("utf-8", "replace")
            if len(data) > limit:
                too_large += 1
                found.notes.unreadable(item.path, "too_large")
            elif not self._read_manifest(item, found):
                self._read_code(item, data, found)
        if too_large:
            read = len(found.files) + len(found.manifests)
            found.notes.cut("max_file_size", limit, read=read, left_out=too_large)
        return found

    def _read_manifest(self, item: _Item, found: _Found) -> bool:
        try:
            read = manifest(item.path, item.text)
        except ValueError:
            found.notes.unreadable(item.path, "not_parsed")
            return True
        if read is None:
            return False
        found.manifests.append(_listed(item.path, read))
        return True

    def _read_code(self, item: _Item, data: bytes, found: _Found) -> None:
        try:
            grammar = grammar_for(item.path, self._config.language)
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

    def _first(self, message: Message, found: _Found) -> dict[str, Any]:
        files = [as_first_version(file) for file in found.files]
        return self._content(message, "1.0.0", files, found.notes)

    def _latest(self, message: Message, found: _Found) -> dict[str, Any]:
        files = found.files
        content = self._content(message, "1.1.0", files, found.notes)
        languages = Counter(file["language"] for file in files)
        content["metadata"]["languages"] = dict(sorted(languages.items()))
        gaps = sum(1 for file in files if file["not_parsed"]["count"])
        content["metadata"]["files_with_gaps"] = gaps
        content["manifests"] = found.manifests
        chain = self.update_analyses_chain(message, NAME)
        content["analysis_metadata"] = {
            "analyses_chain": [
                {**each, "execution_timestamp": _text(each["execution_timestamp"])}
                for each in chain
            ]
        }
        return content

    def _content(
        self,
        message: Message,
        version: str,
        files: list[dict[str, Any]],
        notes: ExtractionNotes,
    ) -> dict[str, Any]:
        source = str(message.content.get("source") or "")
        name = PurePath(source).name or "analysed_files"
        first = files[0]["language"] if files else "unknown"
        return {
            "schemaVersion": version,
            "name": f"source_code_analysis_{name}",
            "description": f"Source code analysis of {source or name}",
            "language": self._config.language or first,
            "source": source,
            "metadata": {
                "total_files": len(files),
                "total_lines": sum(each["metadata"]["line_count"] for each in files),
                "analysis_timestamp": current_step().at.isoformat(),
                "extraction": notes.document(len(files)),
            },
            "data": files,
        }

    def _bound(self, schema: Schema) -> Schema:
        return schema if self._schemas is None else schema.bound(self._schemas)


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


def _tell(notes: ExtractionNotes, files: int) -> None:
    """Leave in the run's log what was not read, in numbers."""
    document = notes.document(files)
    reasons: Counter[str] = Counter(document["skipped"])
    for entry in document["unreadable"]:
        reasons[entry["reason"]] += entry["count"]
    if reasons:
        current_step().note(NAME, "items.passed-over", dict(sorted(reasons.items())))


def _text(moment: Any) -> str:
    return moment if isinstance(moment, str) else moment.isoformat()


class SourceCodeAnalyserFactory(ComponentFactory[SourceCodeAnalyser]):
    """Parses source code: functions, classes, imports, literals and comments."""

    def __init__(self, container: ServiceContainer) -> None:
        self._container = container

    def create(self, config: ComponentConfig) -> SourceCodeAnalyser:
        """Make an analyser.

        Raises:
            AnalyserConfigError: a property is wrong, or the parser is not installed.
        """
        properties = SourceCodeAnalyserConfig.from_properties(config)
        missing = missing_package(properties.language)
        if missing is not None:
            package = missing.replace("_", "-")
            msg = f"{NAME} needs {package}, which is not installed: {WAY_OUT}"
            raise AnalyserConfigError(msg)
        schemas = None
        if self._container.is_registered(SchemaSource):
            schemas = self._container.get_service(SchemaSource)
        return SourceCodeAnalyser(properties, schemas)

    def can_create(self, config: ComponentConfig) -> bool:
        try:
            self.create(config)
        except Exception:  # noqa: BLE001  # whatever a service raises, the answer is no
            return False
        return True

    def get_component_name(self) -> str:
        return NAME

    def get_input_schemas(self) -> list[Schema]:
        return [STANDARD_INPUT]

    def get_output_schemas(self) -> list[Schema]:
        return [FIRST, LATEST]

    def get_config_model(self) -> type[SourceCodeAnalyserConfig]:
        return SourceCodeAnalyserConfig
