"""Every test here begins with the schemas and the environment of a fresh process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.compat.bench import Bench, Document, Load, Problems
from wct_entrypoints import logs
from wct_entrypoints.api import (
    Executor,
    Runbook,
    RunbookLoader,
    RunbookValidationError,
    SchemaRegistry,
    ServiceContainer,
)


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    state = SchemaRegistry.snapshot_state()
    SchemaRegistry.clear_search_paths()
    yield
    SchemaRegistry.restore_state(state)


@pytest.fixture(autouse=True)
def _logs() -> None:
    logs.configure(logs.Level.WARNING)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARTIFACT_STORE_BACKEND", "WCT_LEDGER", "WCT_KEYS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def executor() -> Iterator[Executor]:
    executor = Executor(ServiceContainer())
    yield executor
    executor.close()


@pytest.fixture
def bench(executor: Executor, tmp_path: Path) -> Bench:
    return Bench(executor, tmp_path)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a runbook from a file: YAML as text or bytes, or a document."""

    def load(source: str | bytes | Document) -> Runbook:
        text = yaml.safe_dump(source) if isinstance(source, dict) else source
        path = tmp_path / "runbook.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return RunbookLoader.load(path)

    return load


@pytest.fixture
def problems(load: Load) -> Problems:
    """Say what is wrong with a runbook, line by line."""

    def refused(source: str | bytes | Document) -> list[str]:
        with pytest.raises(RunbookValidationError) as raised:
            load(source)
        first, *lines = str(raised.value).split("\n")
        assert first == "Runbook validation failed:"
        return lines

    return refused
