"""May I believe this number, and is the model worth having? Without a model, with one, and two."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import assay


def customers(seed: int, n: int) -> pl.DataFrame:
    """Who leaves: the young and the rarely seen; a refund is only paid to who has left."""
    rng = np.random.default_rng(seed)
    age, visits = rng.integers(18, 80, n), rng.poisson(6, n)
    left = rng.random(n) < 1 / (1 + np.exp(0.08 * (age - 35) + 0.5 * (visits - 6)))
    refund = np.where(left, rng.gamma(2.0, 30.0, n), 0.0).round(2)
    return pl.DataFrame({"age": age, "visits": visits, "refund": refund, "left": left})


def main() -> None:
    """Find the leak, learn what a model must beat, then hold two models against each other."""
    train, test = customers(1, 2_000), customers(2, 1_500)
    roles = {"label": "left", "positive": True}

    # Labels alone: is anything wrong with the table, and what is there to beat?
    first = assay.analyze(data=train, budget=5, **roles)
    for finding in first.findings:
        print(f"{finding.severity}: {finding.message} {finding.advice}")
    ladder = assay.fit_baselines(train, test, ignore="refund", budget=5, **roles)
    print(f"A model must beat {ladder.best.title} in {ladder.metric_title}.")

    features = ["age", "visits"]
    old = make_pipeline(StandardScaler(), LogisticRegression())
    new = HistGradientBoostingClassifier(max_depth=3, random_state=0)
    for model in (old, new):
        model.fit(train.select(features).to_pandas(), train["left"].to_numpy())

    # Which is better, by how much, and how sure is that?
    compared = assay.compare({"old": old, "new": new}, test, margin=0.01, ignore="refund", **roles)
    print(compared.to_frame().select("metric", "verdict", "difference", "low", "high"))

    # The whole report: leaks, baselines, learning curve, weak slices, looks at these rows.
    report = assay.analyze(old, test, train=train, ignore="refund", margin=0.01, budget=5, **roles)
    print(report.results["verdict"]["headline"])
    for action in report.results["advice"]:
        print(f"{action['title']}: {action['how']}")
    with TemporaryDirectory() as folder:
        print(report.save(Path(folder) / "report.html").name, "written")


if __name__ == "__main__":
    main()
