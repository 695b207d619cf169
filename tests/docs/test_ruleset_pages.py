"""What the reference says of rulesets and analysers is so."""

import re
from pathlib import Path

from wct_adapters.rulesets.loader import YamlRulesets
from wct_domain.analysis.detectors import DETECTORS
from wct_domain.analysis.evidence import WINDOWS
from wct_domain.rulesets.personal_data import PersonalDataRule

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
RULESETS = (REFERENCE / "rulesets.md").read_text(encoding="utf-8")
ANALYSERS = (REFERENCE / "analysers.md").read_text(encoding="utf-8")


def test_the_example_of_a_ruleset_loads(tmp_path: Path) -> None:
    examples: list[str] = re.findall(
        r"^```yaml\n(.*?)^```", RULESETS, re.MULTILINE | re.DOTALL
    )
    (example,) = [each for each in examples if each.startswith("name: ")]
    folder = tmp_path / "our_health_data" / "1.0.0"
    folder.mkdir(parents=True)
    (folder / "our_health_data.yaml").write_text(example, encoding="utf-8")

    ruleset = YamlRulesets([tmp_path]).load("our_health_data", PersonalDataRule)

    assert [rule.name for rule in ruleset.get_rules()] == ["Ward Data"]


def test_every_detector_is_named() -> None:
    assert [name for name in DETECTORS if f"`{name}`" not in RULESETS] == []


def test_the_bundled_rulesets_are_counted_rightly() -> None:
    for each in YamlRulesets().list():
        assert re.search(rf"`{each.name}`\s\({each.rules}\b", RULESETS)


def test_the_sizes_of_windows_are_told() -> None:
    told = ", ".join(f"`{name}` {width}" for name, width in WINDOWS.items())
    assert told in ANALYSERS
