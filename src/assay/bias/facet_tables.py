"""The tables of one facet, as the scan made them, and the rows that are sampled beside them."""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.bias.associations import association_rows
from assay.bias.associations_ranks import RankedRows
from assay.bias.cells import GroupCells, group_cells
from assay.bias.facet import Facet
from assay.bias.facet_flip import FlippedAnswers, flip_facet
from assay.bias.flip_test_sample import FlipRows, flip_test_sample
from assay.bias.metric import BiasMetric
from assay.bias.outcomes import Outcomes
from assay.bias.plan import BiasPlan
from assay.bias.score_requests import read_score_tables
from assay.bias.split import FacetTables
from assay.data.engines.protocol import Table
from assay.data.shared_request import Shared
from assay.models.predictor import Predictor
from assay.tables.cube import Cube


@dataclass(frozen=True, kw_only=True, eq=False)
class Sampled:
    """Rows that were read beside the scan, by the name of the facet.

    Parameters
    ----------
    rows : mapping of str to FlipRows
    answers : mapping of str to FlippedAnswers
    ranks : mapping of str to RankedRows
    """

    rows: Mapping[str, FlipRows]
    answers: Mapping[str, FlippedAnswers]
    ranks: Mapping[str, RankedRows]


def sample_rows(
    plan: BiasPlan,
    metrics: tuple[BiasMetric, ...],
    *,
    predictor: Predictor | None = None,
    label_map: Mapping[str, str] | None = None,
) -> Sampled:
    """Read what is made from rows themselves: flip tests and ranks.

    Parameters
    ----------
    plan : BiasPlan
    metrics : tuple of BiasMetric
        Nothing is read for metrics that are not among them.
    predictor : Predictor or None
        Asked once more about some rows, with another value of the facet.
    label_map : mapping of str to str or None
        The model's class → the data's label.
    """
    settings, outcomes, data = plan.settings, plan.outcomes, plan.data
    needed = {metric.needs for metric in metrics}
    rows: Mapping[str, FlipRows] = {}
    if "rows" in needed and settings.flip_rows:
        rows = flip_test_sample(
            data,
            plan.facets,
            outcomes,
            max_asked=settings.flip_rows,
            max_rest=settings.flip_rows,
            scale=settings.flip_scale,
            one_hot=settings.flip_one_hot,
            seed=settings.seed,
        )
    answers: dict[str, FlippedAnswers] = {}
    if predictor is not None and "answers" in needed and settings.flip_rows:
        for facet in plan.facets:
            answers[facet.name] = flip_facet(
                data, facet, predictor, outcomes, label_map=label_map, seed=settings.seed
            )
    shared = Shared.of(data).fields
    ranked = {
        facet.name: association_rows(data, facet, outcomes, **shared, seed=settings.seed)
        for facet in plan.facets
    }
    ranks = {name: each for name, each in ranked.items() if each is not None}
    return Sampled(rows=rows, answers=answers, ranks=ranks)


def facet_tables(
    facet: Facet,
    made: Mapping[str, Table],
    outcomes: Outcomes,
    sampled: Sampled,
    *,
    group_variable: str | None = None,
    seed: int,
) -> FacetTables:
    """Lay the tables of one facet out.

    Parameters
    ----------
    facet : Facet
    made : mapping
        The facet's own tables, by their names in the plan.
    outcomes : Outcomes
    sampled : Sampled
    group_variable : str or None
    seed : int
    """
    strata, why_no_strata = _strata(facet, made, outcomes, group_variable)
    scores, numbers = read_score_tables(facet, made)
    return FacetTables(
        groups=facet.groups,
        cells=_cells(facet, made["cells"], outcomes),
        strata=strata,
        why_no_strata=why_no_strata,
        scores=scores,
        numbers=numbers,
        rows=sampled.rows.get(facet.name),
        answers=sampled.answers.get(facet.name),
        seed=seed,
    )


def _strata(
    facet: Facet, made: Mapping[str, Table], outcomes: Outcomes, name: str | None
) -> tuple[GroupCells | None, str]:
    """Return the cells by the group variable as well, or why there are none."""
    if "strata" not in made:
        return None, ""
    cube = made["strata"]
    assert isinstance(cube, Cube)
    if set(facet.columns) == {name}:
        return None, f"the group variable {name} is the facet itself: its subgroups have one group"
    if cube.folded:
        why = (
            f"the group variable {name} has too many values to count by: {cube.folded:,} rows "
            "would have to be put together with others; name one with fewer"
        )
        return None, why
    cells = group_cells(facet, cube, outcomes)
    if not cells.n_rows:
        return None, f"no row has a value of the group variable {name}"
    return cells, ""


def _cells(facet: Facet, cube: Table, outcomes: Outcomes) -> GroupCells:
    assert isinstance(cube, Cube)
    return group_cells(facet, cube, outcomes)
