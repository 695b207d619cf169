"""Rules that find where code collects data, and the file that holds them."""

from typing import Literal, Self, TypeAlias

from pydantic import Field, model_validator

from wct_domain.rulesets.documents import (
    RulesetData,
    check_category,
    check_compliance,
)
from wct_domain.rulesets.rules import BaseRule, NonEmpty

SqlStatement: TypeAlias = Literal[
    "select", "insert into", "update", "delete from", "merge into"
]
"""Words with which statements begin that read or change data."""


class DataCollectionRule(BaseRule):
    """Finds one way in which data gets into a program.

    ``statements`` are words of SQL (``select``, ``insert into``): a string literal that
    is a statement of this kind counts for the rule.
    """

    collection_type: NonEmpty
    data_source: NonEmpty
    statements: tuple[SqlStatement, ...] = Field(default=())


class DataCollectionRulesetData(RulesetData[DataCollectionRule], defer_build=False):
    """Adds the ways in which data is collected, and where it comes from."""

    collection_type_categories: tuple[str, ...]
    data_source_categories: tuple[str, ...]

    @model_validator(mode="after")
    def _categories_are_known(self) -> Self:
        for rule in self.rules:
            kinds, sources = (
                self.collection_type_categories,
                self.data_source_categories,
            )
            check_category(rule, "collection_type", rule.collection_type, kinds)
            check_category(rule, "data_source", rule.data_source, sources)
            check_compliance(rule)
        return self
