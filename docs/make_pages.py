"""Write the pages that the code itself knows: metrics, the rule of columns, the command line.

``python docs/make_pages.py`` writes them, ``--check`` exits 1 when one is out of date.
"""

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from assay.bias import facet_text
from assay.bias.associations_catalogue import ASSOCIATIONS, WHOLE
from assay.bias.catalogue import bias_metrics
from assay.bias.metric import BiasMetric
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

A file without a header line gets its names from `--header`, once a column in their order (`read: {headers: [age, income]}` in
assay.yaml, `read={"headers": [...]}` in Python), or from `headers` of an analysis_config.json; a first line that has these very
names is a header all the same, and one with some of them, or of another number of fields, is refused. `--facet-header` and
`--prediction-header` say it of side files.

"""


BIAS_STAGES = {"pre_training": "Of the data alone", "post_training": "Of predictions"}

BIAS_HEAD = """# Bias

`assay bias DATA --label COLUMN --facet FACET` compares the groups of each facet, in the labels alone and, with `--model`,
`--prediction` or `--score`, in a model's answers; `assay analyze … --facet FACET` puts the same into the report. In Python:
`assay.measure_bias(data, facets=["sex", "age>40"], …)`.

- **Who is compared.** Each group (Clarify's facet d) with all other rows (facet a), in turn. The two groups that are furthest
  apart are shown as well, with an interval that allows for the choice, and are never a finding.
- **Intervals.** Each number has a 95 % interval (`--level`), and one that holds for all numbers of the report together (max-T
  over groups, metrics and facets). A finding is made only where that second one lies wholly beyond what is tolerated
  (`--bias-tolerance DPL=0.05` changes it), never of a group below `--bias-min-group` rows. How often the intervals hold, and
  how often equal groups are warned of: [bias_coverage.md](bias_coverage.md).
- **Missing facets** are left out and counted; `--bias-missing group` makes them a group of their own.
- **Subgroups.** `--group-variable COLUMN` compares within the subgroups of a column (CDDL, CDDPL).
- **Combinations** such as `sex*race` have their own groups; rates of small ones are shown pooled with what their parts
  predict, too.
- **Two versions.** `--before DATA` measures the same groups in an earlier table and says which bias changed.
- **Features.** Where a model is explained in the same run, each feature's mean absolute attribution is compared between a
  group and the rest on the explained rows, with an interval, and the orders of features by their NDCG; `--bias-attributions
  TABLE` takes attributions made elsewhere, a row for each row of the data.
- **What could be done**, as options and not as advice: `--bias-parity demographic_parity` shows what thresholds by group
  would cost in accuracy, `--bias-reweigh` writes `reweighed.parquet`, the data with weights that even the labels out.
- **Facets in a file of their own:** `--facet-data FILE --join-on COLUMN`, or rows in the same order.

## An existing analysis_config.json

`assay analyze analysis_config.json --data FILE --model MODEL --out DIR` runs the bias metrics of a SageMaker Clarify config as
it is and writes `analysis.json` in Clarify's shape beside our own files; `--data` wins over its `dataset_uri`, and other flags
over its other keys. Its `shap` and `pdp` run as well ([explanations](explanations.md#an-existing-analysis_configjson)); segments
are read and checked, and listed as not run.
A config of time series has its forecasts explained: `--model` is then a function from records to forecasts
(`package.module:function`), a URL or a `command:`, and `asymmetric_shapley_value/…/out.jsonl` is written as Clarify writes it.
A config of images has its `shap` run on a folder of them: `--model` is then a function from arrays of images, or a URL.
`assay config check analysis_config.json` lists everything that is wrong in it, each with its JSON path, and what of it runs here.

**Whose predictions.** `predicted_label` and `predicted_label_dataset_uri` are read as the config says. A `model_name` or
`endpoint_name` is a name of AWS: say which model stands for it with `--model PLACE`, with `--endpoint NAME=PLACE` (repeatable),
or once for many configs with `--endpoints models.yaml`, whose lines are `loans: model.joblib` or
`loans: {path: model.joblib, trust: true}`. A place is what `--model` takes: a file, `module.py:function`, a command or an
address. An address is asked with the config's own `content_type`, `accept_type` and templates, and answered through its `label`,
`probability` and `label_headers`; `http://localhost:8080/invocations` of the container that SageMaker ran will do.
`probability_threshold` counts for scores; a model that gives labels has decided. Without a model the labels alone are judged,
and the finding `config_partly_run` says so.

**Our own keys** stand under `assay`, which the service does not know:

| key | what it says |
| --- | --- |
| `predictor.assay` | the model itself: one of `path`, `python`, `url`, with `trust`, `classes`, `output`, `features`, `options` and the other keys of `model` in assay.yaml |
| `assay.kinds` | `{"age": "continuous"}` or `"categorical"`: whether a number in `value_or_threshold` or `label_values_or_threshold` is a threshold or a value |
| `assay.compat` | `"smclarify-0.5"`, as the flag `--compat` |

**Values and thresholds.** A kind under `assay.kinds` wins. Text, truth values and columns of two values are categories. One
listed number is a threshold in a column of more than 20 different numbers, or where no row has that very number; rows above
it are meant. What was decided is noted in the report and under `assay.config_notes` of analysis.json. A CSV for which `headers`
are not told has them in its first line; where `label` is an index and that line holds a number, it is a row, and columns
are `column_0`, `column_1`, … The report has the config's `report.title`; whatever its `report.name`, it is report.html.

**The original's own numbers.** Conventions are the textbook's unless `--compat smclarify-0.5` asks for the original's: outcomes
that only one group has are left out of distances, 0/0 is 0, the flip test has the other sign, and whether the file's values are
values or thresholds follows the share of distinct values. What made the original refuse a report and end its job is the `error` of
each metric of that facet, and the finding `compat_refused`. The report says which mode it is.

## How facets are written

"""

BIAS_METRICS_HEAD = """
## Metrics

In all of them *the group* is facet d and *the rest* facet a. An undefined value is `null` with a reason.
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


def bias_page() -> str:
    """Return the page of bias: how facets are written, and every metric."""
    _, table, rest = (inspect.getdoc(facet_text) or "").partition("====")
    parts = [NOTICE, BIAS_HEAD, f"```text\n{table}{rest.strip()}\n```\n", BIAS_METRICS_HEAD]
    for stage, title in BIAS_STAGES.items():
        parts.append(f"\n### {title}\n\n")
        parts += [bias_entry(metric) for metric in bias_metrics() if metric.stage == stage]
    parts.append("\n### Of the facet as a whole, and of all rows\n\n")
    parts += [bias_entry(metric) for metric in (*ASSOCIATIONS, *WHOLE)]
    return "".join(parts).rstrip() + "\n"


def bias_entry(metric: BiasMetric) -> str:
    """Return one metric: its names, what it compares, its sign, its range, when not to use it."""
    acronym = f" ({metric.acronym}{', as in Clarify' if metric.clarify else ''})"
    head = f"**{metric.title}**{acronym if metric.acronym else ''} · `{metric.name}`"
    told = "" if metric.tolerated is None else f"; tolerated {_range(metric.tolerated)}"
    bounds = f"range {_range((metric.lower_bound, metric.upper_bound))}{told}."
    names = {"group": "the group", "rest": "the rest", "outcome": "the positive outcome"}
    sign = metric.positive_means.format(**names)
    above = "A positive value" if metric.parity == 0 else f"Above {metric.parity:g}"
    said = f" {above}: {sign}." if sign else ""
    compares, not_when, instead = (each.format(**names) for each in metric.help)
    source = f" Source: {metric.reference.rstrip('.')}." if metric.reference else ""
    more = f"Not to be used: {not_when} Instead: {instead}{source}"
    return f"- {head}: {compares}{said} {bounds[0].upper()}{bounds[1:]} {more}\n"


def _range(ends: tuple[float | None, float | None]) -> str:
    low, high = ends
    return f"{'−∞' if low is None else f'{low:g}'} to {'∞' if high is None else f'{high:g}'}"


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
    "bias.md": bias_page,
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
