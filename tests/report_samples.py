"""A rich made-up report: every kind of chart and cell, and names that try to break out."""

import numpy as np

from assay.charts.calibration import plot_calibration
from assay.charts.confusion import plot_confusion
from assay.charts.cost_curve import plot_cost_curve
from assay.charts.error_by_decile import plot_error_by_decile
from assay.charts.error_pairs import plot_error_pairs
from assay.charts.forest import plot_forest
from assay.charts.gain import plot_gain
from assay.charts.metric_intervals import plot_metric_intervals
from assay.charts.precision_recall import plot_precision_recall
from assay.charts.predicted_vs_actual import plot_predicted_vs_actual
from assay.charts.residual_histogram import plot_residual_histogram
from assay.charts.residual_vs_predicted import plot_residual_vs_predicted
from assay.charts.roc import plot_roc
from assay.charts.score_histogram import plot_score_histogram
from assay.charts.threshold_curve import plot_threshold_curve
from assay.reports.page import (
    Figure,
    Heading,
    Page,
    Paragraph,
    ReportContent,
    Skipped,
    Table,
    Verdict,
)
from assay.result import Estimate, Finding
from assay.tables import curves
from assay.tables.forest import ForestRow

NASTY = '<script>alert("x")</script>'
NASTY_LINES = "age\nin\x00years\u202e"
NASTY_LABEL = "</text></svg><img src=x onerror=alert(1)>"
UNIT = np.linspace(0.0, 1.0, 60)


def estimate(value: float, half: float = 0.012, **about: object) -> Estimate:
    known = {"n": 16281, "method": "Wilson score", **about}
    return Estimate(value=value, low=value - half, high=value + half, **known)  # type: ignore[arg-type]


def _around(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return values / 10, values / 12, values / 9


def every_chart() -> dict[str, object]:
    """One drawing from each function, from points of plausible shape."""
    rng = np.random.default_rng(7)
    tpr = UNIT**0.22
    scores = {"edges": np.linspace(0, 1, 31)}
    fall, rise = np.exp(-5 * UNIT[:30] * 2), np.exp(3.2 * (UNIT[:30] * 2 - 1))
    counts = np.array([[11200, 1235], [1410, 2436]])
    bins = np.linspace(0.02, 0.97, 15)
    seen = np.clip(bins + rng.normal(0, 0.03, 15), 0.01, 0.98)
    price = np.linspace(30_000, 740_000, 41)
    middle = (price[:-1] + price[1:]) / 2
    gap = (middle[:, None] - middle[None, :]) / 55_000
    rows = np.exp(-0.5 * ((middle - 180_000) / 80_000) ** 2)
    grid = np.floor(60 * np.exp(-(gap**2)) * rows[:, None]).astype(np.int64)
    errors = np.linspace(-120_000, 120_000, 41)
    middles = (errors[:-1] + errors[1:]) / 2
    share = np.exp(-0.5 * (middles / 26_000) ** 2)
    binned = np.linspace(70_000, 420_000, 12)
    mean = 4_000 * np.sin(binned / 60_000)
    letters = tuple("ABCDEFGHIJ")
    many = rng.integers(0, 12, (10, 10)) + np.diag(rng.integers(70, 130, 10))
    apart = (many + many.T) / 1_000
    together = np.array([[0.2, 0.1, 0.05], [0.1, 0.3, 0.0], [0.05, 0.0, 0.1]])
    names = ("accuracy", "balanced accuracy", "precision", "recall", "F1", "specificity", "MCC")
    value = (0.873, 0.797, 0.783, 0.652, 0.712, 0.943, 0.634)
    series = ("precision", "recall", "F1")
    return {
        "confusion": plot_confusion(
            curves.ConfusionTable(("<=50K", ">50K"), counts, counts.astype(float))
        ),
        "confusion of many": plot_confusion(
            curves.ConfusionTable(letters, many, many.astype(float))
        ),
        "confusion with nasty labels": plot_confusion(
            curves.ConfusionTable((NASTY, NASTY_LINES, NASTY_LABEL), many[:3, :3], many[:3, :3])
        ),
        "error pairs": plot_error_pairs(
            curves.ErrorPairs((NASTY, NASTY_LINES, NASTY_LABEL), together, together)
        ),
        "error pairs of many": plot_error_pairs(curves.ErrorPairs(letters, apart, apart)),
        "roc": plot_roc(
            curves.RocPoints(
                UNIT[::-1], UNIT, tpr, np.clip(tpr - 0.02, 0, 1), np.clip(tpr + 0.02, 0, 1)
            )
        ),
        "gain": plot_gain(
            curves.GainPoints(UNIT, tpr, np.clip(tpr - 0.02, 0, 1), np.clip(tpr + 0.02, 0, 1), 0.2)
        ),
        "cost": plot_cost_curve(
            curves.CostCurve(UNIT, tpr, tpr - 0.05, tpr + 0.05, 0.05, 0.8, 0.5, 0.12)
        ),
        "error_by_decile": plot_error_by_decile(
            curves.DecileErrors(
                np.full(12, 90), *[30_000 + 20_000 * np.cos(binned / 60_000)] * 9, *_around(binned)
            )
        ),
        "precision_recall": plot_precision_recall(
            curves.PrecisionRecallPoints(UNIT[::-1], UNIT, 1 - 0.76 * UNIT**3, 0.24)
        ),
        "calibration": plot_calibration(
            curves.CalibrationBins(
                np.full(15, 1085),
                bins,
                seen,
                np.clip(seen - 0.03, 0, 1),
                np.clip(seen + 0.03, 0, 1),
            )
        ),
        "score_histogram": plot_score_histogram(
            curves.ScoreHistogram(
                scores["edges"], rise / rise.sum(), fall / fall.sum(), threshold=0.42
            ),
            positive=">50K",
            negative="<=50K",
        ),
        "threshold_curve": plot_threshold_curve(
            curves.ThresholdCurve(
                UNIT,
                np.where(UNIT > 0.97, np.nan, 0.24 + 0.74 * UNIT**0.6),
                1 - UNIT**1.6,
                0.2 + 2.2 * UNIT * (1 - UNIT),
                chosen=0.42,
            )
        ),
        "forest": plot_metric_intervals(
            curves.MetricIntervals(
                names,
                ("",) * 7,
                value,
                tuple(v - 0.01 for v in value),
                tuple(v + 0.01 for v in value),
                reference=0.76,
            )
        ),
        "differences": plot_forest(
            [
                ForestRow("boosting", 0.027, 0.024, 0.030, "above"),
                ForestRow(NASTY, -0.004, -0.010, None),
                ForestRow("tree", -0.030, -0.034, -0.026, "below"),
                ForestRow("twin", 0.0001, -0.001, 0.0012, "inside"),
                ForestRow("seldom", 0.2, -0.3, 0.7, "few"),
                ForestRow("undefined", None),
            ],
            band=(-0.005, 0.005),
        ),
        "per class": plot_metric_intervals(
            curves.MetricIntervals(
                tuple(name for name in ("setosa", "versicolor", NASTY) for _ in series),
                series * 3,
                (0.9, 0.8, 0.85, 0.7, None, 0.5, 0.6, 0.62, 0.61),
                (0.85, 0.7, 0.8, 0.6, None, 0.4, 0.5, 0.5, 0.55),
                (0.95, 0.9, 0.9, 0.8, None, 0.6, 0.7, 0.74, 0.67),
            )
        ),
        "predicted_vs_actual": plot_predicted_vs_actual(curves.DensityGrid(price, price, grid)),
        "residual_vs_predicted": plot_residual_vs_predicted(
            curves.BinnedMeans(binned, np.full(12, 244), mean, mean - 3_000, mean + 3_000)
        ),
        "residual_histogram": plot_residual_histogram(
            curves.ValueHistogram(errors, share / share.sum())
        ),
    }


def sample_content() -> ReportContent:
    """A report with every block, many findings, undefined and thin numbers, and nasty names."""
    charts = every_chart()
    return ReportContent(
        title="Census income: is the model good enough?",
        subtitle="adult_test.parquet · HistGradientBoostingClassifier · 16,281 rows",
        verdict=Verdict(
            "caution",
            "Better than always answering «<=50K», but its probabilities run too high",
            (
                "Balanced accuracy is 0.797 [0.790, 0.804]; the constant answer has 0.500.",
                f"One column, {NASTY_LINES}, deserves a look before the model is used.",
            ),
        ),
        findings=_findings(),
        pages=(_metrics(), _binary(charts), _regression(charts), _nasty(charts)),
        skipped=(
            Skipped("Baselines", "there is no training data", "--train train.parquet"),
            Skipped("Chosen threshold", "no validation rows were given", "--validation FILE"),
        ),
        provenance=_provenance(),
        config="task: binary\nlabel: income\n" + f"columns: [{NASTY}, {'x' * 300}]\nseed: 0\n",
    )


def _findings() -> tuple[Finding, ...]:
    follow = Finding(
        rule="threshold_moves",
        severity="info",
        message="At the default threshold more rows are called positive than are.",
        evidence={"predicted": 0.31, "observed": 0.24},
        advice="Recalibrate first, then choose the threshold.",
    )
    return (
        Finding(
            rule="leak_target",
            severity="error",
            message=f"Column {NASTY} carries the label in disguise.",
            where={"columns": [NASTY, NASTY_LINES]},
            evidence={"skill": 0.97, "limit": 0.9, "n_rows": 16281},
            cause="The column is filled in after the outcome is known.",
            advice="Leave it out with --ignore and train again.",
            first_seen="2026-11-23T10:00:00Z",
        ),
        Finding(
            rule="scores_too_high",
            severity="warning",
            message="Scores promise more positives than there are.",
            evidence={"mean_score": 0.271, "observed_share": 0.2362, "p": 1.3e-12},
            cause="The model was trained on rows of another prevalence.",
            advice="Calibrate on validation rows (isotonic: there are 3,256).",
            consequences=(follow,),
        ),
        Finding(
            rule="positive_inferred",
            severity="info",
            message="«>50K» was taken as the positive answer: it is the rarer class.",
            where={"columns": ["income"]},
            evidence={"share": 0.2362},
            advice="Say --positive to settle it.",
        ),
    )


def _metrics() -> Page:
    bootstrap = {"method": "multinomial redraw, 2,000 draws", "seed": 0}
    rows = (
        ("balanced accuracy", estimate(0.7971, 0.0067, **bootstrap), 0.5),
        ("accuracy", estimate(0.8734, 0.0051), 0.7638),
        ("recall of >50K", estimate(0.6521, 0.0151, n=3846), 0.0),
        ("precision of >50K", estimate(0.7831, 0.0141, n=3203), None),
        ("MCC", estimate(0.6342, 0.0135, **bootstrap), 0.0),
        ("top-5 accuracy", Estimate.undefined("there are only 2 classes"), None),
        (
            "recall of Holand-Netherlands",
            estimate(0.5, 0.41, n=2, warnings=("too few: 2 positive rows",)),
            None,
        ),
        ("log loss skill", Estimate(value=0.5273, n=16281, reason="no closed form"), None),
    )
    helps = {
        "accuracy": "Share of right answers.\nMisleads when one class is rare.\nSee MCC instead.",
        "MCC": "Correlation of prediction and truth.\nHard to read as a share.\nSee recall.",
    }
    per_class = tuple(
        (name, n, estimate(0.91 - i / 20, n=n), estimate(0.87 - i / 30, n=n), estimate(0.89))
        for i, (name, n) in enumerate((("<=50K", 12435), (">50K", 3846), (NASTY, 120)))
    )
    columns = ("class", "rows", "precision", "recall", "F1")
    return Page(
        "metrics",
        "How good, how sure",
        (
            Paragraph("Every number was made on rows that the model has not seen."),
            Table("Metrics", ("metric", "estimate", "constant answer"), rows, help=helps),
            Paragraph("The label was given by one annotator; its noise is not known.", "warning"),
            Heading("By class"),
            Table("Metrics of each class", columns, per_class, note="F1 has no closed form."),
            Table("Log of the metrics", ("metric", "value"), (("log loss", 0.2761),), folded=True),
            Paragraph("Intervals cover the sampling of rows, not of training.", "note"),
        ),
    )


def _figure(charts: dict[str, object], name: str, title: str, text: str) -> Figure:
    rows = tuple((float(x), float(x**2), int(1000 * x)) for x in UNIT[:12])
    table = Table(f"Points of: {title}", ("x", "y", "rows"), rows)
    return Figure(title, text, charts[name], table, caption="Test rows, weights not used.")


def _binary(charts: dict[str, object]) -> Page:
    return Page(
        "binary",
        "Where it is right and wrong",
        (
            _figure(charts, "confusion", "Confusion matrix", "11,200 of 12,435 «<=50K» right."),
            _figure(charts, "roc", "ROC curve", "Area 0.927 [0.922, 0.931]."),
            _figure(
                charts, "precision_recall", "Precision and recall", "AP 0.83; 0.24 is chance."
            ),
            _figure(charts, "calibration", "Calibration", "Largest gap 0.06, at 0.7."),
            _figure(charts, "score_histogram", "Scores of each class", "They overlap at 0.4."),
            _figure(charts, "threshold_curve", "What another threshold gives", "F1 peaks at 0.4."),
            Heading("Side by side"),
            _figure(charts, "forest", "Metrics with their intervals", "Seven metrics."),
            _figure(charts, "per class", "Each class", "Three classes, three metrics."),
            _figure(charts, "confusion of many", "Ten classes", "The diagonal dominates."),
        ),
    )


def _regression(charts: dict[str, object]) -> Page:
    rows = (
        ("RMSE", Estimate(value=26143.2, low=24011.9, high=28300.1, n=2930, method="bootstrap")),
        ("R²", Estimate(value=0.8921, low=0.871, high=0.909, n=2930, method="delta method")),
        ("MAPE", Estimate.undefined("actual values near 0 make it unbounded", n=2930)),
    )
    return Page(
        "regression",
        "How far off the prices are",
        (
            Table("Error in dollars", ("metric", "estimate"), rows),
            _figure(charts, "predicted_vs_actual", "Predicted against actual", "Close to equal."),
            _figure(charts, "residual_vs_predicted", "Bias by price", "Wavers by 4,000."),
            _figure(charts, "residual_histogram", "Residuals", "Symmetric, sd 26,000."),
        ),
    )


def _nasty(charts: dict[str, object]) -> Page:
    cells = tuple((f"column_{i}", *(f"value {i} {j}" for j in range(9))) for i in range(4))
    rows = ((NASTY, NASTY_LINES, "x" * 90, True), (NASTY_LABEL, None, -0.0, 1234567))
    return Page(
        "nasty",
        f"Names from the data {NASTY}",
        (
            Paragraph(f"Text with {NASTY} and {NASTY_LINES}."),
            Table(f"Table {NASTY}", (NASTY, NASTY_LINES, "long", "mixed"), rows),
            Table("A wide table", tuple(f"heading {i}" for i in range(10)), cells),
            _figure(
                charts, "confusion with nasty labels", f"Labels {NASTY}", f"Alt {NASTY_LABEL}"
            ),
        ),
    )


def _provenance() -> tuple[Table, ...]:
    rows = (
        (
            "fingerprint of the rows",
            "fs1:9c1b0d0b7e0f4d0f8a5f6c3d2e1b0a99887766554433221100ffeeddccbbaa",
        ),
        ("seed", 0),
        ("assay", "0.1.0"),
        ("scikit-learn", "1.9.1"),
    )
    return (Table("Versions, data and seed", ("what", "value"), rows),)
