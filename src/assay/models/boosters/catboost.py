"""Adapter for CatBoost's models: its own, and those that look like scikit-learn's."""

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from assay.errors import InputError
from assay.models.answers import as_array, as_labels, as_probabilities
from assay.models.boosters.frames import real_names, truths_as_numbers
from assay.models.boosters.scores import Form, Scores
from assay.models.containers import check_container, container_of, require_pandas
from assay.models.features import Wanted
from assay.models.local import Answer, CallCounter, LocalModel
from assay.models.native import Native
from assay.models.predictor import ClassLabel, ModelInfo, Prediction

if TYPE_CHECKING:
    import pandas as pd
    from catboost import CatBoost, Pool

MISSING = "nan"
"""What stands for a missing category; it is what ``astype(str)`` makes of one."""
SEVERAL = frozenset({"MultiRMSE", "MultiRMSEWithMissingValues", "MultiQuantile"})
MEMBERSHIPS = frozenset({"MultiLogloss", "MultiCrossEntropy"})
RANKING = frozenset(
    {
        "Cox",
        "GroupQuantile",
        "LambdaMart",
        "PairLogit",
        "PairLogitPairwise",
        "QueryCrossEntropy",
        "QueryRMSE",
        "QuerySoftMax",
        "StochasticFilter",
        "StochasticRank",
        "YetiRank",
        "YetiRankPairwise",
    }
)
"""Losses whose answers only rank."""
OWN = ("PythonUserDefined", "User")
"""How the losses are called that the user defined."""
QUANTITIES = {
    "Poisson": "Exponent",
    "Tweedie": "Exponent",
    "RMSEWithUncertainty": "RMSEWithUncertainty",
}
"""Loss → which of CatBoost's types of prediction is the quantity; else the raw value."""


def loss_of(model: "CatBoost") -> tuple[str, dict[str, str]]:
    """Return the loss that a model was fitted with, and its parameters; "" where unknown."""
    params = dict(model.get_metadata()).get("params")
    try:
        loss = json.loads(params)["loss_function"] if params else {}
    except (ValueError, KeyError, TypeError):
        loss = {}
    return str(loss.get("type", "")), dict(loss.get("params", {}))


def names_of(model: "CatBoost") -> list[str]:
    """Return the names of a model's columns: "0", "1", … where it was fitted on an array."""
    return [str(name) for name in model.feature_names_ or ()]


def scores_of(model: "CatBoost") -> Scores:
    """Tell how a model's answers are to be read."""
    loss, _ = loss_of(model)
    classes = tuple(np.asarray(model.classes_).tolist())
    if loss in MEMBERSHIPS:
        return Scores("memberships", classes)
    if classes:
        return Scores("each", classes)
    own = loss in RANKING or loss.startswith(OWN)
    form: Form = "score" if own else "number"
    return Scores(form)


def wrap_catboost(
    model: "CatBoost",
    *,
    name: str | None = None,
    container: str | None = None,
    classes: tuple[ClassLabel, ...] | None = None,
    output: str | None = None,
    features: tuple[str, ...] | None = None,
    target: int | None = None,
    missing_category: str = MISSING,
) -> LocalModel:
    """Make a Predictor of a CatBoost model.

    Parameters
    ----------
    model : catboost.CatBoost
        CatBoostClassifier and CatBoostRegressor too.
    name : str or None
        For people; None takes the class's.
    container : {"pandas", "polars", "numpy"} or None
        Anything but pandas is turned into it: only so can a column hold categories.
    classes : tuple or None
        Names of the labels of a model that gives several at once.
    output : {"label", "probability", "number"} or None
        What it returns, where its loss is the user's own.
    features : tuple of str or None
        Its columns, in order, where it was fitted on an array.
    target : int or None
        Which of several outputs to take, from 0.
    missing_category : str
        What stands for a missing value in a categorical column, which CatBoost itself refuses.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If it is not fitted, or has several outputs and none was chosen.
    """
    check_container(container)
    if not model.is_fitted():
        msg = f"the model {type(model).__name__} is not fitted; call its fit method first"
        raise InputError(msg)
    scores = scores_of(model)
    if scores.form in ("memberships", "number", "score"):
        scores = scores.told(classes, output)
    names = real_names(names_of(model)) or features
    info = ModelInfo(
        name=name or type(model).__name__,
        kind=scores.kind,
        library="CatBoost",
        library_version=version_of(model),
        class_name=type(model).__name__,
        container=container or "pandas",
        feature_names=names,
        classes=scores.known_classes,
        score_kind=scores.score_kind,
    )
    place = _choose_target(model, target)
    answer = _classify(model, scores, missing_category)
    if scores.form not in ("each", "memberships"):
        answer = _measure(model, scores, missing_category, place)

    def ready(rows: object) -> "Pool":
        return make_pool(model, rows, missing_category)

    native = Native(model=model, ready=ready, output=place)
    return LocalModel(info, answer, Wanted(names, len(names_of(model))), native=native)


def _classify(model: "CatBoost", scores: Scores, missing: str) -> Answer:
    several = scores.form == "memberships"

    def ask(rows: object) -> tuple["Pool", object]:
        pool = make_pool(model, rows, missing)
        return pool, model.predict(pool, prediction_type="Probability")

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        pool, made = cast("tuple[Pool, object]", call(ask, rows))
        probabilities = as_probabilities(made, n_rows, classes=scores.classes)
        made = call(lambda given: model.predict(given, prediction_type="Class"), pool)
        labels = as_array(made, n_rows).astype(bool) if several else as_labels(made, n_rows)
        return Prediction(
            labels=labels,
            probabilities=probabilities,
            classes=scores.known_classes,
            multilabel=several,
        )

    return answer


def _measure(model: "CatBoost", scores: Scores, missing: str, place: int | None) -> Answer:
    loss, _ = loss_of(model)
    kind = QUANTITIES.get(loss, "RawFormulaVal")

    def ask(rows: object) -> object:
        made = model.predict(make_pool(model, rows, missing), prediction_type=kind)
        return made if place is None else made[:, place]

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        return scores.read(call(ask, rows), n_rows)

    return answer


def _choose_target(model: "CatBoost", target: int | None) -> int | None:
    """Return which column of the answer to take; None where it has but one."""
    loss, params = loss_of(model)
    if loss == "RMSEWithUncertainty":  # its second column is the variance
        return 0
    if loss not in SEVERAL:
        if target not in (None, 0):
            msg = f"output={target} was asked of a CatBoost model with one output; leave it out"
            raise InputError(msg)
        return None
    quantiles = params.get("alpha", "").split(",") if loss == "MultiQuantile" else []
    count = len(quantiles) or len(np.ravel(model.get_scale_and_bias()[1]))
    if target is not None and 0 <= target < count:
        return target
    listed = [f"{at} (quantile {quantiles[at]})" if quantiles else str(at) for at in range(count)]
    msg = (
        f"the CatBoost model predicts {count} numbers a row: {', '.join(listed)}; choose the one "
        "to evaluate, as with --model-option output=0 (in Python "
        "load_model(…, options={'output': 0}))"
    )
    raise InputError(msg)


def make_pool(model: "CatBoost", rows: Any, missing: str) -> "Pool":  # noqa: ANN401
    """Return rows as CatBoost reads them: categories as text or integers, text without gaps."""
    from catboost import Pool

    categorical, text = model.get_cat_feature_indices(), model.get_text_feature_indices()
    frame = _as_frame(rows).set_axis(names_of(model), axis=1)
    columns = {}
    for place in categorical:
        columns[frame.columns[place]] = _as_category(frame.iloc[:, place], missing)
    for place in text:
        given = frame.iloc[:, place].astype(object)
        columns[frame.columns[place]] = given.where(given.notna(), "")
    return Pool(
        truths_as_numbers(frame.assign(**columns)),
        cat_features=categorical,
        text_features=text,
        embedding_features=model.get_embedding_feature_indices(),
    )


def _as_frame(rows: Any) -> "pd.DataFrame":  # noqa: ANN401  any container
    container = container_of(rows)
    if container == "pandas":
        return rows
    return rows.to_pandas() if container == "polars" else require_pandas().DataFrame(rows)


def _as_category(column: "pd.Series", missing: str) -> "pd.Series":
    """Return a column of integers or text: whole numbers stay numbers, gaps get their text."""
    if column.dtype.kind in "biu":
        return column

    def written(value: Any) -> int | str:  # noqa: ANN401  any cell
        if value is None or value != value:
            return missing
        if isinstance(value, float) and value.is_integer():
            return int(value)
        is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        return int(value) if is_whole else str(value)

    return column.astype(object).map(written)


def version_of(model: "CatBoost") -> str:
    """Return the version of CatBoost that made a model, where its record says so."""
    text = str(dict(model.get_metadata()).get("catboost_version_info", ""))
    marked = [word for word in text.split() if word.startswith("tags/v")]
    return marked[0].removeprefix("tags/v") if marked else ""
