"""What the tests of whole processes share."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.e2e.processes import Cli, Wct
from wct_entrypoints.cli import main

PLUGIN = Path(__file__).with_name("plugin")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which pip has installed the plugin ``letterbox``."""
    work = tmp_path_factory.mktemp("letterbox")
    project = shutil.copytree(PLUGIN, work / "project")
    target = work / "site"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--no-index", "--no-build-isolation", "--disable-pip-version-check"),
            *("--target", str(target), str(project)),
        ],
        check=True,
    )
    return target


@pytest.fixture
def wct(tmp_path: Path) -> Wct:
    """``wct`` without plugins, in a directory of its own."""
    return Wct(tmp_path)


@pytest.fixture
def wct_with_plugin(tmp_path: Path, site: Path) -> Wct:
    """``wct`` with the plugin ``letterbox``, in a directory of its own."""
    return Wct(tmp_path, site)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of the test's own to work in, and nothing set that wct reads."""
    monkeypatch.chdir(tmp_path)
    for name in [*filter(_is_setting, os.environ)]:
        monkeypatch.delenv(name)
    return tmp_path


def _is_setting(name: str) -> bool:
    if name.startswith("WCT_"):
        return not name.startswith("WCT_TESTS_")  # those are ours
    servers = name.startswith(("MYSQL_", "POSTGRESQL_"))
    return servers or name in {"SQLITE_DATABASE_PATH", "NO_COLOR"}


@pytest.fixture
def cli(elsewhere: Path) -> Cli:
    """The command line in this process, which is much faster; a bug is raised."""
    del elsewhere  # where it works

    def run(*arguments: str | os.PathLike[str]) -> Result:
        given = [os.fspath(each) for each in arguments]
        return CliRunner().invoke(main, given, catch_exceptions=False)

    return run
