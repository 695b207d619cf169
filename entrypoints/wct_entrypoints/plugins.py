"""What other installed packages bring: components, schemas, rulesets, subscribers.

Entry points are read only by commands that need components: it costs more than
all else that a small command does. A plugin that does not load is one warning that
names it; the rest of wct works on.
"""

import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from wct_domain.components import Components
from wct_domain.explaining import ends_process, explain
from wct_domain.ports.components import ComponentFactory
from wct_domain.services import ServiceContainer
from wct_entrypoints.logs import Log

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

    from wct_domain.subscribers import DeclaredSubscriber

CONNECTORS = "wct.connectors"
ANALYSERS = "wct.analysers"
SCHEMAS = "wct.schemas"
RULESETS = "wct.rulesets"
SUBSCRIBERS = "wct.subscribers"

log = Log("wct.plugins")


def load_schemas() -> None:
    """Call each plugin's function that registers its schema folders.

    Before any component is made: a component may look its schemas up.
    """
    for entry in _sorted(SCHEMAS):
        _attempt(entry, "register schemas from", lambda found: found())


def load_rulesets(register: Callable[[Path, str], None]) -> None:
    """Hand each plugin's ruleset folder to ``register``, with the plugin's name.

    An entry point is a path, or a function without arguments that returns one.
    """
    for entry in _sorted(RULESETS):

        def note(place: Any, origin: str = _origin(entry)) -> None:
            register(Path(str(place() if callable(place) else place)), origin)

        _attempt(entry, "load rulesets from", note)


def load_components(components: Components, container: ServiceContainer) -> None:
    """Make each plugin's factories and register them, beside the built-in ones."""

    def register(entry: "EntryPoint", factories: dict[str, Any], what: str) -> None:
        def make(factory_class: Callable[[ServiceContainer], object]) -> None:
            factory = factory_class(container)
            if not isinstance(factory, ComponentFactory):
                kind = type(factory).__name__
                msg = f"it makes a {kind}, which is not a ComponentFactory"
                raise TypeError(msg)
            name = cast("ComponentFactory[Any]", factory).get_component_name()
            if name in factories:
                log.warning(
                    "plugin.replaces",
                    component=name,
                    brought_by=components.origins.get(name, "wct"),
                    plugin=_origin(entry),
                )
            factories[name] = factory
            components.origins[name] = _origin(entry)

        _attempt(entry, f"load {what}", make)

    for entry in _sorted(CONNECTORS):
        register(entry, components.connectors, "connector")
    for entry in _sorted(ANALYSERS):
        register(entry, components.analysers, "analyser")


class InstalledSubscriber(NamedTuple):
    """A subscriber that a package brings; ``problem`` is why it cannot be told."""

    name: str
    origin: str  # the distribution, with its version
    declared: "DeclaredSubscriber | None"
    problem: str | None = None


def installed_subscribers() -> list[InstalledSubscriber]:
    """Load the subscribers of all installed packages, broken ones included."""
    return [_subscriber(entry) for entry in _sorted(SUBSCRIBERS)]


def _subscriber(entry: "EntryPoint") -> InstalledSubscriber:
    # Here, because most installations have none.
    from wct_domain.subscribers import DeclaredSubscriber

    try:
        declared = DeclaredSubscriber.of(entry.load(), entry.name)
    except BaseException as error:  # a stranger's package: whatever it raises
        if ends_process(error) and not isinstance(error, SystemExit):
            raise
        return InstalledSubscriber(entry.name, _origin(entry), None, explain(error))
    return InstalledSubscriber(entry.name, _origin(entry), declared)


class Plugin(NamedTuple):
    """One thing that an installed package brings."""

    group: str  # of entry points
    name: str
    origin: str  # the distribution, with its version
    problem: str | None  # why it cannot be loaded


def installed_plugins() -> list[Plugin]:
    """Load all entry points of wct's groups, and call none of them."""
    return [
        Plugin(group, entry.name, _origin(entry), _problem(entry))
        for group in (CONNECTORS, ANALYSERS, SCHEMAS, RULESETS, SUBSCRIBERS)
        for entry in _sorted(group)
    ]


def _problem(entry: "EntryPoint") -> str | None:
    try:
        entry.load()
    except BaseException as error:  # a stranger's package: whatever it raises
        if ends_process(error) and not isinstance(error, SystemExit):
            raise
        return explain(error)
    return None


def _sorted(group: str) -> list["EntryPoint"]:
    """Return in an order that does not depend on the file system."""
    path = tuple(sys.path)
    if not _may_have_plugins(path):
        return []
    found = _installed(path).select(group=group)
    return sorted(found, key=lambda each: each.name)


@lru_cache(maxsize=1)
def _may_have_plugins(path: tuple[str, ...]) -> bool:
    """Look into the installed packages' lists for one that names a group of ours.

    Most installations have no plugin, and ``importlib.metadata``, which would parse
    all lists, costs a tenth of a small run to import. Where a package is no folder (a
    zip file), only it can tell.
    """
    return any(_names_a_group(place or ".") for place in path)


def _names_a_group(place: str) -> bool:
    try:
        packages = [each.path for each in os.scandir(place)]
    except NotADirectoryError:
        return True
    except OSError:
        return False
    for package in packages:
        if package.endswith((".dist-info", ".egg-info")):
            try:
                if b"[wct." in Path(package, "entry_points.txt").read_bytes():
                    return True
            except OSError:  # none, or not ours to read
                continue
        elif package.endswith(".egg"):
            return True
    return False


@lru_cache(maxsize=1)
def _installed(path: tuple[str, ...]) -> "EntryPoints":
    """Read all entry points once; ``path`` is where they are looked for."""
    from importlib.metadata import entry_points

    del path
    # Python 3.11 returns another class here, with the same `select`.
    return cast("EntryPoints", entry_points())


def _attempt(entry: "EntryPoint", what: str, use: Callable[[Any], object]) -> None:
    try:
        use(entry.load())
    except BaseException as error:  # a stranger's package: whatever it raises
        if ends_process(error):
            raise
        log.warning(
            "plugin.failed",
            message=f"Failed to {what} {entry.name}: {explain(error)}",
            plugin=_origin(entry),
        )


def _origin(entry: "EntryPoint") -> str:
    """Name the distribution that brings an entry point, with its version."""
    if entry.dist is None:
        return entry.value
    return f"{entry.dist.name} {entry.dist.version}"
