"""Adapter for XGBoost's own Booster."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from assay.errors import InputError
from assay.models.boosters.frames import (
    Categories,
    real_names,
    refuse_unknown_text,
    text_columns,
    truths_as_numbers,
    with_categories,
)
from assay.models.boosters.scores import Form, Scores
from assay.models.boosters.ubjson import read_ubjson
from assay.models.containers import check_container, container_of
from assay.models.features import Wanted
from assay.models.local import CallCounter, LocalModel
from assay.models.native import Native
from assay.models.predictor import ClassLabel, ModelInfo, Prediction

if TYPE_CHECKING:
    import pandas as pd
    from xgboost import Booster, DMatrix

FORMS: dict[str, Form] = {
    "binary:logistic": "positive",
    "binary:logitraw": "margin",
    "binary:hinge": "code",
    "multi:softprob": "each",
    "multi:softmax": "code",
    "reg:logistic": "fraction",
    "survival:cox": "score",
}
"""Objectives whose answer is no quantity; those that begin with ``rank:`` are scores."""
Iterations = Literal["best", "all"]


@dataclass(frozen=True)
class XgboostFacts:
    """What XGBoost's own record of a model says.

    Parameters
    ----------
    objective : str
    booster : str
        "gbtree", "dart" or "gblinear".
    n_classes : int
        0 where there are none.
    n_targets : int
        Outputs of a model that predicts several at once.
    n_features : int
    names : tuple of str
        () where it was fitted on an array.
    types : tuple of str
        Of the features: "c" for a categorical one.
    categories : mapping of str or int to sequence
        Feature (its place where there are no names) → its categories, where they were kept.
    n_trees : int
    attributes : mapping of str to str
    quantiles : tuple of float
        Of a quantile regression, one an output.
    """

    objective: str
    booster: str
    n_classes: int
    n_targets: int
    n_features: int
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    categories: Mapping[str | int, Categories] = field(default_factory=dict)
    n_trees: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    quantiles: tuple[float, ...] = ()

    @property
    def scores(self) -> Scores:
        """How its answers are to be read."""
        form = FORMS.get(self.objective, "number")
        if self.objective.startswith("rank:"):
            form = "score"
        if form == "positive" and self.n_targets > 1:
            return Scores("memberships", tuple(range(self.n_targets)))
        count = max(self.n_classes, 2)
        return Scores(form, tuple(range(count)) if form not in ("number", "fraction") else ())

    @property
    def best_iteration(self) -> int | None:
        """Where early stopping found the best round, from 0."""
        text = self.attributes.get("best_iteration")
        return int(text) if text is not None and text.isdigit() else None

    @property
    def categorical(self) -> tuple[str | int, ...]:
        """Features that are categorical, by name, else by place."""
        places = [place for place, kind in enumerate(self.types) if kind == "c"]
        return tuple(self.names[place] if self.names else place for place in places)


def read_learner(model: Mapping[str, Any]) -> XgboostFacts:
    """Read the record that XGBoost saves, as JSON or Universal Binary JSON.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is not of the form that XGBoost writes.
    """
    learner = model["learner"]
    numbers, objective = learner["learner_model_param"], learner["objective"]
    booster = learner["gradient_booster"]
    trees = booster.get("gbtree", booster)["model"]
    names = tuple(learner.get("feature_names", ()))
    alpha = objective.get("quantile_loss_param", {}).get("quantile_alpha", "[]")
    return XgboostFacts(
        objective=objective["name"],
        booster=booster["name"],
        n_classes=int(numbers["num_class"]),
        n_targets=int(numbers.get("num_target", 1)),
        n_features=int(numbers["num_feature"]),
        names=names,
        types=tuple(learner.get("feature_types", ())),
        categories={
            names[place] if names else place: known
            for place, each in enumerate(trees.get("cats", {}).get("enc", ()))
            if (known := _categories(each))
        },
        n_trees=int(trees.get("gbtree_model_param", {}).get("num_trees", 0)),
        attributes=dict(learner.get("attributes", {})),
        quantiles=tuple(json.loads(alpha)),
    )


def _categories(kept: Mapping[str, Any]) -> Categories:
    """Return the kept categories of one feature; () where they were kept in a form that is lost.

    XGBoost cuts text that is not ASCII in wrong places when it keeps it.
    """
    values = [int(value) for value in kept["values"]]
    if "offsets" not in kept:
        return values
    text = bytes(value % 256 for value in values)
    places = [int(place) for place in kept["offsets"]]
    if (
        sorted(places) != places
        or places[:1] not in ([], [0])
        or max(places, default=0) > len(text)
    ):
        msg = "the categories have places outside their text"
        raise ValueError(msg)
    if not text.isascii():
        return ()
    return [text[a:b].decode() for a, b in pairwise(places)]


def wrap_xgboost(
    model: "Booster",
    *,
    name: str | None = None,
    container: str | None = None,
    classes: tuple[ClassLabel, ...] | None = None,
    output: str | None = None,
    features: tuple[str, ...] | None = None,
    target: int | None = None,
    iterations: Iterations | None = None,
    missing: float = math.nan,
) -> LocalModel:
    """Make a Predictor of a Booster.

    Parameters
    ----------
    model : xgboost.Booster
    name : str or None
        For people; None takes the class's.
    container : {"pandas", "polars", "numpy"} or None
        None: pandas, but numpy when it was fitted on an array.
    classes : tuple or None
        What its codes 0, 1, … stand for.
    output : {"label", "probability", "number"} or None
        What it returns, where its objective does not say so.
    features : tuple of str or None
        Its columns, in order, where it was fitted on an array.
    target : int or None
        Which of several outputs to take, from 0.
    iterations : {"best", "all"} or None
        Which rounds to use. None: the best ones where scikit-learn's interface saved the model,
        and all otherwise, as XGBoost itself does.
    missing : float
        The number that means "no value", beside NaN.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If it has several outputs and none was chosen, or the classes are not as many.
    """
    check_container(container)
    facts = read_learner(read_ubjson(bytes(model.save_raw("ubj"))))
    scores = facts.scores.told(classes, output)
    place = choose_target(facts, scores, target)
    rounds = (0, _rounds(facts, iterations))
    names = real_names(facts.names) or features
    info = ModelInfo(
        name=name or type(model).__name__,
        kind=scores.kind,
        library="XGBoost",
        class_name=type(model).__name__,
        container=container or ("numpy" if names is None else "pandas"),
        feature_names=names,
        classes=scores.known_classes,
        score_kind=scores.score_kind,
    )

    def ask(rows: object) -> object:
        matrix = make_matrix(rows, facts, missing)
        made = model.predict(matrix, iteration_range=rounds, validate_features=False)
        return made if place is None else made[:, place]

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        ready = prepare_rows(facts, rows)
        return scores.read(call(ask, ready), n_rows)

    native = Native(
        model=model,
        ready=partial(prepare_rows, facts),
        rounds=rounds,
        output=place,
        missing=missing,
    )
    return LocalModel(info, answer, Wanted(names, facts.n_features), native=native)


def choose_target(facts: XgboostFacts, scores: Scores, target: int | None) -> int | None:
    """Return which output to take; None where there is but one, or all are wanted.

    Raises
    ------
    InputError
        If there are several and none was chosen, or there is none of that number.
    """
    if scores.form != "number" or facts.n_targets == 1:
        if target not in (None, 0):
            msg = f"output={target} was asked of an XGBoost model with one output; leave it out"
            raise InputError(msg)
        return None
    if target is not None and 0 <= target < facts.n_targets:
        return target
    listed = [
        f"{place} (quantile {facts.quantiles[place]:g})" if facts.quantiles else str(place)
        for place in range(facts.n_targets)
    ]
    msg = (
        f"the XGBoost model predicts {facts.n_targets} numbers a row: {', '.join(listed[:20])}; "
        "choose the one to evaluate, as with --model-option output=0 (in Python "
        "load_model(…, options={'output': 0}))"
    )
    raise InputError(msg)


def _rounds(facts: XgboostFacts, iterations: Iterations | None) -> int:
    """Return how many rounds are used; 0 for all."""
    wanted = iterations or ("best" if "scikit_learn" in facts.attributes else "all")
    if wanted == "all" or facts.best_iteration is None or facts.booster == "gblinear":
        return 0
    return facts.best_iteration + 1


def prepare_rows(facts: XgboostFacts, rows: Any) -> Any:  # noqa: ANN401  any container
    """Return rows as XGBoost reads them: pandas frames with the categories that it knows.

    Raises
    ------
    InputError
        If there is text in a column whose categories the model does not know.
    """
    if container_of(rows) != "pandas":
        return rows
    frame: pd.DataFrame = truths_as_numbers(rows)
    names = dict(zip(facts.names or range(facts.n_features), frame.columns, strict=True))
    known = {names[each]: facts.categories.get(each) for each in facts.categorical}
    frame = with_categories(frame, known)
    refuse_unknown_text(frame, list(known), "XGBoost")
    lost = [name for name in text_columns(frame) if str(frame[name].dtype) != "category"]
    if lost:
        msg = (
            f"the XGBoost model did not keep the categories of {', '.join(map(str, lost))}, so "
            "that text there cannot be coded as it was in training (XGBoost keeps them since 3.1, "
            "and only those in ASCII); give a table in which these columns are categorical, such "
            "as a Parquet file with the categories in the order of training"
        )
        raise InputError(msg)
    return frame


def make_matrix(rows: Any, facts: XgboostFacts, missing: float) -> "DMatrix":  # noqa: ANN401
    """Return rows as XGBoost's own matrix."""
    from xgboost import DMatrix

    types = list(facts.types) if container_of(rows) == "numpy" and facts.types else None
    return DMatrix(rows, missing=missing, feature_types=types, enable_categorical=True)
