"""The data section: what the table holds and how it was understood."""

import json

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.jobs.section import SectionContext, SectionRequest
from assay.jobs.sections.data import SECTION, DataConfig
from assay.reports.page import Table


def summary(table, *, config=None, **roles):
    data = Dataset.read(table, **roles)
    request = SectionRequest(data=data, config=config or DataConfig())
    tables = data.scan(SECTION.tables(request))
    return SECTION.run(
        SectionContext(request=request, tables=tables, rng=np.random.default_rng(0))
    )


TABLE = pl.DataFrame(
    {
        "age": [31.5, None, 45.25, 22.0],
        "job": ["a", "b", "a", None],
        "void": pl.Series([None, None, None, None], dtype=pl.String),
        "paid": ["no", "yes", "no", "no"],
    }
)


def test_columns_with_role_kind_and_what_is_missing():
    found = {each.profile.name: each for each in summary(TABLE, label="paid").columns}
    assert list(found) == ["age", "job", "void", "paid"]
    assert found["paid"].role == "label"
    assert found["age"].profile.n_null == 1
    assert found["job"].profile.n_distinct == 2
    assert found["age"].why != ""


def test_label_shares_most_frequent_first():
    shares = summary(TABLE, label="paid").label_shares
    assert [(each.value, each.rows, each.share) for each in shares] == [
        ("no", 3, 0.75),
        ("yes", 1, 0.25),
    ]


def test_without_a_label_there_are_no_shares():
    assert summary(TABLE).label_shares == ()


def test_a_label_that_is_a_quantity_has_no_shares():
    many = pl.DataFrame({"y": np.linspace(0, 1, 80), "x": range(80)})
    assert summary(many, label="y").label_shares == ()


def test_empty_columns_are_a_finding():
    (finding,) = summary(TABLE).findings
    assert (finding.rule, finding.where["columns"]) == ("empty_column", ["void"])
    assert finding.message == "The column 'void' holds no value at all."
    assert summary(TABLE.drop("void")).findings == ()


def test_top_values_as_many_as_asked_for():
    found = summary(TABLE, config=DataConfig(top=1))
    assert [len(each.profile.top) for each in found.columns if each.profile.name == "job"] == [1]


def test_it_is_a_result():
    result = summary(TABLE, label="paid")
    told = result.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert result.to_frame()["n_null"].to_list() == [1, 1, 4, 0]
    assert "paid" in result._repr_html_()
    assert result.plot() is None


def test_the_page_has_the_schema_and_the_shares():
    page = SECTION.page(summary(TABLE, label="paid"))
    shares, columns = (block for block in page.blocks if isinstance(block, Table))
    assert shares.rows[0] == ("no", 3, "75.0%")
    assert [row[0] for row in columns.rows] == ["age", "job", "void", "paid"]
    assert columns.rows[0][4] == "1 (25.0%)"
    assert "Values are missing in 3 columns." in page.blocks[0].text
    assert not columns.folded


@pytest.mark.parametrize(
    ("lacking", "said"),
    [(0, "No value is missing."), (1, "Values are missing in 1 column."), (2, "in 2 columns.")],
)
def test_missing_values_are_told_in_plain_words(lacking, said):
    values = {f"c{place}": [None if place < lacking else 1.0, 2.0, 3.0] for place in range(3)}
    text = SECTION.page(summary(pl.DataFrame(values))).blocks[0].text
    assert text.startswith("3 rows, 3 columns. ")
    assert text.endswith(said)


@pytest.mark.parametrize(("columns", "folded"), [(30, False), (31, True)])
def test_a_long_table_of_columns_is_folded(columns, folded):
    page = SECTION.page(summary(pl.DataFrame({f"c{place}": [1, 2] for place in range(columns)})))
    assert page.blocks[-1].folded is folded


@pytest.mark.parametrize("name", ["<b>x</b>", "a\nb", "", "é"])
def test_odd_names_pass_through(name):
    page = SECTION.page(summary(TABLE.rename({"age": name}) if name else TABLE))
    assert page.name == "data"
