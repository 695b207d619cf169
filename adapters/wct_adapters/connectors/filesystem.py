"""``filesystem_connector``: text files, one data item each."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from wct_adapters.connectors.factory import ConfiguredFactory
from wct_adapters.connectors.file_tree import FileTree, FoundFile, Selection
from wct_adapters.connectors.filesystem_config import FilesystemConnectorConfig
from wct_adapters.connectors.paths import belongs_to_wct, shown
from wct_adapters.connectors.services import registered, supported
from wct_adapters.connectors.text_files import TextReader, UnreadableError
from wct_domain.errors import ConnectorExtractionError
from wct_domain.explaining import explain
from wct_domain.extraction import ExtractionNotes
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig, Connector
from wct_domain.ports.own_files import OwnFiles
from wct_domain.schemas import Schema, SchemaLoader

NAME = "filesystem_connector"
_SCHEMAS = (Schema("standard_input", "1.0.0"),)


class _Texts:
    """What was read so far; ``size`` in bytes, ``tried`` counts files."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.size = 0
        self.tried = 0


class FilesystemConnector(Connector):
    """Reads a file, or the files below a directory, in the order of their paths.

    Binary files and others that cannot be read are left out, counted and listed in
    ``metadata.extraction``; so is what ``max_files``, a number of texts, cut off.
    """

    def __init__(
        self,
        config: FilesystemConnectorConfig,
        *,
        schemas: SchemaLoader | None = None,
        own: OwnFiles | None = None,
    ) -> None:
        self._config = config
        self._path = shown(config.path)
        self._schemas = schemas
        self._own = own or OwnFiles()

    @classmethod
    def get_name(cls) -> str:
        return NAME

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return list(_SCHEMAS)

    def collect_files(self) -> list[Path]:
        """List the first ``max_files`` files that ``extract`` would try."""
        found = self._found(ExtractionNotes())
        return [Path(file.path) for file in islice(found, self._config.max_files)]

    def extract(self, output_schema: Schema | None = None) -> Message:
        """Read everything; None asks for standard_input 1.0.0.

        Raises:
            ConnectorExtractionError: there is no file, none that can be read, or
                the schema is not supported.
        """
        try:
            schema = supported(output_schema, _SCHEMAS, self._schemas)
            return self._message(schema)
        except Exception as error:
            reason = error.strerror if isinstance(error, OSError) else explain(error)
            msg = f"Failed to read from path {self._path}: {reason}"
            raise ConnectorExtractionError(msg) from error

    def _message(self, schema: Schema) -> Message:
        if belongs_to_wct(self._config.path, self._own):
            msg = "it belongs to wct, which never reads its own files"
            raise ConnectorExtractionError(msg)
        notes = ExtractionNotes()
        texts = self._texts(self._found(notes), notes)
        if not texts.items:
            what = (
                "No readable files found in"
                if texts.tried
                else ("No files found in directory")
            )
            why = f": {notes.reasons}" if notes.reasons else ""
            raise ConnectorExtractionError(f"{what} {self._path}{why}")
        content = self._content(texts, notes)
        return Message(f"Content from {self._name}", content, schema).validate()

    def _found(self, notes: ExtractionNotes) -> Iterator[FoundFile]:
        config = self._config
        if config.path.is_file():
            # A file that was named is read, whatever the patterns say.
            return iter([FoundFile(str(config.path), os.path.realpath(config.path))])
        selection = Selection(config.include_patterns, config.exclude_patterns)
        return FileTree(config.path, selection, self._own, notes).files()

    def _texts(self, files: Iterator[FoundFile], notes: ExtractionNotes) -> _Texts:
        """Read until ``max_files`` texts are there; the rest is only counted."""
        config, texts = self._config, _Texts()
        reader = TextReader(
            config.encoding, config.errors, config.max_file_size, config.chunk_size
        )
        for file in files:
            if len(texts.items) == config.max_files:
                left_out = 1 + sum(1 for _ in files)
                notes.cut(
                    "max_files", config.max_files, read=texts.tried, left_out=left_out
                )
                break
            texts.tried += 1
            path = shown(file.path)
            try:
                text, size = reader.read(file.target)
            except UnreadableError as error:
                notes.unreadable(path, error.reason)
                continue
            texts.size += size
            texts.items.append(_item(path, text))
        if config.max_file_size is not None and (large := notes.count("too_large")):
            notes.cut(
                "max_file_size", config.max_file_size, read=texts.tried, left_out=large
            )
        return texts

    def _content(self, texts: _Texts, notes: ExtractionNotes) -> dict[str, Any]:
        name, count = self._name, len(texts.items)
        directory = self._config.path.is_dir()
        return {
            "schemaVersion": "1.0.0",
            "name": f"standard_input_from_{name}" + ("_directory" if directory else ""),
            "description": f"Content from directory {name} ({count} files)"
            if directory
            else f"Content from file {name}",
            "contentEncoding": self._config.encoding,
            "source": self._path,
            "metadata": {
                "file_count": count,
                "total_size_bytes": texts.size,
                "exclude_patterns": self._config.exclude_patterns,
                "source_type": "directory" if directory else "file",
                "extraction": notes.document(count),
            },
            "data": texts.items,
        }

    @property
    def _name(self) -> str:
        path = self._config.path
        return shown(path.name or path.resolve().name or str(path))


def _item(path: str, text: str) -> dict[str, Any]:
    metadata = {"source": path, "connector_type": NAME, "file_path": path}
    return {"content": text, "metadata": metadata}


class FilesystemConnectorFactory(ConfiguredFactory[FilesystemConnector]):
    """Reads text: one file, or the files below a directory.

    What the container registers as :class:`OwnFiles` is left out.
    """

    makes = FilesystemConnector

    def configured(self, config: ComponentConfig) -> FilesystemConnectorConfig:
        return FilesystemConnectorConfig.from_properties(config)

    def create(self, config: ComponentConfig) -> FilesystemConnector:
        """Make a connector; raises ConnectorConfigError with all that is wrong."""
        return FilesystemConnector(
            self.configured(config),
            schemas=registered(self._container, SchemaLoader),
            own=registered(self._container, OwnFiles),
        )

    def get_config_model(self) -> type[FilesystemConnectorConfig]:
        return FilesystemConnectorConfig
