"""Rules that find which outside services code uses, and the file that holds them."""

from collections.abc import Mapping
from typing import Literal, Self, TypeAlias

from pydantic import Field, model_validator

from wct_domain.rulesets.documents import (
    RulesetData,
    check_category,
    check_compliance,
)
from wct_domain.rulesets.rules import BaseRule, NonEmpty

PackageLanguage: TypeAlias = Literal[
    "csharp", "go", "java", "javascript", "php", "python", "ruby"
]
"""Languages whose packages can be told; TypeScript has those of JavaScript."""


class ServiceIntegrationRule(BaseRule):
    """Finds one kind of outside service.

    ``patterns`` are addresses of the services, which code holds as text. ``packages``
    are their libraries, by language: names as manifests have them, and modules or
    namespaces as code imports them; each stands for all that is inside of it.
    """

    service_category: NonEmpty
    purpose_category: NonEmpty
    packages: Mapping[PackageLanguage, tuple[NonEmpty, ...]] = Field(
        default_factory=dict[PackageLanguage, tuple[NonEmpty, ...]]
    )


class ServiceIntegrationsRulesetData(
    RulesetData[ServiceIntegrationRule], defer_build=False
):
    """Adds the categories of services, and of the purposes that they serve."""

    service_categories: tuple[str, ...]
    purpose_categories: tuple[str, ...]

    @model_validator(mode="after")
    def _categories_are_known(self) -> Self:
        for rule in self.rules:
            kinds, purposes = self.service_categories, self.purpose_categories
            check_category(rule, "service_category", rule.service_category, kinds)
            check_category(rule, "purpose_category", rule.purpose_category, purposes)
            check_compliance(rule)
        return self
