"""Numbers and foreign text in, what a reader sees out."""

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10

from assay.plain_text.hidden import visible
from assay.result import Estimate, Json

DIGITS = 4
SCIENTIFIC_BELOW = 1e-4
WHOLE_FROM = 10_000
ZERO_COARSER = 100  # the ends of an interval around 0 keep two digits
NO_VALUE = "—"
MOST_ENTRIES = 10


def sentence(text: str) -> str:
    """Return text from the data as a sentence: capital letter, full stop, nothing hidden.

    Examples
    --------
    >>> sentence("two rows are alike")
    'Two rows are alike.'
    """
    plain = visible(text).strip()
    first = plain[:1].upper() + plain[1:]
    return first if first.endswith((".", "!", "?", "…")) else f"{first}."


def number(value: float, *, decimals: int | None = None) -> str:
    """Return a number as text: four significant digits, thousands separated.

    Parameters
    ----------
    value : float
        Finite.
    decimals : int, optional
        Fixed decimals instead; trailing zeros are then kept.

    Examples
    --------
    >>> number(0.873412), number(1234567), number(180921.2), number(0.5), number(1.2345e-7)
    ('0.8734', '1,234,567', '180,921', '0.5', '1.235e-07')
    """
    if isinstance(value, int):
        return f"{value:,}"
    if not isfinite(value):
        return "∞" if value > 0 else "-∞" if value < 0 else "not a number"
    if decimals is not None:
        return _no_minus_zero(f"{value:,.{decimals}f}")
    if value != 0 and abs(value) < SCIENTIFIC_BELOW:
        mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
    places = _decimals(value)
    text = f"{value:,.{places}f}"
    return _no_minus_zero(text.rstrip("0").rstrip(".") if "." in text else text)


def estimate_numbers(estimate: Estimate) -> tuple[str, str, str]:
    """Return value, low and high as text with the same decimals; "" where there is no number.

    Examples
    --------
    >>> estimate_numbers(Estimate(value=0.8734, low=0.869, high=0.878, n=9))
    ('0.8734', '0.8690', '0.8780')
    >>> estimate_numbers(Estimate(value=-4.97e-05, low=-0.0305, high=0.0304, n=9))
    ('-0.00005', '-0.03050', '0.03040')
    """
    numbers = (estimate.value, estimate.low, estimate.high)
    present = [abs(n) for n in numbers if n is not None]
    scale = abs(estimate.value or 0.0) or ZERO_COARSER * max(present, default=0.0)
    if estimate.low is not None and estimate.high is not None:
        # A value near 0 is no finer than its interval: the rest of its digits would be noise.
        scale = max(
            scale, (1.0 if estimate.value else ZERO_COARSER) * (estimate.high - estimate.low)
        )
    if 0 < scale < SCIENTIFIC_BELOW:
        texts = [number(n) if n is not None else "" for n in numbers]
    else:
        texts = ["" if n is None else number(float(n), decimals=_decimals(scale)) for n in numbers]
    return texts[0], texts[1], texts[2]


def plain(value: Json | Estimate) -> str:
    """Return any cell or JSON value as one line of visible text.

    Examples
    --------
    >>> plain(None), plain(True), plain([1, 0.25]), plain({"n_rows": 1200})
    ('—', 'yes', '1, 0.25', 'n rows 1,200')
    """
    if isinstance(value, Estimate):
        return estimate_text(value)
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{words(str(key))} {plain(item)}" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(plain(item) for item in value)
    return visible(str(value))


def shortened(value: Json) -> Json:
    """Return a JSON value whose long lists and mappings end after ten entries, and say so.

    For what a reader sees of a finding; results.json has all of it.

    Examples
    --------
    >>> plain(shortened({"labels": list(range(60))}))
    'labels 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 50 more in results.json'
    """
    if isinstance(value, Mapping):
        kept: dict[str, Json] = {
            key: shortened(item) for key, item in list(value.items())[:MOST_ENTRIES]
        }
        more = len(value) - len(kept)
        return kept | ({"and": f"{more} more in results.json"} if more else {})
    if isinstance(value, Sequence) and not isinstance(value, str):
        first: list[Json] = [shortened(item) for item in value[:MOST_ENTRIES]]
        more = len(value) - len(first)
        return [*first, f"and {more} more in results.json"] if more else first
    return value


def estimate_text(estimate: Estimate) -> str:
    """Return an estimate in one line of text.

    Examples
    --------
    >>> estimate_text(Estimate(value=0.5, low=0.4, high=0.6, n=100))
    '0.5000 [0.4000, 0.6000]'
    >>> estimate_text(Estimate.undefined("no positive row"))
    'undefined: no positive row'
    """
    value, low, high = estimate_numbers(estimate)
    if not value:
        return f"undefined: {visible(estimate.reason or '')}"
    interval = f" [{low}, {high}]" if low and high else ""
    mark = " (too few)" if estimate.too_few else ""
    return f"{value}{interval}{mark}"


def words(name: str) -> str:
    """Return a snake_case name as words.

    Examples
    --------
    >>> words("n_rows")
    'n rows'
    """
    return visible(name.replace("_", " "))


def _decimals(value: float) -> int:
    if value == 0:
        return DIGITS - 1
    if abs(value) >= WHOLE_FROM:
        return 0
    return max(0, DIGITS - 1 - floor(log10(abs(value))))


def _no_minus_zero(text: str) -> str:
    return text.lstrip("-") if not text.strip("-0.,") else text
