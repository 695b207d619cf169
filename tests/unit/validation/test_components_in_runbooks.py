"""Mistakes in the use of components."""

from typing import Any

import pytest
from pydantic import BaseModel

from tests.unit.validation.bench import (
    PostConfig,
    Shop,
    installed,
    remarks,
    runbook,
    said,
)
from wct_domain.errors import ConnectorConfigError


def with_type(kind: str, **properties: Any) -> dict[str, Any]:
    entry = {"name": "letters", "type": kind, "properties": properties}
    return runbook(connectors=[entry])


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("posts", "did you mean 'post'?"),
        ("post_connector", "did you mean 'post'?"),
        ("telegraph", "wct ls-connectors lists what is installed"),
    ],
)
def test_an_unknown_type_is_an_error_that_suggests_another(kind: str, way: str) -> None:
    (remark,) = remarks(with_type(kind))

    assert remark.text == f"Unknown connector type: {kind}; {way}"
    assert (remark.level, remark.stops_run) == ("error", False)


def test_properties_are_told_by_path_and_rule_without_their_values() -> None:
    document = with_type("post", street=["secret"], houses=-77, hauses=3)

    assert said(document) == [
        (
            "error: connectors -> 0 -> properties -> street: Input should be a "
            "valid string"
        ),
        (
            "error: connectors -> 0 -> properties -> houses: Input should be "
            "greater than or equal to 1"
        ),
        (
            "error: connectors -> 0 -> properties -> hauses: Extra inputs are "
            "not permitted; "
            "did you mean 'houses'?"
        ),
    ]


def test_the_environment_may_provide_what_the_runbook_leaves_out() -> None:
    assert said(with_type("post")) == []


def test_a_missing_property_that_nothing_provides_is_told() -> None:
    class Config(BaseModel):
        street: str

    picky: Shop[Any] = Shop("picky", config=lambda: Config)

    assert said(with_type("picky"), installed(picky=picky))[0] == (
        "error: connectors -> 0 -> properties -> street: Field required; "
        "add 'street:' to the properties"
    )


def test_what_only_the_whole_configuration_knows_is_told_of_the_properties() -> None:
    assert said(with_type("post", street="closed")) == [
        "error: connectors -> 0 -> properties: the street is closed"
    ]


def test_a_property_that_a_lenient_component_passes_over_is_a_warning() -> None:
    class Lenient(BaseModel):
        street: str = "any"

    lenient: Shop[Any] = Shop("lenient", config=lambda: Lenient)

    assert said(with_type("lenient", stret="high"), installed(lenient=lenient)) == [
        (
            "warning: connectors -> 0 -> properties -> stret: unknown property, "
            "which is ignored; did you mean 'street'?"
        )
    ]


def test_a_factory_without_a_model_is_asked_and_says_why_not() -> None:
    refusal = ConnectorConfigError("no stamps left")
    shy: Shop[Any] = Shop("shy", refuses=refusal)

    assert said(with_type("shy"), installed(shy=shy)) == [
        (
            "error: connectors -> 0 -> properties: Connector 'shy' cannot be "
            "created with given configuration: no stamps left"
        )
    ]


def test_factories_are_not_asked_before_a_run() -> None:
    shy: Shop[Any] = Shop("shy", refuses=ValueError("never"))

    assert said(with_type("shy"), installed(shy=shy), thorough=False) == []
    assert shy.asked == 0


def test_a_factory_that_breaks_its_promise_is_named() -> None:
    class Rude(Shop[Any]):
        def can_create(self, config: dict[str, Any]) -> bool:
            msg = "go away"
            raise RuntimeError(msg)

    assert said(with_type("rude"), installed(rude=Rude("rude"))) == [
        (
            "error: connectors -> 0 -> properties: rude cannot say whether "
            "it can be made: go away"
        )
    ]


def test_a_model_that_cannot_be_had_leaves_the_question_to_the_factory() -> None:
    def broken() -> type[BaseModel] | None:
        raise RuntimeError

    plugin: Shop[Any] = Shop("plugin", config=broken)

    assert said(with_type("plugin"), installed(plugin=plugin)) == []
    assert plugin.asked == 1


def test_what_stands_in_a_component_s_way_is_told_where_the_property_is() -> None:
    class Far(Shop[Any]):
        def get_obstacles(self, config: dict[str, Any]) -> dict[str, str]:
            return {"street": "the bridge is closed"}

    assert said(with_type("far"), installed(far=Far("far"))) == [
        "error: connectors -> 0 -> properties -> street: the bridge is closed"
    ]
    assert said(with_type("far"), installed(far=Far("far")), thorough=False) == []


def test_a_factory_that_cannot_say_what_stands_in_its_way_is_left_alone() -> None:
    class Lost(Shop[Any]):
        def get_obstacles(self, config: dict[str, Any]) -> dict[str, str]:
            raise RuntimeError

    assert said(with_type("lost"), installed(lost=Lost("lost"))) == []


def test_a_property_that_the_environment_overrides_is_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PostConfig, "elsewhere", True)

    assert said(runbook(), thorough=False) == [
        (
            "warning: connectors -> 0 -> properties -> street: the environment "
            "variable POST_STREET wins over what is written; "
            "unset it if that is not meant"
        )
    ]
