"""A dataset with truth in; all that tells how sure its predictions are, checked, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assay.errors import InputError, ModelError
from assay.evaluation.judged import Answers, JudgedRows, read_answers, read_truth
from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.prediction_intervals.check import (
    check_intervals,
    check_quantile,
    check_sets,
    offer_split_conformal,
)
from assay.evaluation.prediction_intervals.columns import (
    Ends,
    QuantileColumn,
    levels_for,
    pairs_of,
    quantile_names,
    read_ends,
    read_quantiles,
    read_sets,
)
from assay.evaluation.prediction_intervals.coverage import Grouping, Rows
from assay.evaluation.prediction_intervals.findings import coverage_findings
from assay.evaluation.prediction_intervals.groupings import deciles_of, groupings_of
from assay.evaluation.prediction_intervals.reliability import reliability_by_group
from assay.evaluation.prediction_intervals.result import (
    CheckedCoverage,
    CheckedQuantile,
    Offered,
    UncertaintyResult,
)
from assay.evaluation.task import Target
from assay.models.conformal import ConformalAnswers, ask_for_doubt, tells_doubt

if TYPE_CHECKING:
    from assay.data.dataset import Dataset
    from assay.models.predictor import Predictor

OF_NUMBERS = ("regression", "forecasting")
OF_CLASSES = ("binary", "multiclass")


@dataclass(frozen=True, kw_only=True)
class UncertaintyOptions:
    """Which columns say how sure the predictions are.

    Parameters
    ----------
    low, high : tuple of str
        Columns of lower and upper ends, pair by pair.
    nominal : tuple of float
        The share of rows that they promise to cover: one for all, or one for each pair.
    quantiles : tuple of str
        Columns of predicted quantiles, named q0.05, q0.5, …; () looks for such names.
    sets : tuple of str
        One column of lists of classes, or one of 0 and 1 for each class.
    """

    low: tuple[str, ...] = ()
    high: tuple[str, ...] = ()
    nominal: tuple[float, ...] = (0.9,)
    quantiles: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


def check_uncertainty(
    data: "Dataset",
    target: Target,
    *,
    options: UncertaintyOptions | None = None,
    predictor: "Predictor | None" = None,
    plan: EvaluationPlan | None = None,
    validation: EvaluationPlan | None = None,
    facets: Sequence[str] = (),
    level: float = 0.95,
    seed: int = 0,
) -> UncertaintyResult:
    """Check intervals, quantiles, sets and probabilities against what they promise.

    Parameters
    ----------
    data : Dataset
        With the truth.
    target : Target
    options : UncertaintyOptions or None
    predictor : Predictor or None
        Asked for intervals or sets, where it gives them as the models of MAPIE do.
    plan : EvaluationPlan or None
        Of the answers for `data`, where there are any.
    validation : EvaluationPlan or None
        Of the answers for rows that the model was not fitted on: from their residuals split
        conformal intervals are offered where a regression gives none.
    facets : sequence of str
    level : float
        Coverage of the intervals of all estimates, in (0, 1).
    seed : int

    Returns
    -------
    UncertaintyResult
        `empty` where there is nothing to check.

    Raises
    ------
    InputError
        If a column that was named cannot be used.
    ModelError
        If the model fails when it is asked.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> from assay.evaluation.plan import resolve_data_target
    >>> rows = {"y": [k / 2 for k in range(40)], "a": [k / 2 - 1 for k in range(40)],
    ...         "b": [k / 2 + 1 for k in range(40)]}
    >>> data = Dataset.read(rows, label="y")
    >>> target = resolve_data_target(data, task="regression")
    >>> told = UncertaintyOptions(low=("a",), high=("b",))
    >>> check_uncertainty(data, target, options=told).checked[0].coverage.value
    1.0
    """
    told = options or UncertaintyOptions()
    data = data.with_units()
    work = _Work(data, target, told, plan, facets, level)
    if target.task in OF_NUMBERS:
        work.numbers(predictor)
        if not work.checked and validation is not None and target.task == "regression":
            work.offer(validation)
    elif target.task in OF_CLASSES:
        work.classes(predictor)
    work.refuse_misplaced()
    reliability = ()
    if target.task == "binary" and plan is not None and plan.as_probabilities and facets:
        truth, answers = work.truth, work.answers
        assert answers is not None
        if answers.scores is not None:
            reliability = reliability_by_group(
                truth.truth == 1,
                answers.scores,
                work.of_facets,
                work.rows,
                rng=np.random.default_rng(seed),
            )
    return UncertaintyResult(
        checked=tuple(work.checked),
        quantiles=tuple(work.quantiles),
        offered=work.offered,
        reliability=reliability,
        findings=coverage_findings(tuple(work.checked)),
        level=level,
    )


class _Work:
    """The rows are read once something asks for them."""

    def __init__(
        self,
        data: "Dataset",
        target: Target,
        told: UncertaintyOptions,
        plan: EvaluationPlan | None,
        facets: Sequence[str],
        level: float,
    ) -> None:
        self.data, self.target, self.told = data, target, told
        self.facets, self.level = facets, level
        self.truth: JudgedRows = read_truth(data, target)
        self.answers: Answers | None = None if plan is None else read_answers(plan)
        self.rows = Rows(
            weight=self.truth.weight,
            unit=self.truth.unit,
            unit_kind=self.truth.unit_kind,
            level=level,
        )
        self.checked: list[CheckedCoverage] = []
        self.quantiles: list[CheckedQuantile] = []
        self.offered: Offered | None = None
        self._columns: tuple[Grouping, ...] | None = None

    @property
    def columns(self) -> tuple[Grouping, ...]:
        """Groups of facets and features, but of no column that holds an end or a quantile."""
        if self._columns is None:
            named = {*self.told.low, *self.told.high, *self.told.sets}
            named |= {*quantile_names(self.data, self.told.quantiles)}
            found = groupings_of(self.data, self.facets)
            self._columns = tuple(each for each in found if each.by not in named)
        return self._columns

    @property
    def of_facets(self) -> tuple[Grouping, ...]:
        """Groups of the facets alone."""
        return tuple(
            each for each in groupings_of(self.data, self.facets) if each.by in self.facets
        )

    def numbers(self, predictor: "Predictor | None") -> None:
        """Check intervals and quantiles of numbers."""
        told = self.told
        ends = [*read_ends(self.data, told.low, told.high, told.nominal)]
        names = quantile_names(self.data, told.quantiles)
        if self.target.task == "regression" or told.quantiles:
            columns = read_quantiles(self.data, names)
            ends += pairs_of(columns)
            self._quantiles(columns)
        ends += self._of_model(predictor)
        truth = self.truth.truth.astype(np.float64)
        for each in ends:
            middle = deciles_of((each.low + each.high) / 2)
            groupings = self.columns if middle is None else (middle, *self.columns)
            self.checked.append(
                check_intervals(
                    each.name,
                    truth,
                    each.low,
                    each.high,
                    nominal=each.nominal,
                    rows=self.rows,
                    groupings=groupings,
                )
            )

    def _quantiles(self, columns: Sequence[QuantileColumn]) -> None:
        truth = self.truth.truth.astype(np.float64)
        for each in columns:
            if np.isnan(each.values).any():
                msg = f"column {each.name!r} (a quantile) has rows without a value"
                raise InputError(msg)
            self.quantiles.append(
                check_quantile(each.name, each.quantile, truth, each.values, self.rows)
            )

    def _of_model(self, predictor: "Predictor | None") -> list[Ends]:
        found = self._ask(predictor)
        if found is None or found.intervals is None:
            return []
        several = len(found.nominal) > 1
        return [
            Ends(
                f"the model at {nominal:.0%}" if several else "the model",
                nominal,
                found.intervals[:, 0, at],
                found.intervals[:, 1, at],
            )
            for at, nominal in enumerate(found.nominal)
        ]

    def _ask(self, predictor: "Predictor | None") -> ConformalAnswers | None:
        if predictor is None or not tells_doubt(predictor):
            return None
        found = ask_for_doubt(predictor, self.data, nominal=self.told.nominal[0])
        if found is not None and len(found.intervals if found.sets is None else found.sets) != (  # type: ignore[arg-type]
            self.truth.n
        ):
            msg = f"the model gave another number of intervals than the {self.truth.n:,} rows"
            raise ModelError(msg)
        return found

    def classes(self, predictor: "Predictor | None") -> None:
        """Check sets of classes."""
        truth = self.truth.truth.astype(np.int64)
        if self.told.sets:
            nominal = levels_for(1, self.told.nominal[:1])[0]
            members = read_sets(self.data, self.told.sets, self.target.classes)
            name = ", ".join(self.told.sets[:3])
            self._set(name, members, truth, nominal)
        found = self._ask(predictor)
        if found is None or found.sets is None:
            return
        places = [_place(each, found.classes) for each in self.target.classes]
        for at, nominal in enumerate(found.nominal):
            name = f"the model at {nominal:.0%}" if len(found.nominal) > 1 else "the model"
            members = found.sets[:, :, at]
            known = np.column_stack(
                [
                    np.zeros(len(members), dtype=np.bool_) if place is None else members[:, place]
                    for place in places
                ]
            )
            self._set(name, known, truth, nominal, sizes=members)

    def _set(
        self,
        name: str,
        members: np.ndarray,
        truth: np.ndarray,
        nominal: float,
        *,
        sizes: np.ndarray | None = None,
    ) -> None:
        """Check one way of sets; classes that no row has count for their size alone."""
        if sizes is not None and sizes.shape[1] > members.shape[1]:
            extra = sizes.sum(axis=1) - members.sum(axis=1)
            width = int(extra.max(initial=0))
            members = np.column_stack([members, np.arange(width)[None, :] < extra[:, None]])
        by_class = Grouping("true class", tuple(str(each) for each in self.target.classes), truth)
        self.checked.append(
            check_sets(
                name,
                truth,
                members,
                nominal=nominal,
                rows=self.rows,
                groupings=(by_class, *self.columns),
            )
        )

    def offer(self, validation: EvaluationPlan) -> None:
        """Say what intervals from the residuals of the validation rows would give."""
        if self.answers is None or self.answers.values is None:
            return
        truth, answers = read_truth(validation.data, validation.target), read_answers(validation)
        assert answers.values is not None
        self.offered = offer_split_conformal(
            self.truth.truth.astype(np.float64),
            self.answers.values,
            truth.truth.astype(np.float64) - answers.values,
            nominal=self.told.nominal[0],
            rows=self.rows,
        )

    def refuse_misplaced(self) -> None:
        """Refuse columns that were named for another kind of task."""
        task = self.target.task
        if task not in OF_NUMBERS and (self.told.low or self.told.high or self.told.quantiles):
            msg = f"intervals and quantiles are for numbers, and the task is {task}; name sets"
            raise InputError(msg)
        if task not in OF_CLASSES and self.told.sets:
            msg = f"sets of classes were named, and the task is {task}; name low and high"
            raise InputError(msg)


def _place(value: object, classes: tuple[object, ...]) -> int | None:
    """Return where a class stands among those of a model: by value, else as text."""
    for at, each in enumerate(classes):
        if each == value or str(each) == str(value):
            return at
    return None
