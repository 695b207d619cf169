"""``wct config``: every setting, its value, and where it comes from."""

import click

from wct_entrypoints.cli.shared import errors_end_the_command, json_option, settings


@click.command()
@json_option
def config(*, as_json: bool) -> None:
    """Show every setting, its value, and where it comes from.

    An option on the command line wins over a variable of the environment, that over
    .env, and that over wct.yaml; what none of them says has a default. The file is the
    one that --config or WCT_CONFIG names, else wct.yaml in the current directory; .env
    and organisation.yaml stand beside it. Values of secrets are never shown.

    --json prints one object: files (wct.yaml, .env, organisation.yaml: path, or null),
    settings (a list of name, value, source, option, variable; null where there is
    none), subscribers (a list of name, transport, events, on_replay, from_start).
    """
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_entrypoints.cli.config_command import show_settings

        show_settings(settings(), as_json=as_json)
