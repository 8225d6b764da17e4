"""What the user runs today: a column of answers, or a model's file, read as a candidate is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.requests import CubeRequest
from assay.errors import InputError
from assay.evaluation.judged import Answers, read_answers
from assay.evaluation.plan import EvaluationPlan, plan_evaluation
from assay.evaluation.task import Target
from assay.models.loading import load_model
from assay.models.scoring import score_dataset
from assay.tables.cube import Cube

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.data.schema import Role

OF_ASSAY = "__assay_"
ANSWERS = ("prediction", "score")


@dataclass(frozen=True, eq=False)
class Incumbent:
    """An incumbent's answers, and where they are from."""

    answers: Answers
    why: str


def read_incumbents(
    data: "Dataset",
    target: Target,
    baselines: Mapping[str, str],
    *,
    trust: bool = False,
    label_map: Mapping[str, str] | None = None,
) -> tuple[Incumbent, ...]:
    """Read what each incumbent says of the rows.

    Parameters
    ----------
    data : Dataset
    target : Target
    baselines : mapping of str to str
        Name → a column of `data`, else the place of a model.
    trust : bool
        Whether a model file that can run code may be loaded.
    label_map : mapping of str to str or None
        An incumbent's answer → the label that it stands for.

    Returns
    -------
    tuple of Incumbent
        In the order given.

    Raises
    ------
    InputError
        If it is neither a column nor a model, or its answers cannot be compared with the label.
    ModelError
        If the model fails.
    """
    check_places(data, baselines)
    bare = without_answers(data)
    found = []
    for name, place in baselines.items():
        if place in data.schema.names:
            answered = _with_column(bare, place, target)
            why = f"the column {place!r}"
        else:
            answered = score_dataset(
                load_model(place, trust=trust),
                bare,
                task=target.task,
                positive=target.positive,
                label_map=label_map,
            )
            why = f"the model {place}"
        plan = _plan(answered, target, label_map, name, why)
        found.append(Incumbent(read_answers(plan, name=name), why))
    return tuple(found)


def check_incumbents(
    data: "Dataset",
    target: Target,
    baselines: Mapping[str, str],
    *,
    label_map: Mapping[str, str] | None = None,
) -> None:
    """Refuse at once what `read_incumbents` would refuse of places and columns.

    Models are looked for, and not loaded. Forecasts have rows without an answer, so that only
    their places are looked at.

    Raises
    ------
    InputError
        If a baseline is neither a column of answers nor a place where a model can be.
    """
    check_places(data, baselines)
    if target.task == "forecasting":
        return
    bare = without_answers(data)
    for name, place in baselines.items():
        if place in data.schema.names:
            answered = _with_column(bare, place, target)
            _plan(answered, target, label_map, name, f"the column {place!r}")


def check_places(data: "Dataset", baselines: Mapping[str, str]) -> None:
    """Refuse a baseline that is the label, or that is nowhere."""
    schema = data.schema
    for name, place in baselines.items():
        if place in schema.names:
            role = schema[place].role
            if role not in ("feature", "ignored", *ANSWERS):
                msg = (
                    f"the baseline {name!r} names the column {place!r}, which is the {role} of "
                    "the data; name a column of answers, or the file of a model"
                )
                raise InputError(msg)
        elif _nowhere(place):
            near = get_close_matches(place, schema.names, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            msg = (
                f"the baseline {name!r} is {place!r}, which is neither a column of {data.name} "
                f"nor a file{meant or '; name a column of answers, or the file of a model'}"
            )
            raise InputError(msg)


def _nowhere(place: str) -> bool:
    """Whether a place has the form of a file, and there is none."""
    return ":" not in place and not Path(place).expanduser().exists()


def _with_column(bare: "Dataset", place: str, target: Target) -> "Dataset":
    return bare.with_roles(**{_role(bare, place, target): place})


def _plan(
    answered: "Dataset",
    target: Target,
    label_map: Mapping[str, str] | None,
    name: str,
    why: str,
) -> EvaluationPlan:
    try:
        return plan_evaluation(answered, target=target, label_map=label_map or None)
    except InputError as error:
        msg = f"the answers of the baseline {name!r} ({why}) cannot be judged: {error}"
        raise InputError(msg) from error


def without_answers(data: "Dataset") -> "Dataset":
    """Return the rows without predictions and scores, and without columns that assay added."""
    schema = data.schema
    added = {
        column.name
        for column in schema.columns
        if column.name.startswith(OF_ASSAY) and column.role in ANSWERS
    }
    roles: dict[str, Role] = {
        column.name: "ignored"
        for column in schema.columns
        if column.role in ANSWERS and column.name not in added
    }
    kept = tuple(c for c in schema.with_roles(roles).columns if c.name not in added)
    bare = data.with_frame(data.frame.drop(*added), replace(schema, columns=kept))
    return replace(bare, classes=None)


def _role(data: "Dataset", name: str, target: Target) -> str:
    """Say whether a column holds answers, or scores of the positive class."""
    column = data.schema[name]
    if target.task != "binary" or column.storage not in ("float64", "int64"):
        return "prediction"
    if column.kind == "continuous":
        return "score"
    words = {float(each) for each in target.classes if isinstance(each, int | float)}
    found = data.scan({"values": CubeRequest(by={"values": nw.col(name)})})["values"]
    assert isinstance(found, Cube)
    given = {float(each) for each in found.levels[0] if isinstance(each, int | float)}
    return "prediction" if given <= words else "score"
