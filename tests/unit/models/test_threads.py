import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_info, threadpool_limits

from assay.data.inference import infer_columns
from assay.models.baseline.problem import Problem
from assay.models.baseline.rungs import BOOSTING, fit_rung
from assay.models.threads import FEW_ROWS, threads_for


def openmp() -> set[int]:
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "openmp"}


def test_few_rows_are_fitted_by_one_thread_and_many_by_those_there_were():
    with threadpool_limits(limits=2, user_api="openmp"):
        before = openmp()
        with threads_for(FEW_ROWS):
            assert openmp() == {1}
        with threads_for(FEW_ROWS + 1):
            assert openmp() == before
        assert openmp() == before == {2}


def test_the_number_of_threads_does_not_change_what_is_learnt():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, 3_000)
    y = (x + rng.normal(0, 1, 3_000) > 0).astype(np.int64)
    frame = pl.DataFrame({"x": x, "z": rng.normal(0, 1, 3_000)})
    problem = Problem(task="binary", n_classes=2)

    fitted = fit_rung(BOOSTING, frame, infer_columns(frame.lazy()), y, problem)
    with threadpool_limits(limits=2, user_api="openmp"):
        own = HistGradientBoostingClassifier(random_state=0).fit(frame.to_numpy(), y)
        given = own.predict_proba(frame.to_numpy())

    np.testing.assert_allclose(fitted.numbers(frame), given, rtol=1e-12)
