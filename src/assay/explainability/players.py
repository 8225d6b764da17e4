"""What is switched on and off together: columns, or groups of columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assay.errors import ColumnNotFoundError, InputError

MAX_PLAYERS = 4096
Column = str | int
Groups = Mapping[str, Column | Sequence[Column]] | Sequence[Column | Sequence[Column]]
"""Names of groups → their columns; or columns and lists of columns, which get a name."""


@dataclass(frozen=True)
class Player:
    """What is switched on or off together.

    Parameters
    ----------
    name : str
    columns : tuple of int
        Places of its columns.
    """

    name: str
    columns: tuple[int, ...]


def make_players(
    columns: Sequence[str],
    players: Groups | None = None,
    *,
    rest: Literal["alone", "kept"] = "alone",
) -> tuple[Player, ...]:
    """Return the players of a table, in the order of their first columns.

    Parameters
    ----------
    columns : sequence of str
        All that the model is given; those of an array are called x0, x1, ….
    players : mapping of str to columns, sequence of columns or of lists of columns, or None
        None: each column is a player. A column is told by its name or its place; a list without
        a name is called by its columns: ``age + income``.
    rest : {"alone", "kept"}
        Whether a column that is in none is a player by itself, or is none and keeps the explained
        row's value.

    Raises
    ------
    ColumnNotFoundError
        If a column is unknown.
    InputError
        If a column is in two groups, a group is empty, two players have one name, or there are
        more than 4,096.

    Examples
    --------
    >>> [player.name for player in make_players(["a", "b", "c"], {"both": ["a", "c"]})]
    ['both', 'b']
    >>> make_players(["a", "b", "c"], [["a", "c"]], rest="kept")
    (Player(name='a + c', columns=(0, 2)),)
    """
    made = [
        Player(name, _places(name, told, columns))
        for name, told in ({} if players is None else _named(players)).items()
    ]
    _refuse_shared(made, columns)
    if players is None or rest == "alone":
        taken = {place for player in made for place in player.columns}
        alone = [place for place in range(len(columns)) if place not in taken]
        made += [Player(columns[place], (place,)) for place in alone]
    _refuse_twins([player.name for player in made])
    if not made:
        msg = "there is nothing to explain: no column is a player"
        raise InputError(msg)
    if len(made) > MAX_PLAYERS:
        msg = (
            f"{len(made):,} columns would be switched one by one, and at most {MAX_PLAYERS:,} "
            "can be told apart; join them into groups: players={'name': ['column', …]}"
        )
        raise InputError(msg)
    return tuple(sorted(made, key=lambda player: min(player.columns)))


def _named(players: Groups) -> dict[str, Sequence[Column]]:
    if isinstance(players, str):
        msg = f"players={players!r} is one text; give a list of columns, or {{'name': [columns]}}"
        raise InputError(msg)
    if isinstance(players, Mapping):
        return {str(name): _listed(columns) for name, columns in players.items()}
    if not isinstance(players, Iterable):
        msg = f"players={players!r} names no columns; give a list, or {{'name': [columns]}}"
        raise InputError(msg)
    listed = [_listed(columns) for columns in players]
    names = [" + ".join(str(column) for column in columns) for columns in listed]
    _refuse_twins(names)
    return dict(zip(names, listed, strict=True))


def _listed(columns: Column | Sequence[Column]) -> list[Column]:
    if isinstance(columns, str | int):
        return [columns]
    if not isinstance(columns, Iterable):
        msg = f"a player has the columns {columns!r}; give a list of names"
        raise InputError(msg)
    return list(columns)


def _places(name: str, told: Sequence[Column], columns: Sequence[str]) -> tuple[int, ...]:
    if not told:
        msg = f"the player {name!r} has no columns"
        raise InputError(msg)
    known = {column: place for place, column in enumerate(columns)}
    places: list[int] = []
    for column in told:
        if str(column) in known:
            places.append(known[str(column)])
        elif isinstance(column, int) and 0 <= column < len(columns):
            places.append(column)
        else:
            raise ColumnNotFoundError([str(column)], columns)
    return tuple(places)


def _refuse_shared(players: Sequence[Player], columns: Sequence[str]) -> None:
    """Refuse a column that is told more than once."""
    owner: dict[int, str] = {}
    for player in players:
        for place in player.columns:
            if place in owner:
                both = dict.fromkeys((owner[place], player.name))
                where = " and in ".join(repr(name) for name in both)
                msg = (
                    f"the column {columns[place]!r} is told twice, in {where}; it can be "
                    "switched by one player alone"
                )
                raise InputError(msg)
            owner[place] = player.name


def _refuse_twins(names: Sequence[str]) -> None:
    seen: set[str] = set()
    twice = next((name for name in names if name in seen or seen.add(name)), None)
    if twice is not None:
        msg = f"two players are called {twice!r}; give each a name of its own"
        raise InputError(msg)
