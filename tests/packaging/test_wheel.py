"""What a user installs: built the way `make build` does, read and run as a wheel."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "wct_domain": ROOT / "domain",
    "wct_adapters": ROOT / "adapters",
    "wct_entrypoints": ROOT / "entrypoints",
}
NOT_SHIPPED = {".pyc", ".gitkeep"}

IMPORT_ALL = """
import importlib, importlib.util, pkgutil, sys
sys.path[:0] = sys.argv[1:]
assert importlib.util.find_spec("pytest") is None, "development packages are in sight"
for root in ("wct_domain", "wct_adapters", "wct_entrypoints"):
    package = importlib.import_module(root)
    for module in pkgutil.walk_packages(package.__path__, root + ".", lambda _: None):
        if "wct_domain.testing" in module.name or module.name.endswith("__main__"):
            continue
        # They need the extras mysql, postgres and nats, which are not in sight here.
        if module.name.startswith("wct_adapters.ledgers.postgres"):
            continue
        if module.name.startswith("wct_adapters.connectors."):
            if module.name.endswith(("mysql_server", "postgresql_server")):
                continue
            if module.name.endswith("server_session"):
                continue
        if module.name == "wct_adapters.subscribers.nats_client":
            continue
        importlib.import_module(module.name)
        print(module.name)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made from the source distribution, so that both are proved."""
    out = tmp_path_factory.mktemp("dist")
    command = ["-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_top_level_is_the_three_packages_and_their_metadata(names: set[str]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {name.partition("/")[0] for name in names} == {
        *PACKAGES,
        f"wct_compliance-{version}.dist-info",
    }


def test_every_source_and_data_file_is_in_the_wheel(names: set[str]) -> None:
    expected = {
        file.relative_to(folder).as_posix()
        for package, folder in PACKAGES.items()
        for file in (folder / package).rglob("*")
        if file.is_file() and file.suffix not in NOT_SHIPPED
        if file.name not in NOT_SHIPPED
    }
    assert expected - names == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package: str, names: set[str]) -> None:
    assert f"{package}/py.typed" in names


def test_no_compiled_or_private_files_travel_along(names: set[str]) -> None:
    assert [n for n in names if n.endswith((".pyc", ".db", ".keys", ".jsonl"))] == []


def test_the_licence_travels_along(names: set[str]) -> None:
    assert [n for n in names if n.endswith("licenses/LICENSE")] != []


def test_all_modules_import_with_the_runtime_dependencies_alone(
    wheel: Path, tmp_path: Path
) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "wheel")
    site = runtime_only(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", IMPORT_ALL, tmp_path / "wheel", site],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "wct_entrypoints" in done.stdout


def test_an_installation_stays_small() -> None:
    assert len({*runtime_dependencies(), "wct-compliance"}) <= 25


def runtime_only(site: Path) -> Path:
    """Fill ``site`` with links to what wct depends on, and to nothing else."""
    site.mkdir()
    for name in runtime_dependencies():
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or ()}:
            if top not in {"..", "__pycache__"} and not (site / top).exists():
                (site / top).symlink_to(str(installed.locate_file(top)))
    return site


def runtime_dependencies() -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting: list[str] = list(project["dependencies"])
    seen: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if requirement.name.lower() not in seen:
            seen.add(requirement.name.lower())
            yield requirement.name
            waiting += distribution(requirement.name).requires or ()
