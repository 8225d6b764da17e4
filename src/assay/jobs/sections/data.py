"""The data section: what the table holds and how its columns are understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import Field

from assay.data.requests import CubeRequest, ProfileRequest, Request
from assay.jobs.section import SectionConfig, SectionContext, SectionRequest
from assay.overview import HasOverview, Overview
from assay.reports.format import number
from assay.reports.page import Page, Paragraph, Skipped, Table
from assay.result import Finding, Json
from assay.tables.column_profile import ColumnProfile
from assay.tables.cube import Cube, Level

if TYPE_CHECKING:
    import polars as pl

OWN_PREFIX = "__assay_"
MAX_LABEL_VALUES = 50
MAX_OPEN_COLUMNS = 30
MAX_NAMED = 5
SMALLEST_PERCENT = 0.005


class DataConfig(SectionConfig):
    """Settings of the data section."""

    top: int = Field(
        default=3, ge=0, le=50, description="Most frequent values shown for each column."
    )


@dataclass(frozen=True)
class ColumnSummary:
    """One column: what it means and what it holds."""

    role: str
    why: str
    profile: ColumnProfile

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        profile = self.profile
        return {
            "name": profile.name,
            "role": self.role,
            "kind": profile.kind,
            "why": self.why,
            "n": profile.n,
            "n_null": profile.n_null,
            "n_nan": profile.n_nan,
            "n_infinite": profile.n_infinite,
            "n_distinct": profile.n_distinct,
            "distinct_exact": profile.distinct_exact,
            "minimum": profile.minimum,
            "maximum": profile.maximum,
            "mean": profile.mean,
            "std": profile.std,
            "quantiles": [list(pair) for pair in profile.quantiles],
            "top": [{"value": value, "rows": rows} for value, rows in profile.top],
            "first": profile.first,
            "last": profile.last,
        }


@dataclass(frozen=True)
class LabelShare:
    """How many rows have one value of the label."""

    value: Level
    rows: int
    share: float

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {"value": self.value, "rows": self.rows, "share": self.share}


@dataclass(frozen=True, kw_only=True, repr=False)
class DataSummary(HasOverview):
    """What a table holds.

    Parameters
    ----------
    rows : int
    columns : tuple of ColumnSummary
        In the order of the table.
    label : str or None
    label_shares : tuple of LabelShare
        Most frequent first; empty for a label that is a quantity.
    findings : tuple of Finding
    """

    rows: int
    columns: tuple[ColumnSummary, ...]
    label: str | None = None
    label_shares: tuple[LabelShare, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "rows": self.rows,
            "columns": [column.to_dict() for column in self.columns],
            "label": self.label,
            "label_shares": [share.to_dict() for share in self.label_shares],
        }

    def to_frame(self) -> "pl.DataFrame":
        """Return one row a column of the table."""
        import polars as pl  # noqa: PLC0415 - only needed here

        kinds = {
            "name": pl.String,
            "role": pl.String,
            "kind": pl.String,
            "why": pl.String,
            "n": pl.Int64,
            "n_null": pl.Int64,
            "n_distinct": pl.Int64,
            "minimum": pl.Float64,
            "maximum": pl.Float64,
            "mean": pl.Float64,
            "std": pl.Float64,
        }
        rows = [
            {key: told[key] for key in kinds} for told in map(ColumnSummary.to_dict, self.columns)
        ]
        return pl.DataFrame(rows, schema=kinds)

    def plot(self) -> None:
        """Return None: a list of columns is read, not drawn."""

    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""
        rows = [(c.profile.name, c.role, c.profile.kind, c.profile.n_null) for c in self.columns]
        return Overview(f"{self.rows:,} rows", ("column", "role", "kind", "missing"), rows)


class DataSection:
    """Rows, columns, kinds with the rule that gave them, missing values, label shares."""

    name = "data"
    title = "Data"
    order = 90
    needs: tuple[str, ...] = ()
    config = DataConfig

    def tables(self, request: SectionRequest) -> dict[str, Request]:
        """Ask for a profile of the user's columns, and for the label's values."""
        schema = request.data.schema
        kinds = {c.name: c.kind for c in schema.columns if not c.name.startswith(OWN_PREFIX)}
        wanted: dict[str, Request] = {"profile": ProfileRequest(columns=kinds)}
        if schema.label is not None and request.task not in {"regression", "multilabel"}:
            import narwhals as nw  # noqa: PLC0415 - only needed here

            wanted["label"] = CubeRequest(by={"label": nw.col(schema.label)})
        return wanted

    def cost(self, request: SectionRequest) -> float:
        """Return 0: the model is not called."""
        return 0.0

    def run(self, context: SectionContext) -> DataSummary:
        """Join the profiles with what the schema says of each column."""
        schema = context.request.data.schema
        profiles = context.tables["profile"]
        assert isinstance(profiles, tuple)  # what a ProfileRequest makes
        config = context.request.config
        top = config.top if isinstance(config, DataConfig) else DataConfig().top
        columns = tuple(
            ColumnSummary(schema[p.name].role, schema[p.name].why, replace(p, top=p.top[:top]))
            for p in profiles
        )
        return DataSummary(
            rows=profiles[0].n if profiles else 0,
            columns=columns,
            label=", ".join(schema.labels) or None,
            label_shares=_label_shares(context.tables),
            findings=_findings(columns),
        )

    def page(self, result: DataSummary) -> Page:
        """Describe the table column by column."""
        blocks = [Paragraph(f"{_counted(result)} {_completeness(result.columns)}")]
        shares = [_label_table(result)] if result.label_shares else []
        return Page(self.name, "The data", (*blocks, *shares, _column_table(result)))

    def skipped(self, result: DataSummary) -> tuple[Skipped, ...]:
        """Return nothing: all parts run on any table."""
        return ()


def _label_shares(tables: Mapping[str, object]) -> tuple[LabelShare, ...]:
    cube = tables.get("label")
    if not isinstance(cube, Cube) or len(cube.levels[0]) > MAX_LABEL_VALUES:
        return ()
    values = [cube.levels[0][code] for code in cube.codes[:, 0]]
    counted = sorted(zip(values, cube.n.tolist(), strict=True), key=lambda pair: -pair[1])
    return tuple(LabelShare(value, rows, rows / cube.n_rows) for value, rows in counted)


def _findings(columns: tuple[ColumnSummary, ...]) -> tuple[Finding, ...]:
    empty = [c.profile.name for c in columns if c.profile.n and c.profile.n_null == c.profile.n]
    if not empty:
        return ()
    return (
        Finding(
            rule="empty_column",
            severity="warning",
            message=_empty_said(empty),
            where={"columns": list(empty)},
            evidence={"columns": len(empty), "of": len(columns)},
            cause="They were not filled in where the data come from, or were read wrongly.",
            advice="Look at the source; leave them out with --ignore COLUMN if they are not used.",
        ),
    )


def _empty_said(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"The column {names[0]!r} holds no value at all."
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    named = ", ".join(map(repr, names[:MAX_NAMED]))
    return f"{len(names)} columns hold no value at all: {named}{more}."


def _counted(result: DataSummary) -> str:
    columns = len(result.columns)
    rows = f"{result.rows:,} row" + ("" if result.rows == 1 else "s")
    return f"{rows}, {columns:,} column" + ("." if columns == 1 else "s.")


def _completeness(columns: tuple[ColumnSummary, ...]) -> str:
    lacking = sum(column.profile.n_null + column.profile.n_nan > 0 for column in columns)
    if not lacking:
        return "No value is missing."
    if lacking == 1:
        return "Values are missing in 1 column."
    return f"Values are missing in {lacking:,} columns."


def _label_table(result: DataSummary) -> Table:
    rows = tuple((str(each.value), each.rows, f"{each.share:.1%}") for each in result.label_shares)
    return Table(f"Values of the label {result.label}", ("value", "rows", "share"), rows)


def _column_table(result: DataSummary) -> Table:
    rows = tuple(
        (
            column.profile.name,
            column.role,
            column.profile.kind,
            column.why,
            _missing(column.profile),
            ("" if column.profile.distinct_exact else "about ") + f"{column.profile.n_distinct:,}",
            _content(column.profile),
        )
        for column in result.columns
    )
    heads = ("column", "role", "kind", "why this kind", "missing", "distinct", "what it holds")
    folded = len(rows) > MAX_OPEN_COLUMNS
    return Table("Columns and how they are understood", heads, rows, folded=folded)


def _missing(profile: ColumnProfile) -> str:
    lacking = profile.n_null + profile.n_nan
    if not lacking:
        return "0"
    return f"{lacking:,} ({lacking / profile.n:.1%})"


def _content(profile: ColumnProfile) -> str:
    if profile.first is not None and profile.last is not None:
        return f"{profile.first} to {profile.last}"
    if profile.minimum is not None and profile.maximum is not None and not profile.top:
        mean = "" if profile.mean is None else f", mean {number(profile.mean)}"
        return f"{number(profile.minimum)} to {number(profile.maximum)}{mean}"
    return ", ".join(
        f"{_short(value)} {_percent(rows / profile.n)}" for value, rows in profile.top
    )


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= SMALLEST_PERCENT else "<1%"


def _short(value: Level) -> str:
    text = str(value)
    return text if len(text) <= 24 else text[:23] + "…"


SECTION = DataSection()
