"""Categories of judged rows that no train row has."""

import polars as pl

from assay.data_quality.leakage.chance import more_often_p
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.row_keys import trimmed
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.result import Finding, Json

ABOUT = About("new_category", "Categories that train rows do not have")
SHARE, TIMES = 0.01, 3
CHANCE = 0.01
SHOWN = 5


def check_new_category(tables: LeakTables) -> Check:
    """Compare the values of each category in both tables.

    More than 1 % of the judged rows with an unseen value, more than three times the share of train
    rows whose value is theirs alone (which is how often the next row of the same kind is new, by
    Good and Turing), and more than that by a test at 1 % over all columns: warning.

    References
    ----------
    Good 1953, Biometrika 40:237, doi:10.1093/biomet/40.3-4.237.
    """
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    read = [c for c in tables.features if tables.used is None or c.name in tables.used]
    columns = [c.name for c in read if c.kind == "categorical" and c.storage == "utf8"]
    columns += [c.name for c in read if c.kind == "ordinal"]
    if not columns:
        return ABOUT.clear("there is no column of categories")
    found = [
        _finding(name, told)
        for name in columns
        if (told := _unseen(tables.train, tables.data, name, len(columns))) is not None
    ]
    return ABOUT.found(*found, figures={"columns": len(columns)})


def _unseen(train: Part, judged: Part, name: str, columns: int) -> dict[str, Json] | None:
    """Return the figures of unseen values where they are too many for chance."""
    seen = _texts(train, name).value_counts(name="rows")
    values = _texts(judged, name)
    new = values.filter(~values.is_in(seen[name].implode()))
    rows, of = values.len(), int(seen["rows"].sum())
    alone = int((seen["rows"] == 1).sum())
    if not rows or not of or new.len() <= max(SHARE, TIMES * alone / of) * rows:
        return None
    if more_often_p(new.len(), rows, alone, of) >= CHANCE / columns:
        return None
    frequent = new.value_counts(sort=True, name="rows").head(SHOWN)
    return {
        "new": new.len(),
        "rows": rows,
        "share": new.len() / rows,
        "expected_share": alone / of,
        "values": [str(value) for value in frequent[name].to_list()],
        "n_values": new.n_unique(),
    }


def _texts(part: Part, name: str) -> pl.Series:
    return trimmed(part.column(name).cast(pl.String)).drop_nulls().rename(name)


def _finding(name: str, told: dict[str, Json]) -> Finding:
    values = told["values"]
    assert isinstance(values, list)
    named = ", ".join(repr(value) for value in values)
    return Finding(
        rule="new_category",
        severity="warning",
        message=(
            f"{told['new']:,} of {told['rows']:,} judged rows ({told['share']:.1%}) have a value "
            f"of {name!r} that no train row has: {named}"
            + (", …" if told["n_values"] != len(values) else "")
            + "."
        ),
        where={"columns": [name], "tables": ["train", "data"]},
        evidence=told,
        cause="The values are new, or written in another way than in train.",
        advice="Write them alike in both tables; if they are new, fit on rows that have them.",
    )
