"""Columns and groups of columns as players."""

import pytest

from assay.errors import ColumnNotFoundError, InputError
from assay.explainability.players import MAX_PLAYERS, Player, make_players

COLUMNS = ("age", "income", "city", "job")


def test_each_column_is_a_player():
    assert make_players(COLUMNS) == tuple(Player(name, (i,)) for i, name in enumerate(COLUMNS))


@pytest.mark.parametrize(
    "told",
    [
        {"where": ["job", "city"]},
        {"where": ("job", 2)},
        {"where": [3, 2], "age": "age"},
        {"where": ["job", "city"], "income": 1},
    ],
)
def test_groups_by_name_stand_where_their_first_column_does(told):
    made = make_players(COLUMNS, told)
    assert [(player.name, set(player.columns)) for player in made] == [
        ("age", {0}),
        ("income", {1}),
        ("where", {2, 3}),
    ]


def test_lists_are_called_by_their_columns_and_the_rest_may_be_kept():
    made = make_players(COLUMNS, [["age", "job"], "city"], rest="kept")
    assert made == (Player("age + job", (0, 3)), Player("city", (2,)))


def test_a_name_goes_before_a_place():
    assert make_players(["1", "0"], [[0]], rest="kept") == (Player("0", (1,)),)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"g": ["age", "incom"]}, "not found: incom; did you mean income"),
        ({"g": [4]}, "not found: 4"),
        ({"g": ["age"], "h": ["city", "age"]}, "'age' is told twice, in 'g' and in 'h'"),
        ({"g": ["age", 0]}, "'age' is told twice, in 'g';"),
        ({"g": []}, "'g' has no columns"),
        ({"job": ["age", "city"]}, "two players are called 'job'"),
        ([["age"], ["age"]], "two players are called 'age'"),
        ("age", "is one text"),
    ],
)
def test_groups_that_cannot_be(told, message):
    with pytest.raises(InputError, match=message):
        make_players(COLUMNS, told)
    if "not found" in message:
        with pytest.raises(ColumnNotFoundError):
            make_players(COLUMNS, told)


def test_too_many_players_are_refused_and_groups_help():
    names = [f"c{i}" for i in range(MAX_PLAYERS + 1)]
    with pytest.raises(InputError, match=r"4,097 columns.*join them into groups"):
        make_players(names)
    assert len(make_players(names, {"first": names[:2]})) == MAX_PLAYERS


def test_no_columns_are_nothing_to_explain():
    with pytest.raises(InputError, match="nothing to explain"):
        make_players([])
    with pytest.raises(InputError, match="nothing to explain"):
        make_players(COLUMNS, {}, rest="kept")
