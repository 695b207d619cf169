"""Rules that find what data is processed for, and the file that holds them."""

from typing import Self

from pydantic import model_validator

from wct_domain.rulesets.documents import (
    RulesetData,
    check_category,
    check_compliance,
)
from wct_domain.rulesets.rules import BaseRule


class ProcessingPurposeRule(BaseRule):
    """Finds a sign that data is processed for one purpose."""

    purpose_category: str


class ProcessingPurposesRulesetData(
    RulesetData[ProcessingPurposeRule], defer_build=False
):
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
            check_category(rule, "purpose_category", rule.purpose_category, known)
            check_compliance(rule)
        return self
