"""What the methods found in; the Explanation out."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.checks import check_rows
from assay.explainability.computed import Computed
from assay.explainability.players import Player
from assay.explainability.result import BackgroundSummary, Cost, Explanation
from assay.explainability.routes import Route
from assay.explainability.rows import take_rows, to_polars
from assay.explainability.running import Done
from assay.explainability.scores import Scores
from assay.explainability.settings import Settings
from assay.explainability.shapley.attributed import Attributed, Floats
from assay.result import Finding

LIBRARIES = ("shap", "lightgbm", "xgboost", "catboost", "captum", "torch")


@dataclass(frozen=True, kw_only=True, eq=False)
class Material:
    """All that was made for one call.

    Parameters
    ----------
    rows : table in the model's container
    columns : tuple of str
        Names of its columns.
    players : sequence of Player
    scores : Scores
    settings : Settings
    route : Route
    done : Done
    background : BackgroundSummary
    places : sequence of int or None
    seconds : float
        From the call's start.
    varying : ndarray of bool, shape (n_rows, n_players)
    notes : tuple of Finding
        What was noticed before.
    """

    rows: Any
    columns: tuple[str, ...]
    players: Sequence[Player]
    scores: Scores
    settings: Settings
    route: Route
    done: Done
    background: BackgroundSummary
    places: Sequence[int] | None
    seconds: float
    varying: NDArray[np.bool_]
    notes: tuple[Finding, ...] = ()


def finish(made: Material) -> Explanation:
    """Put the values of all methods together, in the order of the rows."""
    parts = _Parts(made.route.computed, made.done.attributed, len(made.rows))
    kept = parts.rows
    places = range(len(made.rows)) if made.places is None else made.places
    base, predictions = parts.array("base"), parts.array("predictions")
    values = parts.array("values")
    gaps = np.abs(base + values.sum(axis=1) - predictions)
    return Explanation(
        values=values,
        standard_errors=parts.standard_errors(),
        base_values=base,
        predictions=predictions,
        data=to_polars(take_rows(made.rows, kept)),
        rows=tuple(int(places[place]) for place in kept),
        players=tuple(player.name for player in made.players),
        player_columns=tuple(
            tuple(made.columns[place] for place in player.columns) for player in made.players
        ),
        outputs=made.scores.outputs,
        output=made.scores.output,
        link=made.scores.link,
        value_function=parts.value_function,
        method=parts.method,
        reason=made.route.reason,
        exact=parts.exact(),
        converged=parts.converged(),
        background=None if parts.value_function == "path_dependent" else made.background,
        interactions=parts.of_pairs("interactions"),
        interaction_errors=parts.of_pairs("interaction_errors"),
        additivity_error=max(float(gaps.max(initial=0.0)), parts.checked_error),
        cost=_cost(made, parts.attributed),
        seed=made.settings.seed,
        level=made.settings.level,
        versions=_versions(f"{parts.method} {made.route.reason}".lower()),
        notes=(
            *made.notes,
            *check_rows(made.varying[kept], predictions, base, values, tuple(places)),
            *_from_method(made.route.computed),
            *_clipped(made),
            *_stopped(made, len(kept)),
        ),
    )


class _Parts:
    """Rows from a method that knows the model, and rows from the kernel."""

    def __init__(
        self, computed: Computed | None, attributed: Attributed | None, n_rows: int
    ) -> None:
        self.computed, self.attributed = computed, attributed
        first = np.empty(0, np.intp) if computed is None else np.flatnonzero(~computed.left)
        second = np.empty(0, np.intp) if attributed is None else attributed.rows
        joined = np.concatenate([first, second])
        self._first, self._order = first, np.argsort(joined, kind="stable")
        self.rows = joined[self._order]

    @property
    def value_function(self) -> str:
        return "interventional" if self.computed is None else self.computed.value_function

    @property
    def method(self) -> str:
        told = [] if self.computed is None else [self.computed.method]
        if self.attributed is not None:
            told.append(self.attributed.method)
        return ", ".join(told) or "none"

    @property
    def checked_error(self) -> float:
        return 0.0 if self.computed is None else self.computed.additivity_error

    def array(self, name: str) -> Floats:
        """Join the arrays of both, in the order of the rows."""
        return self._joined(
            None if self.computed is None else getattr(self.computed, name)[self._first],
            None if self.attributed is None else getattr(self.attributed, name),
        )

    def standard_errors(self) -> Floats | None:
        """Return those of the kernel; 0 for exact methods, None for inexact ones without."""
        if self.computed is not None and not self.computed.exact:
            return None
        return self._joined(
            None if self.computed is None else np.zeros_like(self.computed.values[self._first]),
            None if self.attributed is None else self.attributed.standard_errors,
        )

    def exact(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Tell which rows' values are exact."""
        return self._flags("exact")

    def converged(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Tell which rows reached the requested precision."""
        return self._flags("converged")

    def of_pairs(self, name: str) -> Floats | None:
        """Return the pairs' values or their errors, where every row has them."""
        computed = None if self.computed is None else self.computed.interactions
        attributed = None if self.attributed is None else getattr(self.attributed, name)
        if (self.computed is not None and computed is None) or (
            self.attributed is not None and attributed is None
        ):
            return None
        if computed is not None:
            computed = computed[self._first]
            computed = np.zeros_like(computed) if name == "interaction_errors" else computed
        return self._joined(computed, attributed)

    def _flags(self, name: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        exact = self.computed is not None and (self.computed.exact or name == "converged")
        return self._joined(
            None if self.computed is None else np.full(len(self._first), exact),
            None if self.attributed is None else getattr(self.attributed, name),
        )

    def _joined(self, first: Any, second: Any) -> Any:  # noqa: ANN401  arrays of one kind
        there = [each for each in (first, second) if each is not None]
        return np.concatenate(there)[self._order]


def _cost(made: Material, attributed: Attributed | None) -> Cost:
    tally = made.scores.tally
    return Cost(
        calls=0 if attributed is None else int(attributed.calls.sum()),
        asked=tally.asked,
        made=tally.made,
        batches=tally.batches,
        model_seconds=tally.seconds,
        other_seconds=max(0.0, made.seconds - tally.seconds),
    )


def _versions(told: str) -> dict[str, str]:
    """Return those of the libraries that the method's own words name."""
    names = ["assay", "numpy", *(name for name in LIBRARIES if name in told)]
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _stopped(made: Material, n_done: int) -> tuple[Finding, ...]:
    if made.done.stopped is None:
        return ()
    n_rows = len(made.rows)
    return (
        Finding(
            rule="explanation_stopped",
            severity="warning",
            message=f"{n_done:,} of {n_rows:,} rows are explained: {made.done.stopped}.",
            evidence={"rows_done": n_done, "rows": n_rows},
            cause=made.done.stopped,
            advice="Explain fewer rows, take a smaller background or fewer calls a row, or raise "
            "the limit; what is finished is right as it stands.",
        ),
    )


def _from_method(computed: Computed | None) -> tuple[Finding, ...]:
    """Tell what a method that knows the model has to say of its own values."""
    if computed is None:
        return ()
    found: list[Finding] = []
    n_left = int(computed.left.sum())
    if n_left or computed.recomputed:
        found.append(
            Finding(
                rule="attributions_recomputed",
                severity="info",
                message=f"{n_left + computed.recomputed:,} of {len(computed.left):,} rows did not "
                f"add up to the model's score by the first way of {computed.method}, and were "
                "explained by another.",
                evidence={"n_left": n_left, "n_recomputed": computed.recomputed},
                cause="The library that reads the trees rounds thresholds otherwise than the "
                "model does.",
                advice="Nothing is to be done: every row adds up now.",
            )
        )
    if not computed.exact and computed.notes:
        found.append(
            Finding(
                rule="gradients_incomplete",
                severity="info",
                message=f"Of the {computed.method}: {'; '.join(computed.notes)}.",
                evidence={"additivity_error": computed.additivity_error},
                cause="The score bends sharply between the background and the row.",
                advice="Compare with method='kernel', whose values have standard errors.",
            )
        )
    return tuple(found)


def _clipped(made: Material) -> tuple[Finding, ...]:
    n = made.scores.tally.clipped
    if not n:
        return ()
    return (
        Finding(
            rule="probabilities_clipped",
            severity="info",
            message=f"{n:,} probabilities of 0 or 1 were held at 1e-7 from the ends before the "
            "logit.",
            evidence={"n": n},
            cause="The model is sure beyond what numbers show, or its probabilities are cut off.",
            advice="Explain output='probability', or output='raw' where the model has a margin.",
        ),
    )
