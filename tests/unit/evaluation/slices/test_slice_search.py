"""The search against brute force."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from assay.data.schema import Column
from assay.evaluation.slices.atoms import CodedColumn, code_column
from assay.evaluation.slices.columns import Searchable, code_columns, information
from assay.evaluation.slices.search import Searched, search_slices


def coded(n: int, seed: int = 0) -> list[CodedColumn]:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {"age": rng.integers(18, 80, n), "sex": rng.choice(["F", "M"], n), "x": rng.normal(size=n)}
    )
    kinds = {"age": "continuous", "sex": "categorical", "x": "continuous"}
    columns = [Column(name, "feature", kinds[name], "float64") for name in frame.columns]  # type: ignore[arg-type]
    return [part for each in columns for part in code_column(frame[each.name], each)]


def brute_z(losses: np.ndarray, inside: np.ndarray) -> float:
    difference = losses[inside].mean() - losses[~inside].mean()
    parts = 1 / inside.sum() + 1 / (~inside).sum()
    return float(difference / np.sqrt(losses.var() * parts))


def test_the_worst_slice_is_the_one_that_brute_force_finds() -> None:
    columns = coded(1_200)
    rng = np.random.default_rng(1)
    losses = (rng.random(1_200) < 0.2).astype(float)
    best = 0.0
    atoms = [(c, a) for c in range(len(columns)) for a in range(len(columns[c].atoms))]
    for size in (1, 2):
        for places in combinations(atoms, size):
            inside = np.logical_and.reduce(
                [columns[c].holds(columns[c].atoms[a]) for c, a in places]
            )
            if 60 <= inside.sum() <= 720:
                best = max(best, brute_z(losses, inside))
    searched = Searched(columns, losses)
    found = search_slices(searched).candidates
    assert found
    for each in found:
        assert each.z == pytest.approx(brute_z(losses, searched.mask(each.places)))
        assert each.z <= best + 1e-9
    singles = [brute_z(losses, searched.mask((place,))) for place in atoms
               if 60 <= searched.mask((place,)).sum() <= 720]  # fmt: skip
    assert found[0].z >= max(singles) - 1e-9 or len(found[0].places) > 1


def test_a_planted_pair_is_found_and_its_parents_are_not_kept_for_it() -> None:
    columns = coded(4_000)
    age, sex = columns[0], columns[1]
    young = next(a for a in age.atoms if a.condition.sign == "≤" and a.condition.values[0] >= 30)
    planted = age.holds(young) & sex.holds(sex.atoms[0])
    rng = np.random.default_rng(2)
    losses = (rng.random(4_000) < np.where(planted, 0.5, 0.1)).astype(float)
    found = search_slices(Searched(columns, losses)).candidates
    inside = Searched(columns, losses).mask(found[0].places)
    assert (inside & planted).sum() / (inside | planted).sum() > 0.9


@pytest.mark.parametrize("losses", [np.zeros(500), np.ones(500), np.full(500, 0.3)])
def test_equal_losses_give_nothing(losses: np.ndarray) -> None:
    assert search_slices(Searched(coded(500), losses)).candidates == []


def test_few_rows_give_nothing() -> None:
    assert search_slices(Searched(coded(20), np.arange(20.0))).candidates == []


def test_units_that_are_rows_change_nothing_but_the_error() -> None:
    columns, rng = coded(800), np.random.default_rng(3)
    losses = (rng.random(800) < 0.3).astype(float)
    plain = Searched(columns, losses)
    units = Searched(columns, losses, unit=np.arange(800))
    inside = columns[1].holds(columns[1].atoms[0])
    assert units.z(inside) == pytest.approx(plain.z(inside), rel=0.02)


def test_whole_weights_are_repeated_rows() -> None:
    columns, rng = coded(300), np.random.default_rng(4)
    losses, weight = rng.exponential(size=300), rng.integers(1, 4, 300)
    weighted = Searched(columns, losses, weight=weight.astype(float))
    inside = columns[1].holds(columns[1].atoms[0])
    repeated = np.repeat(weighted.clipped, weight)
    told = np.repeat(inside, weight)
    mass = weighted.sums(np.zeros(300, dtype=np.int16), 1, np.flatnonzero(inside))[:, 0]
    assert mass[1] / mass[2] == pytest.approx(repeated[told].mean())


def test_the_columns_that_tell_of_the_loss_are_kept_when_there_are_many() -> None:
    rng = np.random.default_rng(5)
    n = 2_000
    frame = pl.DataFrame({f"x{k}": rng.normal(size=n) for k in range(60)})
    losses = (frame["x47"].to_numpy() > 1).astype(float)
    columns = tuple(Column(name, "feature", "continuous", "float64") for name in frame.columns)
    kept = code_columns(
        frame, Searchable(columns, ()), losses, np.ones(n, dtype=bool), coded_before={}
    )
    names = {part.atoms[0].condition.column for part in kept}
    assert len(names) == 40
    assert "x47" in names


def test_information_of_independent_codes_is_about_nothing() -> None:
    rng = np.random.default_rng(6)
    found = [
        information(rng.integers(0, 30, 9_000).astype(np.int16), rng.integers(0, 10, 9_000))
        for _ in range(20)
    ]
    assert abs(np.mean(found)) < 0.002
