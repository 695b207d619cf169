"""Rules that find personal data, and the file that holds them."""

from typing import Self

from pydantic import model_validator

from wct_domain.rulesets.documents import (
    RulesetData,
    check_category,
    check_compliance,
)
from wct_domain.rulesets.rules import BaseRule, NonEmpty


class PersonalDataRule(BaseRule):
    """Finds one category of personal data.

    ``special_category`` is the category's flag in results. It follows the output
    contract; whether GDPR Article 9 applies is what ``compliance`` says.
    """

    data_type: NonEmpty
    special_category: bool = False


class PersonalDataRulesetData(RulesetData[PersonalDataRule], defer_build=False):
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
            check_category(rule, "data_type", rule.data_type, known)
            check_compliance(rule)
        return self
