"""Scores of incumbents in; the answers that they give where the candidate's are cut, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assay.evaluation.baselines.cutting import Cutting, cut
from assay.evaluation.baselines.incumbents import Incumbent, read_incumbents
from assay.evaluation.task import Target
from assay.evaluation.threshold import DEFAULT

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


@dataclass(frozen=True, eq=False)
class CutIncumbents:
    """Incumbents with the answers that are compared.

    Parameters
    ----------
    incumbents : tuple of Incumbent
    thresholds : mapping of str to float
        Of those whose scores were cut.
    uncut : tuple of str
        Those with scores whose threshold cannot be chosen as the candidate's was.
    """

    incumbents: tuple[Incumbent, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    uncut: tuple[str, ...] = ()


def cut_incumbents(
    incumbents: Sequence[Incumbent],
    data: "Dataset",
    held: "Dataset | None",
    target: Target,
    baselines: Mapping[str, str],
    cutting: Cutting,
    *,
    trust: bool = False,
    label_map: Mapping[str, str] | None = None,
) -> CutIncumbents:
    """Cut the scores of incumbents where the candidate's are cut; answers without scores stay.

    Parameters
    ----------
    incumbents : sequence of Incumbent
        Of `read_incumbents`.
    data : Dataset
        The judged rows.
    held : Dataset or None
        The rows of ``cutting.rows``.
    target, baselines, trust, label_map
        As in `read_incumbents`.
    cutting : Cutting

    Returns
    -------
    CutIncumbents
    """
    found: list[Incumbent] = []
    thresholds: dict[str, float] = {}
    uncut: list[str] = []
    for each in incumbents:
        name, threshold = each.answers.name, None
        found.append(each)
        if each.answers.scores is None:
            continue
        if cutting.goal is None:
            moved = cutting.fixed != DEFAULT and each.answers.as_probabilities
            threshold = cutting.fixed if moved else None
        elif held is not None and cutting.rows is not None and _there(baselines[name], data, held):
            own = {name: baselines[name]}
            (other,) = read_incumbents(held, target, own, trust=trust, label_map=label_map)
            if other.answers.scores is not None:
                threshold = cutting.choose(other.answers.scores, cutting.rows)
        if threshold is not None:
            thresholds[name] = threshold
            found[-1] = replace(each, answers=cut(each.answers, threshold))
        elif cutting.goal is not None:
            uncut.append(name)
    return CutIncumbents(tuple(found), thresholds, tuple(uncut))


def _there(place: str, data: "Dataset", held: "Dataset") -> bool:
    """Whether the other rows have the column, or it is a model that can be asked about them."""
    return place in held.schema.names or place not in data.schema.names
