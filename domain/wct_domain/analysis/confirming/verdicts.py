"""What a model says of findings, and what follows from it.

A finding is given up only where a well-formed verdict names it. Whatever else an answer
holds, or lacks, leaves findings as they are.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Mode: TypeAlias = Literal["standard", "conservative", "aggressive"]

SURE = 0.9
"""Confidence from which a conservative decision gives a finding up."""

_LONGEST = 1_000_000  # characters of an answer that are looked at
_STARTS = 50  # places at which JSON may begin that are tried
_REASON = 500  # characters of a reason that are kept


class Verdict(BaseModel):
    """What a model says of one finding, by the number that it was shown under."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    finding_index: Annotated[int, Field(strict=True, ge=0)]
    validation_result: Literal["TRUE_POSITIVE", "FALSE_POSITIVE"]
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    reasoning: str = ""
    recommended_action: Literal["keep", "discard", "flag_for_review"] = "keep"


FORM: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "finding_index": {"type": "integer"},
                    "validation_result": {
                        "type": "string",
                        "enum": ["TRUE_POSITIVE", "FALSE_POSITIVE"],
                    },
                    "confidence": {"type": "number"},
                    "reasoning": {"type": "string"},
                    "recommended_action": {
                        "type": "string",
                        "enum": ["keep", "discard", "flag_for_review"],
                    },
                },
                "required": [
                    "finding_index",
                    "validation_result",
                    "confidence",
                    "reasoning",
                    "recommended_action",
                ],
                "additionalProperties": False,
            },
        }
    },
    "required": ["results"],
    "additionalProperties": False,
}
"""JSON Schema of an answer."""


class Removal(NamedTuple):
    """Why a finding was given up."""

    reason: str
    confidence: float


def entries_of(text: str) -> list[Any]:
    """Return the list of results in an answer, whatever its entries are.

    It may be the whole answer, or stand between other words: an object with
    ``results``, else the first list.

    Raises:
        ValueError: there is none.
    """
    bare: list[Any] | None = None
    for value in _documents(text[:_LONGEST]):
        if isinstance(value, dict):
            results: object = cast("dict[str, Any]", value).get("results")
            if isinstance(results, list):
                return cast("list[Any]", results)
        elif bare is None and isinstance(value, list):
            bare = cast("list[Any]", value)
    if bare is not None:
        return bare
    msg = "No valid JSON found in LLM response"
    raise ValueError(msg)


def is_answer(text: str) -> bool:
    """Whether there is a list of results in an answer."""
    try:
        entries_of(text)
    except ValueError:
        return False
    return True


def _documents(text: str) -> Iterator[object]:
    """Yield what can be read as JSON, from each bracket that begins something."""
    decoder = json.JSONDecoder()
    at = 0
    for _ in range(_STARTS):
        starts = [found for each in "[{" if (found := text.find(each, at)) >= 0]
        if not starts:
            return
        at = min(starts)
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
        else:
            yield value


def verdicts_of(text: str, count: int) -> dict[int, Verdict]:
    """Map findings to what an answer says of them; of the rest it says nothing.

    Entries that are malformed, or name no finding, are passed over, and so is what is
    said twice about one finding and not the same.

    Raises:
        ValueError: it is no answer at all.
    """
    found: dict[int, Verdict] = {}
    contradicted: set[int] = set()
    for entry in entries_of(text):
        try:
            verdict = Verdict.model_validate(entry)
        except ValidationError:
            continue
        index = verdict.finding_index
        before = found.setdefault(index, verdict)
        if index >= count or _gist(before) != _gist(verdict):
            contradicted.add(index)
    return {index: found[index] for index in found if index not in contradicted}


def _gist(verdict: Verdict) -> tuple[str, str]:
    return verdict.validation_result, verdict.recommended_action


def removal(verdict: Verdict, mode: Mode, finding: Mapping[str, Any]) -> Removal | None:
    """Return why a finding is given up; None: it is kept.

    Conservatively, only where the model is sure of it and says to discard it, and never
    what would do most harm if it were true.
    """
    said = verdict.validation_result == "FALSE_POSITIVE"
    if not said or verdict.recommended_action == "flag_for_review":
        return None
    if mode == "conservative" and not _is_safe(verdict, finding):
        return None
    return Removal(verdict.reasoning[:_REASON], verdict.confidence)


def _is_safe(verdict: Verdict, finding: Mapping[str, Any]) -> bool:
    return (
        verdict.recommended_action == "discard"
        and verdict.confidence >= SURE
        and finding.get("risk_level") != "high"
        and not finding.get("special_category")
    )


def split(
    findings: Sequence[dict[str, Any]], verdicts: Mapping[int, Verdict], mode: Mode
) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], Removal]]]:
    """Return what is kept, in order, and what is given up."""
    kept: list[dict[str, Any]] = []
    removed: list[tuple[dict[str, Any], Removal]] = []
    for index, finding in enumerate(findings):
        verdict = verdicts.get(index)
        why = None if verdict is None else removal(verdict, mode, finding)
        if why is None:
            kept.append(finding)
        else:
            removed.append((finding, why))
    return kept, removed
