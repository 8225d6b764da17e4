"""Gates: which findings make a run leave with status 1."""

import pytest

from assay.jobs.gate import failed_gates
from assay.result import Finding


def found(rule, severity, *consequences):
    return Finding(rule=rule, severity=severity, message=rule, consequences=consequences)


@pytest.mark.parametrize(
    ("findings", "gates", "reasons"),
    [
        ([], ["error", "warning", "leak"], ()),
        ([found("a", "warning")], [], ()),
        ([found("a", "warning")], ["error"], ()),
        ([found("a", "warning")], ["warning"], ("warning: 1 finding (a)",)),
        ([found("a", "error")], ["warning"], ("warning: 1 finding (a)",)),
        ([found("a", "info")], ["warning"], ()),
        ([found("a", "info")], ["a"], ("a: 1 finding",)),
        (
            [found("a", "error"), found("b", "error")],
            ["error", "b"],
            ("error: 2 findings (a, b)", "b: 1 finding"),
        ),
        ([found("a", "info", found("b", "error"))], ["error"], ("error: 1 finding (b)",)),
    ],
)
def test_gates(findings, gates, reasons):
    assert failed_gates(findings, gates) == reasons
