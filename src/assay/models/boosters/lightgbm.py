"""Adapter for LightGBM's own Booster."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from assay.errors import InputError
from assay.models.boosters.frames import (
    real_names,
    refuse_unknown_text,
    text_columns,
    truths_as_numbers,
    with_categories,
)
from assay.models.boosters.scores import Form, Scores
from assay.models.containers import check_container, container_of
from assay.models.features import Wanted
from assay.models.local import CallCounter, LocalModel
from assay.models.native import Native
from assay.models.predictor import ClassLabel, ModelInfo, Prediction

if TYPE_CHECKING:
    import pandas as pd
    from lightgbm import Booster

FORMS: dict[str, Form] = {
    "binary": "positive",
    "multiclass": "each",
    "multiclassova": "each",
    "cross_entropy": "fraction",
    "cross_entropy_lambda": "score",
    "lambdarank": "score",
    "rank_xendcg": "score",
    "": "score",
    "custom": "score",
}
"""Objectives whose answer is no quantity; "" is one of the user's own."""


@dataclass(frozen=True)
class LightGbmFacts:
    """What the head of LightGBM's text says.

    Parameters
    ----------
    objective : str
        Without its parameters; "" for one of the user's own.
    n_classes : int
        Columns of the answer.
    names : tuple of str
    """

    objective: str
    n_classes: int
    names: tuple[str, ...]

    @property
    def scores(self) -> Scores:
        """How its answers are to be read."""
        form = FORMS.get(self.objective, "number")
        if form == "score" and self.n_classes > 1:
            form = "margins"
        count = 2 if form == "positive" else self.n_classes
        classes = tuple(range(count)) if form in ("positive", "each", "margins") else ()
        return Scores(form, classes)


def read_head(text: str) -> LightGbmFacts:
    r"""Read the lines before the first tree of LightGBM's text.

    Examples
    --------
    >>> read_head("tree\nnum_class=1\nobjective=binary sigmoid:1\nfeature_names=a b\n\n")
    LightGbmFacts(objective='binary', n_classes=1, names=('a', 'b'))
    """
    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return LightGbmFacts(
        objective=lines.get("objective", "").split(" ")[0],
        n_classes=int(lines.get("num_class", "1")),
        names=tuple(lines.get("feature_names", "").split()),
    )


def wrap_lightgbm(
    model: "Booster",
    *,
    name: str | None = None,
    container: str | None = None,
    classes: tuple[ClassLabel, ...] | None = None,
    output: str | None = None,
    features: tuple[str, ...] | None = None,
) -> LocalModel:
    """Make a Predictor of a Booster.

    Parameters
    ----------
    model : lightgbm.Booster
    name : str or None
        For people; None takes the class's.
    container : {"pandas", "polars", "numpy"} or None
        None: pandas, but numpy when it was fitted on an array.
    classes : tuple or None
        What its codes 0, 1, … stand for.
    output : {"label", "probability", "number"} or None
        What it returns, where its objective is the user's own.
    features : tuple of str or None
        Its columns, in order, where it was fitted on an array.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If the classes are not as many as the model's.
    """
    check_container(container)
    facts = read_head(model.model_to_string(num_iteration=1).partition("\nTree=")[0])
    scores = facts.scores.told(classes, output)
    names = real_names(facts.names) or features
    info = ModelInfo(
        name=name or type(model).__name__,
        kind=scores.kind,
        library="LightGBM",
        class_name=type(model).__name__,
        container=container or ("numpy" if names is None else "pandas"),
        feature_names=names,
        classes=scores.known_classes,
        score_kind=scores.score_kind,
    )

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        return scores.read(call(model.predict, prepare_rows(model, rows)), n_rows)

    wanted = Wanted(names, len(facts.names), underlined=True)
    native = Native(model=model, ready=partial(prepare_rows, model))
    return LocalModel(info, answer, wanted, native=native)


def prepare_rows(model: "Booster", rows: Any) -> Any:  # noqa: ANN401  any container
    """Return rows as the Booster reads them: pandas frames with the categories that it knows.

    Raises
    ------
    InputError
        If it cannot be told which columns are the categorical ones.
    """
    return _prepare_frame(model, rows) if container_of(rows) == "pandas" else rows


def _prepare_frame(model: "Booster", rows: "pd.DataFrame") -> "pd.DataFrame":
    frame = truths_as_numbers(rows)
    known = model.pandas_categorical or []
    columns = _categorical_columns(model, frame, len(known))
    refuse_unknown_text(frame, columns, "LightGBM")
    return with_categories(frame, dict(zip(columns, known, strict=True)))


def _categorical_columns(model: "Booster", frame: "pd.DataFrame", expected: int) -> list[str]:
    """Find the columns whose categories the model has: it keeps their order, not their names."""
    if not expected:
        return []
    texts = set(text_columns(frame))
    places = model.params.get("categorical_column", model.params.get("categorical_feature"))
    declared = {
        frame.columns[place]
        for place in (places if isinstance(places, list) else [])
        if isinstance(place, int) and place < len(frame.columns)
    }
    if len(declared) == expected and texts <= declared:
        chosen = declared
    elif len(texts) == expected and (len(declared) != expected or texts.isdisjoint(declared)):
        # Ordered ones are not declared, and what was declared may have been integers.
        chosen = texts
    else:
        chosen = declared | texts
    if len(chosen) == expected:
        return [name for name in frame.columns if name in chosen]
    known = "; ".join(
        ", ".join(map(str, each[:5])) + (", …" if len(each) > 5 else "")
        for each in (model.pandas_categorical or [])[:10]
    )
    msg = (
        f"the LightGBM model was fitted with {expected} categorical columns (their values: "
        f"{known}), and the table has {len(texts)} columns of text or categories: "
        f"{', '.join(map(str, sorted(texts))) or 'none'}; give those columns as text, as when the "
        "model was fitted"
    )
    raise InputError(msg)
