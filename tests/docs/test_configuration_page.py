"""The page on configuration says what the models do."""

import re
from pathlib import Path

import yaml

from wct_domain.settings.configuration import Configuration, LogSettings

PAGE = (Path(__file__).parents[2] / "docs/reference/configuration.md").read_text()


def example() -> object:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return yaml.safe_load(found[1])


def test_the_example_is_valid_and_shows_every_setting() -> None:
    settings = Configuration.model_validate(example())
    assert settings.model_fields_set == set(Configuration.model_fields)


def test_the_table_has_every_setting() -> None:
    rows = set(re.findall(r"^\| `([a-z_.]+)` \|", PAGE, re.MULTILINE))
    names = {*Configuration.model_fields} - {"log"}
    assert names <= rows
    assert {f"log.{each}" for each in LogSettings.model_fields} <= rows
