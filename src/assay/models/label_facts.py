"""What the data's label says about how a model's answers are to be read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.label_sets import has_label_sets, label_names
from assay.data.requests import CubeRequest
from assay.errors import InputError
from assay.models.labels import label_text
from assay.models.predictor import ClassLabel, ModelInfo, Prediction
from assay.models.reading import LabelFacts
from assay.tables.cube import Cube

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

TRUE_WHERE = ({"false", "true"}, {"0", "1"}, {"-1", "1"})
"""Pairs of labels whose positive is plain: true or 1."""


def find_label_facts(
    info: ModelInfo,
    probe: Prediction,
    dataset: "Dataset",
    *,
    task: str | None = None,
    positive: ClassLabel | None = None,
    label_map: Mapping[str, str] | None = None,
) -> LabelFacts:
    """Settle the task and count the labels, as far as they matter for reading answers.

    Parameters
    ----------
    info : ModelInfo
    probe : Prediction
        The answer to the first rows.
    dataset : Dataset
    task : {"binary", "multiclass", "multilabel", "regression"} or None
        None: multilabel where the data have several label columns or lists; regression for a
        regressor, or for plain numbers beside a continuous label.
    positive : bool, int, float, str or None
        None takes the schema's, else True or 1.
    label_map : mapping of str to str or None

    Raises
    ------
    InputError
        If it cannot be told which of two labels is the positive one.
    """
    told = label_map or {}
    if has_label_sets(dataset):
        return LabelFacts("multilabel", label_names(dataset), told)
    if task is None and _is_regression(info, probe, dataset):
        task = "regression"
    if task == "regression":
        return LabelFacts("regression", (), told)
    labels = _labels(info, dataset, told)
    known = len(info.classes or probe.classes or ())
    found = task or ("binary" if max(known, len(labels)) <= 2 else "multiclass")
    wanted = dataset.schema.positive if positive is None else positive
    # Without a label nothing is judged: the classes stay in the model's order.
    settled = wanted is not None or dataset.schema.label is not None
    if found == "binary" and len(labels) == 2 and settled:
        labels = _positive_last(labels, wanted, dataset.schema.label)
    return LabelFacts(found, labels, told)


def _is_regression(info: ModelInfo, probe: Prediction, dataset: "Dataset") -> bool:
    if info.kind != "unknown" or probe.values is None:
        return info.kind == "regressor"
    name = dataset.schema.label
    return name is None or dataset.schema[name].kind == "continuous"


def _labels(
    info: ModelInfo, dataset: "Dataset", label_map: Mapping[str, str]
) -> tuple[ClassLabel, ...]:
    name = dataset.schema.label
    if name is None:
        return () if label_map else info.classes or ()
    cube = dataset.scan({"labels": CubeRequest(by={"label": nw.col(name)})})["labels"]
    assert isinstance(cube, Cube)
    return tuple(value for value in cube.levels[0] if value is not None)


def _positive_last(
    labels: tuple[ClassLabel, ...], positive: ClassLabel | None, name: str | None
) -> tuple[ClassLabel, ...]:
    texts = [label_text(label) for label in labels]
    if positive is None and set(texts) in TRUE_WHERE:
        positive = "true" if "true" in texts else 1
    if positive is None:
        msg = (
            f"the label {name} has the values {labels[0]} and {labels[1]}; say which one is the "
            f"positive answer with --positive (positive=… in Python)"
        )
        raise InputError(msg)
    if label_text(positive) not in texts:
        msg = f"the positive value {positive!r} is none of the labels: {labels[0]}, {labels[1]}"
        raise InputError(msg)
    return labels if label_text(positive) == texts[1] else labels[::-1]
