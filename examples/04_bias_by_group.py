"""Whom do labels and a model treat differently, what has changed, and what could be done?"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression

import assay


def applications(seed: int, n: int = 6_000) -> pl.DataFrame:
    """Loan applications: one district has fewer paid loans, and the score knows the income."""
    rng = np.random.default_rng(seed)
    north = rng.random(n) < 0.3
    income = rng.lognormal(10.3 - 0.3 * north, 0.4)
    paid = rng.random(n) < 1 / (1 + np.exp(-(np.log(income) - 10.2) * 2.5))
    return pl.DataFrame(
        {
            "district": np.where(north, "north", "south"),
            "age": rng.integers(19, 80, n),
            "branch": rng.choice(["a", "b", "c"], n),
            "income": income.round(-2),
            "paid": paid,
        }
    )


def main() -> None:
    """Print the disparities of a small model, and their change since last month."""
    february, march = applications(1), applications(2)
    features = ["income", "age"]
    model = LogisticRegression(max_iter=1_000)
    model.fit(february.select(features).to_pandas(), february["paid"].to_numpy())

    found = assay.measure_bias(
        march,
        model=model,
        label="paid",
        positive=True,
        facets=["district", "age>60", "district*age>60"],
        group_variable="branch",
        before=february,
        parity="demographic_parity",
    )
    for finding in found.findings:
        print(f"{finding.severity}: {finding.message}")
    dpl = found.facet("district").measure("DPL", "north")
    print(f"DPL {dpl.estimate.value:.3f} [{dpl.estimate.low:.3f}, {dpl.estimate.high:.3f}]")
    print(found.to_frame().filter(pl.col("acronym") == "DPPL").select("facet", "group", "value"))

    report = assay.analyze(
        model, march, label="paid", positive=True, facets=["district"], group_variable="branch"
    )
    with TemporaryDirectory() as folder:
        print(report.save(Path(folder) / "report.html").name, "written")


if __name__ == "__main__":
    main()
