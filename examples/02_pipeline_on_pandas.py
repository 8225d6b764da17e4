"""From a CSV and a pipeline fitted on pandas to a report, with the threshold chosen beforehand."""

import tempfile
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import assay

folder = Path(tempfile.mkdtemp())
wine = load_wine(as_frame=True).frame.rename(columns={"target": "cultivar"})
wine["cultivar"] = wine["cultivar"].map({0: "Barolo", 1: "Grignolino", 2: "Barbera"})
shuffled = wine.sample(frac=1, random_state=0)
shuffled.iloc[:100].to_csv(folder / "train.csv", index=False)
shuffled.iloc[100:].to_csv(folder / "test.csv", index=False)

train = pd.read_csv(folder / "train.csv")
numbers = make_column_selector(dtype_include="number")
model = make_pipeline(make_column_transformer((StandardScaler(), numbers)), LogisticRegression())
model.fit(train.drop(columns="cultivar"), train["cultivar"])

test = assay.Dataset.read(folder / "test.csv", label="cultivar")
report = assay.analyze(model, test)
saved = report.save(folder / "report.html")
print(saved, f"{saved.stat().st_size / 1024:.0f} KB")
print(report.to_frame().head(5))
