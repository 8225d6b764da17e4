"""Why does the model give that score: over all rows, for one row, and what would change it."""

import numpy as np
import polars as pl
from sklearn.compose import make_column_transformer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import assay


def loans(seed: int, n: int) -> pl.DataFrame:
    """Who pays back: income counts, savings help those without a steady job."""
    rng = np.random.default_rng(seed)
    income, savings = rng.gamma(4.0, 700.0, n).round(), rng.gamma(1.5, 4000.0, n).round()
    steady = rng.choice(["yes", "no"], n, p=[0.7, 0.3])
    score = 0.001 * (income - 2500) + np.where(steady == "no", 0.0002 * (savings - 6000), 0.5)
    return pl.DataFrame(
        {
            "income": income,
            "savings": savings,
            "steady": steady,
            "paid": rng.random(n) < 1 / (1 + np.exp(-score)),
        }
    )


def main() -> None:
    """Explain a small network, which shows nothing of its inside."""
    train, test = loans(1, 3_000), loans(2, 500)
    features = ["income", "savings", "steady"]
    network = make_pipeline(
        make_column_transformer(
            (StandardScaler(), ["income", "savings"]), (OneHotEncoder(), ["steady"])
        ),
        MLPClassifier((16,), max_iter=300, random_state=0),
    )
    network.fit(train[features].to_pandas(), train["paid"].to_list())
    rows, background = test[features].to_pandas(), train[features].to_pandas()

    why = assay.explain(network, rows[:100], background=background, interactions=True)
    print(f"{why.method}: {why.cost.made:,} predictions")
    for each in why.global_importance().of():
        found = each.estimate
        print(
            f"{each.player:8} {found.value:.3f}, 95 % interval {found.low:.3f} to {found.high:.3f}"
        )
    together = why.global_interactions(most=2).pairs
    for each in together:
        found = each.estimate
        print(
            f"{each.first} and {each.second} together: {found.value:.3f}, 95 % interval "
            f"{found.low:.3f} to {found.high:.3f}"
        )

    effect = assay.measure_dependence(network, rows, "income")
    print(
        f"from {effect.grid[0]:.0f} to {effect.grid[-1]:.0f} of income the score rises from "
        f"{effect.values[0, 0]:.2f} to {effect.values[-1, 0]:.2f}"
    )

    refused = rows[network.predict(rows) == np.False_][:1]
    flips = assay.find_counterfactuals(
        network, refused, background, mutable=["savings", "income"], ranges={"savings": "up"}
    )
    for found in flips.rows[0].alternatives:
        print("it would be paid with", "; ".join(map(str, found.changes)))


if __name__ == "__main__":
    main()
