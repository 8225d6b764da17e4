import numpy as np
import pytest

from assay.explainability.shapley.design import Design, most_pairs, paired_design
from assay.explainability.shapley.exact import every_coalition, shapley_values
from assay.explainability.shapley.least_squares import apply_least_squares


def odd_halves(table, design):
    masks = (design.signs > 0) @ (1 << np.arange(design.n_players))
    return (table[masks] - table[len(table) - 1 - masks]) / 2


def test_all_pairs_give_the_exact_values():
    table = np.random.default_rng(0).normal(size=(2**8, 3))
    design = paired_design(8, 2 * most_pairs(8) + 2)
    fitted = apply_least_squares(design, odd_halves(table, design))
    assert fitted.values == pytest.approx(shapley_values(table), abs=1e-10)
    assert not fitted.standard_errors.any()


def test_the_values_solve_the_constrained_problem():
    table = np.random.default_rng(1).normal(size=(2**9, 1))
    design = paired_design(9, 200)
    odd = odd_halves(table, design)
    fitted = apply_least_squares(design, odd)
    # the same by bordered normal equations with weights k(s)/p
    n, size = 9, design.on.sum(axis=1)
    count = np.bincount(size)[size]
    weights = 1 / (count * size * (n - size))
    x = design.on - 0.5
    bordered = np.zeros((n + 1, n + 1))
    bordered[:n, :n] = x.T @ (x * weights[:, None])
    bordered[:n, n] = bordered[n, :n] = 1
    right = np.append(x.T @ (weights * odd[:-1, 0]), 2 * odd[-1, 0])
    assert fitted.values[:, 0] == pytest.approx(np.linalg.solve(bordered, right)[:n], abs=1e-9)


def test_standard_errors_are_those_of_many_designs():
    on = every_coalition(11).astype(float)
    table = np.tanh(on @ np.linspace(-1, 1.5, 11))[:, None]
    values, errors = [], []
    for seed in range(150):
        design = paired_design(11, 300, seed)
        fitted = apply_least_squares(design, odd_halves(table, design))
        values.append(fitted.values[:, 0])
        errors.append(fitted.standard_errors[:, 0])
    off = np.array(values) - shapley_values(table)[:, 0]
    ratio = np.sqrt(np.mean(np.square(errors)) / np.mean(off**2))
    assert 0.8 < ratio < 1.25


def test_too_few_pairs_are_told():
    design = Design(np.eye(6, dtype=bool)[:2], np.full(2, 0.3))
    with pytest.raises(np.linalg.LinAlgError):
        apply_least_squares(design, np.ones((3, 1)))


def test_noise_of_the_model_adds_to_the_errors():
    design = paired_design(10, 300)
    odd = np.zeros((design.n_pairs + 1, 1))
    quiet = apply_least_squares(design, odd, np.array([0.0]))
    noisy = apply_least_squares(design, odd, np.array([0.01]))
    assert not quiet.standard_errors.any()
    assert (noisy.standard_errors > 0).all()
