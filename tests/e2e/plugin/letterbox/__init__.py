"""A plugin as somebody else would write it: only names of ``wct_entrypoints.api``."""

from pathlib import Path

from wct_entrypoints.api import SchemaRegistry

RULESETS = Path(__file__).with_name("rulesets")


def register_schemas() -> None:
    SchemaRegistry.register_search_path(Path(__file__).with_name("schemas"))
