"""What must be the same of a step that is done again."""

from wct_domain.digests import Reference
from wct_domain.events import AnyEvent, PluginNoted, SourceRead, StepCompleted
from wct_domain.executor.pasts import signatures

RESULT = Reference(blob="b" * 64, content="c" * 64)
DONE = StepCompleted(
    step="s",
    duration=1,
    input_schema="",
    output_schema="x/1.0.0",
    items=2,
    result=RESULT,
)
READ = SourceRead(
    step="s",
    connector="shop",
    output_schema="x/1.0.0",
    items=1,
    size=2,
    content="d" * 64,
)
BY_CONNECTOR = PluginNoted(plugin="mysql_connector", name="environment.won", data={})
BY_ANALYSER = PluginNoted(plugin="odd_analyser", name="words", data={"n": 3})


def compared(*events: AnyEvent) -> list[str]:
    return signatures(events, lambda found: found.content, {"mysql_connector"})


def test_which_step_read_a_shared_source_is_chance_and_so_are_its_notes() -> None:
    assert compared(READ, BY_CONNECTOR, DONE) == compared(DONE)


def test_what_an_analyser_notes_is_compared() -> None:
    assert compared(BY_ANALYSER, DONE) != compared(DONE)


def test_the_order_of_events_and_the_time_they_took_are_not_compared() -> None:
    later = DONE.model_copy(update={"duration": 9})
    assert compared(DONE, BY_ANALYSER) == compared(BY_ANALYSER, later)


def test_another_result_is_another_outcome() -> None:
    other = Reference(blob="b" * 64, content="e" * 64)
    assert compared(DONE.model_copy(update={"result": other})) != compared(DONE)
