"""Rules that find about whom data is, and the file that holds them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wct_domain.rulesets.documents import RulesetData, check_category
from wct_domain.rulesets.rules import BaseRule, NonEmpty


class DataSubjectRule(BaseRule):
    """Finds a sign that data is about one category of people.

    ``confidence_weight`` is in points of a hundred; the weights of all rules of a
    category that match are added. The rule looks at data of its contexts only.
    """

    subject_category: NonEmpty
    indicator_type: Literal["primary", "secondary", "contextual"]
    confidence_weight: Annotated[int, Field(ge=1, le=50)]
    applicable_contexts: Annotated[tuple[NonEmpty, ...], Field(min_length=1)]


class DataSubjectsRulesetData(RulesetData[DataSubjectRule], defer_build=False):
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
            check_category(rule, "subject_category", rule.subject_category, known)
            if unknown := sorted({*rule.applicable_contexts} - {*contexts}):
                msg = (
                    f"Rule '{rule.name}' has invalid applicable_contexts {unknown}. "
                    f"Valid: {contexts}"
                )
                raise ValueError(msg)
        return self
