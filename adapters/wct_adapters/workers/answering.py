"""Steps in processes of their own: the side of the process, which has the components.

It knows neither ledger nor keys; what it says is all that wct learns.
"""

from collections.abc import Callable
from typing import Any

from wct_adapters.workers.frames import Name, message_json, message_of, name_of
from wct_domain.components import Components, make_analyser, make_connector
from wct_domain.context import Note, StepContext, working_in
from wct_domain.digests import stored_json
from wct_domain.errors import ContentNotJsonError
from wct_domain.explaining import Failure
from wct_domain.handlers.analysing import analysed, extracted
from wct_domain.handlers.sources import copied
from wct_domain.message import Message
from wct_domain.ports.workplaces import Analyses, Extracts
from wct_domain.runbook import AnalyserConfig, ConnectorConfig
from wct_domain.schemas import Schema, SchemaSource


class Answers:
    """Does for one step what wct asks for, and answers in JSON, whatever happens."""

    def __init__(
        self, components: Components, schemas: SchemaSource, step: StepContext
    ) -> None:
        self._components = components
        self._schemas = schemas
        self._step = step
        self._connector: Extracts
        self._analyser: Analyses
        self._read: Message
        self._own: dict[tuple[str, str], Schema] = {}
        self._deeds: dict[str, Callable[[Any], bytes]] = {
            "connector": self._make_connector,
            "analyser": self._make_analyser,
            "extract": self._extract,
            "process": self._process,
        }

    def answer(self, request: Any) -> bytes:
        """Do one thing; what a component raises is part of the answer."""
        try:
            with working_in(self._step):
                said = b'"answer":' + self._deeds[request["do"]](request)
        except SystemExit as left:
            plain = left.code is None or isinstance(left.code, int)
            said = b'"exit":' + stored_json(left.code if plain else str(left.code))
        except BaseException as error:  # noqa: BLE001  # told, as if it were raised there
            said = _failed(error)
        try:
            notes = stored_json([_plain(note) for note in self._step.notes])
        except ContentNotJsonError as error:
            notes, said = b"[]", _failed(error)
        self._step.notes.clear()
        return b'{"notes":%b,%b}' % (notes, said)

    def _make_connector(self, request: Any) -> bytes:
        config = ConnectorConfig.model_validate(request["given"])
        factory = self._components.connector_factory(config)
        connector = make_connector(factory, config)
        self._connector = connector
        output = self._names(connector.get_supported_output_schemas())
        return stored_json({"name": connector.get_name(), "output": output})

    def _make_analyser(self, request: Any) -> bytes:
        config = AnalyserConfig.model_validate(request["given"])
        factory = self._components.analyser_factory(config)
        analyser = make_analyser(factory, config)
        self._analyser = analyser
        return stored_json(
            {
                "name": analyser.get_name(),
                "input": self._names(analyser.get_supported_input_schemas()),
                "output": self._names(analyser.get_supported_output_schemas()),
            }
        )

    def _extract(self, request: Any) -> bytes:
        schema = self._schema(request["given"])
        self._read = extracted(self._connector, schema)
        return message_json(self._read)

    def _process(self, request: Any) -> bytes:
        source = self._schema(request["with"]["input"])
        output = self._schema(request["with"]["output"])
        given = request["given"]
        if given is None:  # what was read here a moment ago
            message = copied(self._read)
        else:
            message = message_of(given, self._schema)
        return message_json(analysed(self._analyser, source, output, message))

    def _names(self, schemas: list[Schema]) -> list[Name]:
        # A component's schema may know where its JSON Schema is: it is given back.
        self._own |= {(each.name, each.version): each for each in schemas}
        return [name_of(each) for each in schemas]

    def _schema(self, name: Name) -> Schema:
        schema = self._own.get((name[0], name[1])) or Schema(name[0], name[1])
        return schema.bound(self._schemas)


def _failed(error: BaseException) -> bytes:
    return b'"failed":' + stored_json(Failure.of(error)._asdict())


def _plain(note: Note) -> list[Any]:
    return [note.plugin, note.name, {**note.data}]
