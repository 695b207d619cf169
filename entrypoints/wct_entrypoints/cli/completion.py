"""``wct completion``: what a shell needs to complete commands, runs and steps."""

import click

from wct_entrypoints.cli import PROGRAM, main

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(*, shell: str) -> None:
    """Print the script that has SHELL complete commands, options, runs and steps.

    For this session of bash (4.4 or newer): eval "$(wct completion bash)"; of zsh
    likewise; of fish: wct completion fish | source. The shells read it by themselves
    from files that are called:

    bash: ~/.local/share/bash-completion/completions/wct

    zsh: _wct, in a directory of your fpath

    fish: ~/.config/fish/completions/wct.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # those of SHELLS come with click
    variable = f"_{PROGRAM.upper()}_COMPLETE"  # as click derives it from the name
    click.echo(kind(main, {}, PROGRAM, variable).source())
