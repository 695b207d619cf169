"""``wct rebuild``: rows of subscribers, made anew from the log."""

import click

from wct_entrypoints.cli.shared import (
    LedgerPlace,
    counted,
    errors_end_the_command,
    json_option,
    ledger_option,
)


@click.command()
@click.argument("name", metavar="NAME")
@ledger_option
@json_option
def rebuild(*, name: str, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Make the rows of the subscriber NAME anew, from the first event on.

    For a function that returns rows, when it has changed: it is told all events
    again, and has to declare on_replay = "run". The new rows are made beside those in
    use and take their place at once. Runs may go on meanwhile; nothing is lost. If it
    fails, the old rows stay.

    --json prints one object: name, told (events that the rows were made of).
    """
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_domain.delivery.rebuilding import rebuild as make_anew
        from wct_entrypoints.bootstrap.delivery import delivery_tools
        from wct_entrypoints.cli.known_subscribers import chosen, known_subscribers
        from wct_entrypoints.cli.ledger_access import writing
        from wct_entrypoints.cli.printing import print_json

        with writing(ledger) as opened:
            subscriber = chosen(known_subscribers(opened), name)
            told = make_anew(subscriber, delivery_tools(opened))
        if as_json:
            print_json({"name": name, "told": told})
        else:
            text = f"The rows of {name} are made anew, of {counted(told, 'event')}."
            click.echo(text)
