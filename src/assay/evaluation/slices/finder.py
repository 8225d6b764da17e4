"""A model and rows, or labels and answers, in; the slices where it is weak out."""

from collections.abc import Sequence
from typing import Any

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.checks import Use
from assay.evaluation.judged import read_judged
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.slices.find import find_in
from assay.evaluation.slices.material import MAX_ROWS, SliceSettings, check_settings
from assay.evaluation.slices.result import SliceSearch
from assay.evaluation.threshold import Threshold
from assay.models.containers import container_of
from assay.models.scoring import Progress, score_dataset
from assay.models.wrap import as_predictor
from assay.tables.cube import Level


def find_slices(
    model: Any = None,  # noqa: ANN401 - an estimator, a function or a Predictor
    X: Any = None,  # noqa: ANN401 - a Dataset, or any frame or array
    y: Any = None,  # noqa: ANN401 - any list, Series or array
    *,
    y_true: Any = None,  # noqa: ANN401
    y_pred: Any = None,  # noqa: ANN401
    y_score: Any = None,  # noqa: ANN401
    named: str | Sequence[str] = (),
    columns: str | Sequence[str] = (),
    loss: str | None = None,
    loss_column: str | None = None,
    by_confidence: bool = False,
    by_truth: bool = False,
    task: str | None = None,
    positive: Level = None,
    threshold: Threshold | float | None = None,
    weight: Any = None,  # noqa: ANN401
    group: Any = None,  # noqa: ANN401
    time: Any = None,  # noqa: ANN401
    use: Use | None = None,
    max_rows: int = MAX_ROWS,
    level: float = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> SliceSearch:
    """Find the rows on which a model is weak, and judge slices that are named.

    Weak slices are looked for on one half of the rows and confirmed on the other, so that only
    those are reported that hold on rows they were not chosen by.

    Three forms: ``find_slices(model, X, y)``; ``find_slices(model, dataset)``, also without a
    model where the Dataset holds answers; ``find_slices(X=X, y_true=…, y_pred=…)``.

    Parameters
    ----------
    model : object or None
        A fitted estimator, a function from rows to predictions, or a loaded model.
    X : Dataset, frame or array-like, shape (n_rows, n_features)
        The columns that are searched.
    y, y_true : array-like, shape (n_rows,)
        The labels; `y` with a model, `y_true` without.
    y_pred, y_score : array-like or None
        Answers, where there is no model; as `evaluate` takes them.
    named : str or sequence of str
        Slices of your own: "age>40", "region=north & age>40"; see `assay.data.conditions`.
    columns : str or sequence of str
        Columns of a Dataset to search beside its features, also ignored ones.
    loss : {"error", "log_loss", "brier", "absolute_error", "squared_error"} or None
        None: wrong answers for classes, log loss where there are only scores, absolute error for
        numbers.
    loss_column : str or None
        Column of a Dataset with the loss of each row, in place of `loss`.
    by_confidence, by_truth : bool
        Whether slices may be made of the answer's confidence and of the true class as well.
    task, positive, threshold, use
        As `evaluate` takes them.
    weight, group, time : array-like or None, shape (n_rows,)
        As `evaluate` takes them: halves and standard errors are made of whole groups.
    max_rows : int
        Above, a random sample is searched.
    level : float
        Coverage of intervals, in (0, 1).
    seed : int
        Of the halving and of the tests' draws.
    progress : callable or None
        Called with (stage, rows done, rows) while the model predicts.

    Returns
    -------
    SliceSearch

    Raises
    ------
    InputError
        If the arguments or the data are wrong.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = {"age": rng.integers(18, 80, 2_000), "sex": rng.choice(["F", "M"], 2_000)}
    >>> wrong = rng.random(2_000) < np.where(X["age"] <= 30, 0.5, 0.1)
    >>> y = rng.integers(0, 2, 2_000)
    >>> found = find_slices(X=X, y_true=y, y_pred=np.where(wrong, 1 - y, y), named="sex=F")
    >>> found.confirmed[0].name, found.slices[-1].confirmed
    ('age ≤ 30', False)
    """
    settings = SliceSettings(
        named=(named,) if isinstance(named, str) else tuple(named),
        columns=(columns,) if isinstance(columns, str) else tuple(columns),
        loss=loss,
        loss_column=loss_column,
        by_confidence=by_confidence,
        by_truth=by_truth,
        max_rows=max_rows,
        level=level,
        seed=seed,
    )
    arrays = {"y_true": y if model is not None else y_true, "y_pred": y_pred, "y_score": y_score}
    arrays |= {"weight": weight, "group": group, "time": time}
    data = _dataset(model, X, arrays, extra=y if model is None else y_true)
    check_settings(data, settings)
    predictor = None if model is None else as_predictor(model)
    target = resolve_data_target(
        data,
        task=task,
        positive=positive if positive is not None else data.schema.positive,
        model=None if predictor is None else predictor.info,
    )
    if predictor is not None:
        own = None if isinstance(X, Dataset) or container_of(X) is None else X
        data = score_dataset(
            predictor,
            data,
            task=target.task,
            positive=target.positive,
            rows=own,
            progress=progress,
        )
    plan = plan_evaluation(
        data, target=target, threshold=threshold, use=use, level=level, seed=seed
    )
    rows, answers = read_judged(plan)
    return find_in(plan.data, rows, answers, settings)


def _dataset(model: object, X: object, arrays: dict[str, Any], *, extra: object) -> Dataset:
    """Put what was given together, or say what is missing."""
    told = [name for name, values in arrays.items() if values is not None]
    if isinstance(X, Dataset):
        if told or extra is not None:
            msg = (
                f"{', '.join(told) or 'labels'} cannot be given beside a Dataset, which names its "
                "own columns; read it with label=, prediction=, score=, weight=, group= or time="
            )
            raise InputError(msg)
        return X
    answers = arrays["y_pred"] is not None or arrays["y_score"] is not None
    wrong = arrays["y_true"] is None or X is None or extra is not None
    if wrong or answers == (model is not None):
        msg = (
            "give a model, rows and labels: find_slices(model, X, y); or rows with labels and "
            "answers: find_slices(X=X, y_true=..., y_pred=...); or a Dataset"
        )
        raise InputError(msg)
    return Dataset.from_arrays(X=X, **arrays)
