"""The bundled sample of source code runs, and finds what its pages do."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from wct_domain.events import PluginNoted
from wct_domain.ports.ledger import Ledger
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints.api import AnalysisResult, Executor
from wct_entrypoints.bootstrap.ledgers import memory_ledger

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "samples" / "web_shop.yaml"

Finding = dict[str, Any]


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    found = memory_ledger()
    yield found
    found.close()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "samples" / "web_shop", tmp_path / "samples" / "web_shop")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results(ledger: Ledger, runbook: Path = RUNBOOK) -> list[AnalysisResult]:
    container = ServiceContainer()
    container.register(Ledger, Provided(lambda: ledger))
    executor = Executor.create_with_built_ins(container, max_workers=1)
    return list(executor.execute_runbook(runbook))


def seen(finding: Finding) -> tuple[str, str, int]:
    (evidence,) = finding["evidence"]
    path = Path(evidence["file_path"]).name
    return finding["purpose"], path, evidence["line"]


def test_every_step_succeeds(ledger: Ledger, shop: Path) -> None:
    assert [(each.error_message, each.success) for each in results(ledger)] == [
        (None, True),
        (None, True),
    ]


@pytest.mark.parametrize(
    "expected",
    [
        ("PHP POST Data Collection", "account.php", 22),
        ("PHP Cookie Access", "account.php", 28),
        ("PHP Session Data Access", "account.php", 29),
        ("SQL Database Queries", "account.php", 24),
        ("SQL Database Queries", "account.php", 38),
        ("HTML Form Input Fields", "account.php", 49),
        ("PHP GET Parameter Collection", "broken.php", 3),
        ("Payment Processing Services", "checkout.php", 5),
        ("Communication Services", "checkout.php", 4),
        ("Consumer Marketing Within Owned Products", "checkout.php", 18),
        ("user_analytics", "tracking.js", 1),
        ("social_media", "tracking.js", 18),
        ("JavaScript Client Storage", "tracking.js", 6),
        ("Cloud Infrastructure Services", "nightly.py", 7),
        ("Communication Services", "nightly.py", 8),
        ("Database Connections and ORM", "nightly.py", 22),
        ("Payment Processing Services", "composer.json", 6),
        ("user_analytics", "package.json", 6),
        ("Communication Services", "requirements.txt", 3),
    ],
)
def test_what_its_code_does_is_found_where_it_does_it(
    expected: tuple[str, str, int], ledger: Ledger, shop: Path
) -> None:
    _, purposes = results(ledger)
    assert expected in map(seen, purposes.data["findings"])


def test_the_broken_page_is_told_of(ledger: Ledger, shop: Path) -> None:
    code, purposes = results(ledger)

    (broken,) = [each for each in code.data["data"] if each["not_parsed"]["count"]]
    assert Path(broken["file_path"]).name == "broken.php"
    assert broken["not_parsed"]["lines"] == [{"line_start": 4, "line_end": 4}]
    assert [each["name"] for each in broken["functions"]] == ["before", "after"]
    assert purposes.data["analysis_metadata"]["code_read"]["files_with_gaps"] == 1
    noted = [
        (each.event.name, each.event.data)
        for each in ledger.read_all()
        if isinstance(each.event, PluginNoted)
    ]
    assert ("code.not-parsed", {"files": 1, "places": 1}) in noted


def test_steps_in_processes_of_their_own_come_to_the_same(
    ledger: Ledger, shop: Path
) -> None:
    document = yaml.safe_load(RUNBOOK.read_text(encoding="utf-8"))
    for step in document["execution"]:
        step["timeout"] = "120s"
    limited = shop / "limited.yaml"
    limited.write_text(yaml.safe_dump(document), encoding="utf-8")

    plain = [lasting(each.data) for each in results(ledger)]
    assert [lasting(each.data) for each in results(ledger, limited)] == plain


def lasting(data: Any) -> Any:
    """Leave out what tells the time."""
    if isinstance(data, list):
        return [lasting(each) for each in cast("list[Any]", data)]
    if not isinstance(data, dict):
        return data
    return {
        name: lasting(member)
        for name, member in cast("dict[str, Any]", data).items()
        if "timestamp" not in name
    }
