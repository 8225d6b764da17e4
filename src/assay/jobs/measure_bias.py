"""Measure bias alone: one call from data, facets and perhaps a model to the result."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, cast

from assay.errors import AssayError
from assay.jobs.analyze import Value, place_of, silent
from assay.jobs.config_file import config_from_options
from assay.jobs.inputs import Given, check_config, take_inputs
from assay.jobs.registry import find_sections
from assay.jobs.run import Run
from assay.jobs.running import Progress

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from assay.bias.result import BiasResult


def measure_bias(
    data: object,
    y: "ArrayLike | None" = None,
    *,
    model: object = None,
    facets: str | Sequence[str] = (),
    label: str | None = None,
    positive: Value | None = None,
    prediction: str | None = None,
    score: str | Sequence[str] | None = None,
    weight: "str | ArrayLike | None" = None,
    group: "str | ArrayLike | None" = None,
    group_variable: str | None = None,
    facet_data: object = None,
    join_on: str | None = None,
    before: object = None,
    validation: object = None,
    threshold: float | str | None = None,
    label_map: Mapping[Value, Value] | None = None,
    task: Literal["binary", "multiclass", "regression"] | None = None,
    trust: bool = False,
    compat: Literal["smclarify-0.5"] | None = None,
    level: float = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **settings: object,
) -> "BiasResult":
    """Say whom the data, or a model, treats differently: each metric per group with its interval.

    Parameters
    ----------
    data : Dataset, path, frame or array
        The rows; with `y`, the features alone.
    y : array-like or None, shape (n_rows,)
        The true answers, where they are not a column of `data`.
    model : object, path or None
        As `analyze` takes it. Without a model and without columns of its answers, the metrics of
        the data alone are computed.
    facets : str or sequence of str
        Whose groups are compared: a column, "age>40", "race=Black,Asian", "age:25,45,65" or
        "sex*race". Not needed with a Dataset that names its facets.
    label, positive, prediction, score, weight, group
        What the columns mean; see `Dataset.read`. Not with a Dataset, which knows.
    group_variable : str or None
        Column of subgroups within which groups are compared (conditional disparity).
    facet_data : as `data`, or None
        Table with the facets' columns, joined by `join_on`, else in the order of the rows.
    join_on : str or None
    before : as `data`, or None
        An earlier version of the data: ``result.options["change"]`` has the changes.
    validation : as `data`, or None
        Rows on which a threshold may be chosen.
    threshold, label_map, task, trust, compat, level, seed
        As in `analyze`.
    progress : callable or None
        Called with (stage, done, total or None).
    **settings : object
        Settings of the bias section: metrics, positive classes, bins, min_group, missing,
        tolerance, flip_rows, parity, reweigh and others; `positive` of several classes is
        `positive_classes` here.

    Returns
    -------
    BiasResult

    Raises
    ------
    InputError
        If the data, a facet or a setting are wrong.
    ModelError
        If the model fails.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({
    ...     "sex": ["f", "m"] * 200,
    ...     "hired": [False, True, True, True] * 100,
    ... })
    >>> found = measure_bias(rows, label="hired", positive=True, facets="sex")
    >>> dpl = found.facet("sex").measure("DPL", "f")
    >>> dpl.estimate.value, dpl.estimate.method
    (0.5, "Newcombe's hybrid score")
    """
    if "positive_classes" in settings:
        settings["positive"] = settings.pop("positive_classes")
    beside = {"weight": weight, "group": group} if y is not None else {}
    model_part = {"path": place_of(model), "trust": trust}
    config = config_from_options(
        {
            "data": place_of(data),
            "before": place_of(before),
            "validation": place_of(validation),
            "facet_data": place_of(facet_data),
            "model": None if model is None else model_part,
            "roles": {
                "label": label,
                "positive": positive,
                "prediction": prediction,
                "scores": () if score is None else score,
                "facets": facets,
                "group_variable": group_variable,
                "join_on": join_on,
                "label_map": dict(label_map or {}),
                **({} if beside else {"weight": weight, "group": group}),
            },
            "options": {
                "task": task,
                "threshold": threshold,
                "compat": compat,
                "level": level,
                "seed": seed,
                "only": "bias",
            },
            "sections": {"bias": settings},
        },
        find_sections(),
    )
    check_config(config, find_sections())
    show = progress or silent
    given = Given(model, data, y, None, validation, beside, before, facet_data)
    run = Run(config=config, sections=find_sections(), progress=show, bare=True)
    run.perform(take_inputs(config, given, show))
    result = run.outcomes["bias"].result
    if result is None:
        msg = f"bias could not be measured: {run.outcomes['bias'].findings[0].message}"
        raise AssayError(msg)
    return cast("BiasResult", result)
