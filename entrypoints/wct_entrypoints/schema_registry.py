"""Where JSON Schemas are looked up, for the whole process.

Plugins register their folders here from ``wct.schemas`` entry points, which are
functions without arguments: that is why this state belongs to the class.
"""

from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

from wct_adapters.schemas.json_files import BUNDLED, JsonSchemaLoader


class SchemaRegistry:
    """Search paths of the process, and the loader that all share.

    The bundled schemas come first, so that no plugin can replace one of them.
    """

    _registered: ClassVar[tuple[Path, ...]] = ()
    _loader: ClassVar[JsonSchemaLoader | None] = None
    _lock: ClassVar[RLock] = RLock()

    @classmethod
    def register_search_path(cls, path: Path) -> None:
        """Look in ``path`` too, after all others; a second registration is ignored."""
        path = Path(path)
        with cls._lock:
            if path not in cls.get_search_paths():
                cls._registered += (path,)
                cls._loader = None

    @classmethod
    def get_search_paths(cls) -> list[Path]:
        """Return a copy, in the order in which they are searched."""
        return [BUNDLED, *cls._registered]

    @classmethod
    def get_loader(cls) -> JsonSchemaLoader:
        """Return the shared loader; a new one after a path was registered."""
        with cls._lock:
            if cls._loader is None:
                cls._loader = JsonSchemaLoader(cls.get_search_paths())
            return cls._loader

    @classmethod
    def clear_search_paths(cls) -> None:
        """Forget all registered paths; the bundled schemas stay."""
        with cls._lock:
            cls._registered = ()
            cls._loader = None

    @classmethod
    def snapshot_state(cls) -> dict[str, Any]:
        """Return what :meth:`restore_state` needs, so that tests leave no trace."""
        with cls._lock:
            return {"registered": cls._registered, "loader": cls._loader}

    @classmethod
    def restore_state(cls, state: dict[str, Any]) -> None:
        with cls._lock:
            cls._registered = tuple(state["registered"])
            cls._loader = state["loader"]
