"""Tables and a label in; what simple models reach, and whether a model is worth having, out."""

from collections.abc import Mapping
from math import isfinite
from numbers import Integral, Real
from typing import Literal

from assay.data.dataset import Dataset, Value
from assay.data.roles import OneOrMore
from assay.errors import InputError
from assay.evaluation.baselines.incumbents import check_incumbents
from assay.evaluation.baselines.ladder import LadderOptions
from assay.evaluation.baselines.result import LadderResult
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.jobs.config import MOST_SEEDS
from assay.jobs.ladders import climb


def fit_baselines(
    train: object,
    test: object = None,
    *,
    label: OneOrMore = None,
    positive: Value | None = None,
    task: str | None = None,
    prediction: OneOrMore = None,
    score: OneOrMore = None,
    group: str | None = None,
    time: str | None = None,
    weight: str | None = None,
    id: str | None = None,
    query_id: str | None = None,
    series: str | None = None,
    ignore: OneOrMore = (),
    baselines: Mapping[str, str] | None = None,
    trust: bool = False,
    metric: str | None = None,
    use: Literal["probability", "ranking"] | None = None,
    margin: float = 0.0,
    budget: float = 60.0,
    level: float = 0.95,
    seed: int = 0,
) -> LadderResult:
    """Fit the ladder of simple models: what a model must beat, and whether it does.

    Without `test` the rows are parted: by group or time where they were declared, else at random;
    below 2,000 rows by cross-validation. With it the rungs are fitted on `train` and judged on
    `test`, and where `test` has answers (`prediction`, `score`, or those of a model that were
    added) they are compared with each rung on the same rows.

    Parameters
    ----------
    train : Dataset, frame, path or mapping of columns
        The rows to fit on.
    test : like `train`, or None
        The rows to judge.
    label, positive, prediction, score, group, time, weight, id, query_id, series, ignore
        Meaning of the columns, as in `Dataset.read`; not for a Dataset, which has it already.
        `prediction` and `score` name columns of `test`.
    task : str or None
        "binary", "multiclass", "multilabel", "regression", "ranking" or "forecasting"; None
        takes it from the label.
    baselines : mapping of str to str or None
        Name → incumbent that the answers must beat: a column of `test`, or the place of a model.
    trust : bool
        Whether an incumbent's file that can run code may be loaded.
    metric : str or None
        To compare by; None takes the usual one of the task.
    use : {"probability", "ranking"} or None
        What scores are used for.
    margin : float
        The smallest gain worth having.
    budget : float
        Seconds that fitting may take.
    level : float
        Coverage of intervals.
    seed : int

    Returns
    -------
    LadderResult

    Raises
    ------
    InputError
        If the tables, the label or the answers cannot be used.

    Examples
    --------
    >>> rows = {"x": [float(i % 7) for i in range(140)], "y": [i % 7 > 3 for i in range(140)]}
    >>> ladder = fit_baselines(rows, label="y", budget=10)
    >>> ladder.best.title, ladder["prior"].metrics["accuracy"].value < 0.6
    ('best single column', True)
    """
    roles = {
        "label": label,
        "positive": positive,
        "group": group,
        "time": time,
        "weight": weight,
        "id": id,
        "query_id": query_id,
        "series": series,
        "ignore": ignore,
    }
    _check_numbers(margin=margin, budget=budget, level=level, seed=seed)
    fitted = _dataset(train, roles)
    judged = None if test is None else _judged(test, fitted, roles, prediction, score)
    data = fitted if judged is None else judged
    told = positive if positive is not None else data.schema.positive
    target = resolve_data_target(data, task=task, positive=told)
    check_incumbents(data, target, baselines or {})
    answered = judged is not None and judged.schema.has_answers
    plan = plan_evaluation(data, target=target, use=use, level=level) if answered else None
    options = LadderOptions(
        metric=metric,
        use=use,
        margin=margin,
        budget=budget,
        baselines=baselines or {},
        trust=trust,
        level=level,
        seed=seed,
    )
    rows = None if judged is None else fitted
    return climb(data, target, train=rows, plan=plan, name="the model", options=options)


def _check_numbers(*, margin: float, budget: float, level: float, seed: int) -> None:
    """Refuse numbers that mean nothing, as the config of `analyze` does."""
    for name, value in (("margin", margin), ("budget", budget), ("level", level), ("seed", seed)):
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            msg = f"{name} must be a finite number; found {value!r}"
            raise InputError(msg)
        if value < 0:
            msg = f"{name} must be 0 or more; found {value!r}"
            raise InputError(msg)
    if not 0 < level < 1:
        msg = f"the level must lie between 0 and 1, for example 0.95; it is {level}"
        raise InputError(msg)
    if not isinstance(seed, Integral) or seed >= MOST_SEEDS:
        msg = f"seed must be a whole number below {MOST_SEEDS:,}; found {seed!r}"
        raise InputError(msg)


def _dataset(table: object, roles: Mapping[str, object]) -> Dataset:
    if not isinstance(table, Dataset):
        given = {name: value for name, value in roles.items() if value not in (None, ())}
        return Dataset.read(table, **given)  # type: ignore[arg-type]
    told = [name for name, value in roles.items() if value not in (None, (), []) and value]
    if told:
        msg = (
            f"{', '.join(told)} cannot be told of a Dataset, whose columns have their meaning "
            "already; say it where it is read"
        )
        raise InputError(msg)
    return table


def _judged(
    test: object,
    train: Dataset,
    roles: Mapping[str, object],
    prediction: OneOrMore,
    score: OneOrMore,
) -> Dataset:
    """Open the judged rows: as the train rows are, apart from columns of answers."""
    if isinstance(test, Dataset):
        return test
    if prediction is None and score is None:
        return train.like(test)
    answers = {"prediction": prediction, "score": score}
    return _dataset(test, {**roles, **answers})
