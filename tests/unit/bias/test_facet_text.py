"""Facets as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bias.facet import FacetSpec
from assay.bias.facet_text import check_facets, facet_name, parse_facet
from assay.errors import ColumnNotFoundError, InputError

COLUMNS = ("age", "sex", "race", "a>b", "a", "x*y", "hours per week", "net:gross")


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("sex", FacetSpec(column="sex")),
        ("  sex ", FacetSpec(column="sex")),
        ("`sex`", FacetSpec(column="sex")),
        ("race=Black,Asian", FacetSpec(column="race", values=("Black", "Asian"))),
        ("race = Black , Asian", FacetSpec(column="race", values=("Black", "Asian"))),
        ("race==Black,Black", FacetSpec(column="race", values=("Black",))),
        ("race=`A, B`,C", FacetSpec(column="race", values=("A, B", "C"))),
        ("race=x>y", FacetSpec(column="race", values=("x>y",))),
        ("age>40", FacetSpec(column="age", comparison=">", cuts=(40.0,))),
        ("age >= 40.5", FacetSpec(column="age", comparison=">=", cuts=(40.5,))),
        ("age≥40", FacetSpec(column="age", comparison=">=", cuts=(40.0,))),
        ("age<-1e3", FacetSpec(column="age", comparison="<", cuts=(-1000.0,))),
        ("age ≤ 40", FacetSpec(column="age", comparison="<=", cuts=(40.0,))),
        ("age:25,45,65", FacetSpec(column="age", cuts=(25.0, 45.0, 65.0))),
        ("age: 40", FacetSpec(column="age", cuts=(40.0,))),
        ("a>b", FacetSpec(column="a>b")),
        ("a>b>3", FacetSpec(column="a>b", comparison=">", cuts=(3.0,))),
        ("`a>b`>3", FacetSpec(column="a>b", comparison=">", cuts=(3.0,))),
        ("`a`>3", FacetSpec(column="a", comparison=">", cuts=(3.0,))),
        ("net:gross", FacetSpec(column="net:gross")),
        ("net:gross:1,2", FacetSpec(column="net:gross", cuts=(1.0, 2.0))),
        ("hours per week>40", FacetSpec(column="hours per week", comparison=">", cuts=(40.0,))),
        ("x*y", FacetSpec(column="x*y")),
        ("`x*y`>1", FacetSpec(column="x*y", comparison=">", cuts=(1.0,))),
    ],
)
def test_one_column(text, spec):
    assert parse_facet(text, COLUMNS) == spec


def test_a_backquote_within_backquotes_is_written_twice():
    assert parse_facet("`odd``name`>1", ["odd`name"]).column == "odd`name"
    assert parse_facet("odd`name>1", ["odd`name"]).column == "odd`name"


@pytest.mark.parametrize("text", ["sex*race", "sex × race", " sex×race ", "`sex`*`race`"])
def test_intersection(text):
    assert parse_facet(text, COLUMNS) == FacetSpec(
        parts=(FacetSpec(column="sex"), FacetSpec(column="race"))
    )


def test_intersection_of_all_kinds_of_parts():
    spec = parse_facet("sex*race=Black,`A*B`*age>40*a:1,2*x*y", COLUMNS)
    assert [part.column for part in spec.parts] == ["sex", "race", "age", "a", "x*y"]
    assert spec.parts[1].values == ("Black", "A*B")
    assert spec.parts[3].cuts == (1.0, 2.0)
    assert facet_name(spec) == "sex × race = Black, A*B × age > 40 × a: 1, 2 × x*y"
    assert spec.columns == ("sex", "race", "age", "a", "x*y")


def test_a_column_name_with_the_sign_of_intersections_is_found_among_the_parts():
    spec = parse_facet("x*y*sex", COLUMNS)
    assert [part.column for part in spec.parts] == ["x*y", "sex"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age>forty", r"needs a number where it has 'forty'"),
        ("age>nan", r"needs a number where it has 'nan'"),
        ("age:1,inf", r"needs a number where it has 'inf'"),
        ("age>40,50", r"compares with 2 numbers.*age:40,50"),
        ("age:65,25", r"rising numbers, for example age:25,65"),
        ("age:25,25", r"rising numbers, for example age:25"),
        ("race=", r"empty value after '='"),
        ("race=A,,B", r"empty value"),
        ("age>", r"empty value after '>'"),
        ("", r"a facet is empty"),
        ("sex*", r"a facet is empty"),
        ("sex*sex", r"combines sex with itself"),
        ("age>40*age", r"combines age with itself"),
    ],
)
def test_texts_that_cannot_be_read(text, message):
    with pytest.raises(InputError, match=message):
        parse_facet(text, COLUMNS)


@pytest.mark.parametrize(
    ("text", "missing"),
    [("agee>40", "agee"), ("gender", "gender"), ("sex*agee", "agee"), ("Sex = F", "Sex")],
)
def test_unknown_columns_are_named_with_what_is_near(text, missing):
    with pytest.raises(ColumnNotFoundError, match=rf"columns not found: {missing}") as caught:
        parse_facet(text, COLUMNS)
    assert caught.value.missing == (missing,)
    assert caught.value.available == COLUMNS


def test_near_names_are_suggested():
    with pytest.raises(ColumnNotFoundError, match="did you mean age"):
        parse_facet("agee>40", COLUMNS)


@pytest.mark.parametrize(
    ("one", "other"),
    [("sex", "sex"), ("sex*race", "race*sex"), ("race=A,B", "race=B,A"), ("age>40", "age > 40.0")],
)
def test_the_same_facet_twice_is_refused(one, other):
    with pytest.raises(InputError, match="named twice"):
        check_facets([parse_facet(text, COLUMNS) for text in (one, other)])


def test_different_facets_of_one_column_are_allowed():
    texts = ["age", "age>40", "age>50", "age>=40", "age:40", "race=A", "race=A,B", "sex*race"]
    check_facets([parse_facet(text, COLUMNS) for text in texts])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sex", "sex"),
        ("age>40", "age > 40"),
        ("age<=40.5", "age ≤ 40.5"),
        ("age:25,45", "age: 25, 45"),
        ("race=A,B", "race = A, B"),
        ("sex*age>=40", "sex × age ≥ 40"),
    ],
)
def test_names_for_people(text, name):
    assert facet_name(parse_facet(text, COLUMNS)) == name


@given(st.text(min_size=1), st.floats(allow_nan=False, allow_infinity=False))
def test_any_column_name_can_be_written_in_backquotes(name, number):
    quoted = "`" + name.replace("`", "``") + "`"
    assert parse_facet(f"{quoted} > {number!r}", [name]) == FacetSpec(
        column=name, comparison=">", cuts=(number,)
    )
    both = parse_facet(f"{quoted}*sex", [name, "sex"]) if name != "sex" else None
    assert both is None or [part.column for part in both.parts] == [name, "sex"]


@given(st.text(min_size=1))
def test_a_text_that_names_a_column_is_that_column(name):
    assert parse_facet(name, [name, "other"]) == FacetSpec(column=name)


@given(st.text(alphabet="ab`*>:=, 1", max_size=12))
def test_every_text_is_read_or_refused_with_an_input_error(text):
    try:
        spec = parse_facet(text, ["a", "b", "a b"])
    except InputError:
        return
    assert spec.columns
    assert set(spec.columns) <= {"a", "b", "a b"}
