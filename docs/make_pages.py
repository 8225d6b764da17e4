"""Write the pages that the code itself knows: metrics, the rule of columns, the command line.

``python docs/make_pages.py`` writes them, ``--check`` exits 1 when one is out of date.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from assay.cli.root import root
from assay.data import inference
from assay.metrics.catalogue import METRICS
from assay.metrics.metric import Metric

HERE = Path(__file__).parent
NOTICE = "<!-- Written by docs/make_pages.py; change the code, then run `make pages`. -->\n\n"
FAMILIES = {
    "binary": "Binary classification",
    "multiclass": "Multiclass classification",
    "regression": "Regression",
}

METRICS_HEAD = """# Metrics

Every metric is an `Estimate`: a value with a 95 % interval (`--level`), the rows behind it, how the interval was made and
what was treated as independent. An undefined value is `null` with a reason, never 0 and never NaN. Weights
(`--weight`), declared groups (`--group`) and time (`--time`) change the interval as they must; how each kind is made is
[decision 0003](decisions/0003-interval-methods.md), and how often the intervals cover is in [coverage.md](coverage.md).

Averages over classes are always named: macro, weighted or micro.
"""

DATA_HEAD = """# How columns are understood

`assay analyze` prints what it takes each column for, and why, in the report's data section. Overrule a kind with
`--kind COLUMN=KIND` (in Python `kinds={"zip": "categorical"}`) and a role with its flag (`--label`, `--group`, …).

CSV files are read as `pandas.read_csv` reads them: the same texts mean "missing" (`--missing TEXT` replaces the list), the
same words are booleans, `007` is a number, and dates stay text for the model unless the column is declared
`--kind COLUMN=time`. The type follows from all rows, never from a sample. Unlike pandas, rows of another length than
the header's and two columns of one name are refused.

"""


def metric_entry(metric: Metric) -> str:
    """Return one metric's part of the page."""
    name = f"### {metric.title} (`{metric.name}`)\n\n"
    low = "no lower end" if metric.lower_bound is None else f"{metric.lower_bound:g}"
    high = "no upper end" if metric.upper_bound is None else f"{metric.upper_bound:g}"
    better = {True: "greater is better", False: "less is better", None: "neither end is better"}
    unit = f"; unit: {metric.unit}" if metric.unit else ""
    facts = f"Range: {low} to {high}; {better[metric.greater_is_better]}{unit}.\n\n"
    says, misleads, instead = metric.help
    return f"{name}{facts}- {says}\n- When it misleads: {misleads}\n- Look also at: {instead}\n\n"


def metrics_page() -> str:
    """Return the page of all metrics; one that serves several tasks stands under the first."""
    parts = [NOTICE, METRICS_HEAD]
    for task, title in FAMILIES.items():
        parts.append(f"\n## {title}\n\n")
        also = [m for m in METRICS if task in m.tasks and m.tasks[0] != task]
        if also:
            names = ", ".join(f"`{metric.name}`" for metric in also)
            parts.append(f"As above: {names}.\n\n")
        parts += [metric_entry(metric) for metric in METRICS if metric.tasks[0] == task]
    return "".join(parts).rstrip() + "\n"


def data_page() -> str:
    """Return the page of the rule of columns: the rule's own words."""
    words = inspect.getdoc(inference) or ""
    title, _, rule = words.partition("\n")
    kept, table, rest = rule.strip().partition("==============  ")
    first, _, after = (table + rest).rpartition("===\n")
    body = f"{kept.strip()}\n\n```text\n{first.strip()}===\n```\n\n{after.strip()}\n"
    return NOTICE + DATA_HEAD + f"## {title.rstrip('.')}\n\n" + body


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below one, each with what a user types."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from commands(below, f"{path} {name}")


def cli_page() -> str:
    """Return the page of all commands: what --help prints."""
    parts = [NOTICE, "# The command line\n"]
    for path, command in commands(root, "assay"):
        context = click.Context(command, info_name=path, terminal_width=96, max_content_width=96)
        parts.append(f"\n## `{path}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "".join(parts)


PAGES = {"metrics.md": metrics_page, "data.md": data_page, "cli.md": cli_page}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    stale = []
    for name, make in PAGES.items():
        path = HERE / name
        if not path.is_file() or path.read_text(encoding="utf-8") != make():
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(make(), encoding="utf-8")
    if stale and "--check" in arguments:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run: make pages\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
