"""Numbers as people read them, for sentences."""

LARGE = 1_000


def told(value: float | None) -> str:
    """Return a number with four significant digits, or whole and with commas where it is large.

    Examples
    --------
    >>> told(0.87341), told(17718.854), told(None)
    ('0.8734', '17,719', 'undefined')
    """
    if value is None:
        return "undefined"
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.4g}"


def signed(value: float) -> str:
    """Return a number with its sign.

    Examples
    --------
    >>> signed(0.0123), signed(-2018.4)
    ('+0.0123', '-2,018')
    """
    return ("+" if value >= 0 else "") + told(value)
