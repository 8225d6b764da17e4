"""Judge predictions that were made elsewhere: no model object, any library or language."""

import numpy as np

import assay

rng = np.random.default_rng(7)
y_true = rng.random(3_000) < 0.2
y_score = np.clip(rng.normal(0.2 + 0.35 * y_true, 0.15), 0.0, 1.0)

result = assay.evaluate(y_true=y_true, y_score=y_score)
for name in ("roc_auc", "average_precision", "recall", "precision"):
    estimate = result[name]
    print(f"{name:18} {estimate.value:.3f}  [{estimate.low:.3f}, {estimate.high:.3f}]")

# Rows of one patient belong together: the interval is then made by patient.
patient = rng.integers(0, 300, 3_000)
by_patient = assay.evaluate(y_true=y_true, y_score=y_score, group=patient)
print("by patient:", by_patient["roc_auc"].unit)

for finding in result.findings:
    print(f"{finding.severity}: {finding.message} {finding.advice}")
