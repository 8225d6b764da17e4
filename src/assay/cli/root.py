"""The top of the command line: which commands there are, and how a run ends."""

import os
from collections.abc import Sequence

import click
from click.shell_completion import shell_complete

from assay.cli.group import LazyGroup

COMMANDS = {
    "demo": ("assay.cli.demo:command", "See it work: census income, end to end, in a minute."),
    "analyze": ("assay.cli.analyze:command", "Judge a model on a table; write one report."),
    "evaluate": ("assay.cli.evaluate:command", "Print metrics with intervals; write no report."),
    "bias": ("assay.cli.bias:command", "Compare groups: whom data or a model treats differently."),
    "explain": (
        "assay.cli.explain:command",
        "Say which columns move a model's score, row by row and over all.",
    ),
    "compare": (
        "assay.cli.compare:command",
        "Compare models or answers on the same rows.",
    ),
    "models": ("assay.cli.models:command", "Say what a model is, without running it."),
    "data": ("assay.cli.data:command", "Part a table; say what identifies it."),
    "config": ("assay.cli.config:command", "Check, describe or start an assay.yaml."),
}

COMPLETION = "_ASSAY_COMPLETE"  # what click's completion scripts set

EPILOG = """\b
Examples:
  assay demo
  assay analyze test.csv --label income --model model.joblib --trust-model
  assay analyze scored.parquet --label income --score probability
"""


@click.group(
    cls=LazyGroup,
    places=COMMANDS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(None, "--version", package_name="assay", message="assay %(version)s")
def root() -> None:
    """Is the model good, how sure are we, and what should be done next.

    One table and one model in; one report, one JSON file and an exit status out. Nothing leaves
    this machine, unless the model is an endpoint that you name.

    Exit status: 0 done; 1 done, and a gate (--fail-on) did not pass; 2 the input or the config is
    wrong; 3 the model failed; 130 interrupted (143 by SIGTERM, 129 by SIGHUP).
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command line on these arguments and return its exit status."""
    from assay.cli.ending import exit_status_of

    return exit_status_of(lambda: _call(arguments), arguments)


def _call(arguments: Sequence[str]) -> object:
    """Call the command; `click.Group.main` is not used because it ends the program itself."""
    wanted = os.environ.get(COMPLETION)
    if wanted is not None:
        return shell_complete(root, {}, "assay", COMPLETION, wanted)
    with root.make_context("assay", list(arguments)) as context:
        return root.invoke(context)
