"""A shop of toy components, and runbooks about them, for the tests of validation."""

import copy
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, Field, model_validator

from wct_domain.components import Components
from wct_domain.errors import ConnectorConfigError
from wct_domain.ports.components import (
    BaseComponentConfiguration,
    ComponentConfig,
    ComponentFactory,
)
from wct_domain.schemas import Schema, SchemaLoader
from wct_domain.validation import Remark, examine

T = TypeVar("T")

LETTERS = Schema("letters", "1.0.0")
LETTERS_2 = Schema("letters", "1.2.0")
COUNTS = Schema("counts", "1.0.0")


class PostConfig(BaseComponentConfiguration):
    """A street is needed, and must not be closed."""

    street: str
    houses: int = Field(default=1, ge=1)
    elsewhere: ClassVar[bool] = False

    @model_validator(mode="after")
    def _is_open(self) -> "PostConfig":
        if self.street == "closed":
            msg = "the street is closed"
            raise ValueError(msg)
        return self

    @classmethod
    def decided_elsewhere(cls, properties: ComponentConfig) -> dict[str, str]:
        return {"street": "POST_STREET"} if cls.elsewhere else {}

    @classmethod
    def from_properties(cls, properties: ComponentConfig) -> "PostConfig":
        """As connectors do it: one sentence for all that is wrong."""
        try:
            return cls.model_validate({"street": "from the environment", **properties})
        except ValueError as error:
            msg = f"Invalid post configuration: {type(error).__name__}"
            raise ConnectorConfigError(msg) from None


class Shop(ComponentFactory[T], Generic[T]):
    """A factory that is told everything."""

    def __init__(
        self,
        name: str,
        *,
        reads: list[Schema] | None = None,
        makes: list[Schema] | None = None,
        config: Callable[[], type[BaseModel] | None] = lambda: None,
        refuses: Exception | None = None,
    ) -> None:
        self._name = name
        self._reads, self._makes = reads or [], makes or []
        self._config = config
        self._refuses = refuses
        self.asked = 0

    def create(self, config: ComponentConfig) -> T:
        if self._refuses is not None:
            raise self._refuses
        raise NotImplementedError

    def can_create(self, config: ComponentConfig) -> bool:
        self.asked += 1
        return self._refuses is None

    def get_component_name(self) -> str:
        return self._name

    def get_input_schemas(self) -> list[Schema]:
        return self._reads

    def get_output_schemas(self) -> list[Schema]:
        return self._makes

    def get_config_model(self) -> type[BaseModel] | None:
        return self._config()


def installed(**more: Shop[Any]) -> Components:
    """Post brings letters, the counter counts them; others as given."""
    post: Shop[Any] = Shop(
        "post", makes=[LETTERS, LETTERS_2], config=lambda: PostConfig
    )
    counter: Shop[Any] = Shop("counter", reads=[LETTERS, COUNTS], makes=[COUNTS])
    return Components(
        connectors={"post": post, **more}, analysers={"counter": counter, **more}
    )


STEP: dict[str, Any] = {
    "id": "count",
    "name": "Count",
    "description": "",
    "connector": "letters",
    "analyser": "counter",
    "input_schema": "letters",
    "output_schema": "counts",
}


def step(name: str, **fields: Any) -> dict[str, Any]:
    """Describe a step; None leaves a field out."""
    if "input_from" in fields:
        fields.setdefault("connector", None)
    merged = {**STEP, "id": name, "name": f"Step {name}", **fields}
    return {key: value for key, value in merged.items() if value is not None}


def runbook(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "name": "post",
        "description": "counts letters",
        "connectors": [
            {"name": "letters", "type": "post", "properties": {"street": "Hill"}}
        ],
        "analysers": [{"name": "counter", "type": "counter"}],
        "execution": list(steps) or [copy.deepcopy(STEP)],
        **fields,
    }


def remarks(
    document: object,
    components: Components | None = None,
    *,
    schemas: SchemaLoader | None = None,
    thorough: bool = True,
) -> tuple[Remark, ...]:
    return examine(
        document, components or installed(), schemas=schemas, thorough=thorough
    ).remarks


def said(
    document: object,
    components: Components | None = None,
    *,
    schemas: SchemaLoader | None = None,
    thorough: bool = True,
) -> list[str]:
    """Each remark as ``level: field: text``."""
    return [
        f"{each.level}: {each.field}: {each.text}"
        for each in remarks(document, components, schemas=schemas, thorough=thorough)
    ]
