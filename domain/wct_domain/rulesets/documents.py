"""The files of rulesets: their fields, and the texts that refuse a wrong one."""

from collections import Counter
from collections.abc import Collection
from typing import Annotated, Generic, cast

from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from wct_domain.errors import RulesetError
from wct_domain.rulesets.rules import BaseRule, Frozen, NonEmpty, RuleT


class RulesetTypeError(RulesetError, TypeError):
    """A ruleset holds another kind of rule than the one asked for."""

    code = "ruleset.type"


class RulesetData(Frozen, Generic[RuleT]):
    """A ruleset as its file spells it; ``rule_type`` is the class name of its rules."""

    name: NonEmpty
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    rule_type: NonEmpty = "BaseRule"
    description: str
    rules: Annotated[tuple[RuleT, ...], Field(min_length=1)]

    @field_validator("rules")
    @classmethod
    def _names_are_unique(cls, rules: tuple[RuleT, ...]) -> tuple[RuleT, ...]:
        counts = Counter(rule.name for rule in rules)
        if twice := sorted(name for name, count in counts.items() if count > 1):
            msg = f"Duplicate rule names found: {twice}"
            raise ValueError(msg)
        return rules


def check_category(
    rule: BaseRule, field: str, value: str, known: Collection[str]
) -> None:
    """Refuse a rule whose ``field`` is none of the ruleset's categories.

    Raises:
        ValueError: a validator's way to say so.
    """
    if value not in known:
        msg = (
            f"Rule '{rule.name}' has invalid {field} '{value}'. Valid: {sorted(known)}"
        )
        raise ValueError(msg)


def check_compliance(rule: BaseRule) -> None:
    """Refuse a rule that names no law: findings quote it, and are not valid without.

    Raises:
        ValueError: a validator's way to say so.
    """
    if not rule.compliance:
        msg = f"Rule '{rule.name}' has no compliance entry: name at least one law"
        raise ValueError(msg)


def parse_ruleset(document: object, rule_type: type[RuleT]) -> RulesetData[RuleT]:
    """Make a ruleset of a parsed file whose rules are ``rule_type``.

    A rule type of a plugin needs no more than the fields of ``RulesetData``.

    Raises:
        RulesetTypeError: the document says that its rules are of another type.
        RulesetError: with everything that is wrong, one line each.
    """
    if isinstance(document, dict):
        _check_type(cast("dict[object, object]", document), rule_type.__name__)
    model = _model(rule_type)
    try:
        return cast("RulesetData[RuleT]", model.model_validate(document))
    except ValidationError as error:
        raise RulesetError(_lines(error)) from None


def _model(rule_type: type[BaseRule]) -> type[BaseModel]:
    """Return the model of a file of these rules.

    That is ``RulesetData`` of them, or its subclass where their file has more fields.
    """
    plain = cast("type[BaseModel]", RulesetData.__class_getitem__(rule_type))
    # A table of the subclasses would import all of them, and a run needs one or two.
    return next(iter(plain.__subclasses__()), plain)


def _check_type(document: dict[object, object], expected: str) -> None:
    said = document.get("rule_type", expected)
    if said != expected:
        msg = (
            f"Ruleset '{document.get('name')}' returns {said}, "
            f"but {expected} was expected"
        )
        raise RulesetTypeError(msg)


def _lines(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "\n  ".join(
        f"{' -> '.join(map(str, each['loc'])) or 'root'}: {each['msg']}"
        for each in found
    )
