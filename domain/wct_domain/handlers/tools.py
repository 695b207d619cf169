"""What handlers work with, handed to them by the executor."""

from collections.abc import Callable, Generator
from typing import NamedTuple, TypeAlias

from wct_domain.archive import BlobDraft, BlobReader
from wct_domain.components import Components
from wct_domain.events import Event
from wct_domain.handlers.conversing import Memory
from wct_domain.handlers.sources import SharedSources
from wct_domain.ports.clock import Clock
from wct_domain.ports.models import Interviews, InTurn
from wct_domain.ports.workplaces import Workplace, Workplaces
from wct_domain.projections.artifacts import Artifacts
from wct_domain.schemas import SchemaSource

Events: TypeAlias = Generator[tuple[Event, ...]]
"""What a handler returns: each tuple is recorded atomically, with the blobs drafted
so far, before the handler goes on."""

Timer: TypeAlias = Callable[[], int]
"""Monotonic nanoseconds."""


def _unheard(_error: BaseException) -> None:
    return


class StepTools(NamedTuple):
    """Everything that a step needs of the run that it belongs to."""

    components: Components
    sources: SharedSources
    schemas: SchemaSource
    artifacts: Artifacts  # current: the executor folds each append before going on
    blobs: BlobReader
    draft: BlobDraft  # this handler's own
    clock: Clock
    timer: Timer
    memory: Memory  # what language models answered before
    interviews: Interviews = InTurn()
    raised: Callable[[BaseException], None] = _unheard  # is told why the step fails
    workplaces: Workplaces | None = None  # for steps with a limit; None: they have none
    workplace: Workplace | None = None  # where this step works, whatever its limit
    keep_inputs: bool = False  # what is read is stored
    answers_recorded: bool = False  # no language model is asked, whatever happens
