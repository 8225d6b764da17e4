"""Judge a model on a table: one call from data and model to verdict and report."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assay.errors import InputError
from assay.jobs.assembling import assemble
from assay.jobs.config import AnalyzeConfig
from assay.jobs.config_file import config_from_options
from assay.jobs.inputs import IN_MEMORY, Given, Inputs, check_config, open_inputs, take_inputs
from assay.jobs.out_folder import reserved
from assay.jobs.registry import find_sections
from assay.jobs.report import AnalysisReport
from assay.jobs.run import Run
from assay.jobs.running import Progress
from assay.notify.registry import get_channel, send_all

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Value = bool | int | float | str


def analyze(
    model: object = None,
    data: object = None,
    y: "ArrayLike | None" = None,
    *,
    train: object = None,
    validation: object = None,
    before: object = None,
    facet_data: object = None,
    label: str | Sequence[str] | None = None,
    positive: Value | None = None,
    prediction: str | Sequence[str] | None = None,
    score: str | Sequence[str] | None = None,
    weight: "str | ArrayLike | None" = None,
    group: "str | ArrayLike | None" = None,
    time: "str | ArrayLike | None" = None,
    id: str | None = None,
    query_id: "str | ArrayLike | None" = None,
    series: "str | ArrayLike | None" = None,
    ignore: str | Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    missing: Sequence[str] | None = None,
    read: Mapping[str, object] | None = None,
    facets: str | Sequence[str] = (),
    group_variable: str | None = None,
    join_on: str | None = None,
    label_map: Mapping[Value, Value] | None = None,
    model_input: Literal["pandas", "polars", "numpy"] | None = None,
    trust: bool = False,
    classes: Sequence[Value] | None = None,
    output: Literal["label", "probability", "number"] | None = None,
    features: Sequence[str] | None = None,
    model_version: str | None = None,
    model_options: Mapping[str, object] | None = None,
    cache: bool = True,
    task: Literal["binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"]
    | None = None,
    threshold: float | str | None = None,
    cost_fp: float | None = None,
    cost_fn: float | None = None,
    use: Literal["probability", "ranking"] | None = None,
    compat: Literal["smclarify-0.5"] | None = None,
    margin: float = 0.0,
    budget: float = 60.0,
    baselines: Mapping[str, str] | None = None,
    final: bool = False,
    level: float = 0.95,
    seed: int = 0,
    only: str | Sequence[str] = (),
    ignore_rules: Mapping[str, str] | None = None,
    sections: Mapping[str, Mapping[str, object]] | None = None,
    notify: str | Sequence[str] = (),
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> AnalysisReport:
    """Judge a model, or its answers, on a table.

    Parameters
    ----------
    model : object, path, str or None
        A fitted estimator, a function from rows to predictions, what `load_model` returns, or
        what `load_model` takes: the place of a model. None when the table holds the answers.
    data : Dataset, path, frame or array
        The rows to be judged; with `y`, the features alone.
    y : array-like or None, shape (n_rows,)
        The true answers, where they are not a column of `data`.
    train, validation : as `data`, or a pair (X, y), or None
        The rows that the model was fitted on, to be shown beside; and rows on which a threshold
        may be chosen.
    before : as `data`, or None
        An earlier version of the data: how did each bias change?
    facet_data : as `data`, or None
        Table with columns of facets that `data` does not have; joined by `join_on`, else in
        the order of the rows.
    label, positive, prediction, score, weight, group, time, id, ignore, kinds, missing
        What the columns mean; see `Dataset.read`. Not with a Dataset, which knows. With `y`,
        `weight`, `group` and `time` are arrays of shape (n_rows,).
    query_id, series
        Likewise: whose rows are ranked against each other, and whose follow each other in time.
    read : mapping or None
        How the tables are read, where their form leaves it open: `delimiter`, `records`,
        `columns`, `sheet`, `query`, `train_query`, `validation_query`, `storage`; see
        `Dataset.read`.
    facets : str or sequence of str
        Whose groups are compared: a column, "age>40", "race=Black,Asian", "age:25,45,65" or
        "sex*race".
    group_variable : str or None
        Column of subgroups within which groups are compared as well.
    join_on : str or None
        Column that names the row in `data` and `facet_data`.
    label_map : mapping or None
        The model's class → the data's label, where they are not the same text.
    model_input : {"pandas", "polars", "numpy"} or None
        What the model is given; None is what it was fitted on.
    trust : bool
        Whether a model file that can run code may be loaded.
    classes, output, features, model_version, model_options
        What the model does not say itself; see `load_model`.
    cache : bool
        Whether the predictions of a model that was named by its place are kept in the store
        (``$ASSAY_HOME``, else ``./.assay``), so that it is not asked twice about the same rows.
    task : {"binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"} or None
        None infers it from the label.
    threshold : float, str or None
        Score from which the answer is positive, or a goal to be met on `validation`: "f1",
        "mcc", "balanced_accuracy", "recall>=0.9", "fpr<=0.05".
    cost_fp, cost_fn : float or None
        Cost of a false alarm and of a miss, in one unit.
    use : {"probability", "ranking"} or None
        What scores are used for.
    compat : {"smclarify-0.5"} or None
        Whose numbers are given as well, its peculiarities included.
    margin : float
        Smallest gain of the main metric that is worth having.
    budget : float
        Seconds that fitting simple models and learning curves may take.
    baselines : mapping of str to str or None
        Name → incumbent to beat: a column of `data` with its answers, or the file of a model.
    final : bool
        Seal the model and these rows: this look is the one that counts.
    level : float
        Coverage of intervals, in (0, 1).
    seed : int
    only : str or sequence of str
        Sections to run; by default all that can.
    ignore_rules : mapping of str to str or None
        Rule → why its findings do not count here; they are shown with that reason.
    sections : mapping or None
        Section → its settings.
    notify : str or sequence of str
        Channels that findings are sent to.
    out : path or None
        Folder for report.html, results.json and assay.yaml; None writes nothing.
    progress : callable or None
        Called with (stage, done, total or None).

    Returns
    -------
    AnalysisReport

    Raises
    ------
    InputError
        If the data, the options or the model file are wrong; nothing is written then.
    ModelError
        If the model fails; nothing is written then.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"paid": [True, False] * 50, "p": [0.98, 0.02] * 50})
    >>> report = analyze(data=table, label="paid", score="p")
    >>> report.results["task"], report.results["verdict"]["level"]
    ('binary', 'good')
    """
    if data is None:
        msg = "no data: give the rows as the second argument, or data=..."
        raise InputError(msg)
    columns = {
        "weight": weight,
        "group": group,
        "time": time,
        "query_id": query_id,
        "series": series,
    }
    beside = columns if y is not None else {}
    config = config_from_options(
        {
            "data": place_of(data),
            "train": place_of(train),
            "validation": place_of(validation),
            "before": place_of(before),
            "facet_data": place_of(facet_data),
            "baselines": dict(baselines or {}),
            "model": None
            if model is None
            else {
                "path": place_of(model),
                "trust": trust,
                "input": model_input,
                "classes": classes,
                "output": output,
                "features": features,
                "version": model_version,
                "options": dict(model_options or {}),
                "cache": cache,
            },
            "read": dict(read or {}),
            "roles": {
                "label": label,
                "positive": positive,
                "prediction": prediction,
                "scores": () if score is None else score,
                "id": id,
                "ignore": ignore,
                "kinds": dict(kinds or {}),
                "missing": missing,
                "facets": facets,
                "group_variable": group_variable,
                "join_on": join_on,
                "label_map": dict(label_map or {}),
                **({} if beside else columns),
            },
            "options": {
                "task": task,
                "threshold": threshold,
                "cost_fp": cost_fp,
                "cost_fn": cost_fn,
                "use": use,
                "compat": compat,
                "margin": margin,
                "budget": budget,
                "final": final,
                "level": level,
                "seed": seed,
                "only": only,
                "ignore_rules": dict(ignore_rules or {}),
            },
            "sections": dict(sections or {}),
            "notify": notify,
        },
        find_sections(),
    )
    given = Given(model, data, y, train, validation, beside, before, facet_data)
    target = None if out is None else Path(out)
    return _analyze(config, lambda show: take_inputs(config, given, show), target, progress)


def analyze_config(
    config: AnalyzeConfig, *, out: Path | None = None, progress: Progress | None = None
) -> AnalysisReport:
    """Do what a config says, as `assay analyze assay.yaml` does.

    Parameters
    ----------
    config : AnalyzeConfig
    out : Path or None
        Folder for the files; None writes nothing.
    progress : callable or None

    Raises
    ------
    InputError, ModelError
        As `analyze`.
    KeyboardInterrupt
        When interrupted, after what was finished has been written.
    """
    return _analyze(config, lambda show: open_inputs(config, show), out, progress)


def _analyze(
    config: AnalyzeConfig,
    provide: Callable[[Progress], Inputs],
    out: Path | None,
    progress: Progress | None,
) -> AnalysisReport:
    sections = find_sections()
    check_config(config, sections)
    channels = [get_channel(name) for name in config.notify]
    show = progress or silent
    run = Run(config=config, sections=sections, progress=show)
    with reserved(out):
        try:
            with run.stage("opening"):
                inputs = provide(show)
            run.perform(inputs)
            show("Writing the report", 0, None)
            report = assemble(run)
            if out is not None:
                report.save(out)
        except KeyboardInterrupt as stop:
            _keep_finished(run, out, stop)
            raise
    send_all(channels, report.content.title, report.findings)
    return report


def _keep_finished(run: Run, out: Path | None, stop: KeyboardInterrupt) -> None:
    """Write what was finished before the interruption, if anything was."""
    if out is None or not run.data:
        return
    run.count_looks()
    report = assemble(run, interrupted=True)
    report.save(out)
    finished = ", ".join(run.outcomes) or "no section"
    stop.add_note(f"what was finished ({finished}) is in {out}")


def place_of(given: object) -> str | None:
    """Return what the config says of an argument: its path, or that it was in memory."""
    if given is None:
        return None
    return Path(given).resolve().as_posix() if isinstance(given, str | Path) else IN_MEMORY


def silent(stage: str, done: int, total: int | None, /) -> None:
    """Show nothing."""
