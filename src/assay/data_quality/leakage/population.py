"""Shares of a population as text in; column, value and share out."""

from assay.errors import InputError


def parse_share(text: str) -> tuple[str, str, float]:
    """Read ``sex=F:0.51``.

    Raises
    ------
    InputError
        If it is not of that form, or the share lies outside 0 and 1.

    Examples
    --------
    >>> parse_share("sex=F:0.51")
    ('sex', 'F', 0.51)
    """
    told, _, number = text.rpartition(":")
    column, sign, value = told.partition("=")
    try:
        share = float(number)
    except ValueError:
        share = -1.0
    if not sign or not column or not 0 <= share <= 1:
        msg = f"a share of the population is COLUMN=VALUE:SHARE, such as sex=F:0.51; not {text!r}"
        raise InputError(msg)
    return column.strip(), value.strip(), share


def shares_by_column(texts: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Return for each column the share of each value that was told.

    Raises
    ------
    InputError
        If a value is told twice, or the shares of a column sum to more than 1.
    """
    found: dict[str, dict[str, float]] = {}
    for text in texts:
        column, value, share = parse_share(text)
        shares = found.setdefault(column, {})
        if value in shares:
            msg = f"the share of {column}={value} in the population is told twice; keep one"
            raise InputError(msg)
        shares[value] = share
        if sum(shares.values()) > 1 + 1e-6:
            msg = f"the shares told of {column!r} sum to {sum(shares.values()):g}, more than 1"
            raise InputError(msg)
    return found
