"""What is generated is current; every command is documented."""

from tests.docs.connectors_page import CONNECTORS_PAGE, connectors_page, tables
from tests.docs.generating import CLI_PAGE, bundled_schema, cli_page
from wct_entrypoints.api import RunbookSchemaGenerator
from wct_entrypoints.bootstrap.components import CONNECTORS
from wct_entrypoints.cli.ledger import LEDGER_COMMANDS
from wct_entrypoints.cli.table import COMMANDS

WRITE = "run: python -m tests.docs.generating"


def test_the_page_on_the_command_line_says_what_help_says() -> None:
    assert CLI_PAGE.read_text(encoding="utf-8") == cli_page(), WRITE


def test_every_command_has_a_help_text_and_a_line_in_the_list() -> None:
    page = cli_page()
    within = {f"ledger {name}": entry for name, entry in LEDGER_COMMANDS.items()}
    for name, (_, line) in (COMMANDS | within).items():
        assert f"## wct {name}\n" in page
        assert line.endswith(".")


def test_the_bundled_runbook_schema_is_that_of_the_bundled_components() -> None:
    path = RunbookSchemaGenerator.get_schema_path()

    assert path.read_bytes() == bundled_schema(), WRITE


def test_the_page_on_connectors_has_their_properties() -> None:
    assert CONNECTORS_PAGE.read_text(encoding="utf-8") == connectors_page(), WRITE
    assert sorted(tables()) == sorted(CONNECTORS)
