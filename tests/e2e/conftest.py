"""What the tests of whole processes share."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.processes import Wct

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
