"""What an analysis returns: results.json as a value, and the report that shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assay.jobs.running import FileWriter
from assay.overview import MORE, HasOverview, Overview
from assay.reports.page import ReportContent
from assay.result import Finding, Json, Result

if TYPE_CHECKING:
    import polars as pl

CONFIG_NAME, REPORT_NAME, RESULTS_NAME = "assay.yaml", "report.html", "results.json"


@dataclass(frozen=True, eq=False, repr=False)
class AnalysisReport(HasOverview):
    """All that one analysis found.

    Parameters
    ----------
    results : mapping
        What results.json holds; builtins only.
    findings : tuple of Finding
        Worst first.
    content : ReportContent
        What the HTML report shows.
    config : str
        The resolved assay.yaml.
    gates : tuple of str
        Why the run does not pass the gates that were set; empty when it does.
    files : mapping
        Name → what writes that file beside the report.
    sections : mapping
        Section → the value that it returned.
    """

    results: Mapping[str, Json]
    findings: tuple[Finding, ...]
    content: ReportContent
    config: str
    gates: tuple[str, ...] = ()
    files: Mapping[str, FileWriter] = field(default_factory=dict)
    sections: Mapping[str, Result] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Json]:
        """Return what results.json holds."""
        return dict(self.results)

    def to_frame(self) -> "pl.DataFrame":
        """Return one row for each number with its interval, from all sections.

        Returns
        -------
        polars.DataFrame
            Columns section, name, value, low, high, level, n, unit, method, reason.
        """
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "section": pl.String,
            "name": pl.String,
            "value": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "level": pl.Float64,
            "n": pl.Int64,
            "unit": pl.String,
            "method": pl.String,
            "reason": pl.String,
        }
        rows = [
            {"section": section, "name": name, **{key: told.get(key) for key in list(kinds)[2:]}}
            for section, result in cast("dict[str, Json]", self.results["sections"]).items()
            for name, told in _estimates(result, ())
        ]
        return pl.DataFrame(rows, schema=kinds)

    def plot(self) -> object:
        """Return the first chart of the report, an Altair chart; None when it has none."""
        charts = (
            getattr(block, "chart", None) for page in self.content.pages for block in page.blocks
        )
        return next((chart for chart in charts if chart is not None), None)

    def save(self, path: str | Path) -> Path:
        """Write the report.

        Parameters
        ----------
        path : str or Path
            A file that ends in ``.html`` for the report alone, else a folder for report.html,
            results.json and assay.yaml.

        Returns
        -------
        Path
            Of the report.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        from assay.reports.files import (  # noqa: PLC0415 - brings the drawing library
            dump_json,
            ensure_writable,
            write_atomic,
        )
        from assay.reports.html import render_report  # noqa: PLC0415

        target = Path(path)
        page = render_report(self.content)
        if target.suffix.lower() in (".html", ".htm"):
            return write_atomic(target, page)
        folder = ensure_writable(target)
        write_atomic(folder / CONFIG_NAME, self.config)
        write_atomic(folder / RESULTS_NAME, dump_json(self.results))
        for name, write in self.files.items():
            write(folder / name)
        return write_atomic(folder / REPORT_NAME, page)

    def __repr__(self) -> str:
        """Return the verdict and the worst findings, as the command line prints them."""
        from assay.reports.text import verdict_text  # noqa: PLC0415 - as above

        return f"{verdict_text(self.content)}\n\nsave(path), {MORE}"

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows: list[tuple[object, ...]] = [("verdict", self.content.verdict.headline)]
        rows += [(finding.severity, finding.message) for finding in self.findings]
        return Overview(self.content.title, ("", "what"), rows)


def _estimates(node: Json, path: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (name, estimate) for everything in a result that has the form of an Estimate."""
    if isinstance(node, dict):
        if {"value", "low", "high", "level", "method"} <= node.keys():
            yield ".".join((*path, *_name(node))), node
            return
        for key, inner in node.items():
            # A list of named things needs no name of its own: accuracy, not metrics.accuracy.
            named = isinstance(inner, list) and any(_name(each) for each in inner)
            yield from _estimates(inner, path if named else (*path, *_name(node), key))
    elif isinstance(node, list):
        for inner in node:
            yield from _estimates(inner, path)


def _name(node: Json) -> tuple[str, ...]:
    """Return what a result calls itself: its name, and the class that it is about."""
    if not isinstance(node, dict) or not isinstance(node.get("name"), str):
        return ()
    about = node.get("class")
    return (f"{node['name']}[{about}]",) if about is not None else (str(node["name"]),)
