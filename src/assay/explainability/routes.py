"""Which method explains a model: the first of the list that fits, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assay.errors import InputError
from assay.explainability.computed import Computed
from assay.explainability.computed_pairs import with_pairs_of_sum, with_pairs_of_trees
from assay.explainability.gradients import gradient_values
from assay.explainability.linear import linear_terms, linear_values
from assay.explainability.scores import Scores
from assay.explainability.settings import Settings
from assay.explainability.shapley.attributed import Floats
from assay.explainability.trees.explain import prepare_trees
from assay.explainability.trees.prepared import PreparedTrees
from assay.models.native import native_of

KERNEL = "coalitions of columns are put to the model, whatever it is inside"


@dataclass(frozen=True, kw_only=True, eq=False)
class Setup:
    """What the routes look at.

    Parameters
    ----------
    predictor : object
        A Predictor, or the user's function.
    scores : Scores
    background : table in the model's container
    weights : ndarray, shape (n_background,)
    players : tuple of tuple of int
        Places of the columns of each player.
    settings : Settings
    trees : dict
        Tree ensembles that are ready, by value function; a text where they cannot be.
    """

    predictor: object
    scores: Scores
    background: Any
    weights: Floats
    players: tuple[tuple[int, ...], ...]
    settings: Settings
    trees: dict[str, PreparedTrees | str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Route:
    """What was chosen.

    Parameters
    ----------
    computed : Computed or None
        What a method that knows the model found; None: the kernel explains all rows.
    reason : str
        Why this method, and why others were passed over.
    """

    computed: Computed | None
    reason: str


def take_route(
    setup: Setup,
    rows: Any,  # noqa: ANN401  the model's container
    *,
    stop: Callable[[], str | None] | None = None,
    finished: Callable[[int, int], None] | None = None,
) -> Route:
    """Explain rows by what is known of the model's structure, where something is.

    Parameters
    ----------
    setup : Setup
    rows : table in the model's container
    stop : callable or None
        Why to stop, for people; None to go on. Asked after each piece of what takes long.
    finished : callable or None
        Told how many rows of how many are done, where it takes long.

    Raises
    ------
    InputError
        If the method that was asked for does not fit the model; with the reason.
    """
    asked = setup.settings.method
    passed: list[str] = []
    if asked in ("auto", "linear") and setup.settings.value_function == "interventional":
        found = _linear(setup, rows)
        if isinstance(found, Computed):
            return Route(computed=found, reason=found.reason)
        passed.append(found)
    if asked in ("auto", "trees"):
        found = _trees(setup, rows, stop, finished)
        if isinstance(found, Computed):
            return Route(computed=found, reason=found.reason)
        passed.append(found)
    if asked == "gradients":
        found = _gradients(setup, rows)
        if isinstance(found, Computed):
            return Route(computed=found, reason=found.reason)
        passed.append(found)
    if asked in ("linear", "trees", "gradients"):
        msg = f"method={asked!r} does not fit: {passed[-1]}; method='auto' takes one that does"
        raise InputError(msg)
    if setup.settings.value_function == "path_dependent":
        msg = f"value_function='path_dependent' does not fit: {passed[-1]}"
        raise InputError(msg)
    return Route(computed=None, reason="; ".join([KERNEL, *passed]))


def _linear(setup: Setup, rows: Any) -> Computed | str:  # noqa: ANN401
    terms = linear_terms(native_of(setup.predictor), rows, setup.scores)
    if terms is None:
        return "its score is no sum over columns that assay can read"
    found = linear_values(terms, rows, setup.background, setup.weights, setup.players)
    return with_pairs_of_sum(found) if setup.settings.interactions else found


def _trees(
    setup: Setup,
    rows: Any,  # noqa: ANN401
    stop: Callable[[], str | None] | None,
    finished: Callable[[int, int], None] | None,
) -> Computed | str:
    """Return what trees give; the string says why they do not."""
    ready = trees_of(setup, rows)
    if isinstance(ready, str):
        return ready
    found = ready.values(rows, stop=stop, finished=finished)
    if len(found.left) and found.left.all():
        why = "; ".join(found.notes) or "what they gave did not add up to its score"
        setup.trees[setup.settings.value_function] = f"its trees could not be taken apart: {why}"
        return f"its trees could not be taken apart: {why}"
    if not setup.settings.interactions:
        return found
    return with_pairs_of_trees(found, ready, rows, setup.settings.seconds)


def trees_of(setup: Setup, rows: Any) -> PreparedTrees | str:  # noqa: ANN401
    """Return the tree ensemble, prepared once; the string says why the model is none.

    Parameters
    ----------
    setup : Setup
    rows : table in the model's container
        Some rows, on which raw and explained scores are compared.
    """
    value_function = setup.settings.value_function
    if value_function not in setup.trees:
        absent = value_function == "path_dependent"
        setup.trees[value_function] = prepare_trees(
            native_of(setup.predictor),
            rows=rows,
            players=setup.players,
            background=None if absent else setup.background,
            weights=None if absent else setup.weights,
            scores=setup.scores,
        )
    return setup.trees[value_function]


def _gradients(setup: Setup, rows: Any) -> Computed | str:  # noqa: ANN401
    return gradient_values(
        native_of(setup.predictor),
        rows,
        setup.background,
        setup.weights,
        setup.players,
        setup.scores,
        seed=setup.settings.seed,
    )
