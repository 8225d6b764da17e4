"""Write the pages that the code itself knows: metrics, the rule of columns, the command line.

``python docs/make_pages.py`` writes them, ``--check`` exits 1 when one is out of date.
"""

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from assay.cli.root import root
from assay.data import inference
from assay.data.sources.registry import find_readers
from assay.metrics.catalogue import METRICS
from assay.metrics.metric import Metric
from assay.models.formats.registry import find_formats, settings_of

HERE = Path(__file__).parent
NOTICE = "<!-- Written by docs/make_pages.py; change the code, then run `make pages`. -->\n\n"
FAMILIES = {
    "binary": "Binary classification",
    "multiclass": "Multiclass classification",
    "multilabel": "Many labels a row",
    "regression": "Regression",
}

METRICS_HEAD = """# Metrics

Every metric is an `Estimate`: a value with a 95 % interval (`--level`), the rows behind it, how the interval was made and
what was treated as independent. An undefined value is `null` with a reason, never 0 and never NaN. Weights
(`--weight`), declared groups (`--group`) and time (`--time`) change the interval as they must; how each kind is made is
[decision 0003](decisions/0003-interval-methods.md), and how often the intervals cover is in [coverage.md](coverage.md).

Averages over classes and labels are always named: macro, weighted, micro or samples.
"""

DATA_HEAD = """# How columns are understood

`assay analyze` prints what it takes each column for, and why, in the report's data section. Overrule a kind with
`--types COLUMN=KIND` (in Python `kinds={"zip": "categorical"}`) and a role with its flag (`--label`, `--group`, …).

CSV files are read as `pandas.read_csv` reads them: the same texts mean "missing" (`--missing TEXT` replaces the list), the
same words are booleans, `007` is a number, and dates stay text for the model unless the column is declared
`--types COLUMN=time`. The type follows from all rows, never from a sample. Unlike pandas, rows of another length than
the header's and two columns of one name are refused.

"""


MODELS_HEAD = """# Models

What `--model` takes, in Python the first argument of `assay.load_model` and `assay.analyze`. What a file or a folder is
follows from its content, never from its suffix. `assay models inspect MODEL` says what a model is, what it wants and gives,
whether loading it runs code, and its settings; it runs nothing.

| to say | flag | Python |
| --- | --- | --- |
| code in the file may run | `--trust-model` | `trust=True` |
| a setting of its form | `--model-option NAME=VALUE` | `options={...}` (`model_options` in `analyze`) |
| its classes, in the order of its scores | `--class A --class B` | `classes=[...]` |
| what it returns | `--model-output label, probability or number` | `output=...` |
| the columns it reads, in order | `--feature A --feature B` | `features=[...]` |
| which version of an endpoint or command it is | `--model-version TEXT` | `version=...` (`model_version` in `analyze`) |
| ask again, keep nothing | `--no-cache` | `cache=False` |

Predictions are kept in the store (`$ASSAY_HOME`, else `./.assay`):
[decision 0008](decisions/0008-kept-predictions.md) says when they are used again.
"""

TABLES_HEAD = """# Tables

What DATA can be, in Python the first argument of `Dataset.read`: a file, a folder or a glob of files, a URL, or a frame from
pandas, Polars or Arrow. How the columns are then understood is [another page](data.md). What can be said about how a table
is read stands in `read` of assay.yaml and in flags of the same names (`--delimiter`, `--query`, …).
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


def models_page() -> str:
    """Return the page of all forms of models: what their modules say, and their settings."""
    parts = [NOTICE, MODELS_HEAD]
    for known in sorted(find_formats(), key=lambda each: each.name):
        parts.append(f"\n## `{known.name}`\n\n{_words_of(known)}\n")
        settings = settings_of(known)
        if settings:
            parts.append("\n| `--model-option` | default | meaning |\n| --- | --- | --- |\n")
        for each in settings:
            default = "" if each.default is None else f"`{json.dumps(each.default)}`"
            parts.append(f"| `{each.name}` | {default} | {_cell(each.description)} |\n")
    return "".join(parts)


def tables_page() -> str:
    """Return the page of all readers of tables."""
    parts = [NOTICE, TABLES_HEAD, "\n| | files that end in | URLs | `read` |\n"]
    parts.append("| --- | --- | --- | --- |\n")
    readers = sorted(find_readers(), key=lambda each: each.title)
    for each in readers:
        cells = (each.suffixes, [f"{scheme}://" for scheme in each.schemes], sorted(each.reads))
        told = " | ".join(", ".join(f"`{one}`" for one in cell) for cell in cells)
        parts.append(f"| {each.title} | {told} |\n")
    for each in readers:
        parts.append(f"\n## {each.title}\n\n{_words_of(each)}\n")
    return "".join(parts)


def _words_of(registered: object) -> str:
    """Return what the module of something registered says about it."""
    return (inspect.getdoc(sys.modules[type(registered).__module__]) or "").strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES = {
    "metrics.md": metrics_page,
    "data.md": data_page,
    "tables.md": tables_page,
    "models.md": models_page,
    "cli.md": cli_page,
}


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
