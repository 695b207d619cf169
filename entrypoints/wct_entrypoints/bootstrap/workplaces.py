"""Processes for steps that have a ``timeout``: how they are started, and of what."""

import os
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

from wct_domain.components import Components
from wct_domain.ports.own_files import OwnFiles
from wct_domain.ports.workplaces import Workplace, Workplaces
from wct_domain.schemas import SchemaSource
from wct_entrypoints.schema_registry import SchemaRegistry

if TYPE_CHECKING:
    from wct_adapters.workers.processes import Processes

_PROGRAM = (
    "import sys; life = int(sys.argv[1]); sys.path[:] = sys.argv[2:]; "
    "sys.argv[:] = ['wct-step']; "
    "from wct_entrypoints.bootstrap.step_process import main; main(life)"
)

_FLAGS = {
    "bytes_warning": "b",
    "dont_write_bytecode": "B",
    "ignore_environment": "E",
    "isolated": "I",
    "no_site": "S",
    "no_user_site": "s",
    "optimize": "O",
}

_LEFT_OUT = frozenset(
    {
        "WCT_KEYS",
        "WCT_LEDGER",
        "WCT_NATS_CREDENTIALS",
        "WCT_NATS_TOKEN",
        "WCT_SIGNING_KEY",
        "WCT_WEBHOOK_SECRET",
    }
)
"""Variables for what only wct does: recording, signing, delivering."""


def make_workplaces(has: Components, schemas: SchemaSource) -> Workplaces:
    """Make what starts the processes of one run."""
    return _WhenNeeded(has, schemas)


class _WhenNeeded(Workplaces):
    """Most runs have no such step: they import nothing for it."""

    def __init__(self, has: Components, schemas: SchemaSource) -> None:
        self._has = has
        self._schemas = schemas
        self._processes: Processes | None = None
        self._stopped = False

    def obstacle(self, what: str, component: str) -> str | None:
        if self._processes is None:
            # Asked before the first step begins, by one thread.
            self._processes = _processes(self._has, self._schemas)
        return _obstacle(self._has, what, component)

    def open(self, limit: float, components: Collection[str]) -> Workplace:
        processes = self._processes or _processes(self._has, self._schemas)
        return processes.open(limit, components)

    def stop(self) -> None:
        if self._processes is not None:
            self._processes.stop()


def _processes(has: Components, schemas: SchemaSource) -> "Processes":
    from wct_adapters.workers.processes import Processes, Start

    return Processes(
        Start(
            command=_command,
            environment={
                name: value
                for name, value in os.environ.items()
                if name not in _LEFT_OUT
            },
            greeting=_greeting(has),
            schemas=schemas,
        )
    )


def _command(lifeline: int) -> list[str]:
    path = [os.path.abspath(each) for each in sys.path]  # noqa: PTH100  # '' is where we are
    return [sys.executable, *_flags(), "-c", _PROGRAM, str(lifeline), *path]


def _flags() -> list[str]:
    """Return the options of this interpreter that decide how components behave."""
    flags = [f"-W{each}" for each in sys.warnoptions]
    flags += [f"-{_FLAGS[name]}" for name in _FLAGS if getattr(sys.flags, name)]
    return [*flags, "-X", f"utf8={sys.flags.utf8_mode}"]


def _greeting(has: Components) -> dict[str, object]:
    own = OwnFiles()
    if has.found is not None and has.found.services.is_registered(OwnFiles):
        own = has.found.services.get_service(OwnFiles)
    return {
        # As hexadecimal digits of bytes: a path need not be text.
        "own": [os.fsencode(path.absolute()).hex() for path in own.paths],
        "schemas": [
            os.fsencode(path.absolute()).hex()
            for path in SchemaRegistry.get_search_paths()
        ],
    }


def _obstacle(has: Components, what: str, component: str) -> str | None:
    factories = has.connectors if what == "connector" else has.analysers
    factory = factories.get(component)
    if factory is None:
        return None  # the step fails, and says so
    if not sys.executable:
        return "this program does not know where its Python interpreter is"
    if has.found is None or has.found.lacks(factory):
        return (
            f"there {what} '{component}' is not found: it was given to the executor "
            "as an object, and no installed package brings it"
        )
    if has.found.given:
        services = ", ".join(has.found.given)
        return f"its components use services of this one: {services}"
    return None
