"""Cramér's V, freed of what chance adds."""

import numpy as np
import pytest

from assay.stats.cramers_v import bias_corrected_v, mean_square_contingency

TABLE = np.array([[30, 10, 5], [12, 20, 8]])


def test_contingency_is_chi_square_over_n():
    from scipy.stats import chi2_contingency

    found = mean_square_contingency(TABLE / TABLE.sum())
    assert found * TABLE.sum() == pytest.approx(chi2_contingency(TABLE).statistic)


def test_the_correction_by_hand():
    # φ² = 0.2, 3 x 2, n = 101: 0.2 - 2/100 = 0.18; 2 - 1/100 - 1 = 0.99; √(0.18 / 0.99)
    assert bias_corrected_v(0.2, (3, 2), 101) == pytest.approx(np.sqrt(0.18 / 0.99))


def test_with_many_rows_it_is_cramers_v():
    from scipy.stats.contingency import association

    many = TABLE * 100_000
    found = bias_corrected_v(mean_square_contingency(many / many.sum()), (2, 3), many.sum())
    assert found == pytest.approx(association(many, method="cramer"), rel=1e-4)


def test_chance_gives_about_0_on_average():
    rng = np.random.default_rng(1)
    shares = np.outer([0.5, 0.3, 0.2], [0.4, 0.3, 0.2, 0.1])
    tables = rng.multinomial(300, shares.ravel(), 500).reshape(-1, 3, 4) / 300
    squares = [mean_square_contingency(t) - 6 / 299 for t in tables]
    assert np.mean(squares) == pytest.approx(0, abs=0.002)
    found = [bias_corrected_v(mean_square_contingency(t), (3, 4), 300) for t in tables]
    assert all(0 <= v <= 1 for v in found)
    assert np.median(found) < 0.05


def test_what_tells_all_is_1():
    assert bias_corrected_v(1.0, (2, 2), 50) == pytest.approx(1.0)
