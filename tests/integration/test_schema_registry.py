"""The search paths that all of a process share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from wct_adapters.schemas.json_files import BUNDLED
from wct_entrypoints.schema_registry import SchemaRegistry


@pytest.fixture(autouse=True)
def _leave_no_trace() -> Iterator[None]:
    state = SchemaRegistry.snapshot_state()
    SchemaRegistry.clear_search_paths()
    yield
    SchemaRegistry.restore_state(state)


def put(base: Path, name: str, title: str) -> Path:
    path = base / name / "1.0.0" / f"{name}.json"
    path.parent.mkdir(parents=True)
    path.write_text(f'{{"title": "{title}"}}')
    return base


def test_the_bundled_schemas_come_first(tmp_path: Path) -> None:
    SchemaRegistry.register_search_path(put(tmp_path, "standard_input", "mine"))

    assert SchemaRegistry.get_search_paths() == [BUNDLED, tmp_path]
    loaded = SchemaRegistry.get_loader().load("standard_input")
    assert loaded["title"] == "standard_input"


def test_a_second_registration_is_ignored(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path, BUNDLED, str(tmp_path)):
        SchemaRegistry.register_search_path(Path(path))

    assert SchemaRegistry.get_search_paths() == [BUNDLED, tmp_path]


def test_the_paths_are_a_copy(tmp_path: Path) -> None:
    SchemaRegistry.get_search_paths().append(tmp_path)

    assert SchemaRegistry.get_search_paths() == [BUNDLED]


def test_the_loader_is_shared_until_a_path_is_registered(tmp_path: Path) -> None:
    loader = SchemaRegistry.get_loader()
    assert SchemaRegistry.get_loader() is loader

    SchemaRegistry.register_search_path(put(tmp_path, "letter", "mine"))

    assert SchemaRegistry.get_loader() is not loader
    assert SchemaRegistry.get_loader().load("letter") == {"title": "mine"}
    with pytest.raises(FileNotFoundError):
        loader.load("letter")


def test_registering_a_known_path_keeps_the_loader(tmp_path: Path) -> None:
    SchemaRegistry.register_search_path(tmp_path)
    loader = SchemaRegistry.get_loader()

    SchemaRegistry.register_search_path(tmp_path)

    assert SchemaRegistry.get_loader() is loader


def test_a_snapshot_restores_paths_and_loader(tmp_path: Path) -> None:
    SchemaRegistry.register_search_path(tmp_path)
    loader = SchemaRegistry.get_loader()
    state = SchemaRegistry.snapshot_state()

    SchemaRegistry.clear_search_paths()
    assert SchemaRegistry.get_search_paths() == [BUNDLED]
    SchemaRegistry.register_search_path(tmp_path / "other")
    SchemaRegistry.restore_state(state)

    assert SchemaRegistry.get_search_paths() == [BUNDLED, tmp_path]
    assert SchemaRegistry.get_loader() is loader
