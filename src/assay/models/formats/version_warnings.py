"""Warnings given while a model is loaded: another version of its library becomes a finding."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from assay.result import Finding


@contextmanager
def collecting_findings() -> Iterator[list[Finding]]:
    """Keep warnings from leaking; at the end the list holds the finding, if there is one."""
    found: list[Finding] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield found
    made: dict[str, set[str]] = {}
    current = ""
    for warning in caught:
        message = warning.message
        if warning.category.__name__ == "InconsistentVersionWarning":
            current = str(getattr(message, "current_sklearn_version", ""))
            original = str(getattr(message, "original_sklearn_version", ""))
            made.setdefault(original, set()).add(str(getattr(message, "estimator_name", "")))
    if made:
        found.append(_other_version(made, current))


def _other_version(made: dict[str, set[str]], current: str) -> Finding:
    versions = " and ".join(sorted(made))
    names = sorted(set().union(*made.values()))
    return Finding(
        rule="model_library_version",
        severity="warning",
        message=f"The model was saved by scikit-learn {versions} and is run by {current}.",
        evidence={
            "saved_by": ", ".join(sorted(made)),
            "run_by": current,
            "estimators": [*names],
        },
        cause="The file was made in another environment.",
        advice=f"Predictions may differ from those in production: install scikit-learn "
        f"{sorted(made)[0]} here, or fit and save the model anew.",
    )
