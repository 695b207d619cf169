"""The files of rulesets: their fields, and the texts that refuse a wrong one."""

from collections import Counter
from collections.abc import Collection
from typing import Annotated, Generic, Self, cast

from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from wct_domain.errors import RulesetError
from wct_domain.rulesets.rules import (
    BaseRule,
    DataSubjectRule,
    Frozen,
    NonEmpty,
    PersonalDataRule,
    ProcessingPurposeRule,
    RuleT,
)


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


class PersonalDataRulesetData(RulesetData[PersonalDataRule]):
    """Adds the categories of personal data, and which of them are special."""

    data_type_categories: tuple[str, ...]
    special_category_types: tuple[str, ...]

    @model_validator(mode="after")
    def _categories_are_known(self) -> Self:
        known = self.data_type_categories
        if unknown := sorted({*self.special_category_types} - {*known}):
            msg = (
                "Special category types must be subset of data_type_categories. "
                f"Invalid: {unknown}"
            )
            raise ValueError(msg)
        for rule in self.rules:
            _check(rule, "data_type", rule.data_type, known)
            _check_compliance(rule)
        return self


class ProcessingPurposesRulesetData(RulesetData[ProcessingPurposeRule]):
    """Adds the categories of purposes, and which of them are sensitive."""

    purpose_categories: tuple[str, ...]
    sensitive_categories: tuple[str, ...]

    @model_validator(mode="after")
    def _categories_are_known(self) -> Self:
        known = self.purpose_categories
        if unknown := sorted({*self.sensitive_categories} - {*known}):
            msg = (
                "Sensitive categories must be subset of purpose_categories. "
                f"Invalid: {unknown}"
            )
            raise ValueError(msg)
        for rule in self.rules:
            _check(rule, "purpose_category", rule.purpose_category, known)
            _check_compliance(rule)
        return self


class DataSubjectsRulesetData(RulesetData[DataSubjectRule]):
    """Adds the categories of people, the contexts, and what changes a risk."""

    subject_categories: tuple[str, ...]
    applicable_contexts: tuple[str, ...]
    risk_increasing_modifiers: tuple[str, ...] = ()
    risk_decreasing_modifiers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _categories_are_known(self) -> Self:
        contexts = sorted(self.applicable_contexts)
        for rule in self.rules:
            known = self.subject_categories
            _check(rule, "subject_category", rule.subject_category, known)
            if unknown := sorted({*rule.applicable_contexts} - {*contexts}):
                msg = (
                    f"Rule '{rule.name}' has invalid applicable_contexts {unknown}. "
                    f"Valid: {contexts}"
                )
                raise ValueError(msg)
        return self


def _check(rule: BaseRule, field: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        msg = (
            f"Rule '{rule.name}' has invalid {field} '{value}'. Valid: {sorted(known)}"
        )
        raise ValueError(msg)


def _check_compliance(rule: BaseRule) -> None:
    # Their findings quote it, and are not valid without.
    if not rule.compliance:
        msg = f"Rule '{rule.name}' has no compliance entry: name at least one law"
        raise ValueError(msg)


_DOCUMENTS: dict[type[BaseRule], type[BaseModel]] = {
    PersonalDataRule: PersonalDataRulesetData,
    ProcessingPurposeRule: ProcessingPurposesRulesetData,
    DataSubjectRule: DataSubjectsRulesetData,
}


def parse_ruleset(document: object, rule_type: type[RuleT]) -> RulesetData[RuleT]:
    """Make a ruleset of a parsed file whose rules are ``rule_type``.

    A rule type of a plugin needs no more than the fields of ``RulesetData``.

    Raises:
        RulesetTypeError: the document says that its rules are of another type.
        RulesetError: with everything that is wrong, one line each.
    """
    if isinstance(document, dict):
        _check_type(cast("dict[object, object]", document), rule_type.__name__)
    plain = cast("type[BaseModel]", RulesetData.__class_getitem__(rule_type))
    model = _DOCUMENTS.get(rule_type, plain)
    try:
        return cast("RulesetData[RuleT]", model.model_validate(document))
    except ValidationError as error:
        raise RulesetError(_lines(error)) from None


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
