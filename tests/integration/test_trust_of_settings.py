"""Settings that may have come with what is scanned are told apart."""

from pathlib import Path

import pytest

from wct_domain.errors import ConfigurationError
from wct_domain.runbook import Runbook, parse_runbook
from wct_domain.settings.configuration import Configuration
from wct_entrypoints.bootstrap.configuration import Configured
from wct_entrypoints.bootstrap.trust import comes_with, scanned_paths
from wct_entrypoints.cli.configured import trusted_subscribers

CHAT = Configuration.model_validate(
    {"subscribers": [{"name": "chat", "exec": ["notify"]}]}
)


def scanning(**properties: object) -> Runbook:
    return parse_runbook(
        {
            "name": "x",
            "description": "x",
            "connectors": [{"name": "c", "type": "any", "properties": properties}],
            "analysers": [{"name": "a", "type": "any"}],
            "execution": [
                {
                    "id": "s",
                    "name": "s",
                    "description": "",
                    "connector": "c",
                    "analyser": "a",
                    "input_schema": "i",
                    "output_schema": "o",
                }
            ],
        }
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with sources, in which wct is started."""
    (tmp_path / "project" / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("file", "scanned", "inside"),
    [
        ("wct.yaml", ".", True),
        ("src/deep/wct.yaml", "src", True),
        ("wct.yaml", "src", False),
        ("../wct.yaml", ".", False),
        ("src/wct.yaml", "src/deep/..", True),
    ],
)
def test_a_file_inside_the_scanned_tree_is_found(
    project: Path, file: str, scanned: str, inside: bool
) -> None:
    assert (comes_with(Path(file), [project / scanned]) is not None) is inside


def test_a_link_hides_nothing(project: Path) -> None:
    (project.parent / "alias").symlink_to(project / "src")
    found = comes_with(project / "src" / "wct.yaml", [project.parent / "alias"])
    assert found == project / "src"


def test_the_repository_around_what_is_scanned_counts_as_a_whole(
    project: Path,
) -> None:
    (project / ".git").mkdir()
    assert comes_with(Path("wct.yaml"), [project / "src"]) == project
    assert comes_with(project.parent / "wct.yaml", [project / "src"]) is None


def test_whatever_a_connector_calls_its_property_it_is_looked_at(
    project: Path,
) -> None:
    book = scanning(roots=["src", "nowhere"], more={"at": "src/deep"}, limit=3)
    assert list(scanned_paths(book)) == [Path("src"), Path("src/deep")]
    assert list(scanned_paths(scanning(text="x" * 100_000, nul="\0"))) == []


def test_subscribers_among_what_is_scanned_are_refused_unless_trusted(
    project: Path,
) -> None:
    found = Configured(CHAT, Path("wct.yaml"))
    with pytest.raises(ConfigurationError, match=r"'chat'.*--trust-config"):
        trusted_subscribers(found, scanning(path="."), trusted=False)
    assert trusted_subscribers(found, scanning(path="."), trusted=True)
    assert trusted_subscribers(found, scanning(path="src"), trusted=False)


def test_a_file_without_subscribers_needs_no_trust(project: Path) -> None:
    found = Configured(Configuration(drain=1.0), Path("wct.yaml"))
    assert trusted_subscribers(found, scanning(path="."), trusted=False) == ()
