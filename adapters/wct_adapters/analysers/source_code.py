"""``source_code_analyser``: what source files define, import and say.

Nothing of the code is run. The grammars are an extra; without them the analyser says
what to install when it is made, and not in the middle of a run.
"""

from collections import Counter
from pathlib import PurePath
from typing import Any

from wct_adapters.analysers.code.files import as_first_version
from wct_adapters.analysers.code.grammars import WAY_OUT, missing_package
from wct_adapters.analysers.code.reading import CodeReader, ReadCode
from wct_adapters.analysers.source_code_config import SourceCodeAnalyserConfig
from wct_domain.context import current_step
from wct_domain.errors import AnalyserConfigError, AnalyserProcessingError
from wct_domain.explaining import explain
from wct_domain.extraction import ExtractionNotes
from wct_domain.message import Message
from wct_domain.ports.components import Analyser, ComponentConfig, ComponentFactory
from wct_domain.schemas import Schema, SchemaSource
from wct_domain.services import ServiceContainer

NAME = "source_code_analyser"
STANDARD_INPUT = Schema("standard_input", "1.0.0")
FIRST, LATEST = Schema("source_code", "1.0.0"), Schema("source_code", "1.1.0")


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
        reader = CodeReader(self._config.language, self._config.max_file_size)
        try:
            found = reader.read(message.content)
        except Exception as error:
            msg = f"Failed to analyse source code: {explain(error)}"
            raise AnalyserProcessingError(msg) from error
        _tell(found)
        content = (
            self._first(message, found)
            if output_schema == FIRST
            else self._latest(message, found)
        )
        schema = self._bound(output_schema)
        return Message("Source code analysis", content, schema).validate()

    def _first(self, message: Message, found: ReadCode) -> dict[str, Any]:
        files = [as_first_version(file) for file in found.files]
        return self._content(message, "1.0.0", files, found.notes)

    def _latest(self, message: Message, found: ReadCode) -> dict[str, Any]:
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


def _tell(found: ReadCode) -> None:
    """Leave in the run's log what was not read, in numbers."""
    document = found.notes.document(len(found.files))
    reasons: Counter[str] = Counter(document["skipped"])
    for entry in document["unreadable"]:
        reasons[entry["reason"]] += entry["count"]
    if reasons:
        current_step().note(NAME, "items.passed-over", dict(sorted(reasons.items())))
    gaps = [each["not_parsed"]["count"] for each in found.files]
    if any(gaps):
        numbers = {"files": sum(map(bool, gaps)), "places": sum(gaps)}
        current_step().note(NAME, "code.not-parsed", numbers)


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
