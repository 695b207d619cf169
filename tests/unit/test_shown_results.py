"""What the command line shows of results: never more than their schema allows."""

from typing import Any

import pytest

from wct_domain.message import Message
from wct_domain.projections.results import AnalysisResult
from wct_domain.schemas import Schema, SchemaLoader
from wct_entrypoints.cli.masked import Masked

LETTERS = Schema("letters", "1.0.0")


class Shelf(SchemaLoader):
    """Knows letters, whose sender is personal data."""

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        if schema_name != "letters":
            raise FileNotFoundError
        sender = {"type": "string", "x-personal-data": "content"}
        return {"properties": {"sender": sender}}


def result(schema: str, version: str | None = "1.0.0") -> AnalysisResult:
    return AnalysisResult(
        analysis_name="a",
        analysis_description="",
        input_schema="x",
        output_schema=schema,
        output_schema_version=version,
        data={"sender": "Ann Roe", "kind": "postcard"},
        success=True,
    )


def test_a_schema_says_what_is_masked() -> None:
    shown = Masked(Shelf()).data(result("letters"))

    assert shown["kind"] == "postcard"
    assert "Ann" not in shown["sender"]


def test_of_a_result_whose_schema_is_gone_no_text_is_shown_and_that_is_said_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    masked = Masked(Shelf())

    shown = [masked.data(result("parcels")) for _ in range(2)]

    assert shown[0].keys() == {"sender", "kind"}
    assert "postcard" not in str(shown)
    assert capsys.readouterr().err == (
        "schema parcels 1.0.0 is not installed: no text of it is shown\n"
    )


def test_a_message_and_a_result_are_masked_alike() -> None:
    content = result("letters").data
    masked = Masked(Shelf())

    message = masked.message(Message("m", content, LETTERS, {"to": "bob@example.com"}))

    assert message.content == masked.data(result("letters"))
    assert "bob@example.com" not in str(message.context)
    assert content["sender"] == "Ann Roe"
